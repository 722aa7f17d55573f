import assert from "node:assert/strict";
import test from "node:test";

import { extend } from "../../page/translate/canvas.js";

test("a stroke goes on with what says something new", () => {
  const points = [[0, 0]];
  extend(points, [[0.001, 0], [0.003, 0], [0.003, 0.001], [0.5, 0.5]]);
  assert.deepEqual(points, [[0, 0], [0.003, 0], [0.5, 0.5]]);
});
