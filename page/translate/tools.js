/* Tools of the sheet: which one is in hand, how wide it draws, and in which colour or as which label. */
import { make, mark } from "../parts/atelier.js";

const ORDINARY = ["#26211b", "#f7f4ee", "#8d9096", "#7a4a2a", "#c9874a", "#e9c37a", "#c23b32", "#e88ea2", "#4d8f4a", "#3f7fb8", "#6d56a0"];
// Of flat shapes: those that emoji are painted in.
const PLAIN = {
  Yellow: "#fcd53f", Amber: "#ffb02e", Orange: "#ff6723", Red: "#f8312f", Pink: "#ff6dc6", Purple: "#8d65c5", Blue: "#0074ba", "Light blue": "#00a6ed", "Pale blue": "#aeddff",
  Green: "#44911b", Lime: "#86d72f", Brown: "#6d4534", Tan: "#f3ad61", Cream: "#ffdea7", "Light gray": "#d3d3d3", Gray: "#9b9b9b", Black: "#212121", White: "#ffffff",
};
// Least and largest width of each tool in shares of the side, and where its slider stands at first; none: it has no width.
const TOOLS = {
  pen: [0.004, 0.06, 0.45], eraser: [0.02, 0.25, 0.45], mask: [0.004, 0.25, 0.5], box: [0.004, 0.25, 0.5], hint: [0.02, 0.12, 0.5], paint: [0.02, 0.4, 0.6],
  ellipse: [0.02, 0.6, 0.7], lasso: null, fill: null, dropper: null,
};
const HUES = { hint: "hint", paint: "paint", ellipse: "paint", box: "paint", lasso: "paint", fill: "paint" }; // whose colour each tool has
const levels = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

export function createTools(root, canvas) {
  const $ = (selector) => root.querySelector(selector);
  const hue = { hint: ORDINARY[4], paint: PLAIN.Yellow };
  const places = Object.fromEntries(Object.entries(TOOLS).map(([name, range]) => [name, range?.[2] ?? 0])); // of the slider
  let before = "paint"; // the tool in hand before the dropper

  /** The tools of a weight, with its first one in hand, and swatches of colours or its labels by name. */
  function dress({ tools, hints, palette }) {
    const painted = tools.includes("paint");
    for (const button of root.querySelectorAll(".tool")) button.hidden = !tools.includes(button.dataset.tool);
    $(".colours").hidden = !hints && !painted;
    // Where there are many tools, the slider finds its room beside the colours.
    if (tools.includes("fill")) $(".colours").append($(".width"));
    else $(".undo").before($(".width"));
    $(".hue").hidden = palette.length > 0;
    if (palette.length) labels(palette);
    else if (painted) colours("paint", Object.entries(PLAIN));
    else colours("hint", ORDINARY.map((colour) => [`Hint in ${colour}`, colour]));
    take(tools[0]);
  }

  function labels(palette) {
    hue.paint = palette.some(([, colour]) => colour === hue.paint) ? hue.paint : palette.at(palette.length > 2 ? 2 : -1)[1];
    $(".swatches").replaceChildren(...palette.map(([name, colour]) =>
      make("button", { class: "label", "data-colour": colour, onclick: () => dip("paint", colour) }, make("i", { style: `background: ${colour}` }), name)));
  }

  function colours(name, offered) {
    $(".hue").dataset.hue = name;
    $(".swatches").replaceChildren(...offered.map(([title, colour]) => make("button",
      { class: "swatch", "data-colour": colour, style: `background: ${colour}`, "aria-label": title, title, onclick: () => dip(name, colour) })));
  }

  /** Take a colour into the tool in hand, or into the first that has one. */
  function dip(name, colour) {
    hue[name] = colour;
    take(HUES[canvas.tool.name] === name ? canvas.tool.name : name);
  }

  /** A colour from the sheet, for the tool that was in hand. */
  function picked(colour) {
    hue.paint = colour;
    take(canvas.tool.name in HUES ? canvas.tool.name : before);
  }

  function take(name) {
    if (name in HUES) before = name;
    const [least, most] = TOOLS[name] ?? [0.1, 0.1];
    const width = Math.round(1e5 * least * (most / least) ** places[name]) / 1e5; // as a recipe has it
    Object.assign(canvas.tool, { name, width, colour: name in HUES ? levels(hue[HUES[name]]) : [0, 0, 0] });
    $(".width").value = places[name];
    $(".width").disabled = !TOOLS[name];
    for (const button of root.querySelectorAll(".tool")) mark(button, "aria-pressed", button.dataset.tool === name);
    swatches();
  }

  function swatches() {
    const held = HUES[canvas.tool.name];
    root.style.setProperty("--hue", hue.hint);
    for (const button of $(".swatches").children) mark(button, "aria-pressed", Boolean(held) && button.dataset.colour === hue[held]);
    $(".hue").value = hue[$(".hue").dataset.hue];
  }

  /** A little wider, or narrower: steps of the slider. */
  function widen(steps) {
    const { name } = canvas.tool;
    if (!TOOLS[name]) return;
    places[name] = Math.min(1, Math.max(0, places[name] + 0.06 * steps));
    take(name);
  }

  for (const button of root.querySelectorAll(".tool")) button.addEventListener("click", () => take(button.dataset.tool));
  $(".hue").addEventListener("input", ({ target }) => dip(target.dataset.hue, target.value));
  $(".width").addEventListener("input", ({ target }) => {
    places[canvas.tool.name] = Number(target.value);
    take(canvas.tool.name);
  });
  return {
    dress,
    take,
    widen,
    picked,
    kept: () => ({ hue, places }),
    bring(before) {
      Object.assign(hue, before.hue);
      Object.assign(places, before.places);
    },
  };
}
