/* A line of text that steers: while one writes, what is understood of it; Enter moves the sliders. */
import { make, say, signed } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";

export function createWish(root, on) {
  const $ = (selector) => root.querySelector(selector);
  const field = $("#ed-wish");
  const STILL = 150; // milliseconds
  let waiting = 0;

  const look = newest(async (text) => {
    const reply = text.trim() ? await on.steer(text) : { wishes: [], unknown: [], told: "" };
    if (reply && field.value === text) show(reply);
  });

  function show({ wishes, unknown, alone = [], told }) {
    const chips = wishes.map(({ word, read, name, amount, adds }) => {
      const said = word === read ? word : `${word} ≈ ${read}`;
      return make("span", { class: "chip", title: adds ? "goes on from where the slider is" : "sets the slider" }, make("b", {}, said), ` ${name} ${adds ? "by " : ""}${signed(amount)}`);
    });
    $(".read").replaceChildren(...chips, ...(told ? [make("span", {}, told)] : []));
    root.dataset.understood = JSON.stringify([wishes.map(({ name }) => name), unknown, alone]);
  }

  async function steer(event) {
    event.preventDefault();
    clearTimeout(waiting);
    const reply = await on.steer(field.value);
    if (!reply) return;
    show(reply);
    if (reply.wishes.length) on.take(reply.point);
  }

  /** Another weight: what it knows, and an example. */
  function meet({ attributes }) {
    $(".wish").hidden = !attributes.length;
    say($(".knows"), `this one knows ${attributes.map(({ name }) => name).join(", ")}`);
    const [first, second] = attributes;
    const less = first && `${first.less[0] ?? `no ${first.more[0]}`} ${first.about[0] ?? ""}`.trim();
    field.placeholder = [less, second?.name].filter(Boolean).join(", ");
    $(".read").replaceChildren();
  }

  $(".wish").addEventListener("submit", steer);
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => look(field.value), STILL);
  });
  return { meet };
}
