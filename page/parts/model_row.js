// Things to choose from, each with a face. value: {items: [{name, title, words, picture or face, state}], chosen}.
// A press sends the value back with another `chosen`.
// {changed: items} takes the place of the items of those names.
import * as atelier from "./atelier.js";
import { make } from "./atelier.js";

export function start({ element, props, trigger, watch, server }) {
  const list = element.querySelector(".tiles");
  let whole = props.value || {}; // not what came last, which may be a part

  function send(change) {
    whole = props.value = { ...whole, ...change };
    trigger("input");
    show();
  }

  // Faces that are not in the value are asked for when their tiles are seen, a few at a time.
  const known = new Map();
  const wanted = new Set();
  let asking = false;
  const key = ({ name, face }) => `${face} ${name}`;
  const seen = new IntersectionObserver((tiles) => {
    for (const { isIntersecting, target } of tiles) if (isIntersecting) wanted.add(target.getAttribute("data-name"));
    fetchFaces();
  });

  async function fetchFaces() {
    if (asking) return;
    asking = true;
    while (wanted.size) {
      const items = (whole.items ?? []).filter((item) => wanted.has(item.name) && item.face && !known.has(key(item))).slice(0, 16);
      if (!items.length) { wanted.clear(); break; }
      const reply = await atelier.ask(server.faces, { names: items.map((item) => item.name) });
      for (const item of items) known.set(key(item), reply?.faces[item.name] ?? "");
      show();
    }
    asking = false;
  }

  const address = (item) => item.picture ?? known.get(key(item));

  const face = (item) =>
    address(item) ? make("img", { src: address(item), alt: "" }) : make("i", { class: `dot ${item.state ?? ""}` });

  function tile(item, chosen) {
    return make("button",
      { type: "button", class: "choice", "data-name": item.name, "aria-pressed": String(item.name === chosen),
        title: item.title ?? item.name, onclick: () => send({ chosen: item.name }) },
      face(item), make("span", {}, make("b", {}, item.title ?? item.name), make("small", {}, item.words)));
  }

  let inView = ""; // the choice that the row was last scrolled to, and how wide the row was: fonts come late

  function reveal(chosen) {
    if (inView === `${list.scrollWidth} ${chosen}`) return;
    inView = `${list.scrollWidth} ${chosen}`;
    const [row, one] = [list, list.querySelector(".choice[aria-pressed=true]")].map((item) => item?.getBoundingClientRect());
    if (one && (one.left < row.left || one.right > row.right)) list.scrollLeft += one.left - row.left;
  }

  function show() {
    const { items = [], chosen } = whole;
    const held = atelier.focusedIn(list);
    const name = held?.dataset.name;
    const at = list.scrollLeft;
    list.replaceChildren(...items.map((item) => tile(item, chosen)));
    seen.disconnect();
    list.querySelectorAll(".choice").forEach((one, i) => { if (items[i].face && !known.has(key(items[i]))) seen.observe(one); });
    list.scrollLeft = at;
    if (name) /** @type {HTMLElement | null} */ (list.querySelector(`[data-name="${CSS.escape(name)}"]`))?.focus();
  }

  watch("value", () => {
    const fresh = props.value || {};
    if (fresh.changed) {
      const by = new Map(fresh.changed.map((item) => [item.name, item]));
      props.value = { ...whole, items: whole.items.map((item) => by.get(item.name) ?? item) };
    }
    whole = props.value || {};
    show();
  });
  show();

  // While the tab is open and the window is looked at, ask now and then whether there is something new.
  // The first time at once: this script runs when the tab is first opened.
  const look = () => {
    if (!element.isConnected) return clearInterval(clock);
    if (!element.offsetParent || document.hidden) return;
    reveal(whole.chosen);
    trigger("tick");
  };
  const clock = setInterval(look, 2000);
  setTimeout(look);
}
