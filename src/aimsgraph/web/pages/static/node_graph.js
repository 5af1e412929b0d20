// Draws things and the links between them; a table on the page says the same. The library is loaded for it alone.
// @ts-check

/**
 * @typedef {{id: string, ref: string, label: string, path: string, side: string, x: number, y: number}} Point
 * @typedef {{from: string, to: string, words: string, kind: string}} Edge
 */

const AT_ONCE = 150;

/** @param {HTMLElement} box @param {{nodes: Point[], edges: Edge[]}} drawn */
async function prepare(box, drawn) {
  box.hidden = false;
  const { default: cytoscape } = await import("./built/cytoscape.js");
  const probe = (/** @type {string} */ name) => {
    box.style.outlineColor = `var(${name})`; // `light-dark()` is resolved where a colour is used
    return getComputedStyle(box).outlineColor;
  };
  const [ink, accent, line, partly, quiet] = ["--ink", "--accent", "--line", "--partly", "--quiet"].map(probe);
  const large = drawn.nodes.length > 500; // drawn less finely then, so that it answers in time
  const cy = cytoscape({
    container: box,
    layout: { name: "preset" },
    hideEdgesOnViewport: drawn.edges.length > 500,
    pixelRatio: large ? 0.75 : "auto",
    minZoom: 0.01,
    maxZoom: 3,
    style: [
      {
        selector: "node",
        style: {
          "background-color": accent, color: ink, height: 9, width: 9, label: "data(name)", "font-size": 12,
          "min-zoomed-font-size": large ? 11 : 8, "text-halign": "data(side)", "text-valign": "center", "text-margin-x": "data(gap)",
        },
      },
      { selector: "edge", style: { "curve-style": "haystack", "line-color": line, width: 1, events: "no" } },
      { selector: "edge[?part]", style: { "line-color": quiet } }, // dashes would take most of the time of drawing
      { selector: ".near", style: { "background-color": partly, "line-color": partly, width: 2 } },
      { selector: "node.near", style: { height: 14, width: 14, "min-zoomed-font-size": 0 } },
    ],
  });
  /** @type {Record<string, Point>} */
  const byId = Object.fromEntries(drawn.nodes.map((each) => [each.id, each]));
  const elements = [
    ...drawn.nodes.map((each) => ({
      group: "nodes",
      data: {
        id: each.id,
        name: each.ref.slice(each.ref.indexOf(":") + 1),
        side: each.side,
        gap: each.side === "left" ? -4 : 4,
      },
      position: { x: each.x, y: each.y },
    })),
    ...drawn.edges.map((each, number) => ({
      group: "edges",
      data: { id: `e${number}`, source: each.from, target: each.to, part: each.kind !== "mapping" },
    })),
  ];
  for (let start = 0; start < elements.length; start += AT_ONCE) {
    cy.add(elements.slice(start, start + AT_ONCE));
    await new Promise((resolve) => setTimeout(resolve)); // let the page answer in between
  }
  cy.fit(undefined, 30);
  cy.on("tap", "node", (/** @type {any} */ event) => tell(cy, event.target, byId[event.target.id()], drawn.edges, byId));
  box.dataset.ready = String(cy.nodes().length);
  window.dispatchEvent(new CustomEvent("drawn", { detail: cy }));
}

/** @param {any} cy @param {any} node @param {Point} item @param {Edge[]} edges @param {Record<string, Point>} named */
function tell(cy, node, item, edges, named) {
  cy.batch(() => {
    cy.elements(".near").removeClass("near");
    node.closedNeighborhood().addClass("near");
  });
  const says = document.querySelector(".pointed");
  if (!says) return;
  const link = document.createElement("a");
  link.textContent = `${item.ref} ${item.label}`;
  if (item.path.startsWith("/")) link.href = item.path;
  const steps = edges.filter((each) => each.from === item.id || each.to === item.id);
  const list = document.createElement("ul");
  for (const each of steps) {
    const line = document.createElement("li");
    line.textContent = `${named[each.from].ref} ${each.words} ${named[each.to].ref}`;
    list.append(line);
  }
  says.replaceChildren(link, list);
}

function begin() {
  const box = document.querySelector(".node-graph");
  const data = document.getElementById("drawn");
  if (box instanceof HTMLElement && data && box.hidden) void prepare(box, JSON.parse(data.textContent ?? ""));
}

begin();
document.addEventListener("live", begin);
