/* Mix: another picture, crossed in whole over ranges of layers, or bit by bit. */
import { bitmap, make } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";
import { createSliders } from "../parts/sliders.js";
import { pinnedPictures } from "../parts/tray.js";
import { isSeed, roll } from "./seeds.js";
import * as words from "./words.js";

export function createMix(root, on) {
  const $ = (selector) => root.querySelector(selector);
  const RANGES = ["coarse", "middle", "fine"];
  const COLUMNS = 4;
  let point = null;
  let about = null;
  let other = null; // the words of the other picture's base

  const sharesOf = (one) => RANGES.map((range) => words.shareOf(one, other, about.layers[range]));
  const mixed = (one, of, shares) => RANGES.reduce((so, range, i) => words.mix(so, of, about.layers[range], shares[i]), one);
  /** Every way to take whole ranges from the other picture, as three shares. */
  const CROSSINGS = Array.from({ length: 8 }, (_, n) => RANGES.map((_, i) => (n >> i) & 1)).sort((a, b) => a.reduce((s, x) => s + x) - b.reduce((s, x) => s + x));

  const sliders = createSliders($(".shares"), {
    move: (range, share) => on.change(words.mix(point, other, about.layers[range], share), true),
    reset: (range) => on.change(words.mix(point, other, about.layers[range], 0)),
    rest: on.rest,
  });

  /** Take another picture to mix with: the shares stay. */
  function take(next) {
    const shares = sharesOf(point);
    on.take(next, mixed(mixed(point, other, [0, 0, 0]), next, shares));
  }

  /** One from the tray; what is edited of it goes in as styles. */
  async function takePinned({ point: pinned }) {
    const plain = words.base(pinned);
    if (words.same(Object.keys(plain).sort(), Object.keys(pinned).sort())) return take(plain);
    const reply = await on.styles(pinned);
    if (reply) take({ styles: reply.styles });
  }

  /* ---- the crossings ---- */

  const tiles = CROSSINGS.map((shares, n) => {
    const canvas = make("canvas");
    const parts = RANGES.filter((_, i) => shares[i]);
    const name = [() => "yours", () => parts.join(" + "), () => parts.join(" + "), () => "the other"][parts.length]();
    const element = make("button", { class: "crossing", title: name, onclick: () => on.change(mixed(point, other, shares)) }, canvas, make("span", {}, name));
    element.dataset.index = n;
    return { element, canvas, shares };
  });
  $(".crossings").replaceChildren(...tiles.map((tile) => tile.element));
  $(".crossings").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const next = step && tiles[Number(document.activeElement.getAttribute("data-index")) + step];
    if (!next) return;
    event.preventDefault();
    next.element.focus();
  });

  let drawn = "";
  const draw = newest(async (points) => {
    const reply = await on.render(points);
    if (!reply) return;
    const sheet = await bitmap(reply.sheet);
    const { columns, width, height } = reply;
    tiles.forEach(({ canvas }, n) => {
      Object.assign(canvas, { width, height });
      canvas.getContext("2d").drawImage(sheet, (n % columns) * width, Math.floor(n / columns) * height, width, height, 0, 0, width, height);
    });
    sheet.close();
    drawn = JSON.stringify(points);
    root.dataset.crossed = Number(root.dataset.crossed || 0) + 1;
  });

  /* ---- what the controls show ---- */

  function faces() {
    const fitting = pinnedPictures().filter((item) => item.weight === about.name && item.picture);
    $(".from-tray").hidden = !fitting.length;
    $(".faces").replaceChildren(...fitting.map((item, n) => make("button", { class: "face", "aria-label": `Mix with pinned picture ${n + 1}`, onclick: () => takePinned(item) }, make("img", { src: item.picture, alt: "" }))));
  }

  function show(now, of, mixedWith, moving = false) {
    [point, about, other] = [now, of, mixedWith];
    if (!other || $(".for-mix").hidden) return;
    if (document.activeElement !== $("#ed-other")) $("#ed-other").value = other.seed ?? "";
    const shares = sharesOf(point);
    sliders.build(RANGES, RANGES, { name: "Share of the other picture in", long: "hundredths", least: 0, most: 1, step: 0.01, say: (value) => `${Math.round(100 * value)} %` });
    const values = Object.fromEntries(RANGES.map((range, i) => [range, shares[i]]).filter(([, share]) => share));
    sliders.show(values, values);
    for (const tile of tiles) tile.element.setAttribute("aria-pressed", words.same(tile.shares, shares));
    if (moving) return;
    faces();
    const bare = mixed(point, other, [0, 0, 0]);
    const points = tiles.map((tile) => mixed(bare, other, tile.shares));
    if (JSON.stringify(points) !== drawn) draw(points);
  }

  /* ---- wiring ---- */

  $("#ed-other").addEventListener("input", ({ target }) => isSeed(target.value) && take({ seed: Number(target.value) }));
  $(".other-dice").addEventListener("click", () => take({ seed: roll() }));
  window.addEventListener("atelier:tray", () => about && faces());

  return { show };
}
