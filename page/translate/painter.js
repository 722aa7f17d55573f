/* The picture that answers, and its variations: painted from the state, always the newest. */
import * as atelier from "../parts/atelier.js";
import { make, say } from "../parts/atelier.js";
import { createCompare } from "../parts/compare.js";
import { painted } from "../parts/newest.js";

/** `refresh()` is called when another picture is shown, or none; `mending` shows what photographs are repaired with. */
export function createPainter(root, server, state, canvas, refresh, mending) {
  const $ = (selector) => root.querySelector(selector);
  const large = $(".picture canvas");
  const compare = createCompare($(".given"), { point: () => {}, lens: () => null });
  let version = 0; // of what is wanted
  let size = ""; // of the picture that is shown, in words

  function want() {
    if (state.posed) return; // the puppet paints itself
    version = Number(root.dataset.version || 0) + 1; // the puppet counts on, too
    root.dataset.version = version;
    if (state.masked) mending.want(version);
    else draw(version);
  }

  async function get(mine, since) {
    const { about, photo, seeds, picked, set } = state;
    const all = !canvas.busy();
    const wish = { ...state.request(canvas), seeds: all ? seeds : [seeds[picked]], picked: all ? picked : 0, map: set.map };
    const reply = state.ready(canvas) ? await answer(server.render, wish) : null;
    return { reply, version: mine, since, weight: about.name, photo, all, count: seeds.length };
  }

  /** Ask for a picture; what stands in the way is a sentence under it, and nothing on the canvas is lost. */
  async function answer(served, wish) {
    const reply = await atelier.call(served, wish);
    $(".what").classList.toggle("wrong", Boolean(reply.error));
    if (!reply.error) return reply;
    say($(".what"), reply.error);
    return null;
  }

  /** Whether a picture is still one of those that are wanted: task, photograph and number may have changed on its way. */
  const fits = (job) => job.weight === state.about.name && job.count === state.seeds.length && (state.drawn || job.photo === state.photo);

  async function paint(job) {
    const { reply } = job;
    if (reply && fits(job)) await (state.drawn ? paintSheet : paintPhoto)(reply, job);
    if (reply && fits(job)) told(reply, job);
    else if (fits(job) && !state.ready(canvas)) blank();
    root.dataset.shown = job.version;
  }

  const draw = painted(get, paint);

  function told(reply, { since }) {
    root.dataset.compute = reply.compute;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    size = reply.worked ? `worked on at ${reply.worked.join(" × ")} px` : `${reply.width} × ${reply.height} px`;
    say($(".time"), `${(performance.now() - since).toFixed(0)} ms (server ${reply.compute.toFixed(0)} ms)`);
    tell();
    refresh();
  }

  function tell() {
    const { photo, drawn, about, seeds, picked } = state;
    const given = photo && !drawn ? `${photo.name}, ${photo.width} × ${photo.height} px; ` : "";
    say($(".what"), `${given}${size}${about.noisy ? `, seed ${seeds[picked]}` : ""}`);
  }

  async function paintSheet(reply, job) {
    const all = await atelier.bitmap(reply.sheet);
    if (!fits(job)) return all.close();
    const { columns, width, height } = reply;
    const cut = (onto, index) => {
      if (onto.width !== width || onto.height !== height) Object.assign(onto, { width, height });
      onto.classList.toggle("crisp", width <= 32);
      onto.getContext("2d").drawImage(all, (index % columns) * width, Math.floor(index / columns) * height, width, height, 0, 0, width, height);
    };
    cut(large, job.all ? Math.min(state.picked, job.count - 1) : 0);
    if (job.all) shelve(Array.from({ length: job.count }, (_, index) => { const tile = make("canvas"); cut(tile, index); return tile; }));
    $(".where").hidden = !reply.map;
    if (reply.map) $(".where").src = reply.map;
    all.close();
  }

  async function paintPhoto(reply, job) {
    const { about, photo, set } = state;
    const names = [about.before, about.directions[set.direction] || about.title];
    await compare.show({ ...reply, before: photo.preview, names });
    if (job.all && fits(job)) shelve(reply.thumbnails.map((face) => make("img", { src: face, alt: "" })));
  }

  /** The variations below the picture, each with a face. */
  function shelve(faces) {
    if (faces.length < 2) faces = [];
    const held = [...$(".several").children].indexOf(document.activeElement);
    $(".several").replaceChildren(...faces.map((face, index) => make("button",
      { "aria-pressed": String(index === state.picked), "aria-label": `Variation ${index + 1}`, title: `Seed ${state.seeds[index]}`, onclick: () => pick(index) }, face)));
    $(".several").children[held]?.focus({ preventScroll: true });
  }

  /** A drawing's variations are here whole; of a photograph's there are only small faces. */
  function pick(index) {
    state.picked = index;
    [...$(".several").children].forEach((button, place) => atelier.mark(button, "aria-pressed", place === index));
    if (state.masked) return mending.show();
    if (!state.drawn) return want();
    large.getContext("2d").drawImage($(".several").children[index].firstChild, 0, 0);
    tell();
  }

  function blank() {
    large.getContext("2d").clearRect(0, 0, large.width, large.height);
    shelve([]);
    $(".where").hidden = true;
    for (const name of [".what", ".time"]) say($(name), "");
    refresh();
  }

  return { want, answer, blank, shelve };
}
