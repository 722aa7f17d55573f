import assert from "node:assert/strict";
import test from "node:test";

import { createChips, label } from "../../page/sample/chips.js";

const lengths = ["long hair", "short hair", "afro"];
const colours = ["brown hair", "dark brown hair", "red hair"];
const face = ["glasses", "beard", "c++"];
const { says, pressed } = createChips([lengths, colours, face].map((words) => ({ name: "", words })));

test("a chip's words go into the sentence, in the place of what says the same thing to be otherwise", () => {
  assert.equal(pressed("", "red hair", colours), "red hair");
  assert.equal(pressed("a smiling woman", "red hair", colours), "a smiling woman, red hair");
  assert.equal(pressed("a woman with Dark brown hair and glasses", "red hair", colours), "a woman with red hair and glasses");
  assert.equal(pressed("long red hair", "short hair", lengths), "short red hair");
  assert.equal(pressed("a man with a beard", "glasses", face), "a man with a beard, glasses");
});

test("pressed again they are taken out, with what led to them, and the rest stays", () => {
  assert.equal(pressed("a man with a beard in a hoodie", "beard", face), "a man in a hoodie");
  assert.equal(pressed("a woman with red hair and glasses", "red hair", colours), "a woman and glasses");
  assert.equal(pressed("a woman with long red hair", "red hair", colours), "a woman with long hair");
  assert.equal(pressed("a woman with long red hair", "long hair", lengths), "a woman with red hair");
  assert.equal(pressed("glasses, , beard", "glasses", face), "beard");
});

test("a chip is as short as its group allows", () => {
  assert.deepEqual([label("red hair", colours), label("long hair", lengths), label("glasses", face)], ["red", "long hair", "glasses"]);
});

test("a word is said only where it stands whole, and of its own thing", () => {
  const said = [["a bearded man", "beard"], ["Beard!", "beard"], ["c++ beard", "c++"], ["red shirt, long hair", "red hair"], ["long red hair", "long hair"]];
  assert.deepEqual(said.map(([sentence, words]) => says(sentence, words)), [false, true, true, false, true]);
});
