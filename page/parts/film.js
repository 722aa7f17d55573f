/* A film that a job makes: asked for, followed, kept. */
import { ask, download, toast } from "./atelier.js";
import { follow } from "./job.js";

/** `box` holds the bar; `changed()` is told when a film begins or ends; -> {start(request), halt(), busy()}. */
export function createFilm({ server, box, changed }) {
  let job = null;

  async function start(request) {
    const reply = await ask(server.film, request);
    if (!reply) return changed();
    job = reply.job;
    box.querySelector("progress").value = 0;
    box.hidden = false;
    changed();
    const bar = box.querySelector("progress");
    const told = await follow(server.poll, job, ({ state, done, total }) => (state === "waiting" ? bar.removeAttribute("value") : (bar.value = done / total)));
    job = null;
    if (told?.data) download(told.name, told.data, "video/mp4");
    else if (told) toast(told.error || "Stopped; nothing of the film was kept.");
    box.hidden = true;
    changed();
  }

  return { start, halt: () => job && ask(server.stop, { job }), busy: () => Boolean(job) };
}
