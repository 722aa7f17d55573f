// The buttons under a run. Keep exports it and shows where to find it; Delete asks first.
import { ask, make } from "../parts/atelier.js";
import * as atelier from "../parts/atelier.js";
import { start as copies } from "../parts/copy.js";

const DOING = { pause: "Pausing…", go: "Going on…", stop: "Stopping…", more: "Adding…", keep: "Keeping…", delete: "Deleting…" };

export function start(given) {
  const { element, server } = given;
  copies(given);

  async function act(button) {
    const box = button.closest("[data-run]"), kind = button.dataset.act, run = box.dataset.run;
    if (kind === "delete" && button.dataset.sure === undefined) {
      button.dataset.sure = "";
      button.textContent = "Really delete?";
      setTimeout(() => { delete button.dataset.sure; button.textContent = "Delete"; }, 4000);
      return;
    }
    const words = button.textContent;
    const number = Number(box.querySelector("input")?.value) || 0;
    for (const one of box.querySelectorAll("button")) one.disabled = true;
    button.textContent = DOING[kind];
    const answer = await ask(server.act, { run, kind, number });
    button.textContent = words;
    for (const one of box.querySelectorAll("button")) one.disabled = false;
    // The buttons may be new ones by now.
    const now = element.querySelector(`[data-run="${CSS.escape(run)}"]`);
    if (answer?.weight && now) kept(now, answer);
  }

  function kept(box, { weight, task, told }) {
    box.parentElement.querySelector(".kept")?.remove();
    const open = { sample: () => atelier.visit({ weight, point: null }), translate: () => atelier.translate({ weight }) };
    const way = open[task] ? make("button", { type: "button", class: "btn", onclick: open[task] }, task === "sample" ? "Draw with it" : "Try it") : "";
    box.after(make("p", { class: "at row kept", role: "status" }, `${told} `, way));
  }

  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button);
  });
}
