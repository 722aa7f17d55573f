/* Look inside: a layer's maps as small pictures, of whatever picture there is. */
import { bitmap, say } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";

export function createMaps(root, on) {
  const $ = (selector) => root.querySelector(selector);
  const box = $(".inside");
  const canvas = $(".maps");
  const GAP = 3;
  let drawn = "";

  const draw = newest(async (asked) => {
    const reply = await on.maps(asked);
    if (!reply) return;
    const sheet = await bitmap(reply.sheet);
    const { columns, width, height, count } = reply;
    const step = width + GAP;
    Object.assign(canvas, { width: columns * step - GAP, height: Math.ceil(count / columns) * step - GAP });
    for (let n = 0; n < count; n++) {
      const [column, row] = [n % columns, Math.floor(n / columns)];
      canvas.getContext("2d").drawImage(sheet, column * width, row * height, width, height, column * step, row * step, width, height);
    }
    sheet.close();
    root.dataset.mapped = Number(root.dataset.mapped || 0) + 1;
  });

  /** Where a convolution stands: the first makes 4 px, then two for each side. */
  const side = (layer) => 4 << Math.ceil(layer / 2);

  function show(point, about) {
    const slider = $("#ed-layer");
    slider.max = about.layers.all[1] - 2; // the last layer is colours alone
    say($("#ed-layer + output"), `${slider.value} (${side(Number(slider.value))} px)`);
    const asked = { point, layer: Number(slider.value) };
    if (!box.open || JSON.stringify(asked) === drawn) return;
    drawn = JSON.stringify(asked);
    draw(asked);
  }

  $("#ed-layer").addEventListener("input", on.look);
  box.addEventListener("toggle", on.look);
  return { show };
}
