import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as activations from "../../lib/scalar/activations";
import golden from "../golden/activations.json";
import { expectClose } from "../gradient";

const exact = { absolute: 1e-15, relative: 1e-15 };

describe("values and derivatives equal PyTorch's", () => {
  const cases = {
    relu: [activations.relu, activations.reluDerivative],
    leakyRelu: [activations.leakyRelu, activations.leakyReluDerivative],
    "leakyRelu 0.2": [
      (x: number) => activations.leakyRelu(x, 0.2),
      (x: number) => activations.leakyReluDerivative(x, 0.2),
    ],
    sigmoid: [activations.sigmoid, activations.sigmoidDerivative],
    tanh: [activations.tanh, activations.tanhDerivative],
    gelu: [activations.gelu, activations.geluDerivative],
    geluTanh: [activations.geluTanh, activations.geluTanhDerivative],
  } as const;
  test.each(Object.entries(cases))("%s", (name, [f, derivative]) => {
    const expected = golden[name as keyof typeof cases];
    golden.points.forEach((x, i) => {
      expectClose([f(x)], [expected.value[i]!], { ...exact, what: `${name}(${x})` });
      expectClose([derivative(x)], [expected.derivative[i]!], { ...exact, what: `${name}'(${x})` });
    });
  });

  test("step", () => expect(golden.points.map(activations.step)).toEqual(golden.step.value));
  test("erf", () => golden.points.forEach((x, i) => expectClose([activations.erf(x)], [golden.erf.value[i]!], exact)));
  test("softmax", () => {
    const { x, value, jacobian } = golden.softmax;
    expectClose(activations.softmax(x), value, exact);
    expectClose(activations.softmaxJacobian(x).flat(), jacobian.flat(), exact);
  });
});

test("the derivatives are those of the functions, by central differences", () => {
  const pairs = [
    [activations.sigmoid, activations.sigmoidDerivative],
    [activations.tanh, activations.tanhDerivative],
    [activations.gelu, activations.geluDerivative],
    [activations.geluTanh, activations.geluTanhDerivative],
  ] as const;
  fc.assert(
    fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
      for (const [f, derivative] of pairs) {
        const numeric = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
        expectClose([derivative(x)], [numeric], { absolute: 1e-9, what: `${f.name}'(${x})` });
      }
    }),
  );
});

test("the step has no slope to descend", () => expect([-2, 0, 3].map(activations.stepDerivative)).toEqual([0, 0, 0]));

test("softmax is positive, sums to 1, and does not see a shift", () => {
  const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(logits, fc.double({ min: -900, max: 900, noNaN: true }), (xs, shift) => {
      const p = activations.softmax(xs);
      expect(p.every((pi) => pi > 0)).toBe(true);
      expectClose([p.reduce((sum, pi) => sum + pi)], [1], { relative: 1e-14 });
      const shifted = activations.softmax(xs.map((x) => x + shift));
      expectClose(shifted, p, { relative: 1e-12 });
    }),
  );
});

test("softmax survives large numbers and refuses an empty list", () => {
  expect(activations.softmax([1000, 0, -1000])).toEqual([1, 0, 0]);
  expect(() => activations.softmax([])).toThrow("softmax: expected at least one number, got none");
});

test("NaN stays NaN", () => {
  for (const f of [activations.relu, activations.sigmoid, activations.tanh, activations.gelu, activations.leakyRelu]) {
    expect(f(Number.NaN), f.name).toBeNaN();
  }
});
