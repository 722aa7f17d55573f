/* A job on the server (jobs.py): begun, asked how far it is until it is over, stopped. */
import { ask, call, say, toast } from "./atelier.js";
import { jot, jotted } from "./kept.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tell `each` how far the job is until it is over; what it came to, or null and a toast where that is nothing. `made`:
    what it makes, in words. */
export async function follow(poll, job, each, made = "it") {
  for (;;) {
    const reply = await ask((request) => patient(poll, request), { job });
    if (!reply || reply.state === "done") return reply;
    if (reply.over) {
      toast(reply.error || `Stopped; nothing of ${made} was kept.`);
      return null;
    }
    each(reply);
    await pause(150);
  }
}

/** Ask about a job, for a while also where the network is not back yet after a sleep. */
async function patient(poll, request) {
  for (let tries = 10; tries; tries--) {
    const reply = await call(poll, request);
    if (!reply.unheard) return reply;
    await pause(1000);
  }
  return poll(request);
}

/** Jobs of one kind, one at a time. `box` holds a bar, and where it has them a line of words and a button that stops;
    `words(reply)` is how far it is, `begun()` is called when the job has a name; `made` as above. `found`: the name under
    which one is found again after a reload, and `needed(request)` what of its request is wanted then.
    -> {run(served, request), again(), halt(), busy()}. */
export function createJob({ server, box, begun = () => {}, words = (_reply) => "", made = "it", found = "", needed = (_request) => null }) {
  const bar = box.querySelector("progress");
  const line = box.querySelector("span");
  let job = null;

  function show(reply) {
    if (reply.state === "waiting") bar.removeAttribute("value");
    else bar.value = reply.total ? reply.done / reply.total : 0;
    if (line) say(line, reply.state === "waiting" ? "waiting for its turn" : words(reply));
  }

  /** Follow a job to its end: what it came to, or null and a toast. */
  async function see(ident, request) {
    job = ident;
    if (found) jot(found, { job, request });
    bar.value = 0;
    box.hidden = false;
    begun();
    const end = await follow(server.poll, job, show, made);
    job = null;
    if (found) jot(found);
    box.hidden = true;
    return end;
  }

  /** Have a function of the server begin a job, and follow it. What is answered without a job has come to that at once. */
  async function run(served, request) {
    const reply = await ask(served, request);
    return reply?.job ? see(reply.job, needed(request)) : reply;
  }

  /** Follow the job that was under way when the page was left: {end, request} with what was needed of it, null where there
      was none. */
  async function again() {
    const { job: ident, request } = (found && jotted(found)) || {};
    return ident ? { end: await see(ident, request), request } : null;
  }

  const halt = () => job && ask(server.stop, { job });
  box.querySelector("button")?.addEventListener("click", halt);
  return { run, again, halt, busy: () => Boolean(job) };
}
