/* Tools of the sheet: which one is in hand, how wide it draws, and in which colour or as which label. */
import { make, mark } from "../parts/atelier.js";

const ORDINARY = ["#26211b", "#f7f4ee", "#8d9096", "#7a4a2a", "#c9874a", "#e9c37a", "#c23b32", "#e88ea2", "#4d8f4a", "#3f7fb8", "#6d56a0"];
// Least and largest width of each tool in shares of the side, and where its slider stands at first.
const TOOLS = { pen: [0.004, 0.06, 0.45], eraser: [0.02, 0.25, 0.45], mask: [0.004, 0.25, 0.5], box: [0.004, 0.25, 0.5], hint: [0.02, 0.12, 0.5], paint: [0.02, 0.4, 0.6] };
const levels = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

export function createTools(root, canvas) {
  const $ = (selector) => root.querySelector(selector);
  const hue = { hint: ORDINARY[4], paint: "#ffc83d" };
  const places = Object.fromEntries(Object.entries(TOOLS).map(([name, [, , at]]) => [name, at])); // of the slider

  /** The tools of a weight, with its first one in hand, and swatches of hints or its labels by name. */
  function dress({ tools, hints, palette }) {
    for (const button of root.querySelectorAll(".tool")) button.hidden = !tools.includes(button.dataset.tool);
    take(tools[0]);
    const free = tools.includes("paint") ? "paint" : "hint";
    $(".colours").hidden = !hints && free === "hint";
    if (palette.length) labels(palette);
    else colours(free);
    swatches();
  }

  function labels(palette) {
    hue.paint = palette.some(([, colour]) => colour === hue.paint) ? hue.paint : palette.at(palette.length > 2 ? 2 : -1)[1];
    $(".colours").replaceChildren(...palette.map(([name, colour]) =>
      make("button", { class: "label", "data-colour": colour, onclick: () => dip("paint", colour) }, make("i", { style: `background: ${colour}` }), name)));
  }

  function colours(name) {
    const own = make("input", { type: "color", value: hue[name], "aria-label": "Another colour", title: "Another colour", oninput: (event) => dip(name, event.target.value) });
    $(".colours").replaceChildren(...ORDINARY.map((colour) => make("button",
      { class: "swatch", "data-colour": colour, style: `background: ${colour}`, "aria-label": `Hint in ${colour}`, title: "Hint in this colour", onclick: () => dip(name, colour) })), own);
  }

  function dip(name, colour) {
    hue[name] = colour;
    take(name);
  }

  function take(name) {
    const [least, most] = TOOLS[name];
    Object.assign(canvas.tool, { name, width: least * (most / least) ** places[name], colour: name in hue ? levels(hue[name]) : [0, 0, 0] });
    $(".width").value = places[name];
    for (const button of root.querySelectorAll(".tool")) mark(button, "aria-pressed", button.dataset.tool === name);
    swatches();
  }

  function swatches() {
    const { name } = canvas.tool;
    root.style.setProperty("--hue", hue.hint);
    for (const button of $(".colours").querySelectorAll("button")) mark(button, "aria-pressed", name in hue && button.dataset.colour === hue[name]);
  }

  /** A little wider, or narrower: steps of the slider. */
  function widen(steps) {
    const { name } = canvas.tool;
    places[name] = Math.min(1, Math.max(0, places[name] + 0.06 * steps));
    take(name);
  }

  for (const button of root.querySelectorAll(".tool")) button.addEventListener("click", () => take(button.dataset.tool));
  $(".width").addEventListener("input", ({ target }) => {
    places[canvas.tool.name] = Number(target.value);
    take(canvas.tool.name);
  });
  return { dress, take, widen };
}
