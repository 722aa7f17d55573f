import assert from "node:assert/strict";
import test from "node:test";

import * as pairing from "../../page/edit/pairs.js";

test("a pointer takes the nearest end within reach, the target before the handle", () => {
  const pairs = [[[10, 10], [10, 10]], [[30, 30]]];
  assert.deepEqual(pairing.nearest(pairs, [11, 10], 2), { pair: 0, end: 1 });
  assert.deepEqual(pairing.nearest(pairs, [29, 30], 2), { pair: 1, end: 0 });
  assert.equal(pairing.nearest(pairs, [20, 20], 2), null);
});

test("a pair is whole with a target that is another place", () => {
  assert.deepEqual([[[1, 1]], [[1, 1], [1.2, 1]], [[1, 1], [2, 1]]].map((pair) => pairing.whole(pair, 64)), [false, false, true]);
  assert.deepEqual(pairing.inside([-3, 70.26], 64), [0, 64]);
});

test("a mask is brushed, erased, and said bit by bit", () => {
  const cells = pairing.brushed(null, [0, 0], 1, 1, 128);
  assert.deepEqual([cells[0], cells[1], cells[64], cells[65]], [1, 0, 0, 0]);
  assert.equal(atob(pairing.packed(cells)).charCodeAt(0), 128);
  assert.equal(atob(pairing.packed(cells)).length, 512);
  assert.ok(!pairing.brushed(cells, [0, 0], 2, 0, 128).some(Boolean));
  assert.equal(pairing.packed(null), null);
});
