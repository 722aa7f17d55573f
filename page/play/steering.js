/* What the player does: arrow keys and the two buttons of the pad, for as long as they are held. */
import { typing } from "../parts/atelier.js";

const KEYS = { ArrowLeft: 1, a: 1, A: 1, ArrowRight: 2, d: 2, D: 2 };
const STAY = 0;

/** `usable()`: whether keys are meant for the game. -> {action(): what is held last, 0 for nothing}. */
export function createSteering(root, usable) {
  let held = []; // actions, the one that was begun last at the end

  const down = (action) => { held = [...held.filter((one) => one !== action), action]; };
  const up = (action) => { held = held.filter((one) => one !== action); };

  /** Arrow keys move sliders, lists and tabs where these have the keyboard. */
  const meant = (event) => usable() && !typing(event) && !event.target.closest?.("input, select, [role=tab], [role=listbox], dialog");

  document.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || !meant(event)) return;
    event.preventDefault();
    if (!event.repeat) down(action);
  });
  document.addEventListener("keyup", (event) => KEYS[event.key] && up(KEYS[event.key]));
  window.addEventListener("blur", () => { held = []; });
  for (const button of root.querySelectorAll("[data-action]")) {
    const action = Number(button.dataset.action);
    button.addEventListener("pointerdown", (event) => { event.preventDefault(); button.setPointerCapture(event.pointerId); down(action); });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(end, () => up(action));
    button.addEventListener("keydown", ({ key }) => ["Enter", " "].includes(key) && down(action));
    button.addEventListener("keyup", () => up(action));
  }

  return { action: () => held.at(-1) ?? STAY };
}
