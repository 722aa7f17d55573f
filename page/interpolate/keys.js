// Key images in a row: {weight, point, picture, name} each. Move by buttons, by arrow keys or by dragging; the list goes
// back as "input" when the visitor changed it, and "select" says that it is another one, whoever changed it.
import * as atelier from "../parts/atelier.js";
import { make } from "../parts/atelier.js";
import { jot, jotted } from "../parts/kept.js";

export function start({ element, props, trigger, watch }) {
  const row = element.querySelector(".keys");
  let dragged = null;

  function change(items, focus) {
    props.value = items;
    trigger("input");
    trigger("select");
    show();
    if (items.length) row.querySelectorAll(".face")[Math.min(focus, items.length - 1)].focus();
  }

  function move(from, to) {
    const items = [...props.value];
    if (from === to || to < 0 || to >= items.length) return;
    items.splice(to, 0, ...items.splice(from, 1));
    change(items, to);
  }

  const remove = (i) => change(props.value.filter((_, n) => n !== i), i);

  function pressed(event, i) {
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (event.key in steps) move(i, i + steps[event.key]);
    else if (event.key === "Delete" || event.key === "Backspace") remove(i);
    else return;
    event.preventDefault();
  }

  function card(item, i, all) {
    const name = `${i + 1}. ${item.name}`;
    const button = (text, label, off, act) =>
      make("button", { type: "button", "aria-label": `${label} ${name}`, title: label, disabled: off, onclick: act }, text);
    return make("li", { draggable: "true",
        ondragstart: () => { dragged = i; },
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => { event.preventDefault(); if (dragged !== null) move(dragged, i); dragged = null; } },
      make("button", { type: "button", class: "face", title: `${name}: arrow keys move it, Delete removes it`, "aria-label": name,
          onkeydown: (event) => pressed(event, i) },
        make("img", { src: item.picture ?? "", alt: "", draggable: "false",
          onload: ({ target }) => target.classList.toggle("crisp", target.naturalWidth <= 32) })),
      atelier.upscales() ? make("button", { type: "button", class: "larger", "aria-label": `Upscale ${name}`, title: "Upscale",
          onclick: () => atelier.upscale({ weight: item.weight, point: item.point }) }, "⤢") : "",
      make("span", { class: "name", title: item.name }, item.name),
      make("span", { class: "acts" },
        button("‹", "Move earlier", i === 0, () => move(i, i - 1)),
        button("×", "Remove", false, () => remove(i)),
        button("›", "Move later", i === all.length - 1, () => move(i, i + 1))));
  }

  function show() {
    const items = props.value ?? [];
    row.replaceChildren(...items.map(card));
    if (items.length) jot("keys", items.map(({ weight, point, name }) => ({ weight, point, name })));
  }

  watch("value", () => { show(); trigger("select"); });
  // Those from before a reload: the first look of the tab gives them their faces.
  if (!props.value?.length) props.value = jotted("keys") ?? [];
  show();
}
