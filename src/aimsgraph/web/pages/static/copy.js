// Buttons marked `data-copy="id"` copy the text of that element.
// @ts-check
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.getAttribute("data-copy") ?? "")?.textContent ?? "";
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "✓";
    } catch {
      getSelection()?.selectAllChildren(/** @type {Node} */ (document.getElementById(button.getAttribute("data-copy") ?? "")));
    }
    setTimeout(() => (button.textContent = said), 1200);
  });
}
