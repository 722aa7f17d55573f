/* A mask painted on a photograph, step by step, as gan_models/drawing/masks.py reads it: strokes that make a hole or take
   it away, boxes, the whole turned round, and masks from files. */
const RED = "rgb(226 58 48)";
export const VEIL = 0.55; // how much of the photograph the mask hides

const given = new Map(); // by its text: a mask from a file as something to paint with

/** Make ready what a step needs to be laid. */
export async function ready(step) {
  if (step.tool !== "given" || given.has(step.mask)) return;
  const image = new Image();
  image.src = `data:image/png;base64,${step.mask}`;
  await image.decode();
  const sheet = document.createElement("canvas");
  Object.assign(sheet, { width: image.width, height: image.height });
  const brush = sheet.getContext("2d");
  brush.drawImage(image, 0, 0); // white where the hole is, and clear elsewhere
  brush.globalCompositeOperation = "source-in";
  brush.fillStyle = RED;
  brush.fillRect(0, 0, sheet.width, sheet.height);
  given.set(step.mask, sheet);
}

/** Lay a step that is no stroke, or is a box, on a layer of the mask; `side`: the longer one in its pixels. */
export function layStep(layer, { tool, points, mask }, side) {
  const { width, height } = layer.canvas;
  layer.fillStyle = RED;
  if (tool === "invert") {
    layer.globalCompositeOperation = "xor";
    layer.fillRect(0, 0, width, height);
    layer.globalCompositeOperation = "source-over";
  } else if (tool === "given") {
    const sheet = given.get(mask);
    if (sheet) layer.drawImage(sheet, 0, 0, width, height);
  } else {
    const [[a, b], [c, d]] = [points[0], points.at(-1)];
    layer.fillRect(Math.min(a, c) * side, Math.min(b, d) * side, Math.abs(c - a) * side, Math.abs(d - b) * side);
  }
}

export const isStep = ({ tool }) => tool === "invert" || tool === "given" || tool === "box";
export const colourOf = ({ tool, colour }) => (tool === "mask" ? RED : `rgb(${colour.join(" ")})`);
