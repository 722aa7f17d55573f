/* The Sound tab: one state, what changes it, and what follows from it. What is played on is drums.js or piano.js, by what
   the model draws. */
import * as atelier from "../parts/atelier.js";
import { ask, base64, mark, say, toast } from "../parts/atelier.js";
import { copyLink } from "../parts/clipboard.js";
import { give, onDrop } from "../parts/drop.js";
import { createHistory, onRest } from "../parts/history.js";
import { createPicker } from "../parts/picker.js";
import { follow } from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import * as verdict from "../sample/verdict.js";
import { createDrums } from "./drums.js";
import { createPiano } from "./piano.js";
import { createPlayer, samplesOf } from "./player.js";
import { paintWave } from "./views.js";

const MOST_KEPT = 256; // sounds that stay drawn, for undo and for ways back
const isMidi = (file) => /\.(midi?|kar)$/i.test(file.name);

export function start({ element, server }) {
  const root = element.querySelector(".sound");
  const $ = (selector) => root.querySelector(selector);
  let state = null;
  let about = null; // what the server says of the model
  let tool = null; // what it is played on
  let own = null; // a sound of the visitor's own
  const drawn = new Map(); // by what was asked for
  const coming = new Map(); // the same, while it is drawn
  const past = createHistory();
  const player = createPlayer();
  const picker = createPicker($(".picker"), {
    list: () => ask(server.models, {}),
    chosen: () => about?.name,
    takes: ({ task }) => task === "sound",
    choose: (weight) => enter(weight, null),
  });

  const shown = () => element.offsetParent !== null;
  const key = (hit) => JSON.stringify([about.name, hit]);
  const kind = (label) => (label == null ? "sound" : about.labels[label]);

  /* ---- changing the state ---- */

  /** Go to a new state. `moving`: one of many steps of one control's gesture, undone together. */
  function go(next, moving = "") {
    if (!state) return;
    past.note(state, moving);
    put(next);
  }

  /** The same for what nobody would undo. */
  function put(next) {
    state = { ...state, ...next };
    refresh();
  }

  function step(again) {
    const next = state && past.back(state, again);
    if (next) state = next;
    refresh();
    tool.changed();
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

  const packed = () => atelier.pack({ weight: about.name, ...tool.packed() });

  /** Turn to a model, with a state from elsewhere or its own; whether it is there. */
  async function enter(weight, words) {
    const met = await ask(server.describe, { weight });
    if (!met) return false;
    const before = { tool, state, labels: about?.labels };
    tool?.leave();
    about = met;
    tool = about.notes ? tools.piano : tools.drums;
    picker.show(about);
    picker.tell(about);
    dress();
    state = tool.begin(words, tool === before.tool ? before.state : null, before.labels);
    past.begin([]);
    refresh();
    await tool.want();
    root.setAttribute("aria-busy", "false");
    player.ready();
    return true;
  }

  /** Show what this model is played on; of notes the sound itself is the picture. */
  function dress() {
    mark(root, "data-tool", about.notes ? "piano" : "drums");
    if (about.notes) $(".stage").prepend($(".seen"));
    else $(".heading").after($(".seen"));
  }

  /* ---- sounds ---- */

  /** Draw those of some hits that are not drawn yet; whether all are there. The same is not asked for twice at once; what
      is asked for alone does not wait for what many are asked for with. */
  function draw(hits) {
    const missing = [...new Map(hits.map((hit) => [key(hit), hit]))].filter(([name]) => !drawn.has(name));
    const what = missing.map(([name]) => name).join();
    if (!what) return Promise.resolve(true);
    if (!coming.has(what)) coming.set(what, asked(missing).finally(() => coming.delete(what)));
    return coming.get(what);
  }

  async function asked(wanted) {
    const { name: weight, rate } = about;
    const start = performance.now();
    const reply = await ask(server.render, { weight, hits: wanted.map(([, hit]) => hit) });
    if (!reply) return false;
    wanted.forEach(([name], i) => drawn.set(name, { ...reply.sounds[i], samples: samplesOf(reply.sounds[i].samples), rate }));
    for (const old of [...drawn.keys()].slice(0, Math.max(0, drawn.size - MOST_KEPT))) drawn.delete(old);
    say($(".time"), `${Math.round(performance.now() - start)} ms (${Math.round(reply.compute)} ms)`);
    return true;
  }

  /* ---- what is seen ---- */

  function show() {
    tool.show();
    say($(".heading"), tool.title());
    $(".undo").disabled = !past.undos();
    $(".redo").disabled = !past.redos();
    look();
  }

  function fill(selector, value) {
    const control = $(selector);
    if (document.activeElement === control && control.matches("[type=number]")) return;
    if (control.value !== String(value)) control.value = value;
  }

  /** Waveform, spectrogram, loudness and verdict of the sound that is open. */
  function look() {
    const found = drawn.get(key(tool.hit()));
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
    const reply = await ask(server.save, { weight: about.name, hit: tool.hit() });
    if (reply) atelier.download(reply.name, reply.data, "audio/wav");
  }

  /** A sound of the visitor's own, before the discriminator. */
  async function judge(/** @type {File[]} */ files) {
    const file = files[0];
    if (!file || !about) return;
    if (about.notes) return toast(`${about.title ?? about.name} judges notes whose pitch is known; choose a model of drums for a sound of your own.`);
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

  /** A MIDI file is for a piano, whatever it is dropped on. */
  async function first(file) {
    if (!isMidi(file) || !about) return false;
    if (tool === tools.piano) await tool.midi(file);
    else toast(`${file.name} is a tune, and ${about.title ?? about.name} draws no notes; choose a model of notes first.`);
    return true;
  }

  /** Open {weight, hit} of a saved sound, with a tune where there is one, or only {weight}. */
  async function open({ weight, hit, tune }) {
    const before = state;
    if (about?.name !== weight && !(await enter(weight, null))) return;
    if (hit) tool.reopen({ hit, tune }, before);
  }

  /* ---- wiring ---- */

  const click = (selector, action) => $(selector).addEventListener("click", () => state && action());
  const input = (selector, action) => {
    $(selector).addEventListener("input", (event) => state && action(event.target.value));
    onRest($(selector), past.rest);
  };
  const desk = {
    $, server, player, go, put, show, fill, draw, kind, click, input,
    about: () => about,
    state: () => state,
    drawn: (hit) => drawn.get(key(hit)) ?? null,
    dice: () => Math.floor(Math.random() * 1e6),
    say: (selector, text) => say($(selector), text),
    rest: past.rest,
    plays: (name) => tool === tools[name],
    is: (name) => shown() && tool === tools[name],
  };
  const tools = { drums: createDrums(desk), piano: createPiano(desk) };

  click(".undo", () => step(false));
  click(".redo", () => step(true));
  click(".save", save);
  click(".open-file", () => $(".saved").click());
  click(".own-sound", () => $(".own").click());
  click(".hear", () => player.play(own));
  click(".link", () => {
    const address = new URL(location.href);
    address.search = "";
    address.searchParams.set("sound", packed());
    copyLink(address.href, about.notes ? "timbre" : "beat");
  });
  $(".saved").addEventListener("change", (event) => { give([...event.target.files]); event.target.value = ""; });
  $(".own").addEventListener("change", (event) => { judge([...event.target.files]); event.target.value = ""; });

  // A button, a link and a field have a use of their own for the space bar.
  const used = ({ target }) => target instanceof Element && target.matches("button, input, select, textarea, summary, a");
  const keyed = (name) => (event) => (tool.keys[name] ? tool.keys[name](event) : false);
  listen("sound", () => shown() && state, {
    pad: keyed("pad"),
    key: keyed("key"),
    lower: keyed("lower"),
    higher: keyed("higher"),
    beat: (event) => (used(event) ? false : tool.keys.beat()),
    undo: () => step(false),
    redo: () => step(true),
  });
  onDrop({ name: "sound", title: "Sound", root, shown, pictures: judge, first });
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
