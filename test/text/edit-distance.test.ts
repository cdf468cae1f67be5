import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, errorRates } from "../../lib/text/edit-distance";

const word = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 7 });

test("known distances", () => {
  expect(editDistance([..."kitten"], [..."sitting"])).toBe(3);
  expect(editDistance([], ["a", "b"])).toBe(2);
  expect(editDistance(["a", "b"], [])).toBe(2);
});

test("it is a distance: 0 only to itself, symmetric, and no way round is shorter", () => {
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b) === 0).toBe(a.join() === b.join());
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
    { seed: 1 },
  );
});

test("error rates divide by the references, not by what was said", () => {
  const rates = errorRates([["a", "b"], ["c"], ["d"]], [["a"], ["c"], ["x", "y", "z"]]);
  expect(rates.symbols).toBeCloseTo(4 / 4, 12);
  expect(rates.sequences).toBeCloseTo(2 / 3, 12);
  expect(() => errorRates([["a"]], [])).toThrow(
    "expected as many hypotheses as references and at least one, got 0 and 1",
  );
});
