import assert from "node:assert/strict";
import test from "node:test";

globalThis.Element = class {};
const { led } = await import("../../page/parts/listbox.js");
const { SHORTCUTS, chord, found } = await import("../../page/parts/shortcuts.js");
const { stepped } = await import("../../page/parts/tabs.js");

// Five options in two rows: a b c / d e
const BOXES = [[0, 0], [10, 0], [20, 0], [0, 10], [10, 10]].map(([left, top]) => ({ left, top }));
const NAMES = ["Avatars", "cats 64", "Cats 128", "Digits", "fashion"];
const from = (at) => (key) => led(key, at, BOXES, NAMES);

test("arrows lead through a list box as its options lie, and stop at its ends", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].map(from(1)), [2, 0, 4, 1]);
  assert.deepEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].map(from(4)), [4, 3, 4, 1]);
  assert.deepEqual(["Home", "End"].map(from(2)), [0, 4]);
  assert.equal(from(2)("ArrowDown"), 4); // nothing lies right under it: the nearest
});

test("a letter leads to the next option that begins with it, other keys nowhere", () => {
  assert.deepEqual(["c", "C", "d", "x", " ", "Enter"].map(from(1)), [2, 2, 3, undefined, undefined, undefined]);
  assert.equal(from(2)("c"), 1);
});

test("tabs go round", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End", "a"].map((key) => stepped(key, 0, 3)), [1, 2, 0, 2, undefined]);
});

const press = (key, more = {}) => ({ key, ...more });

test("a key is written as the table writes it, Command as Ctrl", () => {
  assert.equal(chord(press("z", { metaKey: true })), "Ctrl+Z");
  assert.equal(chord(press("Z", { ctrlKey: true, shiftKey: true })), "Ctrl+Shift+Z");
  assert.equal(chord(press("?", { shiftKey: true })), "?");
  assert.equal(chord(press(" ")), "Space");
});

test("a tab answers its own rows alone, and no key of a tab means two things", () => {
  assert.equal(found("edit", press("y", { ctrlKey: true })).name, "redo");
  assert.equal(found("learn", press("z", { ctrlKey: true })), undefined);
  assert.equal(found("upscale", press("Enter")), undefined); // of the picture that has the keyboard
  for (const tab of new Set(SHORTCUTS.map((row) => row.tab))) {
    const keys = SHORTCUTS.filter((row) => row.tab === tab && row.name).flatMap((row) => row.keys);
    assert.equal(new Set(keys).size, keys.length, tab);
  }
});
