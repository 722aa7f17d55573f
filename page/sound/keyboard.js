/* A piano's keys: mouse, several fingers that may slide, and one stop for the keyboard with arrows within. */
import { make, mark, say } from "../parts/atelier.js";
import { isBlack, KEYS } from "./timbre.js";

/** The keys in `place`. `on`: down(pitch), up(pitch), tap(pitch): one that nothing holds. */
export function createKeyboard(place, on) {
  const keys = new Map(); // by pitch
  const fingers = new Map(); // by pointer, the pitch that it is on
  let built = "";
  let held = null; // the key that the keyboard stops at

  /** Make the keys from one pitch to another, by the names of their notes. */
  function build(first, last, name) {
    const said = `${first} ${last}`;
    if (said === built) return;
    built = said;
    lift();
    keys.clear();
    const pitches = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const whites = pitches.filter((pitch) => !isBlack(pitch)).length;
    let before = 0;
    const made = pitches.map((pitch) => {
      const black = isBlack(pitch);
      const letter = make("kbd", { "aria-hidden": "true" });
      const key = make("button", {
        type: "button", tabindex: -1, class: black ? "key black" : "key white", "data-pitch": pitch, "aria-label": name(pitch),
        style: black ? `left:${(100 * before) / whites}%;width:${62 / whites}%` : "",
        onclick: (event) => event.detail === 0 && on.tap(pitch),
      }, letter, make("span", { "aria-hidden": "true" }, pitch % 12 ? "" : name(pitch)));
      if (!black) before++;
      keys.set(pitch, { key, letter });
      return key;
    });
    place.replaceChildren(...made);
    hold(first);
  }

  function hold(pitch) {
    if (!keys.has(pitch)) return null;
    if (keys.has(held)) keys.get(held).key.tabIndex = -1;
    held = pitch;
    keys.get(held).key.tabIndex = 0;
    return keys.get(held).key;
  }

  place.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 12, ArrowDown: -12 }[event.key];
    if (!by) return;
    event.preventDefault();
    hold(held + by)?.focus();
  });

  /* ---- fingers ---- */

  const under = (event) => Number(document.elementFromPoint(event.clientX, event.clientY)?.closest(".key")?.getAttribute("data-pitch")) || null;

  function move(pointer, pitch) {
    const before = fingers.get(pointer) ?? null;
    if (before === pitch) return;
    if (pitch === null) fingers.delete(pointer);
    else fingers.set(pointer, pitch);
    if (before !== null && ![...fingers.values()].includes(before)) on.up(before);
    if (pitch !== null) on.down(pitch);
  }

  function lift() {
    for (const pointer of [...fingers.keys()]) move(pointer, null);
  }

  place.addEventListener("pointerdown", (event) => {
    const pitch = under(event);
    if (event.button !== 0 || pitch === null) return;
    // A finger belongs to where it began, and would not be told of the other keys that it slides over.
    if (event.target.hasPointerCapture?.(event.pointerId)) event.target.releasePointerCapture(event.pointerId);
    move(event.pointerId, pitch);
  });
  document.addEventListener("pointermove", (event) => fingers.has(event.pointerId) && move(event.pointerId, under(event) ?? fingers.get(event.pointerId)));
  const lifted = (/** @type {PointerEvent} */ event) => fingers.has(event.pointerId) && move(event.pointerId, null);
  document.addEventListener("pointerup", lifted);
  document.addEventListener("pointercancel", lifted);
  window.addEventListener("blur", lift);
  // A key that was pressed has no use for the space bar, which plays the tune.
  place.addEventListener("mousedown", (event) => event.preventDefault());
  place.addEventListener("contextmenu", (event) => event.preventDefault());

  /* ---- what is seen ---- */

  /** Show which key was the last, which octave the computer's keys play, and which notes are drawn already. */
  function show(open, from, drawn) {
    for (const [pitch, { key, letter }] of keys) {
      mark(key, "aria-current", pitch === open);
      mark(key, "data-drawn", drawn(pitch));
      say(letter, KEYS[pitch - from] ?? "");
    }
  }

  /** Hold down the keys of these pitches, and no others. */
  function press(pitches) {
    for (const [pitch, { key }] of keys) key.classList.toggle("down", pitches.has(pitch));
  }

  return { build, show, press };
}
