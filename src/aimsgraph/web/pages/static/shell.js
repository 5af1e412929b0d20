// What every page does beyond HTML: light or dark, the search key, answers while one types, days as sliders.
// @ts-check
import "./live.js";
import "./days.js";
import "./suggest.js";

const THEME = "aimsgraph.theme";

/** @param {string | null} theme */
function paint(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function remembered() {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null; // a browser may forbid it
  }
}

paint(remembered());
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    paint(next);
    try {
      localStorage.setItem(THEME, next);
    } catch {
      // it lasts for this page then
    }
  });
}

document.addEventListener("keydown", (event) => {
  const at = event.target;
  const typing = at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = /** @type {HTMLElement | null} */ (document.querySelector("#q") ?? document.querySelector("#search"));
    if (box) {
      event.preventDefault();
      box.focus();
    }
  }
});
