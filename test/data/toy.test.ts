import { describe, expect, test } from "vitest";
import { circles, moons, spiral } from "../../lib/data/toy";
import { Random } from "../../lib/random";

describe.each([
  ["moons", moons, 2],
  ["circles", circles, 2],
  ["spiral", spiral, 2],
] as const)("%s", (_, make, classes) => {
  test("gives balanced classes in shuffled order, the same for the same seed and others for another", () => {
    const { points, labels } = make(101, new Random(7));
    expect(points).toHaveLength(101);
    const counts = Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(labels.slice(0, 20)).not.toEqual(Array.from({ length: 20 }, (_, i) => i % classes));
    expect(make(101, new Random(7))).toEqual({ points, labels });
    expect(make(101, new Random(8)).points).not.toEqual(points);
  });

  test("refuses a count or noise that cannot be", () => {
    expect(() => make(1, new Random(7))).toThrow("expected a whole number of at least 2 points, got 1");
    expect(() => make(10, new Random(7), { noise: -1 })).toThrow("expected noise of 0 or more, got -1");
  });
});

test("without noise the points lie on their curves", () => {
  const on = (value: number, target: number) => expect(value).toBeCloseTo(target, 12);
  const m = moons(50, new Random(1), { noise: 0 });
  m.points.forEach(([x, y], i) => {
    if (m.labels[i] === 0) on(Math.hypot(x, y), 1);
    else on(Math.hypot(x - 1, y - 0.5), 1);
    expect(m.labels[i] === 0 ? y >= 0 : y <= 0.5).toBe(true);
  });
  const c = circles(50, new Random(1), { noise: 0 });
  c.points.forEach(([x, y], i) => on(Math.hypot(x, y), c.labels[i] === 0 ? 1 : 0.5));
  const s = spiral(60, new Random(1), { noise: 0, classes: 3, turns: 1.5 });
  s.points.forEach(([x, y], i) => {
    const along = (Math.hypot(x, y) - 0.05) / 0.95;
    const turn = Math.atan2(y, x) / (2 * Math.PI) - (1.5 * along + s.labels[i]! / 3);
    on(turn - Math.round(turn), 0);
  });
});

test("noise has the asked standard deviation", () => {
  const { points } = circles(4000, new Random(3), { noise: 0.05 });
  const bare = circles(4000, new Random(3), { noise: 0 }).points;
  const squared = points.reduce((sum, [x, y], i) => sum + (x - bare[i]![0]) ** 2 + (y - bare[i]![1]) ** 2, 0);
  expect(Math.sqrt(squared / 8000)).toBeCloseTo(0.05, 2);
});
