import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitAtRandom, splitByHash } from "../../lib/data/split";
import { Random } from "../../lib/random";

const words = Array.from({ length: 997 }, (_, i) => `word-${i}`);

test("a hash split puts every item into one part, near its share, in the given order", () => {
  const { train, validation, test } = splitByHash(words, (w) => w, { train: 8, validation: 1, test: 1 });
  expect(train.length + validation.length + test.length).toBe(words.length);
  expect(new Set([...train, ...validation, ...test]).size).toBe(words.length);
  expect(train.length / words.length).toBeCloseTo(0.8, 1);
  expect(test.length / words.length).toBeCloseTo(0.1, 1);
  expect(train).toEqual(words.filter((w) => train.includes(w)));
});

test("an item keeps its part whatever surrounds it", () => {
  const all = splitByHash(words, (w) => w, { train: 8, test: 2 });
  const some = splitByHash([...words].reverse().slice(0, 300), (w) => w, { train: 8, test: 2 });
  expect(some.train.every((w) => all.train.includes(w))).toBe(true);
  expect(some.test.every((w) => all.test.includes(w))).toBe(true);
});

test("a random split is a partition with rounded shares, and depends on the seed only", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 200 }), fc.nat(1000), (count, seed) => {
      const items = words.slice(0, count);
      const split = splitAtRandom(items, { train: 0.7, test: 0.3 }, new Random(seed));
      expect(split.train).toHaveLength(Math.round((count * 0.7) / (0.7 + 0.3)));
      expect([...split.train, ...split.test].sort()).toEqual([...items].sort());
      expect(splitAtRandom(items, { train: 0.7, test: 0.3 }, new Random(seed))).toEqual(split);
    }),
  );
});

test("refuses shares that cannot be", () => {
  expect(() => splitByHash(words, (w) => w, { train: 0.8, test: 0.1 })).toThrow(
    'splitByHash: expected whole shares, got {"train":0.8,"test":0.1}',
  );
  expect(() => splitAtRandom(words, { train: 1, test: 0 }, new Random(1))).toThrow(
    'splitAtRandom: expected shares above 0, got {"train":1,"test":0}',
  );
});
