import { expect, test } from "vitest";
import { checkGradient, numericGradient } from "../../lib/scalar/gradient-check";
import { Value } from "../../lib/scalar/value";

test("central differences find the gradient of a polynomial", () => {
  const [byX, byY] = numericGradient(([x, y]) => x! ** 3 * y! + y! ** 2, [2, -3]);
  expect(byX).toBeCloseTo(3 * 4 * -3, 7);
  expect(byY).toBeCloseTo(8 - 6, 7);
});

test("a right gradient passes", () => {
  const { rows, worst } = checkGradient(([a, b]) => a!.mul(b!).tanh().add(a!.exp().log()), [0.7, -1.2]);
  expect(worst).toBeLessThan(1e-9);
  expect(rows.length).toBe(2);
});

test("a wrong gradient shows, and where", () => {
  const wrongTanh = (x: Value) =>
    new Value(Math.tanh(x.data), "", { operation: "tanh", parents: [x], derivatives: [1 - Math.tanh(x.data)] });
  const { rows, worst } = checkGradient(([a, b]) => a!.mul(2).add(wrongTanh(b!)), [0.7, -1.2]);
  expect(rows[0]!.error).toBeLessThan(1e-9);
  expect(rows[1]!.error).toBe(worst);
  expect(worst).toBeGreaterThan(0.5);
});

test("a far smaller step is worse, not better", () => {
  const error = (step: number) => checkGradient(([x]) => x!.exp(), [1], { step }).worst;
  expect(error(1e-12)).toBeGreaterThan(100 * error(1e-5));
});
