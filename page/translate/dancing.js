/* The clock of a dance: which of its poses is seen now. */

/** `on`: frames() -> {poses, round, fps} or null, look(pose) shows one, ended() when it stands still. */
export function createDancing(root, on) {
  let run = null; // {poses, round, fps, begun, at}

  async function play() {
    const mine = (run = { poses: [], at: -1 });
    const found = await on.frames();
    if (run !== mine) return;
    if (!found) return halt();
    Object.assign(mine, found, { begun: performance.now() });
    root.dataset.dancing = "yes";
    on.ended(); // the buttons say so
    requestAnimationFrame(tick);
  }

  function tick(now) {
    const mine = run;
    if (!mine) return;
    if (root.offsetParent === null || document.hidden) return halt();
    const count = Math.floor((Math.max(0, now - mine.begun) * mine.fps) / 1000);
    if (!mine.round && count >= mine.poses.length) return halt();
    const at = count % mine.poses.length;
    if (at !== mine.at) {
      mine.at = at;
      on.look(mine.poses[at]);
    }
    requestAnimationFrame(tick);
  }

  function halt() {
    if (!run) return;
    run = null;
    root.dataset.dancing = "no";
    on.ended();
  }

  return { play, halt, playing: () => Boolean(run), told: () => (run?.at >= 0 ? `, frame ${run.at + 1} of ${run.poses.length}` : "") };
}
