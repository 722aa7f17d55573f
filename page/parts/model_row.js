// Things to choose from, each with a face. value: {items: [{name, title, words, picture, state}], chosen, second}.
// A press sends the value back with another `chosen`; where `second` is not left out, each tile can stand beside.
const { make } = atelier;
const list = element.querySelector(".tiles");

function send(change) {
  props.value = { ...props.value, ...change };
  trigger("input");
  show();
}

const face = ({ picture, state }) =>
  picture ? make("img", { src: picture, alt: "" }) : make("i", { class: `dot ${state ?? ""}` });

function tile(item, chosen, second) {
  const main = make("button",
    { type: "button", class: "choice", "data-name": item.name, "aria-pressed": String(item.name === chosen),
      title: item.title ?? item.name, onclick: () => send({ chosen: item.name, ...(item.name === second && { second: null }) }) },
    face(item), make("span", {}, make("b", {}, item.title ?? item.name), make("small", {}, item.words)));
  if (second === undefined || item.name === chosen) return main;
  const beside = item.name === second;
  const more = make("button",
    { type: "button", class: "beside", "aria-pressed": String(beside), "aria-label": `Show ${item.name} beside the chosen one`,
      title: "side by side", onclick: () => send({ second: beside ? null : item.name }) }, beside ? "−" : "+");
  return make("span", { class: "pair" }, main, more);
}

let inView = ""; // the choice that the row was last scrolled to, and how wide the row was: fonts come late

function reveal(chosen) {
  if (inView === `${list.scrollWidth} ${chosen}`) return;
  inView = `${list.scrollWidth} ${chosen}`;
  const [row, one] = [list, list.querySelector(".choice[aria-pressed=true]")].map((item) => item?.getBoundingClientRect());
  if (one && (one.left < row.left || one.right > row.right)) list.scrollLeft += one.left - row.left;
}

function show() {
  const { items = [], chosen, second } = props.value || {};
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const name = held && (held.dataset.name ?? held.previousSibling.dataset.name);
  const at = list.scrollLeft;
  list.replaceChildren(...items.map((item) => tile(item, chosen, second)));
  list.scrollLeft = at;
  const again = name && `[data-name="${CSS.escape(name)}"]`;
  if (name) ((held.dataset.name ? null : list.querySelector(`${again} + .beside`)) ?? list.querySelector(again))?.focus();
}

watch("value", show);
show();

// While the tab is open and the window is looked at, ask now and then whether there is something new.
// The first time at once: this script runs when the tab is first opened.
const look = () => {
  if (!element.isConnected) return clearInterval(clock);
  if (!element.offsetParent || document.hidden) return;
  reveal(props.value?.chosen);
  trigger("tick");
};
const clock = setInterval(look, 2000);
setTimeout(look);
