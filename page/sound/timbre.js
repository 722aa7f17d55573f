/* What the Sound tab is at where a model draws notes: a timbre, the last key, the octave of the computer's keys. Pitches
   are MIDI's numbers: 60 is C4. */
export const KEYS = ["A", "W", "S", "E", "D", "F", "T", "G", "Y", "H", "U", "J", "K", "O", "L", "P"]; // from a C on
export const AHEAD = KEYS.length; // notes that are drawn before anybody plays them, in one request
export const MOST_MOVED = 4; // deviations along a direction
const LAST_SEED = 2 ** 53 - 1;
const BLACK = [1, 3, 6, 8, 10];

export const isBlack = (pitch) => BLACK.includes(pitch % 12);

/** The highest pitch of a model: {notes: {lowest}, labels}. */
export const highest = ({ notes, labels }) => notes.lowest + labels.length - 1;

/** The octave by which another one may be gone to: a C from which on there are keys. */
export function octave(from, about) {
  const first = Math.ceil(about.notes.lowest / 12) * 12;
  const last = Math.max(first, Math.floor((highest(about) - 11) / 12) * 12);
  return Math.min(last, Math.max(first, Math.round(from / 12) * 12));
}

/** The keys that are seen, first and last: `count` of them from the octave on, or all. */
export function seen(from, count, about) {
  const last = Math.min(highest(about), Math.max(from, about.notes.lowest) + count - 1);
  return [Math.max(about.notes.lowest, Math.min(from, last - count + 1)), last];
}

/** The state to begin with. */
export function beginning(about) {
  const from = octave(60, about);
  return { timbre: { seed: 1, to_seed: 2, share: 0, directions: {} }, pitch: from, from };
}

/** A timbre's note, or without a pitch the timbre, as the server takes it. */
export function hitOf({ seed, to_seed, share, directions }, pitch, about) {
  const moved = Object.fromEntries(Object.entries(directions).filter(([, amount]) => amount));
  return {
    seed,
    ...(pitch != null && { label: pitch - about.notes.lowest }),
    ...(share && { to_seed, share }),
    ...(Object.keys(moved).length && { directions: moved }),
  };
}

/** A timbre of a saved sound; what it does not say stays as it was. */
export const timbreOf = ({ seed, to_seed, share = 0, directions = {} }, before) => ({ seed, to_seed: to_seed ?? before.to_seed, share, directions });

const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** What somebody's link or file says, as a state for this model; null for anything else. */
export function checked(words, about) {
  const { timbre, pitch, from } = words ?? {};
  const { directions } = timbre ?? {};
  if (!whole(timbre?.seed, 0, LAST_SEED) || !whole(timbre.to_seed, 0, LAST_SEED) || !(timbre.share >= 0 && timbre.share <= 1)) return null;
  if (typeof directions !== "object" || !directions || !Object.entries(directions).every(([index, amount]) => whole(Number(index), 0, about.notes.directions - 1) && Math.abs(amount) <= 1000)) return null;
  if (!whole(pitch, about.notes.lowest, highest(about)) || !whole(from, 0, 127)) return null;
  return { timbre: { seed: timbre.seed, to_seed: timbre.to_seed, share: timbre.share, directions: { ...directions } }, pitch, from: octave(from, about) };
}

/** A pitch moved by octaves until the model has it, as the server does. */
export function folded(pitch, about) {
  while (pitch < about.notes.lowest) pitch += 12;
  while (pitch > highest(about)) pitch -= 12;
  return pitch;
}

/** The notes of a tune, [start, length, pitch, velocity] in ms, that are held at a moment. */
export const heldAt = (notes, ms) => notes.filter(([start, length]) => start <= ms && ms < start + length);
