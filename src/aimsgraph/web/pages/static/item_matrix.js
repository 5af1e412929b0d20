// Draws items against items on a canvas as large as what is seen of it; the table below says the same in words.
// @ts-check

/**
 * @typedef {{ref: string, label: string, path: string}} Item
 * @typedef {{rows: Item[], columns: Item[], cells: [number, number, string][], marks: Record<string, string>}} Drawn
 */

const CELL = 18;
const HEAD = 130;

/** @param {HTMLElement} box @param {Drawn} drawn */
function prepare(box, drawn) {
  const canvas = document.createElement("canvas");
  const extent = document.createElement("div");
  extent.className = "extent";
  extent.style.inlineSize = `${HEAD + drawn.columns.length * CELL}px`;
  extent.style.blockSize = `${HEAD + drawn.rows.length * CELL}px`;
  box.replaceChildren(canvas, extent);
  box.hidden = false;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Map<number, string>} */
  const states = new Map();
  for (const [row, column, state] of drawn.cells) states.set(row * drawn.columns.length + column, state);
  const says = document.querySelector(".pointed");
  const words = Object.fromEntries(
    [...document.querySelectorAll("[data-cell]")].map((each) => [each.getAttribute("data-cell"), each.textContent]),
  );
  /** @type {[number, number]} */
  let at = [-1, -1];
  let asked = false;
  let paint = colours();

  function colours() {
    const named = (/** @type {string} */ name) => {
      box.style.outlineColor = `var(${name})`; // `light-dark()` is resolved where a colour is used
      return getComputedStyle(box).outlineColor;
    };
    return {
      ink: named("--ink"),
      line: named("--line"),
      accent: named("--accent"),
      fully: [named("--yes"), named("--paper")],
      partly: [named("--partly-back"), named("--partly")],
      none: [named("--no-back"), named("--no")],
      contested: [named("--contested-back"), named("--contested")],
      disputed: [named("--contested-back"), named("--contested")],
      unknown: [named("--unknown-back"), named("--unknown")],
    };
  }

  function draw() {
    asked = false;
    const width = box.clientWidth;
    const height = box.clientHeight;
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.inlineSize = `${width}px`;
      canvas.style.blockSize = `${height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const left = box.scrollLeft;
    const top = box.scrollTop;
    const firstRow = Math.max(0, Math.floor(top / CELL));
    const lastRow = Math.min(drawn.rows.length - 1, Math.floor((top + height - HEAD) / CELL));
    const firstColumn = Math.max(0, Math.floor(left / CELL));
    const lastColumn = Math.min(drawn.columns.length - 1, Math.floor((left + width - HEAD) / CELL));
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.save();
    context.beginPath();
    context.rect(HEAD, HEAD, width - HEAD, height - HEAD);
    context.clip();
    context.textAlign = "center";
    for (let row = firstRow; row <= lastRow; row++) {
      const y = HEAD + row * CELL - top;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const x = HEAD + column * CELL - left;
        const state = states.get(row * drawn.columns.length + column);
        if (state) {
          const [back, front] = paint[/** @type {"fully"} */ (state)];
          context.fillStyle = back;
          context.fillRect(x + 1, y + 1, CELL - 2, CELL - 2);
          context.fillStyle = front;
          context.fillText(drawn.marks[state], x + CELL / 2, y + CELL / 2);
        } else if ((row + column) % 2 === 0) {
          context.fillStyle = paint.line;
          context.fillRect(x + CELL / 2, y + CELL / 2, 1, 1);
        }
      }
    }
    context.restore();
    context.fillStyle = paint.ink;
    context.save();
    context.beginPath();
    context.rect(0, HEAD, HEAD, height - HEAD);
    context.clip();
    context.textAlign = "right";
    for (let row = firstRow; row <= lastRow; row++) {
      context.fillText(short(drawn.rows[row].ref), HEAD - 6, HEAD + (row + 0.5) * CELL - top, HEAD - 10);
    }
    context.restore();
    context.save();
    context.beginPath();
    context.rect(HEAD, 0, width - HEAD, HEAD);
    context.clip();
    context.textAlign = "left";
    for (let column = firstColumn; column <= lastColumn; column++) {
      context.save();
      context.translate(HEAD + (column + 0.5) * CELL - left, HEAD - 6);
      context.rotate(-Math.PI / 2);
      context.fillText(short(drawn.columns[column].ref), 0, 0, HEAD - 10);
      context.restore();
    }
    context.restore();
    if (at[0] >= 0) {
      context.strokeStyle = paint.accent;
      context.lineWidth = 2;
      context.strokeRect(HEAD + at[1] * CELL - left, HEAD + at[0] * CELL - top, CELL, CELL);
    }
  }

  function ask() {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  }

  /** @param {number} row @param {number} column */
  function point(row, column) {
    if (row === at[0] && column === at[1]) return;
    at = [row, column];
    if (says) {
      const state = states.get(row * drawn.columns.length + column);
      const [one, other] = [drawn.rows[row], drawn.columns[column]];
      says.textContent = `${one.ref} ${one.label} → ${other.ref} ${other.label}: ${state ? words[state] : words.empty}`;
    }
    ask();
  }

  /** @param {MouseEvent} event @returns {[number, number] | null} */
  function under(event) {
    const frame = box.getBoundingClientRect();
    const column = Math.floor((event.clientX - frame.left - box.clientLeft - HEAD + box.scrollLeft) / CELL);
    const row = Math.floor((event.clientY - frame.top - box.clientTop - HEAD + box.scrollTop) / CELL);
    const inside = event.clientX - frame.left > HEAD && event.clientY - frame.top > HEAD;
    return inside && row < drawn.rows.length && column < drawn.columns.length ? [row, column] : null;
  }

  function open() {
    if (at[0] < 0 || !states.has(at[0] * drawn.columns.length + at[1])) return;
    const address = new URL(box.dataset.open ?? "", location.href);
    address.searchParams.set("subject", drawn.rows[at[0]].ref);
    address.searchParams.set("object", drawn.columns[at[1]].ref);
    address.hash = "rows";
    location.assign(address);
  }

  box.addEventListener("scroll", ask, { passive: true });
  box.addEventListener("mousemove", (event) => {
    const found = under(event);
    if (found) point(...found);
  });
  box.addEventListener("click", (event) => {
    const found = under(event);
    if (found) {
      point(...found);
      open();
    }
  });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Enter") open();
    if (!by) return;
    event.preventDefault();
    const row = Math.min(drawn.rows.length - 1, Math.max(0, at[0] + by[0]));
    const column = Math.min(drawn.columns.length - 1, Math.max(0, at[1] + by[1]));
    box.scrollTop = keep(box.scrollTop, row * CELL, box.clientHeight - HEAD - CELL);
    box.scrollLeft = keep(box.scrollLeft, column * CELL, box.clientWidth - HEAD - CELL);
    point(row, column);
  });
  new ResizeObserver(ask).observe(box);
  const repaint = () => {
    paint = colours();
    ask();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  draw();
}

/** @param {number} now @param {number} wanted @param {number} room */
const keep = (now, wanted, room) => Math.max(wanted - room, Math.min(now, wanted));

/** @param {string} ref */
const short = (ref) => ref.slice(ref.indexOf(":") + 1);

function begin() {
  const box = document.querySelector(".item-matrix");
  const data = document.getElementById("drawn");
  if (box instanceof HTMLElement && data && box.hidden) prepare(box, JSON.parse(data.textContent ?? ""));
}

begin();
document.addEventListener("live", begin);
