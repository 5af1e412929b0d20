// The days asked about as sliders: a slider and its date field say the same, and the page answers as it moves.
// @ts-check
const FIRST = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

/** @param {string} text */
const toNumber = (text) => Math.round((Date.parse(text) - FIRST) / DAY);
/** @param {number} number */
const toText = (number) => new Date(FIRST + number * DAY).toISOString().slice(0, 10);

function prepare() {
  for (const slider of document.querySelectorAll("input[data-day]")) {
    const field = document.getElementById(slider.getAttribute("data-day") ?? "");
    if (!(slider instanceof HTMLInputElement) || !(field instanceof HTMLInputElement) || !slider.hidden) continue;
    slider.hidden = false;
    slider.min = String(toNumber(field.min));
    slider.max = String(toNumber(field.max));
    slider.value = String(toNumber(field.value));
    slider.setAttribute("aria-valuetext", field.value);
    slider.addEventListener("input", () => {
      field.value = toText(Number(slider.value));
      slider.setAttribute("aria-valuetext", field.value);
    });
    field.addEventListener("input", () => {
      if (field.checkValidity()) slider.value = String(toNumber(field.value));
    });
  }
}

prepare();
document.addEventListener("live", prepare);
