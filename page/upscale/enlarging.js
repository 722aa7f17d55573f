/* Enlarging the whole: what it would take, the job itself, and what it came to. */
import { ask, say, toast } from "../parts/atelier.js";
import { createJob } from "../parts/job.js";

const QUICK = 8; // seconds of a run that begins by itself when a setting is changed
const AFTER = 250; // milliseconds from the last change until it is asked what a run would take

const span = (seconds) => (seconds < 1 ? "a second" : seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** How far it is; with several pictures, of this one. */
function words({ total, done, seconds, rate, picture, pictures }) {
  const many = pictures > 1 ? `${picture} of ${pictures}: ` : "";
  return total ? `${many}tile ${done} of ${total}, ${seconds.toFixed(1)} s, ${rate.toFixed(2)} MP/s` : "beginning";
}

/** `on`: large() megapixels that are asked about first; refresh(). */
export function createEnlarging(root, server, { album, choice, results, viewer }, on) {
  const $ = (selector) => root.querySelector(selector);
  const { picture } = album;
  const job = createJob({ server, box: $(".bar"), begun: on.refresh, words, found: "enlarging", needed: (request) => request });
  let plan = null;
  let waiting = 0;

  function estimate() {
    clearTimeout(waiting);
    plan = null;
    if (!picture()) return say($(".estimate"), "Open a picture; then click a point of it to try that part at once.");
    waiting = setTimeout(foresee, AFTER);
  }

  async function foresee() {
    const whole = () => ({ ids: album.ids(), settings: choice.needed() });
    const asked = whole();
    const reply = await ask(server.plan, asked);
    if (!reply || JSON.stringify(asked) !== JSON.stringify(whole())) return;
    plan = reply;
    const count = asked.ids.length;
    const size = count > 1 ? `${count} pictures, ${plan.megapixels.toFixed(1)} megapixels` : `${plan.width} × ${plan.height} px`;
    const seams = plan.seams && plan.tiles > 1 ? ` ${plan.seams}` : "";
    const hint = viewer.view() === "picture" ? " Click a point to try that part at once." : "";
    const beyond = plan.beyond ? ` ${plan.beyond}` : "";
    say($(".estimate"), `${size}: about ${span(plan.seconds)}.${beyond}${seams}${hint}`);
    if (viewer.stale() && !job.busy() && !plan.large && plan.seconds < QUICK) go();
  }

  /** Whether a run this large is to be asked about; it is then. */
  function tooLarge() {
    const sizes = album.all().map(({ width, height }) => (width * height * choice.settings().scale ** 2) / 1e6);
    if (Math.max(...sizes) <= on.large()) return false;
    const all = sizes.reduce((a, b) => a + b, 0);
    $(".sure p").textContent = `That is ${all.toFixed(0)} megapixels${plan ? ` and takes about ${span(plan.seconds)}` : ""}. Is it wanted?`;
    $(".sure").hidden = false;
    return true;
  }

  async function go(large = false) {
    if (!picture() || job.busy()) return;
    $(".sure").hidden = true;
    if (!large && tooLarge()) return;
    const ids = album.ids();
    const asked = choice.needed();
    $(".go").disabled = true; // a double click is one wish: the job has no name yet
    const end = await job.run(server.start, { ids, settings: asked, large });
    if (end) await done(end, ids, asked);
    on.refresh();
  }

  /** What was being enlarged when the page was left, which went on meanwhile. */
  async function again() {
    const before = await job.again();
    if (before?.end) await done(before.end, before.request.ids, before.request.settings);
    if (before) on.refresh();
  }

  async function done(end, ids, asked) {
    results.add(ids, asked);
    if (picture() && viewer.there()) {
      await viewer.showWhole();
      say($(".time"), end.rate ? `${end.seconds.toFixed(1)} s, ${end.rate.toFixed(2)} MP/s` : "");
    } else if (viewer.view() === "whole") estimate(); // settings were changed meanwhile: those are next
    else if (picture()) toast("That run is done: go back to its picture and settings, and Enlarge shows it at once.");
  }

  return { estimate, go, again, busy: job.busy, halt: job.halt };
}
