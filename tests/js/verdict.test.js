import assert from "node:assert/strict";
import test from "node:test";

import * as verdict from "../../page/sample/verdict.js";

test("a logit is said as a probability, any other score as it is", () => {
  assert.equal(verdict.short(0, "logit"), "50 %");
  assert.equal(verdict.short(-1.5, "critic's score"), "−1.50");
  assert.match(verdict.long(2, "logit"), /^88 % likely/);
  assert.match(verdict.long(2, "hinge score"), /^\+2.00; above \+1/);
});
