import assert from "node:assert/strict";
import test from "node:test";

import { arrangement } from "../../page/sample/wall.js";

test("tiles fit into their box, whatever their number", () => {
  for (const [width, height] of [[1280, 700], [390, 500], [700, 100]]) {
    for (let count = 1; count <= 64; count++) {
      const { columns, side } = arrangement(count, width, height, 8, 64);
      const rows = Math.ceil(count / columns);
      assert.ok(side > 0 && columns * side + (columns - 1) * 8 <= width && rows * side + (rows - 1) * 8 <= height);
    }
  }
});

test("every pixel of a small picture is square", () => {
  assert.equal(arrangement(12, 1000, 700, 8, 28).side % 28, 0);
});
