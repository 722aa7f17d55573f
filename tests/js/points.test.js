import assert from "node:assert/strict";
import test from "node:test";

import { edited, nameOf, opened, PLAIN, pointAt, saying } from "../../page/sample/points.js";

const digits = ["zero", "one", "two"];

test("a picture is its seed, and says only what is not by default", () => {
  const state = { ...PLAIN, seed: 7, psi: 0.5, label: 2, edits: { 1: { directions: { 0: 1.5 }, coordinates: {} } } };
  assert.deepEqual(pointAt({ ...PLAIN, seed: 7 }, digits, 1), { seed: 8 });
  assert.deepEqual(pointAt(state, digits, 1), { seed: 8, label: 2, truncation: 0.5, directions: { 0: 1.5 } });
  assert.deepEqual([nameOf(state, digits, 1), nameOf(PLAIN, digits, 3), nameOf(PLAIN, [], 3)], ["Seed 8, two", "Seed 4, one", "Seed 4"]);
  assert.deepEqual([edited(state), edited({ ...PLAIN, edits: { 0: { directions: {} } } })], [true, false]);
});

test("another sentence goes to all pictures, and what was bred or opened keeps its latent", () => {
  const bred = { parents: [{ seed: 1, text: "red" }], strength: 0.4 };
  const state = { ...PLAIN, text: "red", base: [{ latent: [0.5], embedding: "eNo" }], bred };
  assert.deepEqual(pointAt({ ...PLAIN, seed: 3, text: "red" }, [], 1), { seed: 4, text: "red" });
  const said = { ...state, ...saying(state, "green") };
  assert.deepEqual([pointAt(said, [], 0), said.bred.parents], [{ latent: [0.5], text: "green" }, [{ seed: 1, text: "green" }]]);
  assert.deepEqual(saying({ ...PLAIN, text: "red" }, "green"), { text: "green", base: null, bred: null });
});

test("a picture from elsewhere comes back as the same point", () => {
  for (const point of [{ seed: 4 }, { seed: 4, label: 1, truncation: 0.7 }, { latent: [0.5, -1], label: 2, directions: { 1: -2 } }, { seed: 4, text: "red" }, { latent: [1], embedding: "eNo" }]) {
    assert.deepEqual(pointAt(opened({ weight: "dcgan-mnist", point }), digits, 0), point);
  }
});
