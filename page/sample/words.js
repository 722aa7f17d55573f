/* A line of text that says what is drawn: while one writes, what is understood of it; after a moment, the pictures. */
import { call, make, mark } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";
import { createChips, label } from "./chips.js";

const STILL = 150; // milliseconds

/** `on`: state(), and about(): what the server says of its model; take(text, moving): draw from another sentence, `moving`
    while one writes. */
export function createWords(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const field = $("#at-text");
  let shown = null; // the sentence of the state that the line was last given
  let waiting = 0;
  let chips = createChips([]);

  /** Read what is in the line; `drawn`: it is what the pictures are drawn from already; `written`: letter by letter. */
  const read = newest(async ({ text, drawn, written }) => {
    const { weight } = on.state();
    const reply = await call(server.read, { weight, text });
    if (weight !== on.state().weight || text !== field.value) return;
    tell(reply);
    if (drawn || reply.error) return;
    shown = text;
    on.take(text, written ? "text" : "");
  });

  function tell({ known = [], told = "", error = "" }) {
    const found = known.map((word) => make("span", { class: "chip" }, word));
    $(".words .read").replaceChildren(...found, make("span", {}, error || told));
    root.dataset.read = field.value;
  }

  function wish(written) {
    clearTimeout(waiting);
    waiting = 0;
    press();
    read({ text: field.value, drawn: false, written });
  }

  function put(text) {
    field.value = text;
    wish(false);
  }

  function groups({ groups: all }) {
    const chip = (words, others) => make("button", { type: "button", class: "btn", "data-words": words, title: words, "aria-label": words, onclick: () => put(chips.pressed(field.value, words, others)) }, label(words, others));
    return all.map(({ name, words }) => make("div", { role: "group", "aria-label": name }, make("span", { class: "name" }, name), make("div", {}, ...words.map((one) => chip(one, words)))));
  }

  /** Which of the chips the sentence says. */
  function press() {
    for (const chip of $(".known").querySelectorAll("[data-words]")) mark(chip, "aria-pressed", chips.says(field.value, chip.dataset.words));
  }

  /** Dress for another model. */
  function dress() {
    const { words } = on.about();
    $(".words").hidden = $(".for-words").hidden = !words;
    shown = null;
    if (!words) return;
    field.placeholder = words.text;
    chips = createChips(words.groups);
    $(".known").replaceChildren(...groups(words));
    $(".words .read").replaceChildren();
  }

  /** The state's own sentence, where that is another one: what is being written stays. */
  function show() {
    const { text } = on.state();
    if (!on.about().words || text === shown) return;
    shown = text;
    clearTimeout(waiting);
    field.value = text;
    press();
    read({ text, drawn: true, written: false });
  }

  $(".words").addEventListener("submit", (event) => { event.preventDefault(); wish(true); });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(wish, STILL, true);
  });
  return { dress, show };
}
