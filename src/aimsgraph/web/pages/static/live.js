// Forms and links marked `data-live="#part"` fetch the page they lead to and put its part in place of the present one.
// Without scripts they lead there as ever. A part put in place tells of it by the event `live`.
// @ts-check

/** @type {AbortController | undefined} */
let running;

/**
 * Fetch an address and put parts of its page in place.
 * @param {string} address
 * @param {string[]} selectors
 * @param {{push?: boolean}} [how]
 */
export async function go(address, selectors, { push = true } = {}) {
  running?.abort();
  const control = (running = new AbortController());
  const parts = selectors.map((selector) => document.querySelector(selector)).filter((part) => part !== null);
  for (const part of parts) part.classList.add("busy");
  try {
    const response = await fetch(address, { signal: control.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    swap(page, selectors);
    document.title = page.title;
    if (push) history.pushState({ live: selectors }, "", response.url);
    else history.replaceState({ live: selectors }, "", response.url);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) location.assign(address);
  } finally {
    if (running === control) for (const part of document.querySelectorAll(".busy")) part.classList.remove("busy");
  }
}

/**
 * Put parts of another page in place, keeping focus and what is unfolded.
 * @param {Document} page
 * @param {string[]} selectors
 */
export function swap(page, selectors) {
  const focused = document.activeElement?.id;
  const open = new Set([...document.querySelectorAll("details[id][open]")].map((each) => each.id));
  for (const selector of selectors) {
    const now = document.querySelector(selector);
    const next = page.querySelector(selector);
    if (!now || !next) continue;
    for (const each of next.querySelectorAll("details[id]")) if (open.has(each.id)) each.setAttribute("open", "");
    now.replaceWith(document.adoptNode(next));
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("live"));
}

/** @param {Element} element */
function partsOf(element) {
  return (element.getAttribute("data-live") || "#main").split(" ");
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] */
export function addressOf(form, submitter = null) {
  const url = new URL(form.action, location.href);
  url.search = "";
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) url.searchParams.append(name, value);
  const name = submitter?.getAttribute("name");
  if (name) url.searchParams.set(name, submitter?.getAttribute("value") ?? "");
  return url.href;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-live") || form.method !== "get") return;
  event.preventDefault();
  void go(addressOf(form, event.submitter), partsOf(form));
});

let waiting = 0;
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
  const form = field.form;
  if (!form?.hasAttribute("data-live") || !form.checkValidity()) return;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => void go(addressOf(form), partsOf(form)), 60);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[data-live]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
  event.preventDefault();
  void go(link.href, partsOf(link));
});

addEventListener("popstate", (event) => {
  const selectors = event.state?.live;
  if (Array.isArray(selectors)) void go(location.href, selectors, { push: false });
  else location.reload();
});
