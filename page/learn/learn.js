/* The Learn tab: one state (lesson, options of one or two runs, what was played), and the loop that plays it. */
import * as atelier from "../parts/atelier.js";
import { ask, make, say } from "../parts/atelier.js";
import { give, onDrop } from "../parts/drop.js";
import { keep, kept } from "../parts/kept.js";
import { follow, write } from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createCharts } from "./charts.js";
import { createControls } from "./controls.js";
import { noted } from "./note.js";
import { createPlane } from "./plane.js";

export function start({ element, server }) {
  const root = element.querySelector(".learn");
  const $ = (selector) => root.querySelector(selector);
  const shown = () => element.offsetParent !== null && !document.hidden;
  const FIRST = "balance";
  const PICTURE = 45; // milliseconds from one picture to the next, at least: more could nobody see
  const STROKE = 0.08; // between two points of a drawing, in units of the plane
  const MOST_DRAWN = 1000;
  const MODES = { ring: 8, grid: 25, islands: 2, point: 1 };
  let course = null;
  let state = { lesson: FIRST, a: {}, b: null, side: "a", played: [] };
  let runs = { a: null, b: null }; // {name, reply}
  let playing = false;
  let turn = 0; // of starting anew: what an older one still brings is thrown away
  let underWay = null; // the slice that the server is at, if any
  let controls, charts;
  const planes = Object.fromEntries(["a", "b"].map((which) => [which, createPlane($(`[data-run=${which}] canvas`), {
    stroke: (place) => stroke(place),
    drawn: () => changed({ drawn: state[state.side].drawn }),
  })]));
  const sides = () => (state.b ? ["a", "b"] : ["a"]);
  /** Whether the state's runs have begun: between a change and the server's answer they have not. */
  const begun = () => sides().every((which) => runs[which]);

  /* ---- starting ---- */

  /** Start the runs of the state anew, from their seeds; whether all of them could be. */
  async function restart({ play = false } = {}) {
    const mine = ++turn;
    playing = false;
    const old = Object.values(runs).filter(Boolean).map((run) => run.name);
    const replies = await Promise.all(sides().map((which, i) => ask(server.start, { options: state[which], instead: i ? [] : old })));
    if (mine !== turn || replies.some((reply) => !reply)) return false;
    runs = { a: null, b: null };
    sides().forEach((which, i) => {
      runs[which] = { name: replies[i].run, reply: replies[i] };
      charts.clear(which);
      planes[which].draft([]);
      planes[which].begin(replies[i]);
    });
    if (!state.b) charts.clear("b");
    state.played = [];
    told([]);
    refresh();
    if (play) run();
    return true;
  }

  /* ---- playing ---- */

  const reached = () => Math.min(...sides().map((which) => runs[which]?.reply.step ?? 0));
  const burst = () => sides().every((which) => runs[which]?.reply.burst);
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  /** Bring every run to step `until`, or as far as one slice of the server's time goes; whether to go on. */
  async function slice(until, mine) {
    if (!begun()) return false;
    root.dataset.waiting = true;
    const own = (underWay = advanced(until, mine));
    const goOn = await own;
    if (underWay === own) underWay = null;
    root.dataset.waiting = Boolean(underWay);
    return goOn;
  }

  async function advanced(until, mine) {
    const before = reached();
    const asked = sides().filter((which) => runs[which].reply.step < until && !runs[which].reply.burst);
    const replies = await Promise.all(asked.map((which) => ask(server.advance, { run: runs[which].name, until })));
    if (mine !== turn) return false;
    if (replies.some((reply) => !reply)) return false;
    asked.forEach((which, i) => take(which, replies[i]));
    note("b", reached() - before);
    after();
    return true;
  }

  function take(which, reply) {
    runs[which].reply = { ...reply, floor: runs[which].reply.floor };
    charts.add(which, reply);
    planes[which].show(reply);
  }

  /** What was played, as [kind, count]: b for both networks, d and g for one of them alone. */
  function note(kind, count) {
    if (!count) return;
    const last = state.played[state.played.length - 1];
    if (last?.[0] === kind) last[1] += count;
    else state.played.push([kind, count]);
  }

  async function run() {
    if (playing || !begun()) return;
    playing = true;
    const mine = turn;
    button();
    const end = lesson()?.steps > reached() ? lesson().steps : Infinity;
    let owed = 0;
    let last = performance.now();
    while (playing && mine === turn && shown() && !burst()) {
      const rate = Number($(".speed select").value);
      await sleep(Math.max(0, last + PICTURE - performance.now()));
      if (mine !== turn) break;
      const now = performance.now();
      owed = Math.min(owed + ((now - last) / 1000) * rate, rate / 4 + 1);
      last = now;
      const steps = rate ? Math.floor(owed) : 500;
      const ahead = Math.max(...sides().map((which) => runs[which].reply.step));
      const behind = ahead > reached() && !sides().some((which) => runs[which].reply.burst);
      if (!steps && !behind) continue;
      owed -= behind ? 0 : steps;
      if (!(await slice(Math.min(end, behind ? ahead : ahead + steps), mine))) break;
      if (reached() >= end) { told([`Step ${end}: here the lesson's measured claims hold. Play on, or compare side by side.`]); break; }
    }
    if (mine === turn) playing = false;
    button();
  }

  async function single(network) {
    if (!begun()) return;
    playing = false;
    await underWay; // its answer would come after this one's and be the older
    const mine = turn;
    const replies = await Promise.all(sides().map((which) => ask(server.turn, { run: runs[which].name, network })));
    if (mine !== turn || replies.some((reply) => !reply)) return;
    sides().forEach((which, i) => take(which, replies[i]));
    note(network[0], 1);
    told(replies.map((reply, i) => `${state.b ? `${"AB"[i]}: ` : ""}${reply.told}`));
    after();
  }

  /** Play a saved run again up to where it was. */
  async function replay(moves) {
    const mine = turn;
    told(["Playing it again up to where it was …"]);
    for (const [kind, count] of moves) {
      const until = reached() + count;
      if (kind === "b") while (mine === turn && reached() < until && !burst()) { if (!(await slice(until, mine))) return; }
      else for (let i = 0; i < count && mine === turn; i++) await single(kind === "d" ? "discriminator" : "generator");
    }
    if (mine === turn) told([]);
  }

  /* ---- showing ---- */

  function told(lines) {
    $(".told").replaceChildren(...lines.map((line) => make("p", {}, line)));
  }

  function button() {
    say($(".play"), playing ? "❚❚ Pause" : "▶ Play");
    root.dataset.playing = playing;
  }

  /** After every picture: what follows from it. */
  function after() {
    if (!begun()) return;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    root.dataset.step = reached();
    say($(".count b"), reached());
    charts.table(sides().map((which) => runs[which].reply), sides().map((which) => MODES[controls.full(state[which]).data]));
    for (const which of sides()) {
      const note = $(`[data-run=${which}] .burst`);
      note.hidden = !runs[which].reply.burst;
      say(note, runs[which].reply.burst ?? "");
    }
    film?.paint();
    remember();
  }

  const lesson = () => course.lessons.find(({ key }) => key === state.lesson);

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

  function teach() {
    const now = lesson();
    say($("button.lesson b"), now ? `${course.lessons.indexOf(now) + 1}. ${now.title}` : "Free play");
    $(".text").hidden = !now;
    for (const one of root.querySelectorAll(".lessons [data-key]")) one.setAttribute("aria-selected", one.dataset.key === state.lesson);
    if (!now) return;
    for (const part of ["question", "watch", "change"]) say($(`.text .${part}`), now[part]);
    say($(".paper"), now.paper);
    $(".claims").replaceChildren(...now.claims.map(({ run, words }) => make("li", {}, `After ${now.steps} steps, ${run}: ${words}.`)));
    $(".weight").hidden = !now.weight;
    say($(".weight"), `The same loss on digits: ${now.weight_title} →`);
    say($(".digits code"), now.command);
  }

  /* ---- changing ---- */

  async function enter(key, { play = true } = {}) {
    const found = course.lessons.find((one) => one.key === key);
    state = { lesson: key, a: { ...found.options }, b: null, side: "a", played: [] };
    teach();
    await restart({ play });
  }

  async function compare() {
    const now = lesson();
    const seed = { seed: state.a.seed ?? 0 };
    state = { ...state, a: { ...now.options, ...seed }, b: { ...now.changed, ...seed }, side: "b" };
    await restart({ play: true });
  }

  /** Change options of the chosen run; both start anew, so that they stay on one seed and in one step. */
  async function changed(words) {
    const again = playing;
    const before = { a: state.a, b: state.b };
    state = { ...state, [state.side]: { ...state[state.side], ...words } };
    if (state.b && "seed" in words) state = { ...state, a: { ...state.a, ...words }, b: { ...state.b, ...words } };
    if (state[state.side].data === "drawn" && !state[state.side].drawn?.length) return refresh();
    if (!(await restart({ play: again })) && !playing) undo(before);
  }

  /** What the server refused does not stay in the controls. */
  function undo(before) {
    if (runs.a) state = { ...state, ...before };
    refresh();
  }

  function stroke(place) {
    const mine = state[state.side];
    const strokes = mine.drawn ?? [];
    const last = strokes[strokes.length - 1];
    if (last && Math.hypot(last[0] - place[0], last[1] - place[1]) < STROKE) return;
    if (strokes.length >= MOST_DRAWN) return;
    playing = false;
    state = { ...state, [state.side]: { ...mine, drawn: [...strokes, place] } };
    planes[state.side].draft(state[state.side].drawn);
  }

  /* ---- link and file ---- */

  const whole = () => ({ lesson: state.lesson, a: state.a, ...(state.b && { b: state.b }), ...(state.played.length && { played: state.played }) });

  /** A state from outside: its outline is checked here, its options by the server. */
  function outline(words) {
    const plain = (value) => value && typeof value === "object" && !Array.isArray(value);
    if (!plain(words) || !plain(words.a) || (words.b != null && !plain(words.b))) throw new Error("no run");
    const played = Array.isArray(words.played) ? words.played : [];
    const fine = played.length <= 200 && played.every((move) => Array.isArray(move) && "bdg".includes(move[0]) && Number.isInteger(move[1]) && move[1] > 0 && move[1] <= (move[0] === "b" ? 20000 : 200));
    if (!fine) throw new Error("no moves");
    const known = course.lessons.some(({ key }) => key === words.lesson);
    return { lesson: known ? words.lesson : null, a: words.a, b: words.b ?? null, side: "a", played };
  }

  async function open(words, what) {
    let next;
    try {
      next = outline(words);
    } catch {
      atelier.toast(`${what} is damaged or holds no run of the plane; nothing was changed.`);
      return false;
    }
    const before = state;
    state = { ...next, played: [] };
    const fine = await restart();
    if (!fine) state = before;
    teach();
    if (fine) await replay(next.played);
    else if (runs.a) refresh();
    return fine;
  }

  function remember() {
    keep("learn", whole);
    follow("learn", () => {
      const address = new URL(location.href);
      // The link is the tab's own: elsewhere the address says nothing of it.
      if (element.offsetParent) address.searchParams.set("learn", atelier.pack(whole()));
      else address.searchParams.delete("learn");
      return address.href;
    });
  }

  async function copy() {
    const address = new URL(location.href);
    address.search = "";
    address.searchParams.set("learn", atelier.pack(whole()));
    try {
      await navigator.clipboard.writeText(address.href);
      atelier.toast("The link to this run is on the clipboard.");
    } catch {
      write(address.href);
      atelier.toast("Copy the link from the address bar: it holds this run.");
    }
  }

  function hand(name, blob) {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  const named = (ending) => `plane-${state.lesson ?? "run"}-${reached()}.${ending}`;
  const words = (space) => JSON.stringify({ "gan-atelier": "plane", ...whole() }, null, space);
  const save = () => hand(named("json"), new Blob([words(1)], { type: "application/json" }));

  /** A run from a file, or nothing; whether one was opened. */
  async function receive() {
    const place = course && atelier.awaited("learn");
    return place ? open(place.run, place.name) : false;
  }

  /* ---- picture and film ---- */

  let film = null;
  /** The planes beside each other, with a line of words under them. */
  function compose(canvas) {
    const side = 720;
    const count = sides().length;
    if (canvas.width !== side * count) Object.assign(canvas, { width: side * count, height: side + 40 });
    const ink = canvas.getContext("2d");
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    ink.fillStyle = colour("--paper");
    ink.fillRect(0, 0, canvas.width, canvas.height);
    sides().forEach((which, i) => ink.drawImage(planes[which].canvas, i * side, 0, side, side));
    ink.fillStyle = colour("--ink");
    ink.font = "20px sans-serif";
    ink.fillText(`${lesson()?.title ?? "GAN in the plane"}, step ${reached()}, seed ${state.a.seed ?? 0}`, 12, side + 27);
    return canvas;
  }

  function picture() {
    compose(document.createElement("canvas")).toBlob((blob) => blob && hand(named("png"), noted(blob, words())), "image/png");
  }

  function shoot() {
    if (film) return film.stop();
    const canvas = compose(document.createElement("canvas"));
    const kind = ["video/mp4;codecs=avc1", "video/webm;codecs=vp9", "video/webm"].find((type) => window.MediaRecorder?.isTypeSupported(type));
    if (!kind) return atelier.toast("This browser cannot record films; save a PNG, or use another browser.");
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: kind, videoBitsPerSecond: 6e6 });
    const parts = [];
    recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
    recorder.onstop = () => parts.length && hand(named(kind.startsWith("video/mp4") ? "mp4" : "webm"), new Blob(parts, { type: kind.split(";")[0] }));
    const stop = () => { film = null; recorder.stop(); say($(".film"), "Film"); $(".film").setAttribute("aria-pressed", false); };
    film = { stop, paint: () => compose(canvas) };
    recorder.start();
    say($(".film"), "■ Stop film");
    $(".film").setAttribute("aria-pressed", true);
    run();
  }

  /** The experiment on samples as training data, where it was made. */
  function experiment(made) {
    const box = $(".experiment");
    box.hidden = !made;
    if (!made) return;
    box.querySelector(".plot").innerHTML = made.plot;
    box.querySelector("thead tr").replaceChildren(...made.head.map((name) => make("th", {}, name)));
    box.querySelector("tbody").replaceChildren(...made.rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))));
  }

  /* ---- words behind question marks ---- */

  function explain(button) {
    const box = $("#learn-term");
    say(box, course.terms[button.dataset.term] ?? "");
    box.showPopover();
    const [at, own] = [button.getBoundingClientRect(), box.getBoundingClientRect()];
    const left = Math.max(8, Math.min(at.left, innerWidth - own.width - 12));
    const top = at.bottom + 8 + own.height < innerHeight ? at.bottom + 8 : Math.max(8, at.top - own.height - 8);
    Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
  }

  /* ---- wiring ---- */

  const click = (selector, action) => $(selector).addEventListener("click", action);
  click(".play", () => { if (playing) playing = false; else run(); button(); });
  click(".restart", () => restart({ play: playing }));
  for (const one of root.querySelectorAll(".turn")) one.addEventListener("click", () => single(one.dataset.network));
  click(".compare", compare);
  click(".beside", () => { state = state.b ? { ...state, b: null, side: "a" } : { ...state, b: { ...state.a }, side: "b" }; restart(); });
  click(".alone", () => { state = { ...state, b: null, side: "a" }; restart(); });
  for (const one of root.querySelectorAll(".which [data-side]")) one.addEventListener("click", () => { state = { ...state, side: one.dataset.side }; refresh(); });
  click(".clear", () => { state = { ...state, [state.side]: { ...state[state.side], drawn: [] } }; planes[state.side].draft([]); });
  click(".weight", () => atelier.card(lesson().weight));
  click(".link", copy);
  click(".save", save);
  click(".open", () => $("input[type=file]").click());
  click(".png", picture);
  click(".film", shoot);
  $("input[type=file]").addEventListener("change", (event) => { give([...event.target.files]); event.target.value = ""; });
  for (const box of root.querySelectorAll("[data-look]")) box.addEventListener("change", looks);
  root.addEventListener("click", (event) => { const q = event.target.closest("[data-term]"); if (q) explain(q); });
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
    experiment(course.experiment);
    $(".lessons .list").replaceChildren(...course.lessons.map((one, i) => make("button", { role: "option", "data-key": one.key, popovertarget: "learn-lessons", popovertargetaction: "hide", onclick: () => enter(one.key) }, make("b", {}, `${i + 1}. ${one.title}`), make("small", {}, one.question))));
    root.removeAttribute("aria-busy");
    const packed = new URLSearchParams(location.search).get("learn");
    let words = null;
    if (packed) try { words = atelier.unpack(packed); } catch { words = "damaged"; }
    if (await receive()) return;
    const last = words ? null : await kept("learn");
    const there = words ? await open(words, "The link") : last && (await open(last, "What was played here last"));
    if (!there) await enter(FIRST, { play: !packed });
  })();
}
