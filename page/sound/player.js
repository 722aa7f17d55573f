/* What is heard: sounds that are drawn already, at once; and the beat, planned a little ahead of the clock of Web Audio. */
import { secondsOf, STEPS } from "./state.js";

const LOOK = 25; // milliseconds between two looks at the clock
const AHEAD = 0.12; // seconds that are planned; in a window that nobody sees, clocks tick once a second
const AHEAD_UNSEEN = 1.5;
const RELEASE = 0.08; // seconds over which a sound fades that is stopped

/** Samples of a sound that came as 16-bit numbers in base64. */
export function samplesOf(base64) {
  const text = atob(base64);
  const samples = new Float32Array(text.length / 2);
  for (let i = 0; i < samples.length; i++) {
    const level = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8);
    samples[i] = (level > 32767 ? level - 65536 : level) / 32767;
  }
  return samples;
}

/** A sound of one of our WAV files in base64: one channel of 16 bits behind a head of 44 bytes. */
export function wavOf(base64) {
  const head = Uint8Array.from(atob(base64.slice(0, 60)), (letter) => letter.charCodeAt(0));
  const view = new DataView(head.buffer);
  const length = view.getUint32(40, true);
  const samples = samplesOf(base64.slice(56)).subarray(1, 1 + length / 2); // whole groups of four letters: from byte 42 on
  return { samples, rate: view.getUint32(24, true) };
}

/** {ready(), play(sound, when), now()}; a sound is {samples, rate}. What plays can be stopped: stop(when). */
export function createPlayer() {
  let context = null;
  let out = null;
  let asked = false;
  const buffers = new WeakMap();

  /** Have Web Audio at hand, which takes its time: it sleeps until something is pressed. */
  function ready() {
    if (context) return;
    context = new AudioContext({ latencyHint: "interactive" });
    // Several hits at once are louder than one can be.
    out = new DynamicsCompressorNode(context, { threshold: -6, ratio: 8, attack: 0.002, release: 0.1 });
    out.connect(context.destination);
    // A finger is a gesture to browsers when it is lifted, not when it presses.
    for (const gesture of ["pointerup", "touchend", "keydown"]) addEventListener(gesture, () => asked && wake());
  }

  function wake() {
    ready();
    asked = true;
    if (context.state !== "running") context.resume();
    return context;
  }

  function bufferOf(sound) {
    if (!buffers.has(sound)) {
      const buffer = context.createBuffer(1, sound.samples.length, sound.rate);
      buffer.copyToChannel(sound.samples, 0);
      buffers.set(sound, buffer);
    }
    return buffers.get(sound);
  }

  function play(sound, when = 0) {
    wake();
    const source = new AudioBufferSourceNode(context, { buffer: bufferOf(sound) });
    const loudness = new GainNode(context);
    source.connect(loudness).connect(out);
    source.start(when);
    /** Let it fade, from a moment of the clock on or now. */
    const stop = (at = 0) => {
      const from = Math.max(context.currentTime, at);
      loudness.gain.setValueAtTime(1, from).linearRampToValueAtTime(0, from + RELEASE);
      source.stop(from + RELEASE);
    };
    return { stop };
  }

  /** Seconds of the clock that `play` goes by. */
  const now = () => wake().currentTime;

  return { ready, play, now };
}

/** The beat. `on`: tempo(), play(step, when): plan what sounds at a step, shown(step): it is heard now; null at the end. */
export function createBeat(player, on) {
  let clock = null;
  let step = 0;
  let next = 0;
  let coming = [];

  function plan() {
    const ahead = document.hidden ? AHEAD_UNSEEN : AHEAD;
    const now = player.now();
    if (next < now) next = now; // the window slept: no step is caught up with
    while (next < now + ahead) {
      on.play(step, next);
      coming.push([next, step]);
      next += secondsOf(on.tempo());
      step = (step + 1) % STEPS;
    }
  }

  function show() {
    if (!clock) return;
    const now = player.now();
    const heard = coming.filter(([time]) => time <= now);
    coming = coming.slice(heard.length);
    if (heard.length) on.shown(heard.at(-1)[1]);
    requestAnimationFrame(show);
  }

  function start() {
    step = 0;
    coming = [];
    next = player.now() + 0.03;
    clock = setInterval(plan, LOOK);
    plan();
    show();
  }

  function stop() {
    clearInterval(clock);
    clock = null;
    on.shown(null);
  }

  return { toggle: () => (clock ? stop() : start()), runs: () => clock !== null };
}
