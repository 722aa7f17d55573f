/* Key poses in a row: opened by a click, moved by buttons, arrow keys or dragging, taken out. */
import { make } from "../parts/atelier.js";
import { face } from "./joints.js";

/** `on`: keys() of the state, open() which of them is looked at (null: none), body(), change(keys, open), show(index). */
export function createStrip(row, on) {
  let dragged = null;

  function move(from, to) {
    const keys = [...on.keys()];
    if (from === to || to < 0 || to >= keys.length) return;
    keys.splice(to, 0, ...keys.splice(from, 1));
    on.change(keys, to);
    row.querySelectorAll(".face")[to]?.focus();
  }

  function remove(at) {
    const keys = on.keys().filter((_, n) => n !== at);
    on.change(keys, null);
    row.querySelectorAll(".face")[Math.min(at, keys.length - 1)]?.focus();
  }

  function pressed(event, at) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in steps) move(at, at + steps[event.key]);
    else if (event.key === "Delete" || event.key === "Backspace") remove(at);
    else return;
    event.preventDefault();
  }

  function card(joints, at, all) {
    const name = `Keyframe ${at + 1}`;
    const act = (sign, label, off, does) => make("button", { type: "button", "aria-label": `${label}: ${name}`, title: label, disabled: off, onclick: does }, sign);
    return make("li", { draggable: "true",
        ondragstart: () => { dragged = at; },
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => { event.preventDefault(); if (dragged !== null) move(dragged, at); dragged = null; } },
      make("button", { type: "button", class: "face", "aria-pressed": String(on.open() === at), "aria-label": name, title: `${name}: arrow keys move it, Delete removes it`,
          onclick: () => on.show(at), onkeydown: (event) => pressed(event, at) }, face(on.body(), joints)),
      make("span", { class: "acts" },
        act("‹", "Move earlier", at === 0, () => move(at, at - 1)),
        act("×", "Remove", false, () => remove(at)),
        act("›", "Move later", at === all.length - 1, () => move(at, at + 1))));
  }

  return { show: () => row.replaceChildren(...on.keys().map(card)) };
}
