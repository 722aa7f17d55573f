/* Seeds: one by chance, and whether a visitor has written one. */

export const roll = () => Math.floor(Math.random() * 1e6);

export function isSeed(text) {
  const seed = text === "" ? NaN : Number(text);
  return Number.isInteger(seed) && seed >= 0 && seed <= Number.MAX_SAFE_INTEGER;
}
