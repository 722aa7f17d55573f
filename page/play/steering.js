/* What the player does: a world's keys and the buttons of its pad, for as long as they are held. */
import { make, typing } from "../parts/atelier.js";

const STAY = 0;
const ARROWS = { ArrowLeft: "◀", ArrowUp: "▲", ArrowDown: "▼", ArrowRight: "▶" };

/** What an action, and a keyboard's key, is called on a button. */
const told = (name) => name.replaceAll("_", " ");
const named = (key) => (key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key);

/** A world's pad, by its rules: what arrows do, and whatever else can be done; each {action, name, key}. */
export function laid({ actions, keys }) {
  const all = Object.entries(keys).map(([key, name]) => ({ action: actions.indexOf(name), name, key }));
  const arrows = Object.keys(ARROWS).flatMap((key) => all.filter((one) => one.key === key));
  const ways = arrows.map(({ action }) => action);
  const deeds = actions.map((name, action) => ({ action, name, key: all.find((one) => one.action === action)?.key }));
  return { arrows, deeds: deeds.filter(({ action }) => action !== STAY && !ways.includes(action)) };
}

/** `usable()`: whether keys are meant for the game. -> {learn(rules): take up a world's keys, action(): what is done now:
    what was begun since the last time, else what is held, 0 for nothing}. */
export function createSteering(root, usable) {
  let keys = {}; // actions by the keyboard's names
  let held = []; // actions, the one that was begun last at the end
  let begun = null; // one that may have ended again meanwhile

  const down = (action) => { held = [...held.filter((one) => one !== action), action]; begun = action; };
  const up = (action) => { held = held.filter((one) => one !== action); };

  /** Keys move sliders, lists and tabs where these have the keyboard. */
  const meant = (event) => usable() && !typing(event) && !event.target.closest?.("input, select, [role=tab], [role=listbox], dialog");
  const meantBy = ({ key }) => keys[key] ?? keys[key.toLowerCase()];

  document.addEventListener("keydown", (event) => {
    const action = meantBy(event);
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey || !meant(event)) return;
    event.preventDefault();
    if (!event.repeat) down(action);
  });
  document.addEventListener("keyup", (event) => up(meantBy(event)));
  window.addEventListener("blur", () => { held = []; });

  function button(action, more, ...inside) {
    const made = make("button", { type: "button", ...more }, ...inside);
    made.addEventListener("pointerdown", (event) => { event.preventDefault(); made.setPointerCapture(event.pointerId); down(action); });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) made.addEventListener(end, () => up(action));
    made.addEventListener("keydown", ({ key, repeat }) => ["Enter", " "].includes(key) && !repeat && down(action));
    made.addEventListener("keyup", () => up(action));
    return made;
  }

  function learn(rules) {
    const { arrows, deeds } = laid(rules);
    keys = Object.fromEntries(Object.entries(rules.keys).map(([key, name]) => [key, rules.actions.indexOf(name)]));
    [held, begun] = [[], null];
    const ways = arrows.map(({ action, name, key }) => button(action, { class: "btn", "aria-label": told(name), style: `--at: ${key.slice(5).toLowerCase()}` }, ARROWS[key]));
    const rest = deeds.map(({ action, name, key }) => button(action, { class: "btn deed" }, told(name), key ? make("kbd", {}, named(key)) : ""));
    const pad = root.querySelector(".pad");
    pad.replaceChildren(make("div", { class: "arrows" }, ...ways), ...rest);
    pad.classList.toggle("more", rest.length > 0);
  }

  function action() {
    const now = begun ?? held.at(-1) ?? STAY;
    begun = null;
    return now;
  }

  return { learn, action };
}
