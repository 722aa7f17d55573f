/* The lines of what was opened, as strokes: one question at a time, the last slider's place is the last one drawn. */
import { newest } from "../parts/newest.js";

/** `trace()` asks the server for {strokes, ground}; `sheet()` names what is drawn upon; -> find(fresh): again, or anew. */
export function createEdges({ trace, canvas, sheet }) {
  const traced = new WeakSet(); // strokes that the detector drew, not the visitor
  let first = true; // of a run of questions: the later ones change its step and make none of their own

  const ask = newest(async ({ fresh }) => {
    const place = sheet();
    const reply = await trace();
    if (!reply || sheet() !== place) return;
    const own = fresh ? [] : canvas.strokes().filter((stroke) => !traced.has(stroke));
    reply.strokes.forEach((stroke) => traced.add(stroke));
    await canvas.load({ strokes: [...reply.strokes, ...own], ground: reply.ground }, !first || !fresh);
    first = false;
  }, (waiting, next) => ({ fresh: next.fresh || Boolean(waiting?.fresh) }));

  return async function find(fresh = false) {
    first = true;
    await ask({ fresh });
  };
}
