/* Drums: eight pads, each on its way to the next, and a beat of sixteen steps. */
import { download, make, mark, say } from "../parts/atelier.js";
import { createJob } from "../parts/job.js";
import { newest } from "../parts/newest.js";
import { createBeat } from "./player.js";
import { beginning, checked, hitOf, PADS, plays, renamed, turned } from "./state.js";
import { createGrid, createPads } from "./views.js";

/** `desk`: the tab's (sound.js). */
export function createDrums(desk) {
  const { $, server, player } = desk;
  const pads = createPads($(".pads"), { hit: strike, roll: (index) => change(index, { seed: desk.dice() }) });
  const grid = createGrid($(".beat"), { turn: (pad, step) => desk.go({ steps: turned(desk.state().steps, pad, step) }) });
  const beat = createBeat(player, { tempo: () => desk.state().tempo, play: planned, shown: grid.at });
  const archiving = createJob({ server, box: $(".job"), words: ({ done, total }) => `sound ${done} of ${total}`, made: "the zip" });

  const hitAt = (index) => hitOf(desk.state().pads, index);
  const sound = (index) => desk.drawn(hitAt(index));
  const opened = () => desk.state().pads[desk.state().open];

  function name(index) {
    const { pads: all } = desk.state();
    const { label, share } = all[index];
    const next = desk.kind(all[(index + 1) % PADS].label);
    return share && next !== desk.kind(label) ? `${desk.kind(label)} → ${next}` : desk.kind(label);
  }

  function change(index, part, moving = "") {
    const { pads: all, open } = desk.state();
    desk.go({ ...(open === index ? {} : { open: index }), pads: all.map((pad, i) => (i === index ? { ...pad, ...part } : pad)) }, moving);
    want(index);
  }

  /** Draw what is not drawn yet; `index`: the pad that is then heard, null for none. */
  const want = newest(async (index) => {
    if (!(await desk.draw(desk.state().pads.map((_, i) => hitAt(i))))) return;
    desk.show();
    if (index !== null) heard(index);
  });

  /** Play a pad that is drawn, now or when the clock says so. */
  function heard(index, when = 0) {
    const found = sound(index);
    if (found) player.play(found, when);
    if (found && !when) pads.flash(index);
  }

  function strike(index) {
    if (!desk.state()) return;
    if (sound(index)) heard(index);
    else want(index);
    desk.put({ open: index });
  }

  function planned(step, when) {
    if (!desk.is("drums")) return void (beat.runs() && play()); // on another tab nobody could stop it
    desk.state().pads.forEach((_, index) => {
      if (!plays(desk.state().steps, index, step)) return;
      heard(index, when);
      setTimeout(pads.flash, Math.max(0, (when - player.now()) * 1000), index);
    });
  }

  function show() {
    const state = desk.state();
    const names = state.pads.map((_, index) => name(index));
    pads.show(names, state.pads.map((_, index) => sound(index)?.picture ?? ""), state.open);
    grid.show(names, state.steps);
    const pad = opened();
    desk.fill("#so-kind", pad.label);
    desk.fill("#so-seed", pad.seed);
    desk.fill("#so-share", pad.share);
    desk.fill("#so-tempo", state.tempo);
    desk.say("#so-share ~ .row output", `${Math.round(100 * pad.share)} %`);
    desk.say("#so-tempo ~ output", `${state.tempo} bpm`);
    const next = (state.open + 1) % PADS;
    desk.say(".neighbour", `towards pad ${next + 1}, ${desk.kind(state.pads[next].label)} of seed ${state.pads[next].seed}`);
  }

  async function archive() {
    $(".zip").disabled = true;
    const zip = await archiving.run(server.archive, { weight: desk.about().name, hits: desk.state().pads.map((_, index) => hitAt(index)) });
    if (zip) download(zip.name, zip.data, "application/zip");
    $(".zip").disabled = false;
  }

  /** Have a saved sound on the open pad, and the one that it goes towards beside it. */
  function reopen({ hit }, before) {
    const index = before?.open ?? 0;
    const { seed, label = null, share = 0, to_seed = seed, to_label = label } = hit;
    const placed = desk.state().pads.map((pad, i) => {
      if (i === index) return { seed, label, share };
      return share && i === (index + 1) % PADS ? { ...pad, seed: to_seed, label: to_label } : pad;
    });
    desk.go({ pads: placed, open: index });
    want(index);
  }

  function play() {
    beat.toggle();
    mark($(".play"), "aria-pressed", beat.runs());
    say($(".play b"), beat.runs() ? "Stop the beat" : "Play the beat");
    say($(".play span"), beat.runs() ? "■" : "▶");
  }

  const open = () => desk.state().open;
  desk.input("#so-kind", (value) => change(open(), { label: Number(value) }));
  desk.input("#so-seed", (value) => value !== "" && Number.isSafeInteger(Number(value)) && Number(value) >= 0 && change(open(), { seed: Number(value) }, "seed"));
  desk.input("#so-share", (value) => change(open(), { share: Number(value) }, "share"));
  desk.input("#so-tempo", (value) => desk.go({ tempo: Number(value) }, "tempo"));
  desk.click(".dice", () => change(open(), { seed: desk.dice() }));
  desk.click(".roll-all", () => { desk.go({ pads: desk.state().pads.map((pad) => ({ ...pad, seed: desk.dice() })) }); want(null); });
  desk.click(".clear", () => desk.go({ steps: desk.state().steps.map(() => 0) }));
  desk.click(".play", play);
  desk.click(".zip", archive);

  return {
    /** A state of a link, else the one before by the names of its kinds, else a beat to begin with. */
    begin(words, before, labels) {
      const kept = words ?? (before && renamed(before, labels, desk.about().labels));
      $("#so-kind").replaceChildren(...desk.about().labels.map((label, index) => make("option", { value: index }, label)));
      $(".kinds").hidden = !desk.about().labels.length;
      return checked(kept, desk.about().labels) ?? beginning(desk.about().labels);
    },
    want: () => want(null),
    show,
    hit: () => hitAt(open()),
    title: () => `Pad ${open() + 1}: ${name(open())}`,
    packed: () => ({ pads: desk.state().pads, steps: desk.state().steps, tempo: desk.state().tempo }),
    reopen,
    leave: () => beat.runs() && play(),
    changed: () => want(null),
    keys: { pad: (event) => (event.repeat ? undefined : strike(Number(event.key) - 1)), beat: play },
  };
}
