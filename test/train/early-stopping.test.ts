import { expect, test } from "vitest";
import { type BestSoFar, type EarlyStopping, nextBest, nothingYet } from "../../lib/train/early-stopping";

const rule: EarlyStopping = { metric: "loss", better: "lower", patience: 2 };
const follow = (values: number[], by = rule) =>
  values.reduce<BestSoFar>(
    (best, loss, i) => nextBest(by, best, { step: 10 * (i + 1), metrics: { loss } }),
    nothingYet,
  );

test("remembers the best step and counts the misses since", () => {
  expect(follow([3, 2, 2.5, 2.1])).toEqual({ step: 20, value: 2, misses: 2 });
  expect(follow([3, 2, 2.5, 1.9])).toEqual({ step: 40, value: 1.9, misses: 0 });
  expect(follow([3, 2, 2.5, 1.9], { ...rule, better: "higher" })).toEqual({ step: 10, value: 3, misses: 3 });
});

test("an equal value is no improvement, and neither is NaN", () => {
  expect(follow([2, 2])).toEqual({ step: 10, value: 2, misses: 1 });
  expect(follow([2, Number.NaN, 1])).toEqual({ step: 30, value: 1, misses: 0 });
  expect(follow([Number.NaN, 5])).toEqual({ step: 20, value: 5, misses: 0 });
});

test("a metric that is not measured is named", () => {
  expect(() => nextBest(rule, nothingYet, { step: 1, metrics: { accuracy: 1, perplexity: 3 } })).toThrow(
    'earlyStopping: expected evaluate to return "loss", got accuracy, perplexity',
  );
});
