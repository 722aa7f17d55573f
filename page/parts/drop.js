/* Dropping a file anywhere on the page while its tab is shown. */
export function onDrop(root, shown, restore) {
  let over = 0;
  const files = (event) => shown() && [...(event.dataTransfer?.types || [])].includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
    clearTimeout(over);
    over = setTimeout(() => root.classList.remove("dropping"), 250);
  });

  document.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!files(event)) return;
    event.preventDefault();
    restore(event.dataTransfer.files[0], [...event.dataTransfer.files]);
  });
}

/** A file that no tab takes never makes the browser leave the page for it. */
export function keepPage() {
  const stay = (event) => {
    if (event.defaultPrevented || ![...(event.dataTransfer?.types || [])].includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  for (const name of ["dragover", "drop"]) window.addEventListener(name, stay);
}
