import { expect, test } from "vitest";
import { bestSpan } from "../../lib/models/best-span";

test("the best start and the best end are no span if the end stands before the start", () => {
  expect(bestSpan([0, 1, 9, 0], [0, 8, 2, 3], { from: 0, to: 4 })).toEqual({ start: 2, end: 3, score: 12 });
});

test("neither the question nor what follows the passage can be an answer", () => {
  expect(bestSpan([9, 1, 2, 9], [9, 3, 1, 9], { from: 1, to: 3 })).toEqual({ start: 1, end: 1, score: 4 });
});

test("no answer is longer than the longest", () => {
  const span = bestSpan([5, 0, 0, 0], [0, 0, 2, 9], { from: 0, to: 4, longest: 3 });
  expect(span).toEqual({ start: 1, end: 3, score: 9 });
});

test("errors say what was expected", () => {
  expect(() => bestSpan([1, 2], [1, 2], { from: 1, to: 1 })).toThrow("expected a passage within 2 start");
  expect(() => bestSpan([1, 2], [1], { from: 0, to: 2 })).toThrow("1 end logits");
});
