import { describe, expect, test } from "vitest";
import { constant, cosine, linear, stepDecay, warmupInverseSquareRoot } from "../../lib/train/schedules";
import golden from "../golden/optimizers.json";
import { expectClose } from "../gradient";

describe("the rates of 100 steps equal PyTorch's", () => {
  // The same as in test/golden/optimizers.py.
  const schedules: Record<keyof typeof golden.schedules, (step: number) => number> = {
    stepDecay: stepDecay({ rate: 0.2, factor: 0.7, every: 13 }),
    cosine: cosine({ peak: 0.2, steps: 100, floor: 0.03 }),
    linear: linear({ peak: 0.2, steps: 61 }),
    "cosine warmup": cosine({ peak: 0.2, steps: 100, warmup: 7, floor: 0.01 }),
    "linear warmup": linear({ peak: 0.2, steps: 83, warmup: 7, floor: 0.01 }),
    warmupInverseSquareRoot: warmupInverseSquareRoot({ size: 17, warmup: 23 }),
  };
  test.each(Object.entries(schedules))("%s", (name, schedule) => {
    const expected = golden.schedules[name as keyof typeof schedules];
    expectClose(
      expected.map((_, step) => schedule(step)),
      expected,
      { absolute: 1e-14, what: `step` },
    );
  });
});

test("warm-up climbs from peak / warmup to the peak, then falls to the floor and stays", () => {
  for (const make of [cosine, linear]) {
    const schedule = make({ peak: 1, steps: 20, warmup: 4, floor: 0.1 });
    expectClose([0, 1, 2, 3, 4].map(schedule), [0.25, 0.5, 0.75, 1, 1], { relative: 1e-14 });
    for (let step = 4; step < 20; step++) expect(schedule(step + 1)).toBeLessThan(schedule(step));
    expectClose([20, 21, 1000].map(schedule), [0.1, 0.1, 0.1], { relative: 1e-14 });
  }
});

test("the inverse square root peaks at the end of its warm-up, at 1 / √(size · warmup)", () => {
  const schedule = warmupInverseSquareRoot({ size: 512, warmup: 4000 });
  expect(schedule(3999)).toBeCloseTo(1 / Math.sqrt(512 * 4000), 12);
  expect(schedule(3998)).toBeLessThan(schedule(3999));
  expect(schedule(4000)).toBeLessThan(schedule(3999));
  expect(schedule(15999)).toBeCloseTo(schedule(3999) / 2, 12);
});

test("constant is constant", () => expect([0, 7, 1e6].map(constant(0.3))).toEqual([0.3, 0.3, 0.3]));

test("bad input gets a sentence", () => {
  expect(() => cosine({ peak: 1, steps: 10, warmup: 10 })).toThrow("cosine: expected steps of at least 11, got 10");
  expect(() => linear({ peak: 1, steps: 0 })).toThrow("linear: expected steps of at least 1, got 0");
  expect(() => stepDecay({ rate: 1, factor: 0.5, every: 0 })).toThrow("stepDecay: expected every of at least 1, got 0");
  expect(() => warmupInverseSquareRoot({ size: 512, warmup: 0 })).toThrow("expected warmup of at least 1, got 0");
});
