/* The Sample tab: one state, what changes it, and what follows from it. */
import * as atelier from "../parts/atelier.js";
import { make, ask, say } from "../parts/atelier.js";
import { copyLink } from "../parts/clipboard.js";
import { give, onDrop } from "../parts/drop.js";
import { createHistory, onRest } from "../parts/history.js";
import { createJob } from "../parts/job.js";
import { namesOf, takeNames } from "../parts/names.js";
import { newest } from "../parts/newest.js";
import { createPicker } from "../parts/picker.js";
import * as trail from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createControls } from "./controls.js";
import { greet } from "./first_visit.js";
import { createInspector } from "./inspector.js";
import * as link from "./link.js";
import { createLooks } from "./looks.js";
import { createOwnPicture } from "./own_picture.js";
import { createPainter } from "./painter.js";
import { edited, everyone, opened, PLAIN, pointAt, saying } from "./points.js";
import { createWords } from "./words.js";

export function start({ element, server }) {
  const root = element.querySelector(".sample");
  greet(root);
  const $ = (selector) => root.querySelector(selector);
  // `wall`: which of those that were opened from elsewhere.
  let state = { ...PLAIN, wall: trail.open("sample")?.wall ?? 0 };
  let about = null; // what the server says of state.weight
  const past = createHistory();
  const given = { state: () => state, about: () => about };

  const point = (index) => pointAt(state, about?.labels ?? [], index);
  const place = (index) => ({ weight: state.weight, point: point(index) });

  const painter = createPainter(root, server, { ...given, open, pick, keep });
  const inspector = createInspector(root, server, { ...given, edit, rest: past.rest });
  const looks = createLooks(root, server, { ...given, one: () => place(state.open) });
  const controls = createControls(root);
  const words = createWords(root, server, { ...given, take: (text, moving) => go(saying(state, text), { moving }) });
  createOwnPicture(root, server, given);
  const archiving = createJob({ server, box: $(".job"), words: ({ done, total }) => `picture ${done} of ${total}`, made: "the zip", found: "zip" });
  const picker = createPicker($(".picker"), {
    list: () => ask(server.models, {}),
    chosen: () => state.weight,
    takes: ({ task }) => task === "sample",
    // What was bred or edited here would go: then the other tab's choice is its own.
    free: () => about && !state.base && !edited(state),
    choose: (weight) => enter({ ...PLAIN, weight, seed: state.seed, count: state.count }, true, true),
  });

  /* ---- changing the state ---- */

  let refreshing = false;

  /** Go to a new state. `part`: what of it is painted anew, all pictures, one by its number, or none (null); `moving`: one
      of many steps of one control's gesture, undone together. */
  function go(change, { part = /** @type {"all" | number | null} */ ("all"), remember = true, moving = "" } = {}) {
    if (!about) return;
    if (remember) past.note(state, moving);
    state = { ...state, ...change };
    if (part !== null) painter.want(part);
    if (!moving) return refresh();
    // A dragged slider speaks more often than the screen is drawn.
    if (!refreshing) requestAnimationFrame(() => refresh(true));
    refreshing = true;
  }

  /** Leave what was bred, opened or edited: the wall is seeds again. */
  const seeds = (change, moving = "") => go({ base: null, bred: null, before: null, edits: {}, picked: [], open: null, ...change }, { moving });

  let entering = 0;

  /** Go to a state that may need another model (`anew`: or that may be another by now) or children; the last one wins.
      `remember`: whether it can be undone, or the name of the gesture that it is a step of. */
  async function enter(next, remember = /** @type {boolean | string} */ (true), anew = false) {
    const turn = ++entering;
    let met = about;
    if (anew || about?.name !== next.weight || next.weight == null) {
      const reply = await ask(server.describe, { weight: next.weight });
      if (!reply) return false;
      met = reply;
    }
    if (next.bred && !next.base) next = { ...next, base: await children(met.name, next.bred, next.count) };
    if (next.bred && !next.base) next = { ...next, bred: null };
    if (turn !== entering) return true;
    if (next.label !== "each" && !(next.label < met.labels.length)) next = { ...next, label: "each" };
    if (!met.words || !(next.text?.length <= met.words.most)) next = { ...next, text: met.words?.text ?? null };
    if (met !== about) meet(met);
    if (remember && state.weight) past.note(state, remember === true ? "" : remember);
    state = { wall: state.wall, ...next, weight: about.name };
    picker.tell(about);
    refresh();
    painter.want("all");
    return true;
  }

  /** Dress the tab for another model. */
  function meet(model) {
    about = model;
    painter.forget();
    picker.show(about);
    controls.dress(about);
    words.dress();
    inspector.dress();
    looks.dress();
  }

  /** Back to the state before this one, or (`again`) on to the one after it. */
  async function step(again) {
    const next = past.back(state, again);
    if (!next) return;
    const fine = await enter({ ...next, open: state.open != null && state.open < next.count ? state.open : null }, false);
    if (!fine) past.back(next, !again); // that model is gone: all stays as it is
  }

  function edit(kind, key, value, moving) {
    const mine = state.edits[state.open] || {};
    const values = { ...mine[kind] };
    if (value == null) delete values[key];
    else values[key] = value;
    go({ edits: { ...state.edits, [state.open]: { ...mine, [kind]: values } } }, { part: state.open, moving: moving ? `${kind} ${key}` : "" });
  }

  function open(index) {
    go({ open: index }, { part: null, remember: false });
    if (index == null) painter.tidy();
    else painter.open();
  }

  function close() {
    const was = state.open;
    open(null);
    painter.focus(was);
  }

  function pick(index) {
    const picked = state.picked.includes(index) ? state.picked.filter((i) => i !== index) : [...state.picked, index].slice(-2);
    go({ picked }, { part: null, remember: false });
  }

  function keep(index) {
    atelier.pin(place(index));
  }

  function refresh(moving = false) {
    refreshing = false;
    controls.show(state, about, past);
    words.show();
    if (state.open == null) looks.leave();
    else {
      inspector.show(moving);
      looks.show();
    }
    painter.label();
    tread();
    const written = state; // and not what has come until it is written
    trail.follow("sample", () => link.write(written));
  }

  /* ---- breeding ---- */

  const roll = () => Math.floor(Math.random() * 1e6);

  async function children(weight, bred, count) {
    const reply = await ask(server.breed, { weight, ...bred, count });
    return reply?.points;
  }

  async function breed(parents) {
    const bred = { parents: parents.map(point), strength: Number($("#at-strength").value), seed: roll() };
    const before = state;
    const count = Math.max(state.count, 8);
    const base = await children(state.weight, bred, count);
    if (base && state.weight === before.weight) go({ base, bred, before, count, psi: 1, edits: {}, picked: [], open: null });
  }

  /** Other children of the same parents: of another strength, or another litter. */
  const rebreed = newest(({ change, gesture }) => {
    if (!state.bred) return null;
    return enter({ ...state, bred: { ...state.bred, ...change }, base: null, edits: {}, picked: [], open: null }, gesture ?? true);
  });

  /* ---- the way back, and other tabs ---- */

  /** What is open, for the way back: from picture to picture is no step of its own. */
  function tread() {
    const [before, what] = [trail.open("sample"), { wall: state.wall, open: state.open }];
    const near = !before || (before.wall === what.wall && before.open != null && what.open != null);
    (near ? trail.amend : trail.step)("sample", what);
  }

  /** Back or Forward: the picture that was open then, of the wall that was there. */
  async function back({ wall: then = 0, open: index = null } = {}) {
    if (!about) return;
    const there = then === state.wall || (await enter({ ...PLAIN, ...link.read(), wall: then, open: index }));
    if (there && !(index >= state.count)) open(index);
  }

  /** Open {weight, point}, or {weight, points} of a sheet: from the tray, a saved picture or another tab. */
  async function visit({ weight, point, points, names }) {
    if (points) return enter({ ...PLAIN, weight, base: points.map((one) => ({ text: "", ...one })), count: points.length, text: points[0].text ?? "" });
    if (!point) return enter({ ...PLAIN, weight });
    if (!(await enter({ ...opened({ weight, point }), wall: Date.now() }))) return;
    takeNames(about.mark, names);
    inspector.dress();
    open(0);
  }

  /* ---- files ---- */

  async function save(index) {
    const reply = await ask(server.save, { ...place(index), named: namesOf(about.mark) });
    if (reply) atelier.download(reply.name, reply.data, "image/png");
  }

  async function archive() {
    $(".zip").disabled = true;
    packed(await archiving.run(server.archive, { weight: state.weight, points: everyone(state).map(point), named: namesOf(about.mark) }));
  }

  function packed(zip) {
    if (zip) atelier.download(zip.name, zip.data, "application/zip");
    $(".zip").disabled = false;
  }

  /** The zip that was being written when the page was left. */
  async function archiveAgain() {
    $(".zip").disabled = true;
    packed((await archiving.again())?.end);
  }

  /* ---- wiring ---- */

  const shown = () => element.offsetParent !== null;
  const click = (selector, action) => $(selector).addEventListener("click", action);
  const input = (selector, action) => {
    $(selector).addEventListener("input", (event) => action(event.target.value));
    onRest($(selector), past.rest);
  };
  const turn = (by) => open((state.open + by + state.count) % state.count);

  input("#at-seed", (value) => Number.isInteger(Number(value)) && value !== "" && seeds({ seed: Math.min(4294967295, Math.max(0, Number(value))) }, "seed"));
  click(".dice", () => (state.bred ? rebreed({ change: { seed: roll() } }) : seeds({ seed: roll() })));
  input("#at-class", (value) => seeds({ label: value === "each" ? value : Number(value) }, "class"));
  input("#at-psi", (value) => go({ psi: Number(value) }, { moving: "psi" }));
  input("#at-count", (value) => {
    const count = Number(value);
    if (state.bred) enter({ ...state, count, base: null, picked: [] }, "count");
    else go({ count, base: null, edits: state.base ? {} : state.edits, picked: state.picked.filter((i) => i < count) }, { moving: "count" });
  });
  input("#at-strength", (value) => {
    say($("#at-strength ~ output"), Number(value).toFixed(2));
    if (state.bred) rebreed({ change: { strength: Number(value) }, gesture: "strength" });
  });
  click(".breed", () => breed(state.picked));
  click(".vary", () => breed([state.open]));
  click(".back", () => state.before ? enter(state.before) : seeds({ picked: [] }));
  click(".all", close);
  click(".prev", () => turn(-1));
  click(".next", () => turn(1));
  click(".reset-all", () => go({ edits: { ...state.edits, [state.open]: {} } }, { part: state.open }));
  click(".for-one .keep", () => keep(state.open));
  click(".save", () => save(state.open));
  click(".larger", () => atelier.upscale(place(state.open)));
  click(".translate-it", () => atelier.translate({ picture: place(state.open) }));
  click(".edit-it", () => atelier.edit(place(state.open)));
  click(".zip", archive);
  click(".undo", () => step(false));
  click(".redo", () => step(true));
  click(".open-file", () => $(".saved").click());
  click(".link", () => {
    trail.write(link.write(state));
    copyLink(location.href, "page");
  });
  $(".saved").addEventListener("change", (event) => { give([...event.target.files]); event.target.value = ""; });
  $(".verdict").addEventListener("change", () => { if (!$(".verdict").checked) $(".sort").checked = false; painter.want("all"); });
  $(".sort").addEventListener("change", () => { if ($(".sort").checked) $(".verdict").checked = true; painter.want("all"); });

  listen("sample", shown, {
    close: () => (state.open == null || root.querySelector(":popover-open") ? false : close()),
    undo: () => void step(false),
    redo: () => void step(true),
  });
  onDrop({ name: "sample", root, shown });
  window.addEventListener("atelier:visit", (/** @type {CustomEvent} */ { detail }) => visit(detail));
  trail.walk("sample", back);

  enter({ ...PLAIN, ...link.read() }, false).then(async (fine) => {
    if (!fine) fine = await enter({ ...PLAIN }, false);
    if (!fine) $(".wall").replaceChildren(make("p", { class: "hint" }, "No model is on the shelf yet; the Training tab shows how to make one."));
    else if (state.open != null) open(state.open);
    archiveAgain();
  });
}
