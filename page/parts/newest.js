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
