/* The Play tab: one play as a list of moments; keys make the next one, the slider goes back to any. */
import * as atelier from "../parts/atelier.js";
import { ask, say } from "../parts/atelier.js";
import { onDrop } from "../parts/drop.js";
import { createFilm } from "../parts/film.js";
import { createPicker } from "../parts/picker.js";
import { listen } from "../parts/shortcuts.js";
import { drawCurve, words } from "./drift.js";
import { createSteering } from "./steering.js";

const MOST = 20000; // steps of one play

export function start({ element, server }) {
  const root = element.querySelector(".play");
  const $ = (selector) => root.querySelector(selector);
  const visible = () => element.offsetParent !== null;
  const steering = createSteering(root, visible);
  const filming = createFilm({ server, box: $(".filming"), changed: buttons, found: "play film" });
  let weight = null;
  let rules = { near: null, missing: null }; // of its world
  let dream = false; // the network plays alone
  let seed = 1;
  let first = null; // {frames, state}: what it begins with
  let moments = []; // {true, drawn, state, action, restart, apart, likeness}, one for each step; a dream's without the truth
  let at = 0; // how many of them are behind what is shown
  let playing = false;
  let restart = false; // the next step's network begins at the true frames
  let again = []; // actions and restarts of a recorded play that are still to come: [{action, restart}]

  /* ---- what is shown ---- */

  const frameOf = (kind, back) => (at - back > 0 ? moments[at - back - 1][kind] : first.frames[1 + at - back]);

  async function paint(canvas, png) {
    const picture = await atelier.bitmap(png);
    canvas.getContext("2d").drawImage(picture, 0, 0);
  }

  async function show() {
    if (!first) return;
    const kinds = dream ? ["drawn"] : ["drawn", "true"];
    await Promise.all(kinds.map((kind) => paint($(`canvas.${kind}`), frameOf(kind, 0))));
    root.dataset.step = String(at);
    const when = $("#pl-when");
    [when.max, when.value] = [String(moments.length), String(at)];
    say($(".when output"), at);
    if (!dream) drawCurve($(".curve"), moments, at, rules.near);
    $(".drift").innerHTML = dream ? "A dream: nobody keeps the score." : words(moments.slice(0, at), rules.near);
    buttons();
  }

  function buttons() {
    $(".record").disabled = !at;
    $(".film").disabled = !at || filming.busy();
    say($(".run"), playing ? "⏸ Pause" : "▶ Play");
    root.dataset.playing = String(playing);
    $(".step").disabled = playing;
  }

  /* ---- playing ---- */

  /** One step from what is shown; what came after it before is given up. */
  async function step() {
    if (root.dataset.stepping === "true") return false;
    const next = again.shift() ?? { action: steering.action(), restart };
    restart = false;
    const [here, play] = [at, first];
    const kind = next.restart ? "true" : "drawn";
    const request = { weight, seed, dream, state: at ? moments[at - 1].state : first.state, frames: [frameOf(kind, 1), frameOf(kind, 0)], action: next.action };
    root.dataset.stepping = "true";
    const reply = await ask(server.step, request);
    root.dataset.stepping = "false";
    if (!reply || here !== at || play !== first) return false;
    moments.length = at;
    moments.push({ ...reply, ...next });
    at += 1;
    await show();
    return true;
  }

  async function run() {
    if (playing || !first) return;
    const recorded = again.length > 0; // it ends where it ended
    playing = true;
    buttons();
    $(".drawn").focus({ preventScroll: true });
    while (playing && visible() && !document.hidden && at < MOST) {
      const begun = performance.now();
      if (!(await step()) || (recorded && !again.length)) break;
      const rest = 1000 / Number($("#pl-speed").value) - (performance.now() - begun);
      await new Promise((done) => setTimeout(done, Math.max(0, rest)));
    }
    playing = false;
    buttons();
  }

  function pause() {
    playing = false;
    buttons();
  }

  function go(place) {
    pause();
    again = [];
    at = Math.min(moments.length, Math.max(0, place));
    show();
  }

  /** A new play of a seed, or a dream of it; false where it cannot be. */
  async function begin(wanted = seed, alone = dream) {
    pause();
    const reply = await ask(server.begin, { weight, seed: wanted, dream: alone });
    if (reply) [seed, dream, first, moments, at, again, restart] = [wanted, alone, reply, [], 0, [], false];
    $("#pl-seed").value = seed;
    $(".dreams").checked = dream;
    root.classList.toggle("dreaming", dream);
    await show();
    return Boolean(reply);
  }

  /* ---- files ---- */

  const recorded = () => ({
    weight, seed, dream,
    actions: moments.slice(0, at).map(({ action }) => action.toString(36)).join(""),
    restarts: moments.slice(0, at).flatMap((moment, n) => (moment.restart ? [n] : [])),
  });

  async function record() {
    const reply = await ask(server.record, recorded());
    if (reply) atelier.download(reply.name, reply.data, "application/json");
  }

  /** Play a recorded play again. */
  async function replay(play) {
    if (play.weight !== weight) await choose(play.weight);
    if (!(await begin(play.seed, Boolean(play.dream)))) return;
    const restarts = new Set(play.restarts);
    again = [...play.actions].map((sign, n) => ({ action: parseInt(sign, 36), restart: restarts.has(n) }));
    run();
  }

  /* ---- the shelf ---- */

  let known = [];

  const picker = createPicker($(".picker"), {
    list: look,
    takes: (item) => item.task === "play",
    chosen: () => weight,
    choose,
  });

  async function choose(name) {
    const item = known.find((one) => one.name === name) ?? (await look())?.models.find((one) => one.name === name);
    if (!item) return;
    [weight, rules] = [name, item.rules];
    picker.show(item);
    steering.learn(rules);
    say($(".how"), rules.hint);
    $("#pl-speed").value = String(rules.pace);
    $(".run").title = " " in rules.keys ? "" : "Space"; // a key of the game is the game's
    say($(".missing"), rules.missing ?? "");
    $(".missing").hidden = !rules.missing;
    $(".dreams").disabled = Boolean(rules.missing);
    await begin(seed, dream || Boolean(rules.missing));
  }

  /** What there is to play now. */
  async function look() {
    const reply = await ask(server.models, {});
    if (reply) known = reply.models;
    return reply;
  }

  async function open() {
    const reply = await look();
    if (!reply) return;
    if (!weight && reply.first) await choose(picker.first() ?? reply.first);
    root.dataset.ready = "yes";
  }

  function receive() {
    const place = atelier.awaited("play");
    if (place?.actions) replay(place);
    else if (place?.weight) choose(place.weight);
  }

  $(".run").addEventListener("click", () => (playing ? pause() : run()));
  $(".step").addEventListener("click", () => step());
  $(".again").addEventListener("click", () => { restart = true; again = []; atelier.toast("The next step begins at the true frame."); });
  $(".dice").addEventListener("click", () => begin(Math.floor(Math.random() * 1e6)));
  $("#pl-seed").addEventListener("change", ({ target }) => begin(Math.min(4294967291, Math.max(0, Math.floor(Number(target.value) || 0)))));
  $("#pl-when").addEventListener("input", ({ target }) => go(Number(target.value)));
  $(".alone").addEventListener("change", ({ target }) => { root.classList.toggle("alone", target.checked); show(); });
  $(".dreams").addEventListener("change", ({ target }) => begin(seed, target.checked));
  $(".film").addEventListener("click", () => filming.start(recorded()));
  $(".record").addEventListener("click", record);
  listen("play", visible, { play: () => (playing ? pause() : run()), pause: () => playing && pause(), step: () => !playing && void step() });
  onDrop({ name: "play", title: "Play", root, shown: visible });
  window.addEventListener("atelier:play", receive);
  open().then(receive).then(filming.again);
}
