import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";

import { squared } from "../../page/translate/canvas.js";
import { SIDE, layShape, packed } from "../../page/translate/shapes.js";

const paper = () => new Uint32Array(SIDE * SIDE).fill(packed([255, 255, 255]));
const RED = [248, 49, 47];

test("strokes are the pixels that the library lays", () => {
  // The hash is of tests/helpers/shapes.json, to which tests/gan_models/drawing/test_shapes.py holds the library.
  const both = JSON.parse(readFileSync(new URL("../helpers/shapes.json", import.meta.url), "utf8"));
  const pixels = paper();
  both.strokes.forEach((stroke) => layShape(pixels, stroke));
  const levels = new Uint8Array(pixels.buffer).filter((_, at) => at % 4 < 3);
  assert.equal(createHash("sha256").update(levels).digest("hex"), both.sha256);
});

test("a brush that goes on point by point lays what it lays at once", () => {
  const stroke = { tool: "paint", width: 0.05, colour: RED, points: [[0.1, 0.1], [0.4, 0.12], [0.42, 0.5], [0.2, 0.45]] };
  const [once, onward] = [paper(), paper()];
  layShape(once, stroke);
  stroke.points.forEach((_, at) => layShape(onward, { ...stroke, points: stroke.points.slice(0, at + 1) }, at));
  assert.deepEqual(onward, once);
});

test("with Shift a corner makes a square, whichever way it is dragged", () => {
  assert.deepEqual(squared([0.5, 0.5], [0.7, 0.6]), [0.7, 0.7]);
  assert.deepEqual(squared([0.5, 0.5], [0.45, 0.8]), [0.2, 0.8]);
  assert.deepEqual(squared([0.5, 0.5], [0.5, 0.4]), [0.6, 0.4]);
});
