/* The line above all tabs: the lamp, the link to the list of the API, and the tab that a link leads to. */
import { press, toast } from "./atelier.js";
import { explains } from "./glossary.js";

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
    press("footer .show-api");
  });
}

/** A link to an edited picture or a lesson opens its tab, as soon as there is one; the tab's script reads the rest. */
function follow(tries = 100) {
  const name = ["edit", "learn"].find((tab) => new URLSearchParams(location.search).has(tab));
  if (!name) return;
  if (document.querySelector(`#tab-${name}-button`)) press(`#tab-${name}-button`);
  else if (tries) setTimeout(follow, 100, tries - 1);
  else toast("The link leads to a tab that this page does not have: there is no weight here whose pictures can be edited.");
}

export function start({ element }) {
  follow();
  lamp(element.querySelector(".lamp"));
  api(element.querySelector(".api"));
  explains();
}
