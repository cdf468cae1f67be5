import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { accuracy, confusionCounts, predictClasses } from "../../lib/train/metrics";
import { expectNoLeak } from "../gradient";

test("accuracy is the share of equal entries", () => {
  expect(accuracy([3, 1, 2, 0, 1], [3, 2, 2, 0, 0])).toBe(3 / 5);
});

test("confusion counts have the label by row and the prediction by column", () => {
  const counts = confusionCounts([1, 1, 2, 0, 1, 2], [0, 1, 2, 0, 0, 1], 3);
  expect(counts).toEqual([
    [1, 2, 0],
    [0, 1, 1],
    [0, 0, 1],
  ]);
});

test("the largest logit wins, in pieces as in one, and no tensor stays", () => {
  const logits = [
    [0.1, 0.7, -2],
    [5, 1, 2],
    [-3, -2, -1],
    [0, 1, 2],
    [9, 8, 7],
  ];
  const rows = (start: number, end: number) => tf.tensor2d(logits.slice(start, end));
  expect([...predictClasses(5, rows, 2)]).toEqual([1, 0, 2, 2, 0]);
  expect(predictClasses(5, rows, 100)).toEqual(predictClasses(5, rows, 1));
  expectNoLeak(() => predictClasses(5, rows, 2));
});

test("unequal lengths and impossible classes are named", () => {
  expect(() => accuracy([1], [1, 2])).toThrow(
    "accuracy: expected as many predictions as labels and at least one, got 1 and 2",
  );
  expect(() => accuracy([], [])).toThrow("got 0 and 0");
  expect(() => confusionCounts([0, 3], [0, 1], 3)).toThrow(
    "confusionCounts: expected classes from 0 to 2, got 1 and 3 at 1",
  );
});
