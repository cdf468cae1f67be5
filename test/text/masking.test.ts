import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { maskTokens } from "../../lib/text/masking";

const options = (seed: number) => ({ random: new Random(seed), mask: 4, vocabularySize: 1005, firstOrdinary: 5 });
/** 2 = [CLS], 3 = [SEP], 1 = [UNK], the rest ordinary. */
const ids = [2, ...Array.from({ length: 4000 }, (_, i) => (i % 10 === 0 ? 1 : 5 + (i % 900))), 3];

test("15 % of the ordinary tokens are chosen, and what stood there is kept", () => {
  const { input, places, originals } = maskTokens(ids, options(1));
  expect(places).toHaveLength(540); // 15 % of 3,600
  expect(new Set(places).size).toBe(540);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(originals).toEqual(places.map((place) => ids[place]));
  const chosen = new Set(places);
  expect(input.every((id, i) => chosen.has(i) || id === ids[i])).toBe(true);
});

test("special tokens are never chosen and never put in", () => {
  const { input, places } = maskTokens(ids, options(2));
  expect(places.every((place) => ids[place]! >= 5)).toBe(true);
  expect(places.every((place) => input[place] === 4 || input[place]! >= 5)).toBe(true);
});

test("80 % become [MASK], 10 % another token, 10 % stay", () => {
  const { input, places, originals } = maskTokens(ids, { ...options(3), share: 1 });
  const share = (count: number) => count / places.length;
  const masked = places.filter((place) => input[place] === 4).length;
  const kept = places.filter((place, i) => input[place] === originals[i]).length;
  expect(share(masked)).toBeCloseTo(0.8, 1);
  expect(share(kept)).toBeCloseTo(0.1, 1);
  const drawn = places.map((place) => input[place]!).filter((id, i) => id !== 4 && id !== originals[i]);
  expect(Math.max(...drawn)).toBeGreaterThan(950); // from the whole vocabulary
});

test("a short text has one token to guess, a text of special tokens none", () => {
  expect(maskTokens([2, 9, 3], options(1)).places).toEqual([1]);
  expect(maskTokens([2, 1, 3], options(1))).toEqual({ input: [2, 1, 3], places: [], originals: [] });
});

test("errors say what was expected", () => {
  expect(() => maskTokens(ids, { ...options(1), share: 0 })).toThrow("expected a share above 0 and up to 1, got 0");
  expect(() => maskTokens(ids, { ...options(1), vocabularySize: 5 })).toThrow("expected ordinary tokens, got 5 tokens");
});
