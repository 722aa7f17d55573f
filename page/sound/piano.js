/* Notes: a piano of one timbre, what makes the timbre, and a tune. */
import { download } from "../parts/atelier.js";
import { createJob } from "../parts/job.js";
import { newest } from "../parts/newest.js";
import { createSliders } from "../parts/sliders.js";
import { createKeyboard } from "./keyboard.js";
import { AHEAD, beginning, checked, folded, highest, hitOf, KEYS, MOST_MOVED, octave, seen, timbreOf } from "./timbre.js";
import { createTunes } from "./tunes.js";

const STILL = 200; // milliseconds without a change until notes are drawn ahead
const TAPPED = 0.25; // seconds that a key sounds at least, however short it was pressed
const NARROW = 700; // pixels of the keys under which SEEN of them are seen, two octaves, and not all
const SEEN = 25;
const UNIT = { name: "Direction", long: "standard deviations", short: " σ", least: -MOST_MOVED, most: MOST_MOVED };

/** `desk`: the tab's (sound.js). */
export function createPiano(desk) {
  const { $, server, player } = desk;
  const pressed = new Map(); // by pitch, what is heard of it: {voice, at, over}
  const typed = new Map(); // by letter, the pitch that it holds
  let sung = new Set(); // pitches of the tune that are heard now
  let clock = null;
  const keyboard = createKeyboard($(".keys"), { down: press, up: release, tap });
  const sliders = createSliders($(".directions"), { move: (index, amount) => moved(index, amount, `direction ${index}`), reset: (index) => { moved(index, 0); hear(); }, rest: () => desk.rest() });
  const packing = createJob({ server, box: $(".job"), words: ({ done, total }) => `file ${done} of ${total}`, made: "the instrument" });
  const tunes = createTunes(desk, { timbre: () => hitOf(timbre(), null, desk.about()), held: (pitches) => { sung = pitches; light(); } });

  const timbre = () => desk.state().timbre;
  const hitAt = (pitch) => hitOf(timbre(), pitch, desk.about());
  const hit = () => hitAt(desk.state().pitch);
  const nameOf = (pitch) => desk.about().labels[pitch - desk.about().notes.lowest];

  /* ---- playing ---- */

  /** Hear a pitch from now on; one that is not drawn yet as soon as it is. */
  function press(pitch) {
    if (!desk.state() || pitch < desk.about().notes.lowest || pitch > highest(desk.about())) return null;
    release(pitch);
    const note = { voice: null, at: 0, over: false };
    const wanted = hitAt(pitch);
    const heard = desk.drawn(wanted) ? sounded(note, wanted) : desk.draw([wanted]).then(() => sounded(note, wanted));
    pressed.set(pitch, note);
    desk.put({ pitch, from: near(pitch) });
    light();
    ahead();
    return heard;
  }

  function sounded(note, wanted) {
    const sound = desk.drawn(wanted);
    if (!sound) return; // the server's own sentence says why
    note.at = player.now();
    note.voice = player.play(sound);
    if (note.over) fade(note);
    desk.show();
  }

  /** The octave of the computer's keys: where it is, or that of a key beyond them. */
  function near(pitch) {
    const { from } = desk.state();
    // Where only some keys are seen they must not move under a finger.
    return narrow() || (pitch >= from && pitch < from + KEYS.length) ? from : octave(pitch - 5, desk.about());
  }

  const narrow = () => $(".keys").clientWidth < NARROW;

  function release(pitch) {
    const note = pressed.get(pitch);
    pressed.delete(pitch);
    if (note) fade(note);
    light();
  }

  function fade(note) {
    note.over = true;
    note.voice?.stop(note.at + TAPPED);
  }

  /** Hear a note to its end. */
  async function tap(pitch) {
    await press(pitch);
    pressed.delete(pitch);
    light();
  }

  const light = () => keyboard.press(new Set([...pressed.keys(), ...[...sung].map((pitch) => folded(pitch, desk.about()))]));

  /** A key of the computer; the pitch that it plays is remembered, since the octave may be another when it is let go of. */
  function key(event) {
    if (event.repeat) return;
    const letter = event.key.toUpperCase();
    typed.set(letter, desk.state().from + KEYS.indexOf(letter));
    press(typed.get(letter));
  }

  function letGo() {
    for (const pitch of [...pressed.keys()]) release(pitch);
  }

  /* ---- the timbre ---- */

  function retimbre(part, moving = "") {
    desk.go({ timbre: { ...timbre(), ...part } }, moving);
    look();
    ahead();
  }

  const moved = (index, amount, moving = "") => retimbre({ directions: { ...timbre().directions, [index]: amount } }, moving);

  /** Draw the last key's note, by the timbre as it is now. */
  const look = newest(async () => {
    if (!desk.plays("piano")) return; // another model was chosen meanwhile
    await desk.draw([hit()]);
    desk.show();
  });

  /** Once a control is let go of: hear what it changed. */
  async function hear() {
    await look();
    const sound = desk.plays("piano") && desk.drawn(hit());
    if (sound) player.play(sound);
  }

  /** Draw the notes of the octave, as soon as nothing changes any more, and then those that are seen beside it. */
  function ahead() {
    clearTimeout(clock);
    clock = setTimeout(coming, STILL);
  }

  const coming = newest(async () => {
    if (!desk.is("piano")) return;
    const { from } = desk.state();
    const pitches = [...Array(SEEN).keys()].map((step) => from + step).filter((pitch) => pitch <= highest(desk.about()));
    const missing = pitches.map(hitAt).filter((one) => !desk.drawn(one)).slice(0, AHEAD);
    if (!missing.length || !(await desk.draw(missing))) return;
    desk.show();
    ahead();
  });

  function shift(by) {
    if (!desk.state()) return;
    letGo();
    desk.put({ from: octave(desk.state().from + by, desk.about()) });
    ahead();
  }

  /* ---- what is seen ---- */

  function show() {
    const { pitch, from } = desk.state();
    const about = desk.about();
    const shown = narrow() ? seen(from, SEEN, about) : [about.notes.lowest, highest(about)];
    keyboard.build(shown[0], shown[1], nameOf);
    keyboard.show(pitch, from, (one) => Boolean(desk.drawn(hitAt(one))));
    $(".lower").disabled = octave(from - 12, about) === from;
    $(".higher").disabled = octave(from + 12, about) === from;
    const last = narrow() ? shown[1] : Math.min(highest(about), from + KEYS.length - 1);
    desk.say(".octave output", `${nameOf(narrow() ? shown[0] : from)} to ${nameOf(last)}`);
    desk.fill("#so-a", timbre().seed);
    desk.fill("#so-b", timbre().to_seed);
    desk.fill("#so-blend", timbre().share);
    desk.say("#so-blend ~ .row output", `${Math.round(100 * timbre().share)} %`);
    $(".of-directions").hidden = !about.notes.directions;
    const names = Array.from({ length: about.notes.directions }, (_, index) => String(index + 1));
    sliders.build(names, names.map((_, index) => index), UNIT);
    sliders.show(timbre().directions, Object.fromEntries(Object.entries(timbre().directions).filter(([, amount]) => amount)));
  }

  /* ---- files ---- */

  async function instrument() {
    if (packing.busy()) return;
    const zip = await packing.run(server.instrument, { weight: desk.about().name, hit: hitOf(timbre(), null, desk.about()) });
    if (zip) download(zip.name, zip.data, "application/zip");
  }

  /** Have a saved note or tune in place. */
  function reopen({ hit: saved, tune }) {
    const { label = null, ...rest } = saved;
    const pitch = label === null ? desk.state().pitch : label + desk.about().notes.lowest;
    desk.go({ timbre: timbreOf(rest, timbre()), pitch, from: octave(pitch, desk.about()) });
    if (tune) tunes.take(tune);
    hear();
    ahead();
  }

  const seed = (part) => (value) => Number.isSafeInteger(value) && value >= 0 && retimbre({ [part]: value }, part);
  desk.input("#so-a", (text) => text !== "" && seed("seed")(Number(text)));
  desk.input("#so-b", (text) => text !== "" && seed("to_seed")(Number(text)));
  desk.input("#so-blend", (text) => retimbre({ share: Number(text) }, "blend"));
  desk.click(".dice-a", () => { retimbre({ seed: desk.dice(), share: 0, directions: {} }); hear(); });
  desk.click(".dice-b", () => { retimbre({ to_seed: desk.dice(), ...(timbre().share ? {} : { share: 0.5 }) }); hear(); });
  desk.click(".reset-all", () => { retimbre({ directions: {} }); hear(); });
  desk.click(".lower", () => shift(-12));
  desk.click(".higher", () => shift(12));
  desk.click(".sfz", instrument);
  $(".timbre").addEventListener("change", () => desk.state() && hear());
  document.addEventListener("keyup", ({ key }) => {
    const pitch = typed.get(key.toUpperCase());
    typed.delete(key.toUpperCase());
    if (pitch != null) release(pitch);
  });
  window.addEventListener("blur", letGo);
  new ResizeObserver(() => desk.is("piano") && desk.state() && show()).observe($(".keys"));

  return {
    begin: (words, before) => checked(words, desk.about()) ?? (before && checked({ ...before, from: beginning(desk.about()).from }, desk.about())) ?? beginning(desk.about()),
    async want() {
      await tunes.begin();
      await look();
      ahead();
    },
    show,
    hit,
    title: () => nameOf(desk.state().pitch),
    packed: () => ({ timbre: timbre(), pitch: desk.state().pitch, from: desk.state().from }),
    reopen,
    leave: () => { letGo(); tunes.stop(); },
    midi: (file) => tunes.read(file),
    changed: () => { look(); ahead(); },
    keys: {
      key,
      lower: () => shift(-12),
      higher: () => shift(12),
      beat: () => void tunes.play(),
    },
  };
}
