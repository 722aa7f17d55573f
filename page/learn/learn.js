/* The Learn tab: one state (lesson, options of one or two runs, what was played), what changes it, what is seen of it. */
import * as atelier from "../parts/atelier.js";
import { ask, make, say } from "../parts/atelier.js";
import { copyLink } from "../parts/clipboard.js";
import { give, onDrop } from "../parts/drop.js";
import { keep, kept } from "../parts/kept.js";
import { follow } from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createCharts } from "./charts.js";
import { createControls } from "./controls.js";
import { createLessons } from "./lessons.js";
import { outline, whole } from "./outline.js";
import { createPlane } from "./plane.js";
import { createPlayer } from "./player.js";
import { createSaving } from "./saving.js";
import { explain } from "./terms.js";

export function start({ element, server }) {
  const root = element.querySelector(".learn");
  const $ = (selector) => root.querySelector(selector);
  const shown = () => element.offsetParent !== null && !document.hidden;
  const FIRST = "balance";
  const STROKE = 0.08; // between two points of a drawing, in units of the plane
  const MOST_DRAWN = 1000;
  const MODES = { ring: 8, grid: 25, islands: 2, point: 1 };
  let course = null;
  let state = { lesson: FIRST, a: {}, b: null, side: "a", played: [] };
  let controls, charts, lessons; // of the course, once it is here
  const planes = Object.fromEntries(["a", "b"].map((which) => [which, createPlane($(`[data-run=${which}] canvas`), {
    stroke: (place) => stroke(place),
    drawn: () => changed({ drawn: state[state.side].drawn }),
  })]));
  const sides = () => (state.b ? ["a", "b"] : ["a"]);
  const lesson = () => lessons.of(state.lesson);

  const player = createPlayer(root, server, {
    state: () => state,
    sides,
    shown,
    end: () => lesson()?.steps ?? 0,
    begun: (which, reply) => {
      charts.clear(which);
      planes[which].draft([]);
      planes[which].begin(reply);
    },
    ready: () => {
      if (!state.b) charts.clear("b");
      refresh();
    },
    took: (which, reply) => {
      charts.add(which, reply);
      planes[which].show(reply);
    },
    after: () => after(),
  });
  const saving = createSaving(root, {
    planes: () => sides().map((which) => planes[which].canvas),
    line: () => `${lesson()?.title ?? "GAN in the plane"}, step ${player.reached()}, seed ${state.a.seed ?? 0}`,
    name: () => `plane-${state.lesson ?? "run"}-${player.reached()}`,
    words: () => whole(state),
    play: player.run,
  });

  /* ---- showing ---- */

  /** After every picture: what follows from it. */
  function after() {
    if (!player.begun()) return;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    root.dataset.step = player.reached();
    say($(".count b"), player.reached());
    charts.table(sides().map(player.reply), sides().map((which) => MODES[controls.full(state[which]).data]));
    for (const which of sides()) {
      const note = $(`[data-run=${which}] .burst`);
      note.hidden = !player.reply(which).burst;
      say(note, player.reply(which).burst ?? "");
    }
    saving.paint();
    remember();
  }

  function refresh() {
    root.classList.toggle("two", Boolean(state.b));
    $("[data-run=b]").hidden = !state.b;
    $(".legend .dash").hidden = !state.b;
    $(".which").hidden = !state.b;
    say($(".beside"), state.b ? "One run" : "Two runs");
    for (const one of root.querySelectorAll(".which [data-side]")) one.setAttribute("aria-pressed", one.dataset.side === state.side);
    controls.show(state[state.side], state.b && state[state.side === "a" ? "b" : "a"]);
    const apart = state.b ? controls.differences(state.a, state.b) : [];
    sides().forEach((which, i) => {
      const words = apart.map((pair) => pair[i]);
      $(`[data-run=${which}] .differs`).replaceChildren(...(words.length ? words.map((word) => make("mark", {}, word)) : ["the same options"]));
      $(`[data-run=${which}] figcaption`).title = words.join(", ");
    });
    const drawing = controls.full(state[state.side]).data === "drawn";
    $(".pen").hidden = !drawing;
    for (const which of ["a", "b"]) planes[which].canvas.classList.toggle("pen", which === state.side && drawing);
    looks();
    after();
  }

  function looks() {
    const on = Object.fromEntries([...root.querySelectorAll("[data-look]")].map((box) => [box.dataset.look, box.checked]));
    for (const which of sides()) planes[which].set({ ...on, curve: controls.full(state[which]).noise_dim === 1 });
  }

  /* ---- changing ---- */

  async function enter(key, { play = true } = {}) {
    state = { lesson: key, a: { ...lessons.of(key).options }, b: null, side: "a", played: [] };
    lessons.show(key);
    await player.restart({ play });
  }

  async function compare() {
    const now = lesson();
    const seed = { seed: state.a.seed ?? 0 };
    state = { ...state, a: { ...now.options, ...seed }, b: { ...now.changed, ...seed }, side: "b" };
    await player.restart({ play: true });
  }

  /** One run, or two: the second one begins with the options of the first. */
  function turnTo(b) {
    state = { ...state, b, side: b ? "b" : "a" };
    player.restart();
  }

  /** Change options of the chosen run; both start anew, so that they stay on one seed and in one step. */
  async function changed(words) {
    const again = player.playing();
    const before = { a: state.a, b: state.b };
    state = { ...state, [state.side]: { ...state[state.side], ...words } };
    if (state.b && "seed" in words) state = { ...state, a: { ...state.a, ...words }, b: { ...state.b, ...words } };
    if (state[state.side].data === "drawn" && !state[state.side].drawn?.length) return refresh();
    if (!(await player.restart({ play: again })) && !player.playing()) undo(before);
  }

  /** What the server refused does not stay in the controls. */
  function undo(before) {
    if (player.reply("a")) state = { ...state, ...before };
    refresh();
  }

  function stroke(place) {
    const strokes = state[state.side].drawn ?? [];
    const last = strokes.at(-1);
    if (last && Math.hypot(last[0] - place[0], last[1] - place[1]) < STROKE) return;
    if (strokes.length >= MOST_DRAWN) return;
    player.pause();
    draw([...strokes, place]);
  }

  function draw(drawn) {
    state = { ...state, [state.side]: { ...state[state.side], drawn } };
    planes[state.side].draft(drawn);
  }

  /* ---- link and file ---- */

  async function open(words, what) {
    let next;
    try {
      next = outline(words, lessons.keys);
    } catch {
      atelier.toast(`${what} is damaged or holds no run of the plane; nothing was changed.`);
      return false;
    }
    const before = state;
    state = { ...next, played: [] };
    const fine = await player.restart();
    if (!fine) state = before;
    lessons.show(state.lesson);
    if (fine) await player.replay(next.played);
    else if (player.reply("a")) refresh();
    return fine;
  }

  function remember() {
    keep("learn", () => whole(state));
    follow("learn", () => {
      const address = new URL(location.href);
      // The link is the tab's own: elsewhere the address says nothing of it.
      if (element.offsetParent) address.searchParams.set("learn", atelier.pack(whole(state)));
      else address.searchParams.delete("learn");
      return address.href;
    });
  }

  function link() {
    const address = new URL(location.href);
    address.search = "";
    address.searchParams.set("learn", atelier.pack(whole(state)));
    copyLink(address.href, "run");
  }

  /** A run from a file, or nothing; whether one was opened. */
  async function receive() {
    const place = course && atelier.awaited("learn");
    return place ? open(place.run, place.name) : false;
  }

  /** What the link that the page was opened with says, or what was played here last; else the first lesson. */
  async function begin() {
    const packed = new URLSearchParams(location.search).get("learn");
    let words = null;
    if (packed) try { words = atelier.unpack(packed); } catch { words = "damaged"; }
    if (await receive()) return;
    const last = words ? null : await kept("learn");
    const there = words ? await open(words, "The link") : last && (await open(last, "What was played here last"));
    if (!there) await enter(FIRST, { play: !packed });
  }

  /* ---- wiring ---- */

  const click = (selector, action) => $(selector).addEventListener("click", action);
  click(".play", player.toggle);
  click(".restart", () => player.restart({ play: player.playing() }));
  for (const one of root.querySelectorAll(".turn")) one.addEventListener("click", () => player.single(one.dataset.network));
  click(".compare", compare);
  click(".beside", () => turnTo(state.b ? null : { ...state.a }));
  click(".alone", () => turnTo(null));
  for (const one of root.querySelectorAll(".which [data-side]")) one.addEventListener("click", () => { state = { ...state, side: one.dataset.side }; refresh(); });
  click(".clear", () => draw([]));
  click(".weight", () => atelier.card(lesson().weight));
  click(".link", link);
  click(".save", saving.file);
  click(".open", () => $("input[type=file]").click());
  click(".png", saving.picture);
  click(".film", saving.shoot);
  $("input[type=file]").addEventListener("change", (event) => { give([...event.target.files]); event.target.value = ""; });
  for (const box of root.querySelectorAll("[data-look]")) box.addEventListener("change", looks);
  root.addEventListener("click", (event) => { const q = event.target.closest("[data-term]"); if (q) explain(q, course.terms); });
  // A button, a link and a field have a use of their own for this key.
  const own = ({ target }) => target instanceof Element && target.matches("button, input, select, textarea, summary, a");
  listen("learn", shown, { play: (event) => !own(event) && $(".play").click() });
  onDrop({ name: "learn", root, shown });
  window.addEventListener("atelier:learn", receive);

  (async () => {
    course = await ask(server.course, {});
    if (!course) return;
    controls = createControls(root, course, { change: changed, refused: () => atelier.toast("That is no number; the run goes on as it was.") });
    charts = createCharts(root, course.figures);
    lessons = createLessons(root, course, enter);
    root.removeAttribute("aria-busy");
    await begin();
  })();
}
