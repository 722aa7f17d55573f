import assert from "node:assert/strict";
import test from "node:test";

import { createHistory } from "../../page/parts/history.js";
import { isSeed } from "../../page/edit/seeds.js";
import * as words from "../../page/edit/words.js";

test("a push is said once for its kind, number and layers, and not at all when it is nothing", () => {
  const fine = { kind: "closed-fine", index: 2, layers: [7, 10] };
  const all = { kind: "principal", index: 2, layers: null };
  const both = words.push(words.push({ seed: 1 }, fine, 1), all, -2);
  assert.deepEqual(both.pushes, [{ direction: 2, amount: 1, layers: [7, 10], kind: "closed-fine" }, { direction: 2, amount: -2 }]);
  assert.equal(words.pushOf(words.push(both, fine, 3), fine), 3);
  assert.deepEqual(words.push(words.push(both, fine, 0), all, 0), { seed: 1 });
});

test("a mix knows its base and its layers, and leaves others alone", () => {
  const strange = { seed: 9, layers: [2, 4] };
  const half = words.mix({ seed: 1, mixes: [strange] }, { seed: 5 }, [0, 3], 0.5);
  assert.deepEqual(half.mixes, [strange, { seed: 5, layers: [0, 3], share: 0.5 }]);
  assert.equal(words.shareOf(words.mix(half, { seed: 5 }, [0, 3], 1), { seed: 5 }, [0, 3]), 1);
  assert.deepEqual(words.mix(half, { seed: 5 }, [0, 3], 0).mixes, [strange]);
});

test("a gesture is undone as one, and what was undone can be done again until something new is done", () => {
  const past = createHistory();
  past.note(0);
  for (const state of [1, 2, 3]) past.note(state, true);
  past.rest();
  assert.equal(past.back(4), 1);
  assert.equal(past.back(1), 0);
  assert.equal(past.back(0, true), 1);
  past.note(1);
  assert.deepEqual([past.redos(), past.back(5), past.back(1), past.back(0)], [false, 1, 0, null]);
});

test("a seed is a whole number that the server takes", () => {
  assert.deepEqual(["", "-1", "1.5", "x", "9007199254740992"].map(isSeed), [false, false, false, false, false]);
  assert.ok(isSeed("0") && isSeed("9007199254740991"));
});
