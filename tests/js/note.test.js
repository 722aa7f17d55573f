import assert from "node:assert/strict";
import test from "node:test";
import { crc, noted } from "../../page/learn/note.js";

test("a PNG keeps what it had and says its words in a chunk that readers can check", async () => {
  assert.equal(crc(new TextEncoder().encode("IEND")), 0xae426082, "as every PNG ends");
  const png = new Blob([new Uint8Array(33).fill(1), new Uint8Array(12).fill(2)]);
  const bytes = Buffer.from(await noted(png, "{é}").arrayBuffer());
  const [length, data] = [bytes.readUInt32BE(33), bytes.subarray(37, -16)];
  assert.equal(data.length, length + 4);
  assert.equal(data.toString(), "iTXtgan-atelier\0\0\0\0\0{é}");
  assert.equal(bytes.readUInt32BE(bytes.length - 16), crc(data));
  assert.deepEqual([...bytes.subarray(-12)], Array(12).fill(2));
});
