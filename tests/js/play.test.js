import assert from "node:assert/strict";
import test from "node:test";

globalThis.Element = class {};
const { laid } = await import("../../page/play/steering.js");
const { together, words } = await import("../../page/play/drift.js");

const RIVER = { actions: ["stay", "left", "right"], keys: { ArrowLeft: "left", a: "left", ArrowRight: "right" } };
const LAND = { actions: ["noop", "move_left", "move_up", "do", "place_table", "rest"], keys: { e: "do", ArrowUp: "move_up", ArrowLeft: "move_left", t: "place_table" } };

test("a pad has a world's arrows in their order, and whatever else it can do with the key for it", () => {
  assert.deepEqual(laid(RIVER).arrows.map(({ action, key }) => [action, key]), [[1, "ArrowLeft"], [2, "ArrowRight"]]);
  assert.deepEqual(laid(RIVER).deeds, []);
  assert.deepEqual(laid(LAND).arrows.map(({ name }) => name), ["move_left", "move_up"]);
  assert.deepEqual(laid(LAND).deeds, [{ action: 3, name: "do", key: "e" }, { action: 4, name: "place_table", key: "t" }, { action: 5, name: "rest", key: undefined }]);
});

test("two games agree until they have parted for the first time, where a world can tell", () => {
  const moments = [0, 1, 9, 2].map((apart) => ({ apart, likeness: 30 }));
  assert.equal(together(moments, 4), 2);
  assert.match(words(moments, 4), /agreed for <b>2<\/b> of 4 steps; 2 px apart, frames alike by 30.0 dB/);
  assert.match(words(moments.slice(0, 2), 4), /agree, for <b>2<\/b> steps now/);
  assert.equal(words([{ apart: null, likeness: 21.25 }], null), "After <b>1</b> steps, frames alike by 21.3 dB");
  assert.equal(words([{ apart: null, tiles: 0.875, likeness: 21 }], null), "After <b>1</b> steps, 88% of the tiles agree, frames alike by 21.0 dB");
  assert.match(words([], null), /begin with the same two frames/);
});
