/* The line above all tabs: the lamp, the lists of the API and of the keys; and what is begun once for the whole page. */
import { press, takeToasts, toast } from "./atelier.js";
import { explains } from "./glossary.js";
import * as listbox from "./listbox.js";
import * as place from "./place.js";
import * as shortcuts from "./shortcuts.js";
import * as tabs from "./tabs.js";

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

/** What a link leads to and this page does not have. */
const missing = (tab) => toast(
  tab === "edit" ? "The link leads to a tab that this page does not have: there is no weight here whose pictures can be edited."
    : `The link leads to a tab ${tab.slice(0, 40)} that this page does not have.`);

/** The page's parts for those who read it by ear: what Gradio calls main is all of it. */
function landmarks() {
  const roles = { "main.contain": "none", "#masthead": "banner", "#tabs": "main", "#tray": "complementary" };
  for (const [selector, role] of Object.entries(roles)) document.querySelector(selector)?.setAttribute("role", role);
  document.querySelector("#tray")?.setAttribute("aria-label", "Tray");
}

export function start({ element }) {
  lamp(element.querySelector(".lamp"));
  api(element.querySelector(".api"));
  element.querySelector(".keys-list").addEventListener("click", shortcuts.show);
  shortcuts.listen("", () => true, { list: shortcuts.show });
  // The rest of the page is put in after this line of it.
  requestAnimationFrame(() => {
    takeToasts();
    landmarks();
    listbox.start();
    tabs.start();
    place.start(missing);
  });
  explains();
}
