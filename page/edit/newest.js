/* One question at a time, and of those that come meanwhile only the newest. */
atelier.newest = (work) => {
  "use strict";
  let wanted;
  let busy = false;
  return async (job) => {
    wanted = job;
    if (busy) return;
    busy = true;
    while (wanted !== undefined) {
      const now = wanted;
      wanted = undefined;
      await work(now, () => wanted !== undefined);
    }
    busy = false;
  };
};
