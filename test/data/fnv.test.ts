import { expect, test } from "vitest";
import { fnv1a } from "../../lib/data/fnv";

// The value for "" is the offset basis of the algorithm's own definition; the others were computed by another program.
test.each([
  ["", 2166136261],
  ["a", 3826002220],
  ["mary", 3648717046],
  ["ladder", 6339497],
  ["spam-1/00496", 558626],
])("fnv1a(%j) is %d", (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

test("hashes the UTF-8 bytes, not the characters", () => {
  // "é" is the bytes c3 a9
  const bytes = [0xc3, 0xa9].reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  expect(fnv1a("é")).toBe(bytes);
  expect(fnv1a("é")).not.toBe(fnv1a("e\u0301"));
});
