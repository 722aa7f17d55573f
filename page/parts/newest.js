/* Newest wins: one call under way, and of what is wished meanwhile only the last. */

/** A function that calls `work` with the newest wish; `joined(waiting, next)` makes one of two that wait. */
export function newest(work, joined = (waiting, next) => next) {
  let waiting = null;
  let running = null;

  async function run() {
    while (waiting) {
      const { wish } = waiting;
      waiting = null;
      await work(wish);
    }
  }

  return (next) => {
    waiting = { wish: joined(waiting?.wish, next) };
    running ??= run().finally(() => (running = null));
    return running;
  };
}

/** The same for pictures, which take their time to be shown: while `paint(answer)` is at one, `ask(wish, since)` gets the
    next; `since`: when the first of what is asked for was wished. An answer of null is not painted. */
export function painted(ask, paint, joined = undefined) {
  let since = null;
  let painting = Promise.resolve();

  const draw = newest(async (wish) => {
    const from = since;
    since = null;
    const answer = await ask(wish, from);
    await painting;
    if (answer) painting = paint(answer).catch(console.error);
  }, joined);

  return (wish) => {
    since ??= performance.now();
    return draw(wish);
  };
}
