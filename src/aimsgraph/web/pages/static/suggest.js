// Answers while one types: a form marked `data-suggest="/address"` shows what that address sends below it.
// Arrow down goes into the list, arrows walk it, Escape comes back.
// @ts-check

/** @param {HTMLFormElement} form */
function prepare(form) {
  const box = /** @type {HTMLInputElement | null} */ (form.querySelector('input[type="search"]'));
  const list = document.getElementById(box?.getAttribute("aria-controls") ?? "");
  if (!box || !list) return;
  let waiting = 0;
  /** @type {AbortController | undefined} */
  let running;

  async function ask() {
    running?.abort();
    running = new AbortController();
    const address = new URL(form.dataset.suggest ?? "", location.href);
    for (const [name, value] of new FormData(form)) if (typeof value === "string") address.searchParams.set(name, value);
    try {
      const response = await fetch(address, { signal: running.signal });
      if (!response.ok) return;
      const read = new DOMParser().parseFromString(await response.text(), "text/html");
      list?.replaceChildren(...[...read.body.childNodes].map((node) => document.adoptNode(node)));
    } catch {
      // the next letter asks again
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), 120);
  });
  form.parentElement?.parentElement?.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a")]);
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Escape") {
      if (at >= 0) box.focus();
      return;
    }
    if (document.activeElement !== box && at < 0) return;
    const next = event.key === "ArrowDown" ? links[at + 1] : at > 0 ? links[at - 1] : box;
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
}

for (const form of document.querySelectorAll("form[data-suggest]")) prepare(/** @type {HTMLFormElement} */ (form));
