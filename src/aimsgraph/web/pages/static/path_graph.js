// Draws the paths between two frameworks; the table below says the same in words. The library is loaded for it alone.
// @ts-check

/**
 * @typedef {{ref: string, label: string, path: string, column: number, place: number}} Node
 * @typedef {{from: string, to: string, words: string, kind: string}} Edge
 */

const APART = [0, 520, 1040];
const LINE = 22;
const AT_ONCE = 150;

/** @param {HTMLElement} box @param {{nodes: Node[], edges: Edge[]}} drawn */
async function prepare(box, drawn) {
  box.hidden = false;
  const { default: cytoscape } = await import("./built/cytoscape.js");
  const probe = (/** @type {string} */ name) => {
    box.style.outlineColor = `var(${name})`; // `light-dark()` is resolved where a colour is used
    return getComputedStyle(box).outlineColor;
  };
  const [ink, accent, line, partly] = ["--ink", "--accent", "--line", "--partly"].map(probe);
  const tallest = Math.max(1, ...count(drawn.nodes));
  const cy = cytoscape({
    container: box,
    layout: { name: "preset" },
    textureOnViewport: true,
    hideEdgesOnViewport: drawn.edges.length > 500,
    pixelRatio: drawn.nodes.length > 500 ? 1 : "auto",
    minZoom: 0.01,
    maxZoom: 3,
    style: [
      {
        selector: "node",
        style: {
          "background-color": accent, color: ink, height: 9, width: 9, label: "data(name)", "font-size": 12,
          "min-zoomed-font-size": 8, "text-halign": "data(side)", "text-valign": "center", "text-margin-x": "data(gap)",
        },
      },
      { selector: "edge", style: { "curve-style": "haystack", "line-color": line, width: 1 } },
      { selector: "edge[?part]", style: { "line-style": "dashed" } },
      { selector: ".near", style: { "background-color": partly, "line-color": partly, width: 2 } },
      { selector: "node.near", style: { height: 14, width: 14, "min-zoomed-font-size": 0 } },
    ],
  });
  const heights = count(drawn.nodes);
  /** @type {Record<string, Node>} */
  const byRef = Object.fromEntries(drawn.nodes.map((each) => [each.ref, each]));
  const elements = [
    ...drawn.nodes.map((each) => ({
      group: "nodes",
      data: {
        id: each.ref, name: each.ref.slice(each.ref.indexOf(":") + 1), side: each.column === 0 ? "left" : "right",
        gap: each.column === 0 ? -4 : 4,
      },
      position: { x: APART[each.column], y: ((each.place + 0.5) * tallest * LINE) / Math.max(1, heights[each.column]) },
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
  cy.on("tap", "node", (/** @type {any} */ event) => tell(cy, event.target, byRef[event.target.id()], drawn.edges));
  box.dataset.ready = String(cy.nodes().length);
  window.dispatchEvent(new CustomEvent("drawn", { detail: cy }));
}

/** @param {Node[]} nodes @returns {number[]} */
function count(nodes) {
  const found = [0, 0, 0];
  for (const each of nodes) found[each.column]++;
  return found;
}

/** @param {any} cy @param {any} node @param {Node} item @param {Edge[]} edges */
function tell(cy, node, item, edges) {
  cy.batch(() => {
    cy.elements(".near").removeClass("near");
    node.closedNeighborhood().addClass("near");
  });
  const says = document.querySelector(".pointed");
  if (!says) return;
  const link = document.createElement("a");
  link.textContent = `${item.ref} ${item.label}`;
  if (item.path.startsWith("/")) link.href = item.path;
  const steps = edges.filter((each) => each.from === item.ref || each.to === item.ref);
  const list = document.createElement("ul");
  for (const each of steps) {
    const line = document.createElement("li");
    line.textContent = `${each.from} ${each.words} ${each.to}`;
    list.append(line);
  }
  says.replaceChildren(link, list);
}

function begin() {
  const box = document.querySelector(".path-graph");
  const data = document.getElementById("drawn");
  if (box instanceof HTMLElement && data && box.hidden) void prepare(box, JSON.parse(data.textContent ?? ""));
}

begin();
document.addEventListener("live", begin);
