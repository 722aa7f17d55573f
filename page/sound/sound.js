/* The Sound tab: one state, what changes it, and what follows from it. */
import * as atelier from "../parts/atelier.js";
import { ask, base64, mark, say, toast } from "../parts/atelier.js";
import { copyLink } from "../parts/clipboard.js";
import { give, onDrop } from "../parts/drop.js";
import { createHistory, onRest } from "../parts/history.js";
import { createJob } from "../parts/job.js";
import { newest } from "../parts/newest.js";
import { createPicker } from "../parts/picker.js";
import { follow } from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import * as verdict from "../sample/verdict.js";
import { createBeat, createPlayer, samplesOf } from "./player.js";
import { beginning, checked, hitOf, PADS, plays, renamed, turned } from "./state.js";
import { createGrid, createPads, paintWave } from "./views.js";

const MOST_KEPT = 64; // sounds that stay drawn, for undo and for ways back

export function start({ element, server }) {
  const root = element.querySelector(".sound");
  const $ = (selector) => root.querySelector(selector);
  let state = null;
  let about = null; // what the server says of the model
  let own = null; // a sound of the visitor's own
  const drawn = new Map(); // by what was asked for
  const past = createHistory();
  const player = createPlayer();
  const pads = createPads($(".pads"), { hit, roll: (index) => change(index, { seed: dice() }) });
  const grid = createGrid($(".beat"), { turn: (pad, step) => go({ steps: turned(state.steps, pad, step) }) });
  const beat = createBeat(player, { tempo: () => state.tempo, play: planned, shown: grid.at });
  const archiving = createJob({ server, box: $(".job"), words: ({ done, total }) => `sound ${done} of ${total}`, made: "the zip" });
  const picker = createPicker($(".picker"), {
    list: () => ask(server.models, {}),
    chosen: () => about?.name,
    takes: ({ task }) => task === "sound",
    choose: (weight) => enter(weight, null),
  });

  const dice = () => Math.floor(Math.random() * 1e6);
  const key = (index) => JSON.stringify([about.name, hitOf(state.pads, index)]);
  const sound = (index) => drawn.get(key(index)) ?? null;
  const kind = (label) => (label == null ? "sound" : about.labels[label]);

  function name(index) {
    const { label, share } = state.pads[index];
    const next = kind(state.pads[(index + 1) % PADS].label);
    return share && next !== kind(label) ? `${kind(label)} → ${next}` : kind(label);
  }

  /* ---- changing the state ---- */

  /** Go to a new state. `moving`: one of many steps of one control's gesture, undone together. */
  function go(next, moving = "") {
    if (!state) return;
    past.note(state, moving);
    state = { ...state, ...next };
    refresh();
  }

  function change(index, part, moving = "") {
    const open = state.open === index ? {} : { open: index };
    go({ ...open, pads: state.pads.map((pad, i) => (i === index ? { ...pad, ...part } : pad)) }, moving);
    want(index);
  }

  function step(again) {
    const next = past.back(state, again);
    if (next) state = next;
    refresh();
    want(null);
  }

  function refresh() {
    show();
    follow("sound", () => {
      const address = new URL(location.href);
      // The link is the tab's own: elsewhere the address says nothing of it.
      if (element.offsetParent) address.searchParams.set("sound", packed());
      else address.searchParams.delete("sound");
      return address.href;
    });
  }

  const packed = () => atelier.pack({ weight: about.name, pads: state.pads, steps: state.steps, tempo: state.tempo });

  /** Turn to a model, with a state from elsewhere or its own; whether it is there. */
  async function enter(weight, words) {
    const met = await ask(server.describe, { weight });
    if (!met) return false;
    const kept = words ?? (state && renamed(state, about.labels, met.labels));
    about = met;
    picker.show(about);
    picker.tell(about);
    state = checked(kept, about.labels) ?? beginning(about.labels);
    past.begin([]);
    $("#so-kind").replaceChildren(...about.labels.map((label, index) => atelier.make("option", { value: index }, label)));
    $(".kinds").hidden = !about.labels.length;
    refresh();
    await want(null);
    root.setAttribute("aria-busy", "false");
    player.ready();
    return true;
  }

  /* ---- sounds ---- */

  /** Draw what is not drawn yet; `index`: the pad that is then heard, null for none. */
  const want = newest(async (index) => {
    const missing = [...new Map(state.pads.map((_, i) => [key(i), hitOf(state.pads, i)]))].filter(([name]) => !drawn.has(name));
    if (missing.length) {
      const start = performance.now();
      const reply = await ask(server.render, { weight: about.name, hits: missing.map(([, hit]) => hit) });
      if (!reply) return;
      missing.forEach(([name], i) => drawn.set(name, { ...reply.sounds[i], samples: samplesOf(reply.sounds[i].samples), rate: about.rate }));
      for (const old of [...drawn.keys()].slice(0, Math.max(0, drawn.size - MOST_KEPT))) drawn.delete(old);
      say($(".time"), `${Math.round(performance.now() - start)} ms (${Math.round(reply.compute)} ms)`);
    }
    show();
    if (index !== null) heard(index);
  });

  /** Play a pad that is drawn, now or when the clock says so. */
  function heard(index, when = 0) {
    const found = sound(index);
    if (found) player.play(found, when);
    if (found && !when) pads.flash(index);
  }

  function hit(index) {
    if (!state) return;
    state = { ...state, open: index };
    if (sound(index)) heard(index);
    else want(index);
    show();
  }

  function planned(step, when) {
    if (!shown()) return void (beat.runs() && play()); // on another tab nobody could stop it
    state.pads.forEach((_, index) => {
      if (!plays(state.steps, index, step)) return;
      heard(index, when);
      setTimeout(pads.flash, Math.max(0, (when - player.now()) * 1000), index);
    });
  }

  /* ---- what is seen ---- */

  function show() {
    const names = state.pads.map((_, index) => name(index));
    pads.show(names, state.pads.map((_, index) => sound(index)?.picture ?? ""), state.open);
    grid.show(names, state.steps);
    const pad = state.pads[state.open];
    say($(".heading"), `Pad ${state.open + 1}: ${names[state.open]}`);
    fill($("#so-kind"), pad.label);
    fill($("#so-seed"), pad.seed);
    fill($("#so-share"), pad.share);
    fill($("#so-tempo"), state.tempo);
    say($("#so-share ~ .row output"), `${Math.round(100 * pad.share)} %`);
    say($("#so-tempo ~ output"), `${state.tempo} bpm`);
    const next = (state.open + 1) % PADS;
    say($(".neighbour"), `towards pad ${next + 1}, ${kind(state.pads[next].label)} of seed ${state.pads[next].seed}`);
    $(".undo").disabled = !past.undos();
    $(".redo").disabled = !past.redos();
    look();
  }

  function fill(control, value) {
    if (document.activeElement === control && control.matches("[type=number]")) return;
    if (control.value !== String(value)) control.value = value;
  }

  /** The open pad's waveform, spectrogram, loudness and verdict. */
  function look() {
    const found = sound(state.open);
    if (!found) return;
    paintWave($(".wave"), found.samples);
    mark($(".spectrum"), "src", found.picture);
    say($(".high"), `${about.rate / 2000} kHz`);
    say($(".long"), `${about.seconds.toFixed(2)} s`);
    say($(".told"), told(found));
  }

  const told = ({ loudest, score }) =>
    `Loudest ${loudest.toFixed(1)} dB.${score == null ? "" : ` Verdict ${verdict.long(score, about.unit, "sound")}`}`;

  /* ---- files ---- */

  async function save() {
    const reply = await ask(server.save, { weight: about.name, hit: hitOf(state.pads, state.open) });
    if (reply) atelier.download(reply.name, reply.data, "audio/wav");
  }

  async function archive() {
    $(".zip").disabled = true;
    const zip = await archiving.run(server.archive, { weight: about.name, hits: state.pads.map((_, index) => hitOf(state.pads, index)) });
    if (zip) atelier.download(zip.name, zip.data, "application/zip");
    $(".zip").disabled = false;
  }

  /** A sound of the visitor's own, before the discriminator. */
  async function judge(/** @type {File[]} */ files) {
    const file = files[0];
    if (!file || !about) return;
    if (file.size > 20e6) return toast("That file is larger than 20 MB; choose a shorter sound.");
    const data = await base64(file);
    const reply = data && (await ask(server.judge, { weight: about.name, data }));
    if (!reply) return;
    own = { ...reply, samples: samplesOf(reply.samples), rate: about.rate };
    $(".judged").hidden = false;
    $(".judged img").src = own.picture;
    say($(".judged p"), `${file.name}${own.label == null ? "" : `, most like a ${kind(own.label)}`}: ${told(own)}`);
    player.play(own);
  }

  /** Open {weight, hit} of a saved sound on the open pad and the one it goes towards, or only {weight}. */
  async function open({ weight, hit }) {
    const before = state;
    if (about?.name !== weight && !(await enter(weight, null))) return;
    if (!hit) return;
    const index = before?.open ?? 0;
    const { seed, label = null, share = 0, to_seed = seed, to_label = label } = hit;
    const placed = state.pads.map((pad, i) => {
      if (i === index) return { seed, label, share };
      return share && i === (index + 1) % PADS ? { ...pad, seed: to_seed, label: to_label } : pad;
    });
    go({ pads: placed, open: index });
    want(index);
  }

  /* ---- wiring ---- */

  const shown = () => element.offsetParent !== null;
  const click = (selector, action) => $(selector).addEventListener("click", action);
  const input = (selector, action) => {
    $(selector).addEventListener("input", (event) => state && action(event.target.value));
    onRest($(selector), past.rest);
  };
  function play() {
    if (!state) return;
    beat.toggle();
    mark($(".play"), "aria-pressed", beat.runs());
    say($(".play b"), beat.runs() ? "Stop the beat" : "Play the beat");
    say($(".play span"), beat.runs() ? "■" : "▶");
  }

  input("#so-kind", (value) => change(state.open, { label: Number(value) }));
  input("#so-seed", (value) => value !== "" && Number.isSafeInteger(Number(value)) && Number(value) >= 0 && change(state.open, { seed: Number(value) }, "seed"));
  input("#so-share", (value) => change(state.open, { share: Number(value) }, "share"));
  input("#so-tempo", (value) => go({ tempo: Number(value) }, "tempo"));
  click(".dice", () => state && change(state.open, { seed: dice() }));
  click(".roll", () => { go({ pads: state.pads.map((pad) => ({ ...pad, seed: dice() })) }); want(null); });
  click(".clear", () => go({ steps: state.steps.map(() => 0) }));
  click(".play", play);
  click(".undo", () => step(false));
  click(".redo", () => step(true));
  click(".save", save);
  click(".zip", archive);
  click(".open-file", () => $(".saved").click());
  click(".own-sound", () => $(".own").click());
  click(".hear", () => player.play(own));
  click(".link", () => {
    const address = new URL(location.href);
    address.search = "";
    address.searchParams.set("sound", packed());
    copyLink(address.href, "beat");
  });
  $(".saved").addEventListener("change", (event) => { give([...event.target.files]); event.target.value = ""; });
  $(".own").addEventListener("change", (event) => { judge([...event.target.files]); event.target.value = ""; });

  // A button, a link and a field have a use of their own for the space bar.
  const used = ({ target }) => target instanceof Element && target.matches("button, input, select, textarea, summary, a");
  listen("sound", () => shown() && state, {
    pad: (event) => (event.repeat ? undefined : hit(Number(event.key) - 1)),
    beat: (event) => (used(event) ? false : play()),
    undo: () => step(false),
    redo: () => step(true),
  });
  onDrop({ name: "sound", title: "Sound", root, shown, pictures: judge });
  window.addEventListener("atelier:sound", () => { const place = atelier.awaited("sound"); if (place) open(place); });
  new ResizeObserver(() => state && look()).observe($(".wave"));

  (async () => {
    let words = null;
    const link = new URLSearchParams(location.search).get("sound");
    try {
      words = link && atelier.unpack(link);
    } catch {
      toast("The link is damaged; the page opens with a beat of its own.");
    }
    const wanted = atelier.awaited("sound");
    if (!(await enter(wanted?.weight ?? words?.weight ?? picker.first(), words)) && !(await enter(null, null))) return;
    if (wanted) open(wanted);
  })();
}
