/* What leaves the Upscale tab: the results as files, and their score against an original. */
import { address, ask, base64, make, say } from "../parts/atelier.js";
import { createJob } from "../parts/job.js";

/** Rows of a table of {before, after}, each {psnr, ssim} against the original. */
function scoreRows(scores, before, after) {
  const number = (value, digits) => (value == null ? "equal" : value.toFixed(digits));
  const row = (name, { psnr, ssim }) => make("tr", {}, make("td", { title: name }, name), make("td", {}, number(psnr, 2)), make("td", {}, number(ssim, 4)));
  return [make("tr", {}, ...["", "PSNR, dB", "SSIM"].map((text) => make("th", {}, text))), row(before, scores.before), row(after, scores.after)];
}

/** `on`: refresh(). */
export function createSaving(root, server, { album, choice, viewer }, on) {
  const $ = (selector) => root.querySelector(selector);
  const job = createJob({ server, box: $(".writing"), begun: on.refresh, words: ({ done, total }) => `file ${done} of ${total}`, made: "the zip", found: "zip of enlarged" });

  async function save() {
    $(".save").disabled = true;
    say($(".save"), "Writing the file");
    given(await job.run(server.save, { ids: album.ids(), settings: viewer.wanted().settings, kind: $(".kind").value }));
  }

  function given(file) {
    if (file) make("a", { href: address(file.path), download: file.name }).click();
    on.refresh();
  }

  /** The zip that was being written when the page was left. */
  async function again() {
    const before = await job.again();
    if (before) given(before.end);
  }

  async function score(file) {
    if (!file) return;
    const mine = viewer.turn();
    const of = viewer.wanted();
    const data = await base64(file);
    const reply = data === null ? null : await ask(server.reference, { ...of, data });
    if (!reply || mine !== viewer.turn()) return;
    $(".scores").replaceChildren(...scoreRows(reply.scores, choice.nameOf(of.against), choice.nameOf(of.settings.network)));
    $(".scores").hidden = false;
  }

  /** A dropped picture as large as the result that is shown is its original; whether it is. */
  async function original(file) {
    const bitmap = viewer.view() === "whole" ? await createImageBitmap(file).catch(() => null) : null;
    const slack = Math.max(Math.ceil(choice.settings().scale), 2);
    const { width, height } = viewer.size() ?? {};
    const fits = bitmap && Math.abs(bitmap.width - width) < slack && Math.abs(bitmap.height - height) < slack;
    bitmap?.close();
    if (fits) score(file);
    return fits;
  }

  return { save, again, score, original, busy: job.busy };
}
