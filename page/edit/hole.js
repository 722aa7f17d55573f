/* A hole in what the box holds, painted on its picture: the generator says what may have been there. */
import { MASK, brushed, packed } from "./pairs.js";

/** `changed()` after every stroke. */
export function createHole(root, changed) {
  const $ = (selector) => root.querySelector(selector);
  const cover = $(".hole");
  let cells = null; // 1 where the hole is
  let erasing = false;
  let painting = false;
  let cursor = null; // where the keyboard is, in cells

  function lay() {
    const brush = cover.getContext("2d");
    const image = brush.createImageData(MASK, MASK);
    (cells ?? []).forEach((hole, i) => image.data.set([226, 58, 48, hole ? 140 : 0], 4 * i));
    brush.putImageData(image, 0, 0);
    if (cursor) brush.strokeRect(cursor[0] - 2.5, cursor[1] - 2.5, 5, 5);
    $(".no-hole").disabled = !cells;
  }

  function paint(place) {
    cells = brushed(cells, place, Number($("#ed-hole").value), erasing ? 0 : 1, MASK);
    if (!cells.some(Boolean)) cells = null;
    lay();
  }

  function at(event) {
    const frame = cover.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * MASK, ((event.clientY - frame.top) / frame.height) * MASK];
  }

  function keys(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    cursor ??= [MASK / 2, MASK / 2];
    if (step) cursor = cursor.map((value, i) => Math.min(MASK, Math.max(0, value + (event.shiftKey ? 8 : 1) * step[i])));
    else paint(cursor);
    lay();
    if (!step) changed();
  }

  function forget() {
    cells = null;
    lay();
    changed();
  }

  Object.assign(cover, { width: MASK, height: MASK });
  cover.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !event.isPrimary) return;
    cover.setPointerCapture(event.pointerId);
    [painting, cursor] = [true, null];
    paint(at(event));
  });
  cover.addEventListener("pointermove", (event) => painting && paint(at(event)));
  for (const over of ["pointerup", "pointercancel"]) cover.addEventListener(over, () => { if (painting) changed(); painting = false; });
  cover.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  cover.addEventListener("keydown", keys);
  cover.addEventListener("blur", () => { cursor = null; lay(); });
  $(".erase-hole").addEventListener("click", ({ currentTarget }) => { erasing = !erasing; currentTarget.setAttribute("aria-pressed", String(erasing)); });
  $(".no-hole").addEventListener("click", forget);

  return { packed: () => packed(cells), forget };
}
