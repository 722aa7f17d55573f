/* The line above all tabs: the lamp, and the link to the list of the API. */

function lamp(button) {
  const saved = localStorage.getItem("gan-atelier-lamp");
  if (saved) document.body.classList.toggle("dark", saved === "dark");
  button.addEventListener("click", () => {
    const dark = document.body.classList.toggle("dark");
    try {
      localStorage.setItem("gan-atelier-lamp", dark ? "dark" : "light");
    } catch {
      // Full: the lamp works all the same, until the page is closed.
    }
  });
}

/** The link to the list of the API presses Gradio's own button, which stands in the footer that look.css hides. */
function api(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector("footer .show-api")?.click();
  });
}

export function start({ element }) {
  lamp(element.querySelector(".lamp"));
  api(element.querySelector(".api"));
}
