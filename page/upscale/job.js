/* A job under way, asked how far it is until it is over; and what came of it in words and figures. */
import { ask, heard, make, say } from "../parts/atelier.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export const span = (seconds) => (seconds < 1 ? "a second" : seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** Show in `bar` how far the job is until it is over; what it came to. */
export async function follow(poll, job, bar) {
  bar.hidden = false;
  for (;;) {
    const reply = await ask((request) => patient(poll, request), { job });
    if (!reply || reply.state !== "running") return reply;
    bar.querySelector("progress").value = reply.total ? reply.done / reply.total : 0;
    const many = reply.pictures > 1 ? `${reply.picture} of ${reply.pictures}: ` : "";
    say(bar.querySelector("span"), reply.total ? `${many}tile ${reply.done} of ${reply.total}, ${reply.seconds.toFixed(1)} s, ${reply.rate.toFixed(2)} MP/s` : "beginning");
    await pause(150);
  }
}

/** Ask about a job, for a while also where the network is not back yet after a sleep. */
async function patient(poll, request) {
  for (let tries = 10; tries; tries--) {
    const reply = await heard(poll, request);
    if (!reply.unheard) return reply;
    await pause(1000);
  }
  return poll(request);
}

/** Rows of a table of {before, after}, each {psnr, ssim} against the original. */
export function scoreRows(scores, before, after) {
  const number = (value, digits) => (value == null ? "equal" : value.toFixed(digits));
  const row = (name, { psnr, ssim }) => make("tr", {}, make("td", { title: name }, name), make("td", {}, number(psnr, 2)), make("td", {}, number(ssim, 4)));
  return [make("tr", {}, ...["", "PSNR, dB", "SSIM"].map((text) => make("th", {}, text))), row(before, scores.before), row(after, scores.after)];
}
