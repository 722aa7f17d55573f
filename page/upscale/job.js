/* How far enlarging is, and what came of it, in words and figures. */
import { make, say } from "../parts/atelier.js";
import { follow as look } from "../parts/job.js";

export const span = (seconds) => (seconds < 1 ? "a second" : seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** Show in `bar` how far the job is until it is over; what it came to. */
export function follow(poll, job, bar) {
  bar.hidden = false;
  return look(poll, job, (reply) => {
    bar.querySelector("progress").value = reply.total ? reply.done / reply.total : 0;
    const many = reply.pictures > 1 ? `${reply.picture} of ${reply.pictures}: ` : "";
    say(bar.querySelector("span"), reply.state === "waiting" ? "waiting for its turn" : reply.total ? `${many}tile ${reply.done} of ${reply.total}, ${reply.seconds.toFixed(1)} s, ${reply.rate.toFixed(2)} MP/s` : "beginning");
  });
}

/** Rows of a table of {before, after}, each {psnr, ssim} against the original. */
export function scoreRows(scores, before, after) {
  const number = (value, digits) => (value == null ? "equal" : value.toFixed(digits));
  const row = (name, { psnr, ssim }) => make("tr", {}, make("td", { title: name }, name), make("td", {}, number(psnr, 2)), make("td", {}, number(ssim, 4)));
  return [make("tr", {}, ...["", "PSNR, dB", "SSIM"].map((text) => make("th", {}, text))), row(before, scores.before), row(after, scores.after)];
}
