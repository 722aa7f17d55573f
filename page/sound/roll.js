/* A tune as a roll of paper for a player piano: time to the right, pitch upwards, what is held now in the accent. */
import { folded } from "./timbre.js";

/** Paint notes [start, length, pitch, velocity] over a whole canvas; `now`: the moment that is heard, null for none. */
export function paintRoll(canvas, notes, now, about) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  if (!width) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  const [accent, faint, ink] = ["--accent", "--faint", "--ink"].map((name) => getComputedStyle(canvas).getPropertyValue(name));
  pen.clearRect(0, 0, width, height);
  if (!notes.length) return;
  const pitches = notes.map(([, , pitch]) => folded(pitch, about));
  const end = Math.max(...notes.map(([start, length]) => start + length));
  const [low, high] = [Math.min(...pitches) - 1, Math.max(...pitches) + 2];
  const row = height / (high - low);
  notes.forEach(([start, length, , velocity], index) => {
    const [x, wide] = [start, length].map((ms) => (ms / end) * width);
    const held = now !== null && start <= now && now < start + length;
    pen.globalAlpha = held ? 1 : 0.35 + (0.5 * velocity) / 127;
    pen.fillStyle = now !== null && start <= now ? accent : faint;
    pen.fillRect(x, (high - 1 - pitches[index]) * row, Math.max(1, wide - devicePixelRatio), Math.max(2, row - 1));
  });
  pen.globalAlpha = 1;
  if (now === null) return;
  pen.fillStyle = ink;
  pen.fillRect((now / end) * width - devicePixelRatio / 2, 0, devicePixelRatio, height);
}
