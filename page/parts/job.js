/* A job on the server (jobs.py), asked how far it is until it is over. */
import { ask, call } from "./atelier.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tell `each` how far the job is until it is over; what it came to, or null and a toast where it is lost. */
export async function follow(poll, job, each) {
  for (;;) {
    const reply = await ask((request) => patient(poll, request), { job });
    if (!reply || reply.over) return reply;
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
