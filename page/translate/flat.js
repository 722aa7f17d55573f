/* The sheet of flat shapes as the canvas shows it: laid pixel by pixel, so that it is what the server draws. */
import { SIDE, adds, layShape, packed } from "./shapes.js";

export function createFlat() {
  const brush = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });
  const image = brush.createImageData(SIDE, SIDE);
  const shown = new Uint32Array(image.data.buffer);
  const settled = new Uint32Array(SIDE * SIDE); // without what is being drawn
  let [laid, below] = [null, null]; // the strokes that are settled, and what they lie on

  /** Lay strokes on a picture or on paper, where what is there already stays; above them what is being drawn. */
  function settle(strokes, under, drawn) {
    if (!laid || under !== below || !laid.every((stroke, at) => stroke === strokes[at])) {
      settled.set(ground(under));
      laid = [];
    }
    strokes.slice(laid.length).forEach((stroke) => layShape(settled, stroke, 0, rim(under)));
    [laid, below] = [[...strokes], under];
    shown.set(settled);
    go(drawn);
  }

  function ground(under) {
    if (!under) return new Uint32Array(SIDE * SIDE).fill(packed([255, 255, 255]));
    brush.imageSmoothingEnabled = false;
    brush.drawImage(under, 0, 0, SIDE, SIDE);
    return new Uint32Array(brush.getImageData(0, 0, SIDE, SIDE).data.buffer);
  }

  /** How broad edges are blurred: a pixel of the picture below. */
  const rim = (under) => (under ? Math.floor(SIDE / under.width) : 0);

  /** Show how a stroke goes on; of a brush's only what is new is laid, from point `from` on. */
  function go(stroke, from = 0) {
    if (stroke && !adds(stroke)) shown.set(settled);
    if (stroke) layShape(shown, stroke, from, rim(below));
    brush.putImageData(image, 0, 0);
  }

  /** The colour at a place in shares of the side, as #rrggbb. */
  function colour(place) {
    const [x, y] = place.map((value) => Math.min(SIDE - 1, Math.max(0, Math.floor(value * SIDE))));
    return `#${[0, 8, 16].map((by) => ((shown[y * SIDE + x] >>> by) & 255).toString(16).padStart(2, "0")).join("")}`;
  }

  return { canvas: brush.canvas, settle, go, colour };
}
