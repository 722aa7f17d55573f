/* The pictures that are open, one of them in view: opened, joined by others, removed, and held while the page is here. */
import * as atelier from "../parts/atelier.js";
import { make, say } from "../parts/atelier.js";

const MOST = 32;

/** `on.added(picture)` when another one is in view, `on.turned()` when what is in view may be another or none; `look()` at
    the one in view as it was looked at before. */
export function createAlbum(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  let pictures = []; // {id, name, width, height, preview, words, sha256, wanted}
  let current = 0;

  const ids = () => pictures.map(({ id }) => id);
  const within = () => (current = Math.max(0, Math.min(current, pictures.length - 1)));

  /** Ask the server to open {file}, {example} or {weight, point}; what it was stays here, in case it is let go of. */
  async function opened(wanted) {
    const { file } = wanted;
    const given = file ? { data: await atelier.base64(file), name: file.name } : wanted;
    if (given.data === null) return null;
    const reply = await atelier.call(server.open, given);
    if (reply.error) atelier.toast(file ? `${file.name}: ${reply.error}` : reply.error);
    return reply.error ? null : { ...reply, wanted };
  }

  async function add(wanted) {
    if (pictures.length >= MOST) return atelier.toast(`${MOST} pictures are made at once; remove one first.`);
    const reply = await opened(wanted);
    if (!reply) return false;
    pictures.push(reply);
    current = pictures.length - 1;
    await on.added(reply);
    return true;
  }

  async function addFiles(files) {
    const named = (some) => some.map(({ name }) => name).join(", ");
    const [small, large] = [[], []];
    for (const file of files) (file.size <= 20e6 ? small : large).push(file);
    if (large.length) atelier.toast(`Larger than 20 MB and left out: ${named(large)}; the command gan_models.upscale takes it.`);
    const few = small.slice(0, Math.max(0, MOST - pictures.length));
    if (few.length < small.length) atelier.toast(`${MOST} pictures are made at once; left out: ${named(small.slice(few.length))}.`);
    const before = [...pictures];
    let added = 0;
    for (const file of few) added += Number(await add({ file }));
    offerOnly(before, added);
  }

  /** New files join those that are open; one press, and they replace them. */
  function offerOnly(before, added) {
    $(".joined").hidden = !before.length || !added;
    if ($(".joined").hidden) return;
    say($(".joined span"), added === 1 ? "The new picture joined the others." : `${added} new pictures joined the others.`);
    $(".joined button").onclick = () => {
      pictures = pictures.filter((one) => !before.includes(one));
      current = Math.max(0, pictures.length - 1);
      $(".joined").hidden = true;
      on.turned();
    };
  }

  function remove(index) {
    pictures.splice(index, 1);
    if (index < current) current--;
    $(".joined").hidden = true;
    within();
    on.turned();
  }

  let keeping = false;

  /** Tell the server that the pictures are still here, and open again what it let go of while this page was asleep. */
  async function keep() {
    if (keeping || !pictures.length) return;
    keeping = true;
    const reply = await atelier.call(server.keep, { ids: ids() });
    const gone = pictures.filter(({ id }) => reply.gone?.includes(id));
    for (const old of gone) {
      const again = await opened(old.wanted);
      pictures = pictures.flatMap((one) => (one !== old ? [one] : again ? [again] : []));
    }
    keeping = false;
    if (!gone.length) return;
    atelier.toast("This page was away for long: your pictures were opened again; their results have to be made again.");
    within();
    on.turned();
  }

  /** A row of all pictures, where there are several. */
  function strip() {
    const held = [...$(".strip").querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    $(".strip").hidden = pictures.length < 2;
    $(".strip").replaceChildren(...pictures.map(({ name, preview }, i) => make("span", {},
      make("button", { class: "see", "aria-pressed": String(i === current), "aria-label": `Show ${name}`, title: name,
        onclick: () => { current = i; on.look(); } }, make("img", { src: preview, alt: "" })),
      make("button", { class: "off", "aria-label": `Remove ${name}`, onclick: () => remove(i) }, "×"))));
    $(".strip").querySelectorAll("button")[held]?.focus({ preventScroll: true });
  }

  /** Turn to the picture with this value under this name; whether it is open. */
  function turnTo(key, value) {
    const index = pictures.findIndex((one) => one[key] === value);
    if (index >= 0) current = index;
    return index >= 0;
  }

  setInterval(keep, 20000);
  document.addEventListener("visibilitychange", () => document.hidden || keep());

  return {
    add, addFiles, keep, strip, turnTo, ids,
    all: () => pictures,
    picture: () => pictures[current],
    kept: () => ({ pictures, current }),
    bring: (before) => ({ pictures, current } = before),
  };
}
