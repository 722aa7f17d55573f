/* What leaves the Translate tab: the picked picture and the drawing, each with its recipe. */
import { address, ask, base64, download, make, upscale } from "../parts/atelier.js";

/** The picture as a file; {name, data}, or {name, path} of a photograph. */
export async function save(server, request) {
  const reply = await ask(server.save, request);
  if (reply?.data) download(reply.name, reply.data, "image/png");
  else if (reply) make("a", { href: address(reply.path), download: reply.name }).click();
}

/** The same picture, opened in Upscale. */
export async function larger(server, request) {
  const reply = await ask(server.save, request);
  if (!reply) return;
  const data = reply.data ?? (await base64(await (await fetch(address(reply.path))).blob()));
  upscale({ data, name: reply.name });
}

/** The drawing alone. */
export async function sketch(server, request) {
  const reply = await ask(server.sketch, request);
  if (reply) download(reply.name, reply.data, "image/png");
}
