/* What a recipe says of a sound's pulse, for the eye; tests/js/pulse.test.js tries it. */

/** Loudness and onsets, 0 to 1, in `count` columns: the loudest of what falls into each. */
export function bars(pulse, count) {
  const values = Uint8Array.from(atob(pulse), (letter) => letter.charCodeAt(0));
  const half = values.length / 2;
  return { loudness: columns(values.subarray(0, half), count), onsets: columns(values.subarray(half), count) };
}

function columns(values, count) {
  return Array.from({ length: count }, (_, x) => {
    const from = Math.floor((x * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((x + 1) * values.length) / count));
    return Math.max(...values.subarray(from, to)) / 255;
  });
}

/** Seconds as minutes and seconds. */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
