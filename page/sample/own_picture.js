/* A picture of the visitor's own, before the discriminator: what it says of it, as the class that is chosen or as each. */
import { ask, base64, say, toast } from "../parts/atelier.js";
import * as verdict from "./verdict.js";

/** `on`: state(), and about(): what the server says of its model. */
export function createOwnPicture(root, server, on) {
  const $ = (selector) => root.querySelector(selector);

  async function show(file) {
    if (!file) return;
    if (file.size > 20e6) return toast("That file is larger than 20 MB; choose a smaller one.");
    const data = await base64(file);
    const { weight, label } = on.state();
    const number = label === "each" ? null : label;
    const reply = data == null ? null : await ask(server.judge, { weight, data, ...(number != null && { number }) });
    if (!reply || weight !== on.state().weight) return;
    $(".judged").hidden = false;
    $(".judged img").src = reply.picture;
    say($(".judged p"), `${file.name}${reply.label ? `, judged as ${reply.label}` : ""}: ${verdict.long(reply.score, on.about().verdict.unit)}`);
  }

  $(".own-picture").addEventListener("click", () => $(".own").click());
  $(".own").addEventListener("change", ({ target }) => { show(target.files[0]); target.value = ""; });
}
