/* Tuning: a copy of the generator that draws the photograph itself, made by a job on the server. */
import { ask, say } from "../parts/atelier.js";
import { follow } from "../parts/job.js";

/** `on.allowed`: whether the page tunes; `on.cut`: what the photograph's box holds; `on.arrive`: the copy is there. */
export function createTune(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  let job = null;
  let found = null; // {weight, point}: what was projected last, as `show` says it

  async function start() {
    if (job) return ask(server.stop, { job });
    const asked = { ...found, data: on.cut().data, seconds: Number($(".tune-seconds").value) };
    ({ job } = (await ask(server.tune, asked)) ?? { job: null });
    if (!job) return;
    say($(".tune-told"), "");
    buttons();
    const reply = await follow(server.poll, job, ({ done, total }) => ($(".tuned").value = done / total), "the copy");
    job = null;
    buttons();
    if (!reply) return;
    say($(".tune-told"), `${reply.told} It is ${reply.weight} on the shelf.`);
    on.arrive({ weight: reply.weight, point: reply.point });
  }

  function buttons() {
    say($(".go-tune"), job ? "Stop" : "Tune a copy to it");
    $(".tuned").hidden = !job;
    $(".tune-seconds").disabled = Boolean(job);
  }

  /** Offer it for this projected picture; null: there is none. */
  function show(now) {
    if (now) found = now;
    $(".tuning").hidden = !job && !(now && on.allowed());
  }

  $(".go-tune").addEventListener("click", start);
  return { show };
}
