/* The dock under the tabs. props.value is the tray: a list of {weight, point}. */
import * as atelier from "./atelier.js";
import { make, ask } from "./atelier.js";

let kept = () => [];

/** The tray's pictures with their faces, for tabs that take from it: [{weight, point, picture, styles}]. */
export const pinnedPictures = () => kept();

export function start({ element, props, trigger, watch, server }) {
  const dock = element.querySelector(".dock");
  const seen = new Map(); // a pinned picture as JSON -> {picture, styles}: its address, and whether Edit takes it
  const MOST = 64;
  // The page may be open in several tabs of the browser, which all write one tray: what one changes the others take over.
  const others = "BroadcastChannel" in window ? new BroadcastChannel("gan-atelier-tray") : null;

  function take(items) {
    props.value = items;
    trigger("input");
    show();
  }

  function change(items) {
    take(items);
    others?.postMessage(items);
  }

  async function show() {
    const items = props.value || [];
    const unseen = items.filter((item) => !seen.has(JSON.stringify(item)));
    if (unseen.length) {
      const reply = await ask(server.thumbnails, { items: unseen });
      // A model that is not here now may be again: it is asked for as often as the tray changes.
      unseen.forEach((item, i) => reply?.thumbnails[i].picture && seen.set(JSON.stringify(item), reply.thumbnails[i]));
    }
    const held = [...dock.querySelectorAll(".off")].indexOf(document.activeElement);
    const pins = (props.value || []).map(pinned);
    dock.classList.toggle("empty", !pins.length);
    dock.replaceChildren(
      make("span", { class: "name" }, pins.length ? "Tray" : "Tray: pictures you pin stay here, in this browser."),
      // An empty list is none.
      pins.length ? make("div", { class: "pins", role: "list", "aria-label": "Pinned pictures" }, ...pins) : "",
    );
    window.dispatchEvent(new CustomEvent("atelier:tray"));
    if (held >= 0) [...dock.querySelectorAll(".off")].slice(0, held + 1).pop()?.focus({ preventScroll: true });
  }

  function pinned(item, index) {
    const { picture, styles } = seen.get(JSON.stringify(item)) ?? {};
    const name = `${item.weight}, pinned picture ${index + 1}`;
    const image = picture ? make("img", { src: picture, alt: "" }) : make("span", { title: "This model is not here now" }, "?");
    return make("div", { class: "pin", role: "listitem" },
      make("button", { class: "see", "aria-label": `Open ${name}`, title: item.weight, onclick: () => atelier.visit(item) }, image),
      styles && atelier.edits() ? make("button", { class: "edit-it", "aria-label": `Edit ${name}`, title: "Edit", onclick: () => atelier.edit(item) }, "✎") : "",
      atelier.upscales() ? make("button", { class: "larger", "aria-label": `Upscale ${name}`, title: "Upscale", onclick: () => atelier.upscale(item) }, "⤢") : "",
      make("button", { class: "off", "aria-label": `Unpin ${name}`, onclick: () => change(props.value.filter((_, i) => i !== index)) }, "×"));
  }

  window.addEventListener("atelier:pin", (/** @type {CustomEvent} */ { detail }) => {
    const items = props.value || [];
    if (items.some((item) => JSON.stringify(item) === JSON.stringify(detail))) return;
    if (items.length >= MOST) return atelier.toast(`The tray holds ${MOST} pictures; unpin one first.`);
    change([...items, detail]);
  });
  others?.addEventListener("message", ({ data }) => {
    if (JSON.stringify(data) !== JSON.stringify(props.value)) take(data);
  });
  kept = () => (props.value || []).map((item) => ({ ...item, ...seen.get(JSON.stringify(item)) }));
  watch("value", show);
  show();
}
