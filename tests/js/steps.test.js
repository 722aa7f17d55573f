import assert from "node:assert/strict";
import test from "node:test";

globalThis.location = { href: "http://localhost:7860/", search: "" };
globalThis.window ??= { addEventListener: () => {} };
const { createSteps } = await import("../../page/edit/steps.js");

/** A server that comes to the point {seed: n} at its step n, and is done at the third. */
const served = async ({ from = 0, state }) => {
  const step = (state ?? from) + 1;
  return { state: step, point: { seed: step }, done: step === 3 };
};

function search() {
  const said = [];
  const steps = createSteps(served, () => said.push("over"));
  return { said, steps };
}

test("a search goes on from its own state until it is done", async () => {
  const { said, steps } = search();
  const under = steps.run({}, { seed: 0 }, async ({ point }) => { said.push(point.seed); steps.meet(point); });
  assert.ok(steps.running());
  await under;
  assert.deepEqual([said, steps.running()], [[1, 2, 3, "over"], false]);
});

test("a search that is stopped ends after its step, and one that is overtaken says nothing more", async () => {
  const { said, steps } = search();
  await steps.run({}, null, async ({ point }) => { said.push(point.seed); steps.stop(); });
  await steps.run({}, { seed: 0 }, async ({ point }) => { said.push(point.seed); steps.meet({ seed: 9 }); });
  assert.deepEqual([said, steps.running()], [[1, "over", 1], false]);
});
