/* A film that a job makes: asked for, followed, kept. */
import { download } from "./atelier.js";
import { createJob } from "./job.js";

const TYPES = { gif: "image/gif", webp: "image/webp" };

/** `box` holds the bar; `changed()` is told when a film begins or ends; `found` as a job's; -> {start(request), again(),
    busy()}. */
export function createFilm({ server, box, changed, found }) {
  const job = createJob({ server, box, begun: changed, made: "the film", found });

  function give(film) {
    if (film) download(film.name, film.data, TYPES[film.name.split(".").pop()] ?? "video/mp4");
    changed();
  }

  const start = async (request) => give(await job.run(server.film, request));

  /** The film that was being made when the page was left. */
  async function again() {
    const before = await job.again();
    if (before) give(before.end);
  }

  return { start, again, busy: job.busy };
}
