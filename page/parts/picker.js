/* The model picker: a button with the chosen model's face, and the list that it opens. */
import { make } from "./atelier.js";

export function createPicker(root, on) {
  const button = root.querySelector(".model");
  const box = root.querySelector(".models");

  const face = (address) => (address ? make("img", { src: address, alt: "" }) : make("span", { class: "none" }));

  function show({ thumbnail, title, subtitle }) {
    button.replaceChildren(face(thumbnail), make("span", {}, make("span", { class: "unseen" }, "Choose a model, now "), make("b", {}, title), make("small", {}, subtitle)), make("span", { class: "more" }, "▾"));
  }

  function card({ name, title, subtitle, thumbnail }) {
    const choose = () => {
      box.hidePopover();
      on.choose(name);
    };
    return make("button", { class: "card", role: "option", "data-name": name, "aria-selected": String(name === on.chosen()), onclick: choose },
      face(thumbnail), make("b", {}, title), make("small", {}, subtitle));
  }

  /* Asked for each time it opens: a weight exported meanwhile is there. */
  async function fill() {
    const reply = await on.list();
    if (!reply) return;
    const refused = reply.refused.map((text) => make("p", { class: "hint" }, text));
    box.querySelector(".grid").replaceChildren(...reply.models.map(card), ...refused);
  }

  box.addEventListener("beforetoggle", (event) => event.newState === "open" && fill());
  return { show };
}
