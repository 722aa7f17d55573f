/* Words in a PNG: an iTXt chunk (PNG, third edition, 11.3.3.4) behind its header, as gan_models/pictures/notes.py reads it. */
const KEY = "gan-atelier";
const HEADER = 33; // bytes of the signature and of IHDR, which come first

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

/** The check of a chunk's name and data (annex D). */
export const crc = (data) => ~data.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;

/** A PNG with `text` in it. */
export function noted(png, text) {
  // Behind the keyword: neither compressed nor in a language, and no keyword in that one.
  const data = new TextEncoder().encode(`iTXt${KEY}${"\0".repeat(5)}${text}`);
  const ends = [data.length - 4, crc(data)].map((number) => Uint8Array.from([24, 16, 8, 0], (shift) => (number >>> shift) & 255));
  return new Blob([png.slice(0, HEADER), ends[0], data, ends[1], png.slice(HEADER)], { type: "image/png" });
}
