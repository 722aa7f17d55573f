import assert from "node:assert/strict";
import test from "node:test";

globalThis.location = { href: "http://localhost:7860/?theme=x", search: "" };
const link = await import("../../page/sample/link.js");

const state = { weight: "dcgan-mnist", seed: 7, count: 3, psi: 0.8, label: 2, open: 1, base: null, bred: null, edits: { 1: { directions: { 0: 1.5 }, coordinates: { 4: -2 } } } };

function again(from) {
  const { href, search } = new URL(link.write(from));
  Object.assign(globalThis.location, { href, search });
  return link.read();
}

test("a state comes back from its link, and what others put into the address stays", () => {
  const read = again(state);
  assert.deepEqual([read.weight, read.seed, read.count, read.psi, read.label, read.open], ["dcgan-mnist", 7, 3, 0.8, 2, 1]);
  assert.deepEqual(read.edits, { 1: { directions: { 0: 1.5 }, coordinates: { 4: -2 } } });
  assert.match(location.href, /theme=x/);
});

test("a sentence in any script comes back, and so does what was bred from one", () => {
  const text = "ein rotes Haus & 紅い花 🌷";
  const read = again({ ...state, text, bred: { parents: [{ seed: 1, text }], strength: 0.5, seed: 1 } });
  assert.deepEqual([read.text, read.bred.parents], [text, [{ seed: 1, text }]]);
});

test("points without a seed come back whole", () => {
  const base = [{ latent: [0.5, -1] }, { seed: 4 }];
  assert.deepEqual(again({ ...state, base, edits: {} }).base, base);
});

test("nothing impossible gets through", () => {
  location.search = "?n=1e9&seed=-4&psi=900&open=77&d=a.b:c,0.0:NaN,0.1:2";
  const read = link.read();
  assert.deepEqual([read.count, read.seed, read.psi, read.open], [1, 0, undefined, 0]);
  assert.deepEqual(read.edits, { 0: { directions: { 1: 2 } } });
});
