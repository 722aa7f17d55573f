import assert from "node:assert/strict";
import test from "node:test";

import { outline, whole } from "../../page/learn/outline.js";

const lessons = ["balance", "modes"];

test("a run comes back from its words, and of a lesson that is gone it is free play", () => {
  const state = { lesson: "modes", a: { seed: 1 }, b: { seed: 1, loss: "hinge" }, side: "a", played: [["b", 300], ["d", 2]] };
  assert.deepEqual(outline(JSON.parse(JSON.stringify(whole(state))), lessons), state);
  assert.equal(outline({ ...state, lesson: "gone" }, lessons).lesson, null);
  assert.deepEqual(whole({ ...state, b: null, played: [] }), { lesson: "modes", a: { seed: 1 } });
});

test("what is no run is refused", () => {
  for (const words of [null, [], { a: 1 }, { a: {}, b: [] }, { a: {}, played: [["x", 1]] }, { a: {}, played: [["toString", 1]] }, { a: {}, played: [["d", 201]] }]) {
    assert.throws(() => outline(words, lessons));
  }
});
