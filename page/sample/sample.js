/* The Sample tab: one state, what changes it, and what is painted from it. */
import * as atelier from "../parts/atelier.js";
import { make, ask, say } from "../parts/atelier.js";
import { onDrop } from "../parts/drop.js";
import { createEnds } from "../parts/ends.js";
import { createHistory, onRest } from "../parts/history.js";
import * as link from "./link.js";
import { giveName, namesOf } from "../parts/names.js";
import { newest } from "../parts/newest.js";
import { createPicker } from "../parts/picker.js";
import * as trail from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createSliders } from "../parts/sliders.js";
import * as verdict from "./verdict.js";
import { createWall } from "./wall.js";

export function start({ element, server }) {
  const root = element.querySelector(".sample");
  firstVisit(root);
  const $ = (selector) => root.querySelector(selector);
  const PLAIN = { weight: null, seed: 1, count: 12, psi: 1, label: "each", base: null, bred: null, edits: {}, open: null, picked: [], before: null };
  // `wall`: which of those that were opened from elsewhere.
  let state = { ...PLAIN, edits: {}, wall: trail.open("sample")?.wall ?? 0 };
  let about = null; // what the server says of state.weight
  let scores = null;
  const past = createHistory();

  /* ---- what the pictures are ---- */

  /** Picture `index` as the server's Point, holding only what is not by default. */
  function pointAt(index) {
    const { label: own, ...point } = state.base ? state.base[index] : { seed: state.seed + index };
    const label = own ?? (state.base || state.label === "each" ? null : state.label);
    const edit = state.edits[index] || {};
    if (label != null && about?.labels.length) point.label = label;
    if (state.psi !== 1) point.truncation = state.psi;
    for (const kind of ["directions", "coordinates"]) {
      if (Object.keys(edit[kind] || {}).length) point[kind] = edit[kind];
    }
    return point;
  }

  const place = (index) => ({ weight: state.weight, point: pointAt(index) });
  const everyone = () => Array.from({ length: state.count }, (_, index) => index);

  function nameOf(index) {
    const { seed, label: own } = pointAt(index);
    const label = about.labels.length ? `, ${about.labels[own ?? (seed || 0) % about.labels.length]}` : "";
    if (state.bred) return `Child ${index + 1}${label}`;
    return state.base ? `Picture ${index + 1}${label}` : `Seed ${state.seed + index}${label}`;
  }

  /* ---- painting: always the newest state; while one answer is painted, the next is drawn ---- */

  let wanted = null;
  let asked = null;
  let busy = false;
  let painting = Promise.resolve();

  function want(part) {
    wanted = wanted === "all" ? "all" : part;
    asked ??= performance.now();
    if (!busy) work();
  }

  async function work() {
    busy = true;
    while (wanted) {
      const one = wanted === "one" && state.open != null;
      const job = { since: asked, one, view: state, indices: one ? [state.open] : everyone() };
      wanted = asked = null;
      const request = { weight: state.weight, points: job.indices.map(pointAt), verdict: $(".verdict").checked };
      const reply = await ask(server.render, request);
      await painting;
      if (reply) painting = paint(reply, job);
    }
    busy = false;
  }

  async function paint(reply, { since, one, view, indices }) {
    const sheet = await atelier.bitmap(reply.sheet);
    const other = one ? view.base !== state.base || view.seed !== state.seed : view.count !== state.count;
    if (view.weight !== state.weight || other) return;
    show(sheet, reply, indices, one);
    const passed = performance.now() - since;
    root.dataset.compute = reply.compute;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    $(".time").textContent = `${passed.toFixed(0)} ms (generator ${reply.compute.toFixed(0)} ms)`;
  }

  function show(sheet, reply, indices, one) {
    const { columns, width, height } = reply;
    if (!one) wall.resize(indices.length);
    wall.paint(sheet, columns, width, height, indices[0], indices.length);
    if (one && scores && reply.scores) scores[indices[0]] = reply.scores[0];
    else if (!one) scores = reply.scores;
    if (!one) tidy();
    if (state.open != null) enlarge();
    label();
    sheet.close();
  }

  function tidy() {
    const order = everyone();
    if ($(".sort").checked && scores) order.sort((a, b) => scores[b] - scores[a]);
    wall.arrange(order);
    wall.layout();
  }

  const big = $(".sheet canvas");

  function enlarge() {
    const from = wall.canvas(state.open);
    if (!from) return;
    if (big.width !== from.width || big.height !== from.height) Object.assign(big, { width: from.width, height: from.height });
    big.getContext("2d").drawImage(from, 0, 0);
    big.classList.toggle("crisp", from.width <= 32);
  }

  function fitBig() {
    if (!about || state.open == null) return;
    const box = $(".sheet");
    const side = Math.min(box.clientWidth, box.clientHeight);
    const whole = Math.max(1, Math.floor(side / about.size)) * about.size;
    if (side > 0) root.style.setProperty("--big", `${about.size <= 32 ? whole : side}px`);
  }
  new ResizeObserver(fitBig).observe($(".sheet"));

  function label() {
    wall.label(everyone().map(nameOf), scores?.map((score) => verdict.short(score, about.verdict.unit)), state.picked, state.open);
    const score = state.open == null ? null : scores?.[state.open];
    $(".for-one .score").hidden = score == null;
    if (score != null) $(".for-one .score").textContent = `Verdict: ${verdict.long(score, about.verdict.unit)}`;
  }

  /* ---- changing the state ---- */

  let refreshing = false;

  /** Go to a new state. `moving`: one of many steps of one control's gesture, undone together. */
  function go(change, { part = "all", remember = true, moving = "" } = {}) {
    if (!about) return;
    if (remember) past.note(state, moving);
    state = { ...state, ...change };
    if (part) want(part);
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
    if (met !== about) {
      about = met;
      scores = null;
      dress();
    }
    if (remember && state.weight) past.note(state, remember === true ? "" : remember);
    state = { wall: state.wall, ...next, weight: about.name };
    picker.tell(about);
    refresh();
    want("all");
    return true;
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
    go({ edits: { ...state.edits, [state.open]: { ...mine, [kind]: values } } }, { part: "one", moving: moving ? `${kind} ${key}` : "" });
  }

  /** What is open, for the way back: from picture to picture is no step of its own. */
  function tread() {
    const [before, what] = [trail.open("sample"), { wall: state.wall, open: state.open }];
    const near = !before || (before.wall === what.wall && before.open != null && what.open != null);
    (near ? trail.amend : trail.step)("sample", what);
  }

  function open(index) {
    if (wanted) wanted = "all"; // the last edit of the picture that is left must not be lost on its way
    go({ open: index }, { part: null, remember: false });
    if (index == null) return tidy();
    fitBig();
    enlarge();
  }

  function close() {
    const was = state.open;
    open(null);
    wall.focus(was);
  }

  function pick(index) {
    const picked = state.picked.includes(index) ? state.picked.filter((i) => i !== index) : [...state.picked, index].slice(-2);
    go({ picked }, { part: null, remember: false });
  }

  const keep = (index) => atelier.pin(place(index));

  async function children(weight, bred, count) {
    const reply = await ask(server.breed, { weight, ...bred, count });
    return reply?.points;
  }

  async function breed(parents) {
    const bred = { parents: parents.map(pointAt), strength: Number($("#at-strength").value), seed: roll() };
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

  const roll = () => Math.floor(Math.random() * 1e6);

  /* ---- what the controls show ---- */

  const picker = createPicker($(".picker"), {
    list: () => ask(server.models, {}),
    chosen: () => state.weight,
    takes: ({ task }) => task === "sample",
    // What was bred or edited here would go: then the other tab's choice is its own.
    free: () => about && !state.base && !Object.values(state.edits).some((mine) => Object.values(mine).some((values) => Object.keys(values).length)),
    choose: (weight) => enter({ ...PLAIN, edits: {}, weight, seed: state.seed, count: state.count }, true, true),
  });
  const wall = createWall($(".wall"), { open, pick, keep });
  const directions = createSliders($(".directions"), {
    move: (key, value) => edit("directions", key, value, true),
    reset: (key) => edit("directions", key, null),
    rest: () => { past.rest(); if (state.open != null) inspector(); },
    rename: (key, name) => { giveName(about.mark, `latent:${key}`, name, String(key + 1)); nameDirections(); inspector(); },
  });
  const ends = createEnds((points) => ask(server.render, { weight: state.weight, points }));
  const coordinates = createSliders($(".coordinates"), {
    move: (key, value) => edit("coordinates", key, value, true),
    reset: (key) => edit("coordinates", key, null),
    rest: past.rest,
  });

  /** Dress the page for another model. */
  function dress() {
    picker.show(about);
    $(".classes").hidden = !about.labels.length;
    $("#at-class").replaceChildren(make("option", { value: "each" }, "each in turn"), ...about.labels.map((name, i) => make("option", { value: i }, name)));
    nameDirections();
    for (const box of [$(".verdict"), $(".sort")]) box.disabled = Boolean(about.verdict.why);
    $(".own-picture").hidden = Boolean(about.verdict.why);
    $(".judged").hidden = true;
    if (about.verdict.why) $(".verdict").checked = $(".sort").checked = false;
    $(".why").textContent = about.verdict.why || "";
    $("#at-from").max = Math.max(0, about.latent_dim - 8);
    $(".of").textContent = `of ${about.latent_dim}`;
  }

  const keysOfDirections = () => Array.from({ length: about.directions }, (_, i) => i);

  function nameDirections() {
    const [keys, own] = [keysOfDirections(), namesOf(about.mark)];
    directions.build(keys.map((key) => own[`latent:${key}`] ?? String(key + 1)), keys, { name: "Direction", long: "standard deviations", short: " σ", ends: true });
  }

  function put(selector, value) {
    if ($(selector) !== document.activeElement || $(selector).type === "range") $(selector).value = value;
  }

  function refresh(moving = false) {
    refreshing = false;
    const inspecting = state.open != null;
    root.classList.toggle("inspecting", inspecting);
    $(".for-wall").hidden = inspecting;
    $(".for-one").hidden = !inspecting;
    put("#at-seed", state.seed);
    put("#at-class", state.label);
    put("#at-count", state.count);
    put("#at-psi", state.psi);
    say($("#at-count ~ output"), state.count);
    say($("#at-psi").parentElement.querySelector("output"), `× ${state.psi.toFixed(2)}`);
    $(".breed").disabled = !state.picked.length;
    say($(".picks"), state.picked.length ? state.picked.map(nameOf).join(" and ") : "Pick one or two pictures");
    $(".lineage").hidden = !state.bred;
    if (state.bred) put("#at-strength", state.bred.strength);
    say($("#at-strength ~ output"), Number($("#at-strength").value).toFixed(2));
    if (state.bred) $(".lineage .hint").textContent = `Children of ${state.bred.parents.length === 1 ? "one picture" : "two pictures"}, strength ${state.bred.strength.toFixed(2)}`;
    $(".undo").disabled = !past.undos();
    $(".redo").disabled = !past.redos();
    $(".dice").title = state.bred ? "Other children of the same parents" : "Roll a new seed";
    say($(".what"), `${state.count} picture${state.count > 1 ? "s" : ""}, ${about.size} × ${about.size} px`);
    $(".larger").hidden = !atelier.upscales();
    $(".translate-it").hidden = !atelier.translates();
    $(".edit-it").hidden = !(about.layers && atelier.edits());
    if (inspecting) inspector(moving);
    label();
    tread();
    remember();
  }

  function inspector(moving = false) {
    const mine = state.edits[state.open] || {};
    const point = pointAt(state.open);
    const moved = (key, value) => ({ ...point, directions: { ...point.directions, [key]: value } });
    if (!moving && about.directions && !("styles" in point)) ends(keysOfDirections(), moved, directions.ends);
    say($(".which"), nameOf(state.open));
    for (const part of root.querySelectorAll(".for-one .of-latent")) part.hidden = "styles" in point;
    directions.show(mine.directions || {}, mine.directions || {});
    $(".reset-all").disabled = !Object.keys(mine.directions || {}).length && !Object.keys(mine.coordinates || {}).length;
    if ($(".raw").open && !$(".raw").hidden) raw(mine.coordinates || {});
  }

  let latent = { of: null, values: [] };

  /** Raw coordinates stand where the latent has them; asked for once a picture. */
  async function raw(moved) {
    const bare = { ...place(state.open), point: { ...pointAt(state.open), coordinates: {} } };
    const of = JSON.stringify(bare);
    if (latent.of !== of) {
      latent = { of, values: latent.values };
      const reply = await ask(server.coordinates, bare);
      if (!reply || latent.of !== of) return;
      latent.values = reply.values;
    }
    const from = Math.min(Math.max(0, Number($("#at-from").value) || 0), Math.max(0, about.latent_dim - 8));
    const keys = Array.from({ length: Math.min(8, about.latent_dim) }, (_, i) => from + i);
    coordinates.build(keys.map(String), keys, { name: "Coordinate", long: "the latent's own scale", short: "" });
    coordinates.show({ ...latent.values, ...moved }, moved);
  }

  /* ---- the link ---- */

  function remember() {
    const written = state; // and not what has come until it is written
    trail.follow("sample", () => link.write(written));
  }

  /** Open {weight, point}: from the tray, a saved picture or another tab. */
  async function visit({ weight, point }) {
    if (!point) return enter({ ...PLAIN, edits: {}, weight });
    const { truncation, directions: moved, coordinates: set, ...base } = point;
    const next = { ...PLAIN, wall: Date.now(), weight, psi: truncation ?? 1, open: 0, edits: { 0: { directions: moved || {}, coordinates: set || {} } } };
    const { seed, label: own, ...more } = base; // of a plain seed there is nothing more
    if (seed == null || Object.keys(more).length) Object.assign(next, { base: [base], count: 1 });
    else Object.assign(next, { seed, label: own ?? "each" });
    if (await enter(next)) open(0);
  }

  /** Back or Forward: the picture that was open then, of the wall that was there. */
  async function back({ wall: then = 0, open: index = null } = {}) {
    if (!about) return;
    const there = then === state.wall || (await enter({ ...PLAIN, edits: {}, ...link.read(), wall: then, open: index }));
    if (there && !(index >= state.count)) open(index);
  }

  /* ---- files ---- */

  async function save(index) {
    const reply = await ask(server.save, place(index));
    if (reply) atelier.download(reply.name, reply.data, "image/png");
  }

  async function archive() {
    const reply = await ask(server.archive, { weight: state.weight, points: everyone().map(pointAt) });
    if (reply) atelier.download(reply.name, reply.data, "application/zip");
  }

  async function restore(file) {
    if (!file) return;
    if (file.size > 20e6) return atelier.toast("That file is larger than 20 MB; a picture saved here is far smaller.");
    const data = await atelier.base64(file);
    const reply = data == null ? null : await ask(server.restore, { data });
    if (reply) visit(reply);
  }

  /** Ask the discriminator about a picture of the visitor's own; as the class that is chosen, or as each. */
  async function judge(file) {
    if (!file) return;
    if (file.size > 20e6) return atelier.toast("That file is larger than 20 MB; choose a smaller one.");
    const data = await atelier.base64(file);
    const weight = state.weight;
    const number = state.label === "each" ? null : state.label;
    const reply = data == null ? null : await ask(server.judge, { weight, data, ...(number != null && { number }) });
    if (!reply || weight !== state.weight) return;
    $(".judged").hidden = false;
    $(".judged img").src = reply.picture;
    say($(".judged p"), `${file.name}${reply.label ? `, judged as ${reply.label}` : ""}: ${verdict.long(reply.score, about.verdict.unit)}`);
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
  click(".reset-all", () => go({ edits: { ...state.edits, [state.open]: {} } }, { part: "one" }));
  click(".for-one .keep", () => keep(state.open));
  click(".save", () => save(state.open));
  click(".larger", () => atelier.upscale(place(state.open)));
  click(".translate-it", () => atelier.translate({ picture: place(state.open) }));
  click(".edit-it", () => atelier.edit(place(state.open)));
  click(".zip", archive);
  click(".undo", () => step(false));
  click(".redo", () => step(true));
  click(".open-file", () => $(".saved").click());
  click(".own-picture", () => $(".own").click());
  $(".own").addEventListener("change", ({ target }) => { judge(target.files[0]); target.value = ""; });
  click(".link", async () => {
    trail.write(link.write(state));
    try {
      await navigator.clipboard.writeText(location.href);
      atelier.toast("The link to this page is on the clipboard.");
    } catch {
      atelier.toast("Copy the link from the address bar: it holds this page.");
    }
  });
  $(".saved").addEventListener("change", (event) => { restore(event.target.files[0]); event.target.value = ""; });
  $(".verdict").addEventListener("change", () => { if (!$(".verdict").checked) $(".sort").checked = false; want("all"); });
  $(".sort").addEventListener("change", () => { if ($(".sort").checked) $(".verdict").checked = true; want("all"); });
  $(".raw").addEventListener("toggle", () => state.open != null && inspector());
  $("#at-from").addEventListener("input", () => state.open != null && inspector());

  listen("sample", shown, {
    close: () => (state.open == null || root.querySelector(":popover-open") ? false : close()),
    undo: () => void step(false),
    redo: () => void step(true),
  });
  onDrop(root, shown, restore);
  window.addEventListener("atelier:visit", (/** @type {CustomEvent} */ { detail }) => visit(detail));
  trail.walk("sample", back);

  enter({ ...PLAIN, edits: {}, ...link.read() }, false).then(async (fine) => {
    if (!fine) fine = await enter({ ...PLAIN, edits: {} }, false);
    if (!fine) $(".wall").replaceChildren(make("p", { class: "hint" }, "No model is on the shelf yet; the Training tab shows how to make one."));
    else if (state.open != null) open(state.open);
  });
}

/** A first visit's line: what one sees, and three ways on. It goes with the first thing that one does, and stays away. */
function firstVisit(root) {
  const line = root.querySelector(".first-visit");
  line.hidden = localStorage.getItem("gan-atelier-visited") !== null;
  const gone = () => {
    line.hidden = true;
    try { localStorage.setItem("gan-atelier-visited", "yes"); } catch { /* Full: it goes until the next visit. */ }
  };
  for (const side of root.querySelectorAll(".side, .wall")) side.addEventListener("click", gone, { once: true });
  line.addEventListener("click", ({ target }) => {
    const way = target.closest("[data-way]")?.dataset.way;
    if (way === undefined) return;
    gone();
    if (way) atelier.press(way === "play" ? ".sample .dice" : `#tab-${way}-button`);
  });
}
