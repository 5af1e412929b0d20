// Looks every other second, while the page is seen, whether files of the register were saved, and shows what they say.
// @ts-check
import { swap } from "./live.js";

const EVERY = 2000;

async function look() {
  const mark = document.querySelector("[data-saved]");
  if (!(mark instanceof HTMLElement) || document.hidden || document.querySelector("#main.busy")) return;
  const response = await fetch(mark.dataset.saved ?? "", { headers: { Accept: "text/plain" } });
  const state = await response.text();
  if (!response.ok || state === mark.dataset.state) return;
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const text = await page.text();
  if (page.ok) {
    swap(new DOMParser().parseFromString(text, "text/html"), ["#main"]);
    tell(mark.dataset.says ?? "");
  } else {
    mark.dataset.state = state; // it is told once, until files are saved again
    tell(mark.dataset.wrong ?? "", mark.dataset.findings);
  }
}

/**
 * Say what happened below the heading.
 * @param {string} text
 * @param {string} [address] where to read on
 */
function tell(text, address) {
  const note = document.querySelector(".saved") ?? document.createElement("p");
  note.className = "note saved";
  note.setAttribute("role", "status");
  document.querySelector("#main h1")?.after(note);
  note.textContent = text;
  if (!address) return;
  const link = document.createElement("a");
  link.href = link.textContent = address;
  note.append(" ", link);
}

async function again() {
  try {
    await look();
  } catch {
    // the server may be starting anew
  }
  setTimeout(() => void again(), EVERY);
}

setTimeout(() => void again(), EVERY);
