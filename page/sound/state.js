/* What the Sound tab is at: eight pads, a beat, a tempo; as a link, and what may be read of one. */
export const PADS = 8;
export const STEPS = 16;
export const SLOWEST = 60;
export const FASTEST = 180;
const LAST_SEED = 2 ** 53 - 1;

/* A beat to begin with: the kind of each pad where the model has it, its seed, and the steps that it plays at. */
const BEGINNING = [
  ["kick", 1, [0, 6, 8]], ["snare", 2, [4, 12]], ["hat", 3, [0, 2, 4, 6, 8, 10, 12]], ["hat", 7, [14]],
  ["clap", 5, [12]], ["tom", 6, [13]], ["tom", 4, [15]], ["cymbal", 8, []],
];

/** The state to begin with, for a model of these kinds. */
export function beginning(labels) {
  const pads = BEGINNING.map(([kind, seed], index) => {
    const label = labels.indexOf(String(kind));
    return { seed, label: labels.length ? (label >= 0 ? label : index % labels.length) : null, share: 0 };
  });
  return { pads, steps: BEGINNING.map(([, , at]) => /** @type {number[]} */ (at).reduce((all, step) => all | (1 << step), 0)), tempo: 100, open: 0 };
}

/** A pad as the server takes it: on its way to the pad after it, where it goes there at all. */
export function hitOf(pads, index) {
  const { seed, label, share } = pads[index];
  const next = pads[(index + 1) % pads.length];
  const plain = { seed, ...(label != null && { label }) };
  return share ? { ...plain, to_seed: next.seed, ...(next.label != null && { to_label: next.label }), share } : plain;
}

const whole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;

/** What somebody's link or file says, as a state for a model of these kinds; null for anything else. */
export function checked(words, labels) {
  const { pads, steps, tempo } = words ?? {};
  const fits = (pad) => whole(pad?.seed, LAST_SEED) && pad.share >= 0 && pad.share <= 1 && (labels.length ? whole(pad.label, labels.length - 1) : pad.label == null);
  if (!Array.isArray(pads) || pads.length !== PADS || !pads.every(fits)) return null;
  if (!Array.isArray(steps) || steps.length !== PADS || !steps.every((row) => whole(row, 2 ** STEPS - 1))) return null;
  if (!(tempo >= SLOWEST && tempo <= FASTEST)) return null;
  return { pads: pads.map(({ seed, label, share }) => ({ seed, label: label ?? null, share })), steps, tempo, open: 0 };
}

/** The same beat for a model with other kinds: by their names, as far as it has them. */
export function renamed(state, before, labels) {
  return { ...state, pads: state.pads.map((pad) => ({ ...pad, label: pad.label == null ? null : labels.indexOf(before[pad.label]) })) };
}

/** Whether a pad plays at a step. */
export const plays = (steps, pad, step) => Boolean(steps[pad] & (1 << step));

/** The seconds of one step: four to a beat. */
export const secondsOf = (tempo) => 60 / tempo / 4;

/** The rows of steps with one step turned over. */
export const turned = (steps, pad, step) => steps.map((row, index) => (index === pad ? row ^ (1 << step) : row));
