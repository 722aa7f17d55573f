import assert from "node:assert/strict";
import test from "node:test";

import { pressed, says } from "../../page/sample/chips.js";

const hair = ["brown hair", "dark brown hair", "red hair"];

test("a chip's words go into the sentence, in the place of another of their group, and out again", () => {
  assert.equal(pressed("", "red hair", hair), "red hair");
  assert.equal(pressed("a smiling woman", "red hair", hair), "a smiling woman, red hair");
  assert.equal(pressed("a woman with Dark brown hair, glasses", "red hair", hair), "a woman with red hair, glasses");
  assert.equal(pressed("glasses, red hair, a smile", "red hair", hair), "glasses, a smile");
  assert.equal(pressed("red  hair", "glasses", ["glasses"]), "red hair, glasses");
});

test("a word is said only where it stands whole", () => {
  assert.deepEqual([says("a cathedral", "cat"), says("Cat!", "cat"), says("chat", "cat"), says("c++ cat", "c++")], [false, true, false, true]);
});
