/* A search of many steps, as dragging and projecting are: asked for one by one until it is done, stopped or overtaken. */
import { ask } from "../parts/atelier.js";

/** `served` answers {..., state} with the next step: {state, point, done, ...}; `over()` is called at the end of a search
    that nothing overtook. */
export function createSteps(served, over) {
  let running = null; // the search under way: {stopped, last: the point that is shown of it, as JSON}

  /** Search from `from`, the point that is shown (null: whichever it is); `each(reply)` shows a step. */
  async function run(asked, from, each) {
    const mine = (running = { stopped: false, last: from && JSON.stringify(from) });
    for (let state = null; !mine.stopped;) {
      const reply = await ask(served, { ...asked, state });
      if (!reply || running !== mine) break;
      state = reply.state;
      mine.last = JSON.stringify(reply.point);
      await each(reply);
      if (reply.done) break;
    }
    if (running !== mine) return;
    running = null;
    over();
  }

  /** End after the step that is under way. */
  function stop() {
    if (running) running.stopped = true;
  }

  /** A point is shown (`other`: of another weight): where the search did not come to it, somebody else has the picture. */
  function meet(point, other = false) {
    if (!running?.last || (!other && JSON.stringify(point) === running.last)) return;
    running.stopped = true;
    running = null;
  }

  return { run, stop, meet, running: () => running !== null };
}
