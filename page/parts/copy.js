// Buttons with data-copy put the text of the <code> before them on the clipboard; those with data-visit open a
// model in Sample.
element.addEventListener("click", async (event) => {
  const visit = event.target.closest("[data-visit]");
  if (visit) return atelier.visit({ weight: visit.dataset.visit, point: null });
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } catch { // no clipboard without https: leave the text selected for Ctrl-C
    getSelection().selectAllChildren(code);
  }
});
