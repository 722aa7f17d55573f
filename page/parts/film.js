/* A film that a job makes: asked for, followed, kept. */
import { download } from "./atelier.js";
import { createJob } from "./job.js";

/** `box` holds the bar; `changed()` is told when a film begins or ends; -> {start(request), busy()}. */
export function createFilm({ server, box, changed }) {
  const job = createJob({ server, box, begun: changed, made: "the film" });

  async function start(request) {
    const film = await job.run(server.film, request);
    if (film) download(film.name, film.data, "video/mp4");
    changed();
  }

  return { start, busy: job.busy };
}
