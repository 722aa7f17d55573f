import assert from "node:assert/strict";
import test from "node:test";

import { bars, clock } from "../../page/interpolate/pulse.js";

test("a pulse is its loudness and then its onsets, the loudest of each column", () => {
  const pulse = btoa(String.fromCharCode(0, 255, 51, 102, 255, 0, 0, 0));
  assert.deepEqual(bars(pulse, 2), { loudness: [1, 0.4], onsets: [1, 0] });
  assert.deepEqual(bars(pulse, 8).loudness, [0, 0, 1, 1, 0.2, 0.2, 0.4, 0.4]);
});

test("seconds are said as on a clock", () => {
  assert.deepEqual([0, 6.5, 60, 125.9].map(clock), ["0:00", "0:06", "1:00", "2:05"]);
});
