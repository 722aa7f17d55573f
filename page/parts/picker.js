/* The model picker, on every tab the same: a button with the chosen model's face, and the list that it opens. */
import { chose, lately, make } from "./atelier.js";

let count = 0; // of pickers: their lists have ids

/** A picker in `place`. `on`: list() -> {models, refused} or a promise of it, chosen() -> name, choose(name, followed);
    takes(item): whether it shows such a model. A model that was chosen on another tab is followed when the picker comes
    into view, where free() says that nothing done is lost by it (and the first picture is no longer on its way).
    `none`: what stands there while nothing is chosen. */
export function createPicker(place, on, { heading = "Models", label = "Model", none = "" } = {}) {
  const id = `models-list-${(count += 1)}`;
  const button = make("button", { type: "button", class: "model", popovertarget: id, "aria-haspopup": "listbox" });
  const grid = make("div", { class: "grid", role: "listbox", "aria-label": heading });
  const refusals = make("div", { class: "refusals" });
  const box = make("div", { id, class: "models", popover: true }, make("h2", {}, heading), grid, refusals);
  place.classList.add("picker");
  place.replaceChildren(button, box);

  const face = (address) => (address ? make("img", { src: address, alt: "" }) : make("span", { class: "none" }));

  let shown = "";

  /** Show the chosen model on the button; nothing is drawn anew where it is the same. */
  function show(item) {
    const { thumbnail = "", title = none, subtitle = "" } = item ?? {};
    if (shown === (shown = JSON.stringify([thumbnail, title, subtitle]))) return;
    button.replaceChildren(face(thumbnail), make("span", {}, make("span", { class: "unseen" }, `${label}: `), make("b", {}, title), make("small", {}, subtitle)), make("span", { class: "more", "aria-hidden": "true" }, "▾"));
  }

  function card({ name, title, subtitle, thumbnail }) {
    const choose = () => {
      box.hidePopover();
      button.focus();
      on.choose(name, false);
    };
    return make("button", { type: "button", class: "card", role: "option", tabindex: -1, "data-name": name, "aria-selected": String(name === on.chosen()), onclick: choose },
      face(thumbnail), make("b", {}, title), make("small", {}, subtitle));
  }

  /* Asked for each time it opens: a weight exported meanwhile is there. */
  async function fill() {
    const reply = await on.list();
    if (!reply) return;
    refusals.replaceChildren(...reply.refused.map((text) => make("p", { class: "hint" }, text)));
    grid.replaceChildren(...reply.models.map(card));
    const first = grid.querySelector("[aria-selected=true]") ?? grid.firstElementChild;
    if (!first) return;
    first.tabIndex = 0;
    if (box.matches(":popover-open")) first.focus();
  }

  /** Say that the list is another now: where it lies open, it is filled anew. */
  const renew = () => box.matches(":popover-open") && fill();

  let met = null; // the choice of another tab that was looked at last

  /** Turn to the model that another tab chose last, where this one can; whether it did. */
  function follow() {
    const other = lately();
    if (!other || other === met || !button.offsetParent) return false;
    met = other;
    if (other.name === on.chosen() || !on.takes?.(other) || (on.free && !on.free())) return false;
    on.choose(other.name, true);
    return true;
  }

  box.addEventListener("beforetoggle", (event) => event.newState === "open" && fill());
  if (on.takes) new IntersectionObserver((seen) => seen.at(-1).isIntersecting && follow()).observe(button);
  window.addEventListener("atelier:model", follow);
  /** Say that a model is now chosen here. */
  function tell(item) {
    chose(item);
    met = lately();
  }

  /** The model that another tab chose last, to begin with; null where there is none that this one can use. */
  const first = () => (lately() && on.takes(lately()) ? lately().name : null);

  return { show, tell, first, renew };
}
