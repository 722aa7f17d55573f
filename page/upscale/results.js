/* Results that the server holds, each of a picture and its settings. */
export function createResults() {
  const made = new Set();
  const mark = (id, settings) => `${id} ${JSON.stringify(settings)}`;

  return {
    add: (ids, every) => ids.forEach((id) => every.forEach((settings) => made.add(mark(id, settings)))),
    /** Whether all of these pictures are there in all of these settings. */
    have: (ids, every) => ids.every((id) => every.every((settings) => made.has(mark(id, settings)))),
    kept: () => made,
    bring: (before) => before.forEach((one) => made.add(one)),
  };
}
