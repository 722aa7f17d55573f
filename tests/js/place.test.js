import assert from "node:assert/strict";
import test from "node:test";

const { addressOf, tabIn } = await import("../../page/parts/place.js");

test("the tab stands in the address, the first one needs no word there", () => {
  assert.equal(tabIn(""), "sample");
  assert.equal(tabIn("?tab=models&model=x"), "models");
  const there = addressOf("http://localhost/?model=x&seed=3", "upscale");
  assert.equal(there, "http://localhost/?model=x&seed=3&tab=upscale");
  assert.equal(addressOf(there, "sample"), "http://localhost/?model=x&seed=3");
});

test("links from before there were tabs in the address lead where they led", () => {
  assert.equal(tabIn("?edit=abc"), "edit");
  assert.equal(tabIn("?learn=abc&model=x"), "learn");
  assert.equal(addressOf("http://localhost/?learn=abc", "learn"), "http://localhost/?learn=abc&tab=learn");
});

test("what belongs to a tab alone leaves the address with it", () => {
  assert.equal(addressOf("http://localhost/?model=x&learn=abc&tab=learn", "models"), "http://localhost/?model=x&tab=models");
});
