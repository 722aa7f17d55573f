/* What leaves the Upscale tab: the results as files, and their score against an original. */
import { address, ask, base64, make, say } from "../parts/atelier.js";
import { scoreRows } from "./job.js";

/** `on`: refresh(). */
export function createSaving(root, server, { album, choice, viewer }, on) {
  const $ = (selector) => root.querySelector(selector);

  async function save() {
    $(".save").disabled = true;
    say($(".save"), "Writing the file");
    const reply = await ask(server.save, { ids: album.ids(), settings: viewer.wanted().settings, kind: $(".kind").value });
    on.refresh();
    if (reply) make("a", { href: address(reply.path), download: reply.name }).click();
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

  return { save, score, original };
}
