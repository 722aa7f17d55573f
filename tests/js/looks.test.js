import assert from "node:assert/strict";
import { test } from "node:test";
import { covered, half } from "../../page/sample/looks.js";

test("what most was taken from is bright, and the rest darker the less it gave", () => {
  assert.deepEqual(covered([0.1, 0.4, 0.2, 0]), [95, 0, 56, 190]);
});

test("half of a look goes to one place of many, or to half of them", () => {
  assert.equal(half([0.6, 0.2, 0.1, 0.1]), 1);
  assert.equal(half(Array(16).fill(1 / 16)), 8);
});
