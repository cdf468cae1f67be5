import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { characterTerms, tfIdf, wordTerms } from "../../lib/text/tf-idf";
import { logisticRegression } from "../../lib/train/logistic-regression";
import { minimize } from "../../lib/train/minimize";
import golden from "../golden/logistic-regression.json";

test("weights and bias equal scikit-learn's, whatever C", () => {
  const { x, y, models } = golden.dense;
  const examples = x.map((row) => Float32Array.from(row));
  for (const { C, weights, bias } of models) {
    const model = logisticRegression(examples, y.map(Boolean), { C });
    for (const [j, weight] of weights.entries())
      expect(Math.abs(model.weights[j]! - weight), `C ${C}`).toBeLessThan(2e-3);
    expect(Math.abs(model.bias - bias)).toBeLessThan(2e-3);
    const margin = weights.reduce((sum, weight, j) => sum + weight * examples[0]![j]!, bias);
    expect(Math.abs(model.logit(examples[0]!) - margin)).toBeLessThan(5e-3);
  }
});

test.each([
  ["words", wordTerms],
  ["characters", characterTerms(2, 4)],
] as const)("on TF-IDF of %s, too", (name, terms) => {
  const table = tfIdf(golden.texts, { terms });
  const model = logisticRegression(golden.texts.map(table.transform), golden.labels.map(Boolean), { C: 3 });
  const { weights, bias, logits } = golden[name] as { weights: Record<string, number>; bias: number; logits: number[] };
  for (const [j, term] of table.terms.entries())
    expect(Math.abs(model.weights[j]! - weights[term]!), term).toBeLessThan(1e-3);
  expect(Math.abs(model.bias - bias)).toBeLessThan(1e-3);
  for (const [i, text] of golden.unseenTexts.entries())
    expect(Math.abs(model.logit(table.transform(text)) - logits[i]!)).toBeLessThan(2e-3);
});

test("what does not fit is named", () => {
  expect(() => logisticRegression([], [])).toThrow("expected one label an example, got 0 examples and 0 labels");
  expect(() => logisticRegression([new Float32Array(2)], [])).toThrow("got 1 examples and 0 labels");
  expect(() => logisticRegression([new Float32Array(2), new Float32Array(3)], [true, false])).toThrow(
    "expected examples of one kind and size",
  );
});

test("L-BFGS finds the bottom of a narrow, curved valley", () => {
  // Rosenbrock's function: (1 - a)² + 100 (b - a²)², lowest at (1, 1).
  const rosenbrock = (point: Float64Array) => {
    const [a, b] = [point[0]!, point[1]!];
    const gradient = Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a));
    return { value: (1 - a) ** 2 + 100 * (b - a * a) ** 2, gradient };
  };
  const found = minimize(rosenbrock, Float64Array.of(-1.2, 1), { tolerance: 1e-9 });
  expect(Math.hypot(found[0]! - 1, found[1]! - 1)).toBeLessThan(1e-6);
});

test("a quadratic bowl of many dimensions, and never a step up", () => {
  const random = new Random(4);
  const scale = Float64Array.from({ length: 30 }, () => random.uniform(0.1, 50));
  const aim = Float64Array.from({ length: 30 }, () => random.normal());
  const accepted: number[] = [];
  const bowl = (point: Float64Array) => {
    const gradient = point.map((x, i) => scale[i]! * (x - aim[i]!));
    const value = point.reduce((sum, x, i) => sum + (scale[i]! * (x - aim[i]!) ** 2) / 2, 0);
    accepted.push(value);
    return { value, gradient };
  };
  const start = new Float64Array(30);
  const found = minimize(bowl, start, { tolerance: 1e-8 });
  for (const [i, x] of found.entries()) expect(x).toBeCloseTo(aim[i]!, 6);
  expect(start.every((x) => x === 0)).toBe(true);
  expect(accepted.length).toBeLessThan(200);
  expect(minimize(bowl, start, { maxIterations: 0 })).toBe(start);
});
