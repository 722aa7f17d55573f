/* Small pictures at both ends of each direction's slider: what the picture would become there. */
import { bitmap } from "./atelier.js";
import { newest } from "./newest.js";

/** `render(points)` -> a sheet; -> show(keys, at, canvases): `at(key, value)` is the point with that slider at a value,
    `canvases(key)` its two pictures. Asked for a moment after the last change, and once for the same points. */
export function createEnds(render, least = -3, most = 3) {
  const AFTER = 300; // milliseconds: sliders that are moved come first
  let drawn = "";
  let waiting = 0;

  const draw = newest(async ({ points, places, keys, canvases }) => {
    const reply = await render(points);
    if (!reply || places !== drawn) return;
    const sheet = await bitmap(reply.sheet);
    const { columns, width, height } = reply;
    keys.flatMap((key) => canvases(key)).forEach((canvas, n) => {
      Object.assign(canvas, { width, height });
      canvas.getContext("2d").drawImage(sheet, (n % columns) * width, Math.floor(n / columns) * height, width, height, 0, 0, width, height);
      canvas.classList.toggle("crisp", width <= 32);
    });
    sheet.close();
  });

  return function show(keys, at, canvases) {
    const points = keys.flatMap((key) => [at(key, least), at(key, most)]).slice(0, 64);
    const places = JSON.stringify(points);
    if (places === drawn && canvases(keys[0])?.[0]?.width !== 0) return;
    drawn = places;
    clearTimeout(waiting);
    if (points.length) waiting = setTimeout(() => places === drawn && draw({ points, places, keys, canvases }), AFTER);
  };
}
