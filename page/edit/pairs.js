/* Pairs of a handle and a target, and a mask; places are [x, y] in pixels of the picture. Nothing here knows of the page. */
export const MASK = 64; // cells of a mask's side, as gan_models/drag.py has them
export const MOST = 16;

const away = ([a, b], [x, y]) => Math.hypot(a - x, b - y);

/** A place within the picture, to a tenth of a pixel. */
export const inside = (place, size) => place.map((value) => Math.round(10 * Math.min(size, Math.max(0, value))) / 10);

/** The end that lies nearest to a place, within `reach`: {pair, end}, end 0 the handle and 1 the target; or null. */
export function nearest(pairs, place, reach) {
  const ends = pairs.flatMap((ends, pair) => ends.map((at, end) => ({ pair, end, far: away(at, place) })));
  const found = ends.sort((a, b) => a.far - b.far || b.end - a.end)[0];
  return found && found.far <= reach ? { pair: found.pair, end: found.end } : null;
}

/** Whether a pair has a target that is none of its handle. */
export const whole = (pair, size) => pair.length === 2 && away(...pair) >= size / 128;

/** Cells (MASK * MASK of 0 and 1) with a disc of `radius` cells about a place set to a value. */
export function brushed(cells, [x, y], radius, value, size) {
  const next = cells ? cells.slice() : new Uint8Array(MASK * MASK);
  const [a, b] = [x, y].map((at) => (at / size) * MASK);
  for (let row = Math.max(0, Math.floor(b - radius)); row <= Math.min(MASK - 1, b + radius); row++) {
    for (let column = Math.max(0, Math.floor(a - radius)); column <= Math.min(MASK - 1, a + radius); column++) {
      if (away([column + 0.5, row + 0.5], [a, b]) <= radius) next[row * MASK + column] = value;
    }
  }
  return next;
}

/** A mask as the server takes it: its bits row by row in base64; null for none. */
export function packed(cells) {
  if (!cells) return null;
  let text = "";
  for (let i = 0; i < cells.length; i += 8) text += String.fromCharCode(cells.slice(i, i + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  return btoa(text);
}
