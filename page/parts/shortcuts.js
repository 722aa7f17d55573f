/* All keys that the page answers, in one table: the tabs register what each does, and `?` shows the list. */
import { make, typing } from "./atelier.js";

/* A row of `part` is answered by the very thing that has the keyboard; here it is only told. */
export const SHORTCUTS = [
  { tab: "", name: "list", keys: ["?"], does: "Show this list" },
  { tab: "", part: true, keys: ["←", "→"], does: "Between tabs, while one of them has the keyboard" },
  { tab: "", part: true, keys: ["Escape"], does: "Close what lies over the page" },
  { tab: "sample", part: true, keys: ["←", "→", "↑", "↓"], does: "From picture to picture" },
  { tab: "sample", part: true, keys: ["Enter"], does: "Look at a picture" },
  { tab: "sample", part: true, keys: ["Space"], does: "Pick a picture for breeding" },
  { tab: "sample", part: true, keys: ["P"], does: "Pin a picture" },
  { tab: "sample", part: true, keys: ["←", "→", "↑", "↓"], does: "Over the opened picture, where attention is looked at: move the place" },
  { tab: "sample", name: "close", keys: ["Escape"], does: "Back to all pictures" },
  { tab: "sample", name: "undo", keys: ["Ctrl+Z"], does: "Undo" },
  { tab: "sample", name: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "Redo" },
  { tab: "interpolate", part: true, keys: ["←", "→"], does: "Move a key image" },
  { tab: "interpolate", part: true, keys: ["Delete"], does: "Remove a key image" },
  { tab: "edit", name: "hold", keys: ["O"], does: "See the original for as long as it is held" },
  { tab: "edit", name: "undo", keys: ["Ctrl+Z"], does: "Undo" },
  { tab: "edit", name: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "Redo" },
  { tab: "edit", part: true, keys: ["←", "→", "↑", "↓"], does: "Between crossings, where Enter takes one; over the picture or the photograph's frame, further with Shift" },
  { tab: "edit", part: true, keys: ["Enter"], does: "Set a point to drag, or paint there" },
  { tab: "edit", part: true, keys: ["Delete"], does: "Take the last point away" },
  { tab: "edit", part: true, keys: ["+", "-"], does: "Size of the photograph's frame" },
  { tab: "edit", part: true, keys: ["Ctrl+V"], does: "Paste a photograph to project" },
  { tab: "upscale", part: true, keys: ["←", "→", "↑", "↓"], does: "Move the part that is tried, while the picture has the keyboard" },
  { tab: "upscale", part: true, keys: ["Enter"], does: "Try the part in the middle" },
  { tab: "upscale", name: "lens", keys: ["L"], does: "Lens over a result" },
  { tab: "upscale", name: "whole", keys: ["Escape"], does: "Back to the whole picture" },
  { tab: "upscale", part: true, keys: ["Ctrl+V"], does: "Paste a picture" },
  { tab: "translate", name: "pen", keys: ["B"], does: "Pen or brush" },
  { tab: "translate", name: "eraser", keys: ["E"], does: "Eraser" },
  { tab: "translate", name: "box", keys: ["R"], does: "Rectangle; with Shift, where shapes are painted, a square" },
  { tab: "translate", name: "ellipse", keys: ["C"], does: "Ellipse; with Shift a circle" },
  { tab: "translate", name: "lasso", keys: ["L"], does: "Filled outline" },
  { tab: "translate", name: "fill", keys: ["F"], does: "Fill an area" },
  { tab: "translate", name: "narrower", keys: ["["], does: "Narrower tool" },
  { tab: "translate", name: "wider", keys: ["]"], does: "Wider tool" },
  { tab: "translate", name: "invert", keys: ["I"], does: "Turn a mask round, or take a colour from the sheet, as Alt and a click do" },
  { tab: "translate", name: "hold", keys: ["O"], does: "See the original for as long as it is held" },
  { tab: "translate", part: true, keys: ["←", "→", "↑", "↓"], does: "Over a photograph that is repaired, further with Shift; Enter paints there" },
  { tab: "translate", part: true, keys: ["←", "→", "↑", "↓"], does: "Move the joint that has the keyboard, further with Shift" },
  { tab: "translate", name: "flip", keys: ["M"], does: "Turn a pose round" },
  { tab: "translate", name: "hint", keys: ["H"], does: "Colour hint" },
  { tab: "translate", name: "undo", keys: ["Ctrl+Z"], does: "Undo" },
  { tab: "translate", name: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "Redo" },
  { tab: "translate", part: true, keys: ["Ctrl+V"], does: "Paste a picture" },
  { tab: "sound", name: "pad", keys: ["1", "2", "3", "4", "5", "6", "7", "8"], does: "Play a pad" },
  { tab: "sound", name: "key", keys: ["A", "W", "S", "E", "D", "F", "T", "G", "Y", "H", "U", "J", "K", "O", "L", "P"], does: "Play a note for as long as it is held" },
  { tab: "sound", name: "lower", keys: ["Z"], does: "An octave lower" },
  { tab: "sound", name: "higher", keys: ["X"], does: "An octave higher" },
  { tab: "sound", name: "beat", keys: ["Space"], does: "Start and stop the beat, or the tune" },
  { tab: "sound", name: "undo", keys: ["Ctrl+Z"], does: "Undo" },
  { tab: "sound", name: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "Redo" },
  { tab: "play", part: true, keys: ["←", "→", "↑", "↓"], does: "Steer for as long as it is held, where the game has such ways; what other keys do stands under it" },
  { tab: "play", name: "play", keys: ["Space"], does: "Play and pause" },
  { tab: "play", name: "pause", keys: ["Escape"], does: "Pause, where the game has the space bar for itself" },
  { tab: "play", name: "step", keys: ["."], does: "A single step" },
  { tab: "learn", name: "play", keys: ["Space"], does: "Play and pause" },
];

/** What was pressed, as the table writes it: "Ctrl+Shift+Z", "?", "Escape". Command counts as Ctrl. */
export function chord({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  const plain = key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key;
  const ctrl = ctrlKey || metaKey;
  // Alone, shift is no part of it: some keyboards need it for a sign.
  return [ctrl && "Ctrl", altKey && "Alt", ctrl && shiftKey && "Shift", plain].filter(Boolean).join("+");
}

/** The row of a tab that answers what was pressed. */
export const found = (tab, event) => SHORTCUTS.find((row) => row.tab === tab && row.name && row.keys.includes(chord(event)));

/** Answer a tab's shortcuts while `usable()`: `does` has a function by each row's name; one that gives false leaves the key alone. */
export function listen(tab, usable, does) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || typing(event) || !usable() || document.querySelector("dialog[open]")) return;
    const row = found(tab, event);
    if (row && does[row.name] && does[row.name](event) !== false) event.preventDefault();
  });
}

const NAMES = { "": "Everywhere" };

function group(tab, open) {
  const title = NAMES[tab] ?? document.querySelector(`#tab-${tab}-button`)?.textContent;
  if (!title) return "";
  const rows = SHORTCUTS.filter((row) => row.tab === tab).map(({ keys, does }) =>
    make("div", {}, make("dt", {}, ...keys.map((key) => make("kbd", {}, key))), make("dd", {}, does)));
  return make("section", { class: open ? "here" : "" }, make("h3", {}, title), make("dl", {}, ...rows));
}

/** Show the list, what the tab that is open answers first. */
export function show() {
  if (document.querySelector("dialog.shortcuts")) return;
  const here = /** @type {HTMLElement | null} */ (document.querySelector("#tabs [role=tab][aria-selected=true]"))?.dataset.tabId;
  const tabs = [...new Set(SHORTCUTS.map(({ tab }) => tab))];
  const first = ["", here].filter((tab) => tabs.includes(tab));
  const box = make("dialog", { class: "at shortcuts", "aria-labelledby": "shortcuts-title" },
    make("div", { class: "row" }, make("h2", { id: "shortcuts-title" }, "Keyboard shortcuts"), make("button", { class: "btn plain", "aria-label": "Close", onclick: () => box.close() }, "×")),
    make("div", { class: "groups" }, ...first.map((tab) => group(tab, true)), ...tabs.filter((tab) => !first.includes(tab)).map((tab) => group(tab, false))));
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", ({ target }) => target === box && box.close());
  document.querySelector(".gradio-container").append(box);
  box.showModal();
}
