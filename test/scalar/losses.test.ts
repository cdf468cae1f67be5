import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as losses from "../../lib/scalar/losses";
import golden from "../golden/losses.json";
import { expectClose } from "../gradient";

const exact = { relative: 1e-13 };
const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe("values equal PyTorch's", () => {
  test("meanSquaredError, meanAbsoluteError", () => {
    const { x, targets, value } = golden.meanSquaredError;
    expectClose([losses.meanSquaredError(x.flat(), targets.flat())], [value], exact);
    const absolute = golden.meanAbsoluteError;
    expectClose([losses.meanAbsoluteError(x.flat(), targets.flat())], [absolute.value], exact);
  });

  test("binaryCrossEntropy, for extreme logits too", () => {
    for (const { x, targets, value } of golden.binaryCrossEntropy) {
      expectClose([losses.binaryCrossEntropy(x, targets)], [value], exact);
    }
  });

  test("crossEntropy, for extreme logits and with label smoothing too", () => {
    const plain = golden.crossEntropy.filter(({ options }) => !("ignoreIndex" in options));
    expect(plain.length).toBe(4);
    for (const { x, targets, value, options } of plain) {
      expectClose([mean(x.map((row, i) => losses.crossEntropy(row, targets[i]!, options)))], [value], exact);
    }
  });

  test("entropy, klDivergence", () => {
    for (const { x, value } of golden.entropy) expectClose([mean(x.map(losses.entropy))], [value], exact);
    const { x, other, value } = golden.klDivergence["by p"];
    expectClose([mean(x.map((row, i) => losses.klDivergence(row, other[i]!)))], [value], exact);
  });
});

describe("laws", () => {
  const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 5, maxLength: 5 });

  test("cross-entropy is entropy plus KL divergence", () => {
    fc.assert(
      fc.property(logits, logits, (p, q) => {
        const probabilities = losses.logSoftmax(p).map(Math.exp);
        const cross = probabilities.reduce((sum, pi, i) => sum + pi * losses.crossEntropy(q, i), 0);
        expectClose([losses.entropy(p) + losses.klDivergence(p, q)], [cross], { absolute: 1e-12, relative: 1e-12 });
      }),
    );
  });

  test("KL divergence is never negative, and 0 for the same distribution", () => {
    fc.assert(fc.property(logits, logits, (p, q) => losses.klDivergence(p, q) >= -1e-13));
    fc.assert(fc.property(logits, (p) => losses.klDivergence(p, p) === 0));
  });

  test("entropy lies between 0 (certain) and log n (even)", () => {
    fc.assert(fc.property(logits, (p) => losses.entropy(p) >= 0 && losses.entropy(p) <= Math.log(5) + 1e-12));
    expectClose([losses.entropy([0.5, 0.5].map(Math.log))], [Math.log(2)], exact);
    expect(losses.entropy([1, 0].map(Math.log))).toBeCloseTo(0, 15);
  });
});

test("bad input gets a sentence", () => {
  expect(() => losses.meanSquaredError([1], [1, 2])).toThrow(
    "meanSquaredError: expected two lists of the same length, at least 1, got 1 and 2",
  );
  expect(() => losses.binaryCrossEntropy([], [])).toThrow("got 0 and 0");
  expect(() => losses.crossEntropy([1, 2, 3], 3)).toThrow("crossEntropy: expected a target from 0 to 2, got 3");
  expect(() => losses.klDivergence([1], [1, 2])).toThrow("klDivergence");
  expect(() => losses.logSumExp([])).toThrow("logSumExp: expected at least one number, got none");
});
