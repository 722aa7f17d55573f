import assert from "node:assert/strict";
import test from "node:test";

const { beginning, checked, hitOf, plays, renamed, secondsOf, turned } = await import("../../page/sound/state.js");
const { samplesOf } = await import("../../page/sound/player.js");

const DRUMS = ["clap", "cymbal", "hat", "kick", "snare", "tom"];

test("a beat begins with each kind on its pad, and with others where a model has none of them", () => {
  const { pads, steps } = beginning(DRUMS);
  assert.deepEqual(pads.map(({ label }) => DRUMS[label]), ["kick", "snare", "hat", "hat", "clap", "tom", "tom", "cymbal"]);
  assert.ok(plays(steps, 0, 0) && plays(steps, 1, 4) && !plays(steps, 1, 5));
  assert.deepEqual(beginning(["a", "b", "c"]).pads.map(({ label }) => label), [0, 1, 2, 0, 1, 2, 0, 1]);
  assert.equal(beginning([]).pads[0].label, null);
});

test("a pad on its way says where it goes, the last one to the first", () => {
  const { pads } = beginning(DRUMS);
  assert.deepEqual(hitOf(pads, 0), { seed: 1, label: 3 });
  const moved = pads.map((pad, index) => (index === 7 ? { ...pad, share: 0.5 } : pad));
  assert.deepEqual(hitOf(moved, 7), { seed: 8, label: 1, to_seed: 1, to_label: 3, share: 0.5 });
  assert.deepEqual(hitOf(beginning([]).pads, 0), { seed: 1 });
});

test("a link brings a beat back, and nothing impossible", () => {
  const state = beginning(DRUMS);
  assert.deepEqual(checked(JSON.parse(JSON.stringify(state)), DRUMS), state);
  const odd = [null, {}, { ...state, tempo: 1e9 }, { ...state, steps: [1] }, { ...state, steps: state.steps.map(() => 2 ** 16) },
    { ...state, pads: state.pads.map((pad) => ({ ...pad, seed: -1 })) }, { ...state, pads: state.pads.map((pad) => ({ ...pad, label: 6 })) }, { ...state, pads: "x" }];
  for (const words of odd) assert.equal(checked(words, DRUMS), null);
});

test("another model takes the kinds over by their names, where it has them all", () => {
  const state = beginning(DRUMS);
  const other = [...DRUMS].reverse();
  assert.deepEqual(checked(renamed(state, DRUMS, other), other).pads.map(({ label }) => other[label]), state.pads.map(({ label }) => DRUMS[label]));
  assert.equal(checked(renamed(state, DRUMS, ["kick"]), ["kick"]), null);
});

test("a step turns over alone, and four of them are a beat", () => {
  const { steps } = beginning(DRUMS);
  assert.ok(plays(turned(steps, 7, 3), 7, 3));
  assert.deepEqual(turned(turned(steps, 7, 3), 7, 3), steps);
  assert.equal(secondsOf(120), 0.125);
});

test("samples come as they were sent", () => {
  const bytes = new Uint8Array(new Int16Array([0, 32767, -32767, 16384]).buffer);
  assert.deepEqual([...samplesOf(btoa(String.fromCharCode(...bytes)))].map((x) => Math.round(x * 1000) / 1000), [0, 1, -1, 0.5]);
});
