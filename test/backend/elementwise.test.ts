import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { SHARED_WASM } from "../../lib/backend/backend";
import { Random } from "../../lib/random";
import { broadcastable, draw, drawShape, expectAsOnCpu, expectGradientsAsOnCpu, plain, runOn } from "./compare";

interface Range {
  readonly low?: number;
  readonly high?: number;
  /** Whether tfjs has a gradient for it that is worth comparing. */
  readonly gradient?: boolean;
  /** Whether its gradient needs operands of one shape. */
  readonly sameShape?: boolean;
}

const unary: [name: string, maths: (x: tf.Tensor) => tf.Tensor, range?: Range][] = [
  ["abs", tf.abs],
  ["ceil", tf.ceil, { gradient: false }],
  ["clipByValue", (x) => tf.clipByValue(x, -0.5, 0.75)],
  ["elu", tf.elu],
  ["erf", tf.erf, { low: -4, high: 4 }],
  ["exp", tf.exp, { low: -20, high: 20 }],
  ["floor", tf.floor, { gradient: false }],
  ["leakyRelu", (x) => tf.leakyRelu(x, 0.1)],
  ["log", tf.log, { low: 1e-3, high: 5 }],
  ["log1p", tf.log1p, { low: -0.9, high: 3 }],
  ["logSigmoid", tf.logSigmoid, { low: -3, high: 3 }],
  ["neg", tf.neg],
  ["pow 2", (x) => tf.pow(x, 2)],
  ["pow 3", (x) => tf.pow(x, 3)],
  ["reciprocal", tf.reciprocal, { low: 0.1, high: 3 }],
  ["relu", tf.relu],
  ["relu6", tf.relu6, { low: -3, high: 9 }],
  ["round", tf.round, { gradient: false }],
  ["rsqrt", tf.rsqrt, { low: 0.01, high: 3 }],
  ["selu", tf.selu],
  ["sigmoid", tf.sigmoid, { low: -3, high: 3 }], // beyond, y (1 - y) loses digits on any backend,
  ["sign", tf.sign, { gradient: false }],
  ["sin", tf.sin],
  ["softplus", tf.softplus, { low: -9, high: 9 }],
  ["sqrt", tf.sqrt, { low: 0.01, high: 3 }],
  ["square", tf.square],
  ["step", (x) => tf.step(x, 0.25), { gradient: false }],
  ["tanh", tf.tanh, { low: -6, high: 6 }],
];

describe("functions of one number", () => {
  for (const [name, maths, { low = -2, high = 2, gradient = true } = {}] of unary)
    test(name, () => {
      const random = new Random(1);
      for (let i = 0; i < 40; i++) {
        const x = draw(random, drawShape(random), low, high);
        expectAsOnCpu(maths as never, [x], name);
        if (gradient) expectGradientsAsOnCpu(maths as never, [x], name);
      }
    });

  test("NaN, Infinity, signed zeros and tiny numbers come out as on the cpu backend", () => {
    const values = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, -1e-40, 1e38, -1e38, 88, 89, 200, -88, -104, -200];
    for (const [name, maths] of unary) {
      const x = plain(Float32Array.from(values), [values.length]);
      for (const value of values) {
        // Alone, so that one Infinity does not hide another's value, and at every place of a register.
        const alone = plain(Float32Array.of(value, value, value, value, value), [5]);
        const tiny = name === "erf" && Math.abs(value) < 1e-9; // where the cpu backend's formula is not good itself
        if (name !== "sin" && !tiny) expectAsOnCpu(maths as never, [alone], `${name}(${value})`, 2e-5);
      }
      if (name !== "sin") expectAsOnCpu(maths as never, [x], name, 2e-5);
    }
  });
});

const binary: [name: string, maths: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, range?: Range][] = [
  ["add", tf.add],
  ["sub", tf.sub],
  ["mul", tf.mul],
  ["div", tf.div, { low: 0.2, high: 3 }],
  ["maximum", tf.maximum, { sameShape: true }], // tfjs has no gradient for it when it broadcasts
  ["minimum", tf.minimum, { sameShape: true }],
  ["squaredDifference", tf.squaredDifference, { sameShape: true }],
  ["pow", tf.pow, { low: 0.2, high: 3 }],
  ["prelu", tf.prelu, { gradient: false }],
  ["equal", tf.equal, { gradient: false }],
  ["notEqual", tf.notEqual, { gradient: false }],
  ["less", tf.less, { gradient: false }],
  ["lessEqual", tf.lessEqual, { gradient: false }],
  ["greater", tf.greater, { gradient: false }],
  ["greaterEqual", tf.greaterEqual, { gradient: false }],
];

describe("functions of two numbers, broadcast", () => {
  for (const [name, maths, { low = -2, high = 2, gradient = true, sameShape = false } = {}] of binary)
    test(name, () => {
      const random = new Random(2);
      for (let i = 0; i < 60; i++) {
        const shape = drawShape(random, undefined, [0, 1, 2, 3, 5, 8, 17]);
        const a = draw(random, shape, low, high);
        const b = draw(random, name === "prelu" ? shape : broadcastable(random, shape), low, high);
        const pair = name !== "prelu" && random.uniform() < 0.5 ? [b, a] : [a, b];
        const where = `${name} ${pair.map((x) => `[${x.shape}]`)}`;
        expectAsOnCpu(maths as never, pair, where);
        const other = sameShape ? [a, draw(random, shape, low, high)] : pair;
        if (gradient) expectGradientsAsOnCpu(maths as never, other, where);
      }
    });

  test("both sides broadcast against each other", () => {
    const random = new Random(3);
    for (const [a, b] of [
      [
        [5, 1, 3, 1],
        [1, 4, 1, 7],
      ],
      [
        [2, 1, 3, 1, 2],
        [1, 4, 1, 5, 1],
      ],
      [
        [3, 1],
        [1, 9],
      ],
      [[], [2, 3]],
      [[1, 1, 1], [4]],
    ] as const) {
      const pair = [draw(random, a), draw(random, b)];
      expectAsOnCpu(tf.sub as never, pair, `[${a}] - [${b}]`);
      expectGradientsAsOnCpu(tf.mul as never, pair, `[${a}] * [${b}]`);
    }
  });

  test("NaN and Infinity propagate", () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, 0, -0, 1, -3.5);
    const a = plain(values, [7, 1]);
    const b = plain(values, [1, 7]);
    for (const [name, maths] of binary) if (name !== "prelu") expectAsOnCpu(maths as never, [a, b], name);
  });

  test("whole numbers and booleans", () => {
    const random = new Random(4);
    for (let i = 0; i < 40; i++) {
      const shape = drawShape(random);
      const ints = (s: readonly number[]) => {
        const { values } = draw(random, s, -9, 9);
        return plain(Int32Array.from(values), s, "int32");
      };
      const pair = [ints(shape), ints(broadcastable(random, shape))];
      for (const maths of [tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.floorDiv, tf.less, tf.equal, tf.pow])
        expectAsOnCpu(maths as never, pair, `${maths.name} int32`);
      for (const maths of [tf.abs, tf.neg, tf.square, tf.relu, tf.sign]) {
        expectAsOnCpu(maths as never, [pair[0]!], `${maths.name} int32`);
      }
      const bools = (s: readonly number[]) =>
        plain(
          Uint8Array.from(draw(random, s).values, (v) => +(v > 0)),
          s,
          "bool",
        );
      const truths = [bools(shape), bools(broadcastable(random, shape))];
      for (const maths of [tf.logicalAnd, tf.logicalOr, tf.logicalXor, tf.equal])
        expectAsOnCpu(maths as never, truths, `${maths.name} bool`);
      expectAsOnCpu(tf.logicalNot as never, [truths[0]!], "logicalNot");
    }
  });
});

test("casts", () => {
  const random = new Random(5);
  const sources = {
    float32: plain(Float32Array.of(0, -0, 1.7, -1.7, 1e9, 4294967300, Number.NaN, Infinity, 0.2), [9]),
    int32: plain(Int32Array.of(0, 3, -4, 2147483647), [4], "int32"),
    bool: plain(Uint8Array.of(0, 1, 1), [3], "bool"),
  };
  for (const x of Object.values(sources))
    for (const dtype of ["float32", "int32", "bool"] as const)
      expectAsOnCpu(((t: tf.Tensor) => t.cast(dtype)) as never, [x], `${x.dtype} to ${dtype}`);
  expectGradientsAsOnCpu(((t: tf.Tensor) => t.cast("float32")) as never, [draw(random, [3, 4])], "cast");
});

test("where, with its gradient", () => {
  const random = new Random(6);
  for (let i = 0; i < 40; i++) {
    const shape = drawShape(random, 1 + random.integer(3));
    const condition = plain(
      Uint8Array.from(draw(random, shape).values, (v) => +(v > 0)),
      shape,
      "bool",
    );
    const maths = (a: tf.Tensor, b: tf.Tensor) => tf.where(tf.tensor(condition.values as never, shape, "bool"), a, b);
    expectAsOnCpu(maths as never, [draw(random, shape), draw(random, shape)], `where [${shape}]`);
    expectGradientsAsOnCpu(maths as never, [draw(random, shape), draw(random, shape)], `where [${shape}]`);
  }
});

test("filling: zeros, ones, constants, onesLike, zerosLike", () => {
  const [a, b, c, d, e] = runOn(
    SHARED_WASM,
    (x) => [tf.zeros([2, 3]), tf.ones([5]), tf.fill([3], -7.5), tf.onesLike(x), tf.zerosLike(x)],
    [plain(Float32Array.of(1, 2, 3), [3, 1])],
  );
  expect([a, b, c, d, e].map((p) => [...p!.values])).toEqual([
    [0, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1],
    [-7.5, -7.5, -7.5],
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("addN", () => {
  const random = new Random(7);
  for (let i = 0; i < 10; i++) {
    const shape = drawShape(random);
    expectAsOnCpu(
      ((...all: tf.Tensor[]) => tf.addN(all)) as never,
      [1, 2, 3].map(() => draw(random, shape)),
      "addN",
    );
  }
});
