/* A tune by the notes of a timbre: drawn and mixed on the server, played here, and a MIDI file in its place. */
import { ask, base64, download, mark, say, toast } from "../parts/atelier.js";
import { createJob } from "../parts/job.js";
import { keep, kept } from "../parts/kept.js";
import { wavOf } from "./player.js";
import { paintRoll } from "./roll.js";
import { heldAt } from "./timbre.js";

const KEPT = "sound-tune";

/** `desk`: the tab's (sound.js); `timbre()`: as the server takes it; `held(pitches)`: what of the tune is heard now. */
export function createTunes(desk, { timbre, held }) {
  const { $, server, player } = desk;
  let tune = null;
  let made = null; // {of: what was asked for, sound, name, data}
  let voice = null;
  let began = 0;
  const playing = createJob({ server, box: $(".job"), words: ({ done, total }) => `note ${done} of ${total}`, made: "the tune" });

  /** Take up a tune, and where it is the visitor's own keep it for a reload. */
  function take(next, own) {
    stop();
    tune = next;
    if (own) keep(KEPT, () => tune);
    show();
  }

  /** The tune that was kept, else the one that comes along. */
  async function begin() {
    const { tune: own } = desk.about().notes;
    take(tune ?? (await kept(KEPT)) ?? own, false);
  }

  /** Read a MIDI file. */
  async function read(file) {
    if (file.size > 20e6) return toast("That MIDI file is larger than 20 MB; choose a shorter one.");
    const data = await base64(file);
    const reply = data && (await ask(server.score, { weight: desk.about().name, data, name: file.name }));
    if (!reply) return;
    take(reply.tune, true);
    if (reply.said.length) toast([`${file.name}:`, ...reply.said].join(" "));
  }

  /** The tune as the server mixes it; null where it did not. */
  async function mixed() {
    const request = { weight: desk.about().name, hit: timbre(), tune };
    const of = JSON.stringify(request);
    if (made?.of === of) return made;
    if (playing.busy()) return null;
    mark($(".tune"), "aria-busy", true);
    const reply = await playing.run(server.perform, request);
    mark($(".tune"), "aria-busy", false);
    made = reply && { of, sound: wavOf(reply.data), name: reply.name, data: reply.data };
    return made;
  }

  async function play() {
    if (voice) return stop();
    player.ready();
    const found = await mixed();
    if (!found || voice || !desk.is("piano")) return;
    began = player.now() + 0.03;
    voice = player.play(found.sound, began);
    show();
    watch();
  }

  function watch() {
    if (!voice) return;
    if (!desk.is("piano")) return stop(); // on another tab nobody could stop it
    const ms = (player.now() - began) * 1000;
    if (ms > (made.sound.samples.length / made.sound.rate) * 1000) return stop();
    paint(ms);
    held(new Set(heldAt(tune.notes, ms).map(([, , pitch]) => pitch)));
    requestAnimationFrame(watch);
  }

  function stop() {
    voice?.stop();
    voice = null;
    held(new Set());
    if (tune) show();
  }

  async function save() {
    const found = await mixed();
    if (found) download(found.name, found.data, "audio/wav");
  }

  const paint = (ms) => paintRoll($(".roll"), tune.notes, ms, desk.about());

  function show() {
    mark($(".tune .play"), "aria-pressed", Boolean(voice));
    say($(".tune .play b"), voice ? "Stop the tune" : "Play the tune");
    say($(".tune .play span"), voice ? "■" : "▶");
    const seconds = Math.round(Math.max(...tune.notes.map(([start, length]) => start + length)) / 1000);
    const name = tune.name.replace(/[-_]+/g, " ");
    say($(".called"), `${name}, ${tune.notes.length} notes, ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    mark($(".roll"), "aria-label", `The tune ${name}: time to the right, pitch upwards`);
    $(".own-tune").hidden = tune.name === desk.about().notes.tune.name;
    if (!voice) paint(null);
  }

  $(".tune .play").addEventListener("click", play);
  $(".save-tune").addEventListener("click", save);
  $(".open-tune").addEventListener("click", () => $(".midi").click());
  $(".own-tune").addEventListener("click", () => take(desk.about().notes.tune, true));
  $(".midi").addEventListener("change", (event) => { if (event.target.files.length) read(event.target.files[0]); event.target.value = ""; });
  new ResizeObserver(() => tune && desk.about()?.notes && paint(voice ? (player.now() - began) * 1000 : null)).observe($(".roll"));

  return { begin, read, take: (next) => take(next, true), play, stop };
}
