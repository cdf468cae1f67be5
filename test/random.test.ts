import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../lib/random";

const draws = <T>(n: number, draw: () => T) => Array.from({ length: n }, draw);
const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

test("the same seed gives the same numbers for ever; another seed others", () => {
  const random = new Random(42);
  expect(draws(4, () => random.bits())).toMatchInlineSnapshot(`
    [
      1959603763,
      2423114712,
      2466933512,
      4144396390,
    ]
  `);
  expect(new Random(42).uniform()).toBe(new Random(42).uniform());
  expect(new Random(42).uniform()).not.toBe(new Random(43).uniform());
});

test("uniform: within its bounds, even, and not repeating", () => {
  const random = new Random(1);
  const xs = draws(100_000, () => random.uniform());
  expect(Math.min(...xs.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
  expect(xs.every((x) => x >= 0 && x < 1)).toBe(true);
  const counts = new Array<number>(20).fill(0);
  for (const x of xs) counts[Math.floor(x * 20)]!++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
  expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom, one in a thousand
  expect(new Set(xs).size).toBe(xs.length);
  const next = mean(xs.slice(1).map((x, i) => (x - 0.5) * (xs[i]! - 0.5))) * 12;
  expect(Math.abs(next)).toBeLessThan(0.013); // neighbours do not correlate: four standard errors
});

test("uniform stretches to any bounds", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      (seed, low, width) => {
        const x = new Random(seed).uniform(low, low + width);
        return x >= low && x < low + width;
      },
    ),
  );
});

test("normal: mean 0, variance 1, symmetric, with the tails it should have", () => {
  const random = new Random(2);
  const xs = draws(100_000, () => random.normal());
  expect(Math.abs(mean(xs))).toBeLessThan(0.013);
  expect(Math.abs(mean(xs.map((x) => x ** 2)) - 1)).toBeLessThan(0.018);
  expect(Math.abs(mean(xs.map((x) => x ** 3)))).toBeLessThan(0.05);
  expect(Math.abs(mean(xs.map((x) => x ** 4)) - 3)).toBeLessThan(0.13);
  expect(Math.abs(mean(xs.map((x) => (Math.abs(x) > 1.96 ? 1 : 0))) - 0.05)).toBeLessThan(0.003);
  const shifted = draws(10_000, () => random.normal(5, 0.1));
  expect(Math.abs(mean(shifted) - 5)).toBeLessThan(0.004);
});

describe("integer, choice, shuffle", () => {
  test("every integer below the limit is as likely", () => {
    const random = new Random(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 6 degrees of freedom, one in a thousand
  });

  test("choice picks every item", () => {
    const random = new Random(3);
    expect(new Set(draws(100, () => random.choice(["a", "b", "c"])))).toEqual(new Set(["a", "b", "c"]));
  });

  test("shuffle keeps every item, leaves its input, and finds every order equally often", () => {
    const random = new Random(4);
    const items = Object.freeze([1, 2, 3, 4]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const shuffled = random.shuffle(items);
      counts.set(shuffled.join(""), (counts.get(shuffled.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom, one in a thousand
  });

  test("a limit below 1 gets a sentence", () => {
    expect(() => new Random(1).integer(0)).toThrow("Random.integer: expected a limit of at least 1, got 0");
    expect(() => new Random(1).integer(2.5)).toThrow("got 2.5");
    expect(() => new Random(1).choice([])).toThrow("got 0");
  });
});

test("split gives a generator of its own, the same for the same seed", () => {
  const [left, right] = [new Random(5), new Random(5)];
  const [child, same] = [left.split(), right.split()];
  const numbers = draws(5, () => child.uniform());
  expect(draws(5, () => same.uniform())).toEqual(numbers);
  expect(draws(5, () => left.uniform())).not.toEqual(numbers);
});
