import assert from "node:assert/strict";
import test from "node:test";

const { beginning, checked, folded, heldAt, hitOf, isBlack, KEYS, octave, seen, timbreOf } = await import("../../page/sound/timbre.js");
const { wavOf } = await import("../../page/sound/player.js");

const about = (lowest, count, directions = 8) => ({ notes: { lowest, directions }, labels: Array.from({ length: count }, (_, i) => String(lowest + i)) });
const PIANO = about(36, 61);

test("the computer's keys lie as a piano's from a C on, white ones in one row and black ones above", () => {
  assert.equal(KEYS.filter((_, step) => isBlack(60 + step)).join(""), "WETYUOP");
  assert.equal(KEYS.filter((_, step) => !isBlack(60 + step)).join(""), "ASDFGHJKL");
});

test("octaves are gone through as far as there are keys, and a phone sees two of them", () => {
  assert.deepEqual([0, 36, 47, 60, 84, 127].map((from) => octave(from, PIANO)), [36, 36, 48, 60, 84, 84]);
  assert.equal(octave(96, about(60, 13)), 60);
  assert.deepEqual(seen(60, 25, PIANO), [60, 84]);
  assert.deepEqual(seen(84, 25, PIANO), [72, 96]);
  assert.deepEqual(seen(60, 25, about(60, 13)), [60, 72]);
});

test("a note says no more than what makes it another", () => {
  const timbre = { seed: 1, to_seed: 2, share: 0, directions: { 0: 0, 3: 1.5 } };
  assert.deepEqual(hitOf(timbre, 60, PIANO), { seed: 1, label: 24, directions: { 3: 1.5 } });
  assert.deepEqual(hitOf({ ...timbre, share: 0.5, directions: {} }, null, PIANO), { seed: 1, to_seed: 2, share: 0.5 });
  assert.deepEqual(timbreOf({ seed: 7 }, timbre), { seed: 7, to_seed: 2, share: 0, directions: {} });
});

test("a link brings a timbre back, and nothing impossible", () => {
  const state = { timbre: { seed: 3, to_seed: 9, share: 0.25, directions: { 1: -2 } }, pitch: 64, from: 48 };
  assert.deepEqual(checked(JSON.parse(JSON.stringify(state)), PIANO), state);
  assert.deepEqual(checked(beginning(PIANO), PIANO), beginning(PIANO));
  const odd = [null, {}, { ...state, pitch: 97 }, { ...state, from: "C" }, { ...state, timbre: { ...state.timbre, seed: -1 } }, { ...state, timbre: { ...state.timbre, share: 2 } },
    { ...state, timbre: { ...state.timbre, directions: { 8: 1 } } }, { ...state, timbre: { ...state.timbre, directions: { 0: "loud" } } }, { ...state, timbre: { ...state.timbre, directions: null } }];
  for (const words of odd) assert.equal(checked(words, PIANO), null);
});

test("of a tune it is known what is held, and what is out of reach moves by octaves", () => {
  const notes = [[0, 500, 60, 90], [250, 500, 64, 90], [500, 500, 67, 90]];
  assert.deepEqual(heldAt(notes, 500).map(([, , pitch]) => pitch), [64, 67]);
  assert.deepEqual([12, 60, 127].map((pitch) => folded(pitch, PIANO)), [36, 60, 91]);
});

test("a file's samples are those behind its head, whatever follows them", () => {
  const head = new DataView(new ArrayBuffer(44));
  head.setUint32(24, 16000, true);
  head.setUint32(40, 6, true);
  const samples = new Uint8Array(new Int16Array([32767, -32767, 0]).buffer);
  const { samples: found, rate } = wavOf(Buffer.concat([new Uint8Array(head.buffer), samples, Buffer.from("LIST of what made it")]).toString("base64"));
  assert.deepEqual([[...found], rate], [[1, -1, 0], 16000]);
});
