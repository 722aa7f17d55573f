/* The Edit tab: one state, what changes it, and what is painted from it. */
import * as atelier from "../parts/atelier.js";
import { ask, make, say } from "../parts/atelier.js";
import { copyLink } from "../parts/clipboard.js";
import { give, onDrop } from "../parts/drop.js";
import { createHistory, onRest } from "../parts/history.js";
import { keep, kept } from "../parts/kept.js";
import { namesOf, takeNames } from "../parts/names.js";
import { newest } from "../parts/newest.js";
import { createPicker } from "../parts/picker.js";
import { began, write } from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createDrag } from "./drag.js";
import { createMaps } from "./maps.js";
import { createMix } from "./mix.js";
import { createProject } from "./project.js";
import { isSeed, roll } from "./seeds.js";
import { createSlide } from "./slide.js";
import * as words from "./words.js";

const FIRST = { seed: 1, truncation: 0.7 }; // a typical picture

export function start({ element, server }) {
  const root = element.querySelector(".edit");
  const $ = (selector) => root.querySelector(selector);
  const past = createHistory();
  const picture = $(".picture");
  const original = make("canvas");
  let state = null; // {weight, point, origin: the point before it was edited, other: the base to mix with}
  let about = null; // what the server says of state.weight
  let mode = "slide";
  let refreshing = false;

  /* ---- painting: always the newest state; while one answer is painted, the next is drawn ---- */

  let asked = null;
  let held = null; // what `original` shows, as JSON

  const draw = newest(async (wanted) => {
    const since = asked;
    asked = null;
    const reply = await ask(server.render, { weight: wanted.weight, points: [wanted.point] });
    if (reply && wanted.weight === state.weight) await paint(reply, wanted, since);
  });

  function want() {
    asked ??= performance.now();
    draw(state);
  }

  function copy(sheet, canvas) {
    if (canvas.width !== sheet.width || canvas.height !== sheet.height) Object.assign(canvas, { width: sheet.width, height: sheet.height });
    canvas.getContext("2d").drawImage(sheet, 0, 0);
    canvas.classList.toggle("crisp", sheet.width <= 32);
  }

  const originOf = ({ weight, origin }) => JSON.stringify({ weight, origin });

  async function paint(reply, of, since) {
    const sheet = await atelier.bitmap(reply.sheet);
    copy(sheet, picture);
    if (words.same(of.point, of.origin)) {
      copy(sheet, original);
      held = originOf(of);
    }
    sheet.close();
    root.dataset.compute = reply.compute;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    if (since == null) return;
    root.dataset.passed = performance.now() - since;
    say($(".time"), `${(performance.now() - since).toFixed(0)} ms (generator ${reply.compute.toFixed(0)} ms)`);
  }

  /* ---- the original, for as long as it is held ---- */

  let holding = false;

  async function hold() {
    if (holding || !state) return;
    holding = true;
    const of = state;
    if (held !== originOf(of)) {
      const reply = await ask(server.render, { weight: of.weight, points: [of.origin] });
      if (!reply) return letGo();
      const sheet = await atelier.bitmap(reply.sheet);
      copy(sheet, original);
      sheet.close();
      held = originOf(of);
    }
    if (!holding) return;
    original.className = `original ${original.className.includes("crisp") ? "crisp" : ""}`;
    picture.after(original);
    $(".tag").hidden = false;
  }

  function letGo() {
    holding = false;
    original.remove();
    $(".tag").hidden = true;
  }

  /* ---- changing the state ---- */

  /** Go to a new state; `moving`: one of many steps of one slider's gesture, undone together. */
  function go(change, moving = false) {
    past.note(state, moving);
    state = { ...state, ...change };
    want();
    if (!moving) return refresh();
    // A dragged slider speaks more often than the screen is drawn.
    if (!refreshing) requestAnimationFrame(() => refresh(true));
    refreshing = true;
  }

  /** A point as it was before it was edited here. */
  function unedited({ pushes, mixes, cutoff, noise, ...point }) {
    return point;
  }

  let entering = 0;

  /** Go to a state of whatever weight (`anew`: that may be another by now), once its picture could be drawn; the last one
      wins. Says whether it could. */
  async function enter(next, remember = true, anew = false) {
    const turn = ++entering;
    const met = !anew && about?.name === next.weight ? about : await ask(server.describe, { weight: next.weight });
    if (!met) return false;
    const weight = met.name;
    const reply = await ask(server.render, { weight, points: [next.point] });
    if (!reply || turn !== entering) return !!reply;
    if (remember && state) past.note(state);
    if (met !== about) {
      about = met;
      dress();
    }
    state = { origin: unedited(next.point), ...next, weight, other: next.other ?? otherOf(next.point) };
    picker.tell(about);
    await paint(reply, state, null);
    refresh();
    return true;
  }

  /** The base that a point is mixed with already. */
  const otherOf = (point) => (point.mixes?.length ? words.base(point.mixes[0]) : null);

  async function step(again) {
    const next = past.back(state, again);
    if (!next) return;
    if (next.weight !== state.weight) {
      if (!(await enter(next, false))) past.back(next, !again); // that weight is gone: all stays as it is
      return;
    }
    state = next;
    want();
    refresh();
  }

  /** Another picture under the same edits. */
  function rebase(base, moving = false) {
    const { seed, latent, styles, label, directions, coordinates, ...edits } = state.point;
    const point = { ...base, ...edits };
    go({ point, origin: unedited(point) }, moving);
  }

  function turn(to) {
    mode = to;
    for (const button of root.querySelectorAll(".modes button")) button.setAttribute("aria-pressed", button.dataset.mode === mode);
    $(".for-slide").hidden = mode !== "slide";
    $(".for-mix").hidden = mode !== "mix";
    $(".for-drag").hidden = mode !== "drag";
    $(".for-project").hidden = mode !== "project";
    $(".marks").toggleAttribute("hidden", mode !== "drag");
    if (mode !== "drag") drag.stop();
    if (mode !== "project") project.stop();
    if (mode === "mix" && !state.other) state = { ...state, other: { seed: roll() } };
    refresh();
  }

  /* ---- what the controls show ---- */

  const change = (point, moving) => go({ point }, moving);
  const rest = () => { past.rest(); refresh(); };
  const render = (points) => ask(server.render, { weight: state.weight, points });
  const steer = (asked) => ask(server.steer, { weight: state.weight, ...asked });
  const slide = createSlide(root, { change, render, rest, steer });
  const mix = createMix(root, {
    change,
    rest,
    take: (other, point) => go({ other, point }),
    styles: (point) => ask(server.styles, { weight: state.weight, point }),
    render,
  });
  /** Take the point and picture of a reply that one step of many came to; they are undone together. */
  function arrive(reply, change = {}) {
    past.note(state, true);
    state = { ...state, point: reply.point, ...change };
    return paint(reply, state, null).then(() => refresh(true));
  }
  const drag = createDrag(root, server, { arrive, rest });
  const project = createProject(root, server, {
    weight: () => state.weight,
    tunes: () => about.tunes,
    enter,
    arrive: (reply) => arrive(reply, { origin: reply.point }), // a photograph's nearest picture is edited by nobody yet
    rest,
  });
  const maps = createMaps(root, {
    look: () => state && maps.show(state.point, about),
    maps: (of) => ask(server.maps, { weight: state.weight, ...of }),
  });
  const picker = createPicker($(".picker"), {
    list: () => ask(server.models, {}),
    chosen: () => state?.weight,
    takes: ({ task, styles }) => task === "sample" && styles,
    free: () => state && words.same(state.point, state.origin),
    choose: (weight) => enter({ weight, point: { seed: state?.point.seed ?? 1 } }, true, true),
  });

  /** Dress the tab for another model. */
  function dress() {
    picker.show(about);
    $(".classes").hidden = !about.labels.length;
    $("#ed-class").replaceChildren(...about.labels.map((name, i) => make("option", { value: i }, name)));
  }

  function refresh(moving = false) {
    refreshing = false;
    const { point } = state;
    if (document.activeElement !== $("#ed-seed")) $("#ed-seed").value = point.seed ?? "";
    if (about.labels.length) $("#ed-class").value = point.label ?? (point.seed || 0) % about.labels.length;
    $(".undo").disabled = !past.undos();
    $(".redo").disabled = !past.redos();
    $(".back").disabled = words.same(point, state.origin);
    $(".larger").hidden = !atelier.upscales();
    say($(".what"), `${about.size} × ${about.size} px`);
    drag.show(place(), about);
    if (mode === "project") project.show(place());
    if (mode === "slide") slide.show(point, about, moving);
    else if (mode === "mix") mix.show(point, about, state.other, moving);
    if (!moving) maps.show(point, about);
    keep("edit", () => ({ ...state, mode }));
  }

  /* ---- links and files ---- */

  const place = () => ({ weight: state.weight, point: state.point });

  function link() {
    const address = new URL(location.pathname, location.href);
    address.searchParams.set("edit", atelier.pack({ ...place(), ...(state.other && { other: state.other }) }));
    copyLink(address.href, "picture");
  }

  /** What the link that the page was opened with says; the address is the Sample tab's from then on. */
  function linked() {
    const address = new URL(location.href);
    const packed = address.searchParams.get("edit");
    if (!packed) return null;
    address.searchParams.delete("edit");
    write(address.href);
    try {
      const { weight, point, other } = atelier.unpack(packed);
      if (typeof weight !== "string" || !point || typeof point !== "object") throw new Error("no picture");
      return { weight, point, other };
    } catch {
      atelier.toast("The link is damaged; the tab opens without its picture.");
      return null;
    }
  }

  async function save() {
    const before = past.states().filter(({ weight }) => weight === state.weight).map(({ point }) => point);
    const reply = await ask(server.save, { ...place(), points: before, named: namesOf(about.mark) });
    if (reply) atelier.download(reply.name, reply.data, "image/png");
  }

  /** A picture from another tab, or of a file with what can be undone there; or nothing. */
  async function receive(place = atelier.awaited("edit")) {
    if (!place) return false;
    const { before, names, ...next } = place;
    const there = await enter(next);
    if (there && names) {
      takeNames(about.mark, names);
      refresh();
    }
    if (there && before?.length) {
      past.begin(before.map((point) => ({ ...state, point, origin: unedited(point), other: otherOf(point) })));
      refresh();
    }
    return there;
  }

  /* ---- wiring ---- */

  const shown = () => element.offsetParent !== null;
  const click = (selector, action) => $(selector).addEventListener("click", () => state && action());

  $(".modes").addEventListener("click", ({ target }) => target.dataset.mode && state && turn(target.dataset.mode));
  $("#ed-seed").addEventListener("input", ({ target }) => isSeed(target.value) && state && rebase({ seed: Number(target.value) }, true));
  onRest($("#ed-seed"), () => { past.rest(); if (state) refresh(); });
  $("#ed-class").addEventListener("change", ({ target }) => go({ point: { ...state.point, label: Number(target.value) }, origin: { ...state.origin, label: Number(target.value) } }));
  click(".dice", () => rebase({ seed: roll() }));
  click(".undo", () => step(false));
  click(".redo", () => step(true));
  click(".back", () => go({ point: state.origin }));
  click(".keep", () => atelier.pin(place()));
  click(".save", save);
  click(".link", link);
  click(".larger", () => atelier.upscale(place()));
  click(".open-file", () => $(".files").click());
  $(".files").addEventListener("change", ({ target }) => { give([...target.files]); target.value = ""; });
  for (const part of [$(".hold"), picture]) {
    part.addEventListener("pointerdown", hold);
    part.addEventListener("contextmenu", (event) => holding && event.preventDefault());
  }
  for (const over of ["pointerup", "pointercancel", "blur"]) window.addEventListener(over, () => holding && letGo());
  const holds = (event) => event.target === $(".hold") && [" ", "Enter"].includes(event.key);
  $(".hold").addEventListener("keydown", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    hold();
  });
  listen("edit", () => shown() && state, { hold, undo: () => step(false), redo: () => step(true) });
  document.addEventListener("keyup", (event) => (event.key.toLowerCase() === "o" || holds(event)) && holding && letGo());
  onDrop({
    name: "edit", title: "Edit", root, shown,
    get pictures() { return mode === "project" ? ([file]) => project.open(file) : null; },
  });
  window.addEventListener("atelier:edit", () => receive());

  /** What to begin with where nothing was asked for: what was here last, unless another tab's model takes nothing away. */
  function beginning(last) {
    const chosen = picker.first();
    const stays = last.point && (began() === "edit" || !words.same(last.point, last.origin));
    if (stays || !chosen || chosen === last.weight) return last.point && last;
    return { weight: chosen, point: last.point?.seed == null ? FIRST : { seed: last.point.seed } };
  }

  (async () => {
    const from = linked() ?? atelier.awaited("edit");
    const { mode: before, ...last } = (!from && (await kept("edit"))) || {};
    const next = from ?? beginning(last);
    const there = (await receive(next)) || state || (await enter({ weight: null, point: FIRST }));
    if (there) root.dataset.ready = "";
    if (there && before) turn(before);
  })();
}
