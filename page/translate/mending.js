/* What a photograph is repaired with: the answers to a hole, one after the other, laid over the photograph itself. */
import { ask, base64, download, make, mark, say } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";

const MOST_KNOWN = 32; // answers that are remembered, for undo and redo
const FACE = 124; // pixels of an answer's face

function picture(address) {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => image);
}

/** `on`: painter() with its answer() and shelve(), tools() of the canvas, refresh(), lie() the photograph anew, want(). */
export function createMending(root, server, state, canvas, on) {
  const $ = (selector) => root.querySelector(selector);
  const known = new Map(); // by all that an answer depends on: {parts, compute}
  let answers = []; // one for each seed, null until it is there
  let newestVersion = 0;
  let held = false; // whether the original is looked at
  let seen = false; // whether the mask is to be seen all the time
  const earlier = []; // what "again" left behind: {photo, strokes}

  /* ---- the answers ---- */

  async function one(seed) {
    const wish = { ...state.request(canvas), seed };
    const key = JSON.stringify(wish);
    if (known.has(key)) return known.get(key);
    const reply = await on.painter().answer(server.mend, wish);
    if (!reply) return null;
    const parts = await Promise.all(reply.patches.map(async (part) => ({ ...part, image: await picture(part.picture) })));
    known.set(key, { parts, compute: reply.compute });
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
    return known.get(key);
  }

  /** The picked answer first, and the others while it is looked at. */
  const fill = newest(async ({ version, since }) => {
    if (!state.ready(canvas)) return blank(version);
    const { seeds, picked } = state;
    answers = seeds.map(() => null);
    const slow = setTimeout(() => say($(".what"), "Filling the hole…"), 600);
    for (const index of [picked, ...seeds.keys()].filter((n, at) => !at || n !== picked)) {
      if (version !== newestVersion) break;
      const found = await one(seeds[index]);
      clearTimeout(slow);
      if (version !== newestVersion || !state.masked) break;
      if (!found) root.dataset.shown = version;
      if (!found) break;
      answers[index] = found;
      if (index === picked) tell(found, since);
      if (index === state.picked) show();
      shelve();
      root.dataset.shown = version;
    }
    clearTimeout(slow);
    if (answers.every(Boolean)) root.dataset.answered = version;
  });

  function want(version) {
    newestVersion = version;
    if (!canvas.busy()) fill({ version, since: performance.now() });
  }

  function blank(version) {
    answers = [];
    canvas.repair([]);
    on.painter().shelve([]);
    const { photo } = state;
    say($(".what"), photo ? `${told(photo)}. Paint over what should go; the answer comes when you let go.` : "");
    say($(".time"), "");
    root.dataset.shown = version;
    on.refresh();
  }

  function told({ name, width, height, repairs }) {
    const times = repairs === 1 ? "once" : `${repairs} times`;
    return `${name}, ${width} × ${height} px${repairs ? `, repaired ${times}` : ""}`;
  }

  function tell({ compute }, since) {
    const { photo } = state;
    root.dataset.compute = compute;
    say($(".what"), told(photo));
    say($(".time"), `${(performance.now() - since).toFixed(0)} ms (server ${compute.toFixed(0)} ms)`);
  }

  /** Lay the picked answer over the photograph. */
  function show() {
    canvas.repair(answers[state.picked]?.parts ?? []);
    on.refresh();
  }

  /** The faces of the answers: what was filled, with a little around it. */
  function shelve() {
    const boxes = answers.find(Boolean).parts;
    const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
    const right = Math.max(...boxes.map((box) => box.left + box.width));
    const bottom = Math.max(...boxes.map((box) => box.top + box.height));
    const { width, height } = state.photo;
    const side = Math.min(width, height, Math.max(24, 1.5 * Math.max((right - left) * width, (bottom - top) * height)));
    const within = (middle, length) => Math.min(length - side, Math.max(0, middle * length - side / 2));
    const corner = [within((left + right) / 2, width), within((top + bottom) / 2, height)];
    on.painter().shelve(answers.map((found) => {
      const face = make("canvas", { width: FACE, height: FACE });
      if (found) paint(face.getContext("2d"), found.parts, corner, FACE / side);
      return face;
    }));
  }

  function paint(brush, parts, corner, scale) {
    const { width, height } = state.photo;
    brush.setTransform(scale * width, 0, 0, scale * height, -corner[0] * scale, -corner[1] * scale);
    brush.drawImage(canvas.photo(), 0, 0, 1, 1);
    for (const part of parts) brush.drawImage(part.image, part.left, part.top, part.width, part.height);
  }

  /* ---- looking ---- */

  // The mask is seen as long as there is no answer, and for whoever erases some of it.
  canvas.looks(() => ({ veil: !held && (seen || canvas.tool.name === "eraser" || !answers[state.picked]), repaired: !held }));

  function hold(yes) {
    if (held === yes || !state.ready(canvas)) return;
    held = yes;
    mark($(".hold"), "aria-pressed", held);
    canvas.redraw();
  }

  /* ---- again, and back ---- */

  /** Repair the photograph by steps for good, and go on with that. */
  async function settle(photo, steps) {
    const reply = await ask(server.again, { id: photo.id, steps });
    return reply && { ...photo, ...reply, steps: [...(photo.steps ?? []), ...steps] };
  }

  async function again() {
    const { weight, seed, strokes } = state.request(canvas);
    const before = { photo: state.photo, strokes };
    const photo = await settle(state.photo, [{ weight, seed, strokes }]);
    if (!photo || state.photo !== before.photo) return;
    earlier.push(before);
    state.photo = photo;
    await on.lie();
    root.dataset.repairs = photo.repairs;
  }

  /** Take "again" back; whether there was one. */
  async function back() {
    const before = earlier.pop();
    if (!before) return false;
    state.photo = before.photo;
    await on.lie(before.strokes);
    return true;
  }

  /* ---- masks from files, and into files ---- */

  async function open(file) {
    const data = file && (await base64(file));
    const { photo } = state;
    const reply = data && (await ask(server.mask, { id: photo.id, data }));
    if (reply && state.photo === photo) await canvas.add({ tool: "given", mask: reply.mask });
  }

  async function save() {
    const reply = await ask(server.mask, { id: state.photo.id, strokes: canvas.strokes() });
    if (reply) download(reply.name, reply.data, "image/png");
  }

  const click = (selector, action) => $(selector).addEventListener("click", action);
  click(".again", again);
  click(".invert", () => canvas.add({ tool: "invert" }));
  click(".mask-open", () => $(".mask-file").click());
  click(".mask-save", save);
  click(".see-mask", () => { seen = !seen; mark($(".see-mask"), "aria-pressed", seen); canvas.redraw(); });
  $(".mask-file").addEventListener("change", ({ target }) => { open(target.files[0]); target.value = ""; });
  $("#tr-keep-mask").addEventListener("change", ({ target }) => { state.set.keepMask = target.checked; on.refresh(); });
  $(".hold").addEventListener("pointerdown", () => hold(true));
  for (const over of ["pointerup", "pointercancel", "blur"]) window.addEventListener(over, () => hold(false));
  const holds = ({ target, key }) => target === $(".hold") && [" ", "Enter"].includes(key);
  $(".hold").addEventListener("keydown", (event) => holds(event) && hold(true));
  document.addEventListener("keyup", (event) => (event.key.toLowerCase() === "o" || holds(event)) && hold(false));

  return { want, show, blank, hold: () => hold(true), back, undoable: () => earlier.length > 0, settle, forget: () => earlier.splice(0) };
}
