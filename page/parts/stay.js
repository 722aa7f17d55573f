/* Runs before Gradio: a file that is dropped never takes the page away, whatever else becomes of it (drop.js). */
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (/** @type {any} */ event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
}
