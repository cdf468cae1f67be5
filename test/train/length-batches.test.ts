import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { lengthBatches } from "../../lib/train/length-batches";

const random = new Random(3);
const lengths = Array.from({ length: 1003 }, () => 1 + random.integer(30));
const make = (pool: number) => lengthBatches({ lengths, batchSize: 10, seed: 5, pool }, (indices) => indices);

test("an epoch shows every example once, and the next one in another order", () => {
  const found = make(7);
  expect(found.stepsPerEpoch).toBe(101);
  for (const epoch of [0, 1]) {
    const seen = Array.from({ length: 101 }, (_, i) => found.at(epoch * 101 + i)).flat();
    expect([...seen].sort((a, b) => a - b)).toEqual([...lengths.keys()]);
  }
  expect(found.at(0)).not.toEqual(found.at(101));
});

test("a batch depends on seed and step alone, not on what was drawn before", () => {
  const ahead = make(7).at(55);
  const found = make(7);
  for (let step = 0; step < 55; step++) found.at(step);
  expect(found.at(55)).toEqual(ahead);
});

test("pools leave less padding than batches that are not sorted", () => {
  const padding = (pool: number) => {
    const found = make(pool);
    let sum = 0;
    for (let step = 0; step < found.stepsPerEpoch; step++) {
      const batch = found.at(step).map((i) => lengths[i]!);
      sum += batch.length * Math.max(...batch) - batch.reduce((a, b) => a + b, 0);
    }
    return sum;
  };
  expect(padding(20)).toBeLessThan(0.25 * padding(1));
});
