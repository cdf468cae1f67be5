import * as fc from "fast-check";
import { expect, test } from "vitest";
import { batches, randomAt, takeRows } from "../../lib/train/batches";

const epoch = (size: number, batchSize: number, seed: number, number: number) => {
  const all = batches({ size, batchSize, seed }, (indices) => [...indices]);
  return Array.from({ length: all.stepsPerEpoch }, (_, i) => all.at(number * all.stepsPerEpoch + i));
};

test("every epoch shows every example exactly once, in full batches but for a short last one", () => {
  const size = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(size, size, fc.nat(), fc.nat(3), (count, batchSize, seed, number) => {
      const shown = epoch(count, batchSize, seed, number);
      expect(shown.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(shown.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
      expect(shown[shown.length - 1]).toHaveLength(count % batchSize || batchSize);
    }),
  );
});

test("epochs and seeds differ in order; the same seed and step give the same batch, in any order of asking", () => {
  expect(epoch(101, 8, 3, 0)).not.toEqual(epoch(101, 8, 3, 1));
  expect(epoch(101, 8, 3, 0)).not.toEqual(epoch(101, 8, 4, 0));
  const all = batches({ size: 101, batchSize: 8, seed: 3 }, (indices) => [...indices]);
  const backwards = Array.from({ length: 39 }, (_, i) => all.at(38 - i)).reverse();
  expect(backwards).toEqual([...epoch(101, 8, 3, 0), ...epoch(101, 8, 3, 1), ...epoch(101, 8, 3, 2)]);
});

test("every position is equally likely for every example", () => {
  const firsts = Array.from({ length: 3000 }, (_, seed) => epoch(5, 5, seed, seed % 7)[0]![0]!);
  for (let example = 0; example < 5; example++) {
    const share = firsts.filter((first) => first === example).length / 3000;
    expect(Math.abs(share - 0.2), `example ${example} came first in ${share} of 3000 epochs`).toBeLessThan(0.03);
  }
});

test("generators of neighbouring steps are unrelated", () => {
  const drawn = Array.from({ length: 1000 }, (_, i) => randomAt(9, i).uniform());
  expect(new Set(drawn).size).toBe(1000);
  const mean = drawn.reduce((a, b) => a + b) / 1000;
  expect(mean).toBeCloseTo(0.5, 1);
  const lag = drawn.slice(1).reduce((sum, u, i) => sum + (u - mean) * (drawn[i]! - mean), 0) / 999 / (1 / 12);
  expect(Math.abs(lag)).toBeLessThan(0.1);
});

test("takeRows copies whole rows in the asked order and keeps the type", () => {
  const matrix = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect(takeRows(matrix, 3, [2, 0, 2])).toEqual(Float32Array.of(7, 8, 9, 1, 2, 3, 7, 8, 9));
  expect(takeRows(Int32Array.of(4, 5, 6), 1, [1])).toEqual(Int32Array.of(5));
});

test("impossible sizes, steps and rows are named", () => {
  const make = (indices: readonly number[]) => indices;
  expect(() => batches({ size: 5, batchSize: 0, seed: 1 }, make)).toThrow(
    "batches: expected batchSize to be a whole number of at least 1, got 0",
  );
  expect(() => batches({ size: 5, batchSize: 2, seed: 1 }, make).at(-1)).toThrow(
    "batches: expected a whole step of at least 0, got -1",
  );
  expect(() => takeRows(Float32Array.of(1, 2, 3, 4), 2, [2])).toThrow("takeRows: expected an index below 2, got 2");
});
