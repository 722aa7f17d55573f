import assert from "node:assert/strict";
import test from "node:test";

import { newest, painted } from "../../page/parts/newest.js";

const pause = () => new Promise((done) => setTimeout(done, 1));

test("of what is wished while one call is under way only the last is done", async () => {
  const done = [];
  const wish = newest(async (value) => { await pause(); done.push(value); });
  await Promise.all([1, 2, 3, 4].map(wish));
  assert.deepEqual(done, [1, 4]);
});

test("wishes that wait can be joined, and a call that failed does not stop the next", async () => {
  const done = [];
  const wish = newest(async (value) => { await pause(); if (value === "bad") throw new Error(value); done.push(value); }, (before, next) => (before ?? "") + next);
  await assert.rejects(wish("bad"));
  await Promise.all(["a", "b", "c"].map(wish));
  assert.deepEqual(done, ["a", "bc"]);
});

test("while one answer is painted the next is made, and the clock runs from the first wish of each", async () => {
  const said = [];
  const want = painted(
    async (wish, since) => { said.push(`ask ${wish}`, typeof since); await pause(); return wish === "nothing" ? null : wish; },
    async (answer) => { await pause(); await pause(); said.push(`painted ${answer}`); },
  );
  want("a");
  want("b");
  await want("c");
  await want("nothing");
  assert.deepEqual(said.filter((word) => word !== "number"), ["ask a", "ask c", "painted a", "ask nothing", "painted c"]);
});
