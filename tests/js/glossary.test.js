import assert from "node:assert";
import { test } from "node:test";
import { wordsIn } from "../../page/parts/glossary.js";

test("the words that a text uses are found, in plural and any capitals, the longer of two", () => {
  const words = ["discriminator", "projected discriminator", "latent", "R1"];
  assert.deepEqual(wordsIn("A factor on all Latents. The discriminator's answer.", words), ["latent", "discriminator"]);
  assert.deepEqual(wordsIn("A projected discriminator; latently, R12.", words), ["projected discriminator"]);
  assert.deepEqual(wordsIn("Nothing.", []), []);
});
