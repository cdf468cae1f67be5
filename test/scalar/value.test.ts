import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topologicalOrder, Value, zeroGrad } from "../../lib/scalar/value";
import golden from "../golden/value.json";
import { expectClose } from "../gradient";

describe("values and gradients equal torch.autograd's", () => {
  // The same expressions as in test/golden/value.py.
  const expressions: Record<keyof typeof golden.expressions, (a: Value, b: Value, c: Value) => Value> = {
    arithmetic: (a, b, c) =>
      a
        .mul(b)
        .add(c)
        .div(a.sub(b.mul(c)))
        .sub(new Value(2).mul(a))
        .add(b.div(3))
        .sub(new Value(1).sub(c)),
    powers: (a, b, c) =>
      a
        .pow(3)
        .add(b.pow(-2))
        .add(a.pow(0.5).mul(c.add(2).pow(2)))
        .add(a.pow(b)),
    "exponential and logarithm": (a, b, c) => a.mul(b).exp().mul(a.add(2).log()).add(c.exp().add(b.exp()).log()),
    activations: (a, b, c) =>
      a.mul(c).tanh().mul(b.sub(a).sigmoid()).add(c.mul(b).relu()).add(c.neg().mul(b).relu()).add(a.neg().tanh()),
    "shared values": (a, b, c) => {
      const d = a.mul(b).add(c);
      const e = d.mul(b).add(d);
      return e.mul(e).add(d.mul(e)).add(d.mul(d).mul(c));
    },
  };
  test.each(Object.entries(expressions))("%s", (name, f) => {
    const expected = golden.expressions[name as keyof typeof expressions];
    const inputs = golden.at.map((x) => new Value(x)) as [Value, Value, Value];
    const y = f(...inputs);
    y.backward();
    expectClose([y.data], [expected.value], { relative: 1e-14 });
    expectClose(
      inputs.map((v) => v.grad),
      expected.gradients,
      { relative: 1e-13 },
    );
  });
});

describe("shared values", () => {
  test("a leaf used twice collects both shares: x·x + x at 3 has gradient 7", () => {
    const x = new Value(3);
    x.mul(x).add(x).backward();
    expect(x.grad).toBe(7);
  });

  test("a middle used twice hands on once, complete: y = x·x, y + y at 3 has gradient 12", () => {
    const x = new Value(3);
    const y = x.mul(x);
    y.add(y).backward();
    expect([x.grad, y.grad]).toEqual([12, 2]);
  });

  test("the order matters: m = x·x, n = m + 1, r = m·n at 3 has gradient 114", () => {
    const x = new Value(3);
    const m = x.mul(x);
    const n = m.add(1);
    m.mul(n).backward();
    expect([x.grad, m.grad, n.grad]).toEqual([114, 19, 9]);
  });

  test("b = a + a, c = b + b: 4, and doubling thirty times: 2^30", () => {
    const a = new Value(1);
    let c = a.add(a);
    c = c.add(c);
    c.backward();
    expect(a.grad).toBe(4);
    for (let i = 0; i < 28; i++) c = c.add(c);
    zeroGrad([a]);
    c.backward();
    expect(a.grad).toBe(2 ** 30);
  });
});

test("backward() adds to leaves and starts inner values afresh", () => {
  const x = new Value(2);
  const square = x.mul(x);
  const cube = square.mul(x);
  cube.backward();
  cube.backward();
  expect(x.grad).toBe(24); // twice 3x²
  zeroGrad([x]);
  cube.backward();
  square.backward(); // `square.grad` still holds the share of `cube`, which must not flow again
  expect(x.grad).toBe(12 + 4);
});

test("a value alone has gradient 1", () => {
  const x = new Value(5);
  x.backward();
  expect(x.grad).toBe(1);
});

test("a chain of 200,000 values does not overflow the stack", () => {
  const x = new Value(1);
  let y = x;
  for (let i = 0; i < 200_000; i++) y = y.add(0);
  y.backward();
  expect(x.grad).toBe(1);
});

test("the topological order holds every value once, parents first, the root last", () => {
  const operations = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(operations, (picks) => {
      const values = [new Value(0.5), new Value(-0.25)];
      for (const [i, j] of picks) values.push(values[i % values.length]!.mul(values[j % values.length]!));
      const root = values[values.length - 1]!;
      const order = topologicalOrder(root);
      const position = new Map(order.map((value, i) => [value, i]));
      expect(position.size).toBe(order.length);
      expect(order[order.length - 1]).toBe(root);
      for (const value of order) {
        for (const parent of value.parents) expect(position.get(parent)!).toBeLessThan(position.get(value)!);
      }
    }),
  );
});

test("gradients are linear: of 3f + g they are three times those of f plus those of g", () => {
  const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
  const f = ([a, b, c]: Value[]) => a!.mul(b!).tanh().add(c!.mul(a!));
  const g = ([a, b, c]: Value[]) => a!.sub(b!).sigmoid().mul(c!);
  const gradient = (h: (xs: Value[]) => Value, at: number[]) => {
    const xs = at.map((x) => new Value(x));
    h(xs).backward();
    return xs.map((x) => x.grad);
  };
  fc.assert(
    fc.property(numbers, (at) => {
      const [byF, byG] = [gradient(f, at), gradient(g, at)];
      const both = gradient((xs) => f(xs).mul(3).add(g(xs)), at);
      expectClose(
        both,
        byF.map((d, i) => 3 * d + byG[i]!),
        { absolute: 1e-14, relative: 1e-13 },
      );
    }),
  );
});

test("a new operation brings its own local derivatives", () => {
  const x = new Value(0.3, "x");
  const softplus = new Value(Math.log1p(Math.exp(x.data)), "", {
    operation: "softplus",
    parents: [x],
    derivatives: [1 / (1 + Math.exp(-x.data))],
  });
  softplus.mul(2).backward();
  expect(x.grad).toBeCloseTo(2 / (1 + Math.exp(-0.3)), 15);
});

test("numbers are operands too, and remember what they are", () => {
  const x = new Value(3, "x");
  expect([x.label, x.operation, x.parents]).toEqual(["x", "", []]);
  const y = x.pow(2);
  expect([y.operation, y.parents, y.derivatives]).toEqual(["**2", [x], [6]]);
  expect(x.add(1).operation).toBe("+");
});

describe("bad input gets a sentence", () => {
  const message = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing was thrown";
  };
  test.each([
    [() => new Value("2" as unknown as number), 'Value: expected a number, got "2"'],
    [() => new Value([1, 2] as unknown as number), "Value: expected a number, got an array of 2"],
    [() => new Value(undefined as unknown as number), "Value: expected a number, got undefined"],
    [
      () => new Value(1, "", { operation: "f", parents: [new Value(1)], derivatives: [] }),
      "Value: expected a derivative for each parent, got 0 for 1",
    ],
    [() => new Value(1).div(0), "Value.div: expected a divisor other than 0"],
    [() => new Value(0).log(), "Value.log: expected a positive number, got 0"],
    [() => new Value(0).pow(-1), "Value.pow: expected a base other than 0 for the exponent -1"],
    [() => new Value(-2).pow(0.5), "Value.pow: expected a whole exponent for the negative base -2, got 0.5"],
    [
      () => new Value(-2).pow(new Value(2)),
      "Value.pow: expected a positive base for an exponent with a gradient, got -2",
    ],
  ])("%#", (work, expected) => expect(message(work)).toBe(expected));
});
