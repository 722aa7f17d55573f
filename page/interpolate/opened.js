/* A film that was saved here, on its way back: props.value is its order and the kind of file, and "input" says that there
   is one. */
import { awaited } from "../parts/atelier.js";

const KINDS = { gif: "GIF", webp: "WebP" };

export function start({ props, trigger }) {
  /** Once the first key images are there, which come by themselves and would take the place of the film's. */
  async function receive() {
    const place = awaited("interpolate");
    if (!place) return;
    for (let look = 0; look < 100 && !document.querySelector("#walk-keys .keys li"); look++) {
      await new Promise((done) => setTimeout(done, 100));
    }
    props.value = { ...place.order, file: KINDS[place.name.split(".").at(-1).toLowerCase()] ?? "MP4" };
    trigger("input");
  }

  window.addEventListener("atelier:interpolate", receive);
  receive();
}
