import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { Random } from "../../lib/random";
import { draw, drawShape, expectAsOnCpu, expectGradientsAsOnCpu, plain } from "./compare";

const reductions: [
  name: string,
  maths: (x: tf.Tensor, axes?: number[], keep?: boolean) => tf.Tensor,
  gradient?: boolean,
][] = [
  ["sum", tf.sum],
  ["mean", tf.mean],
  ["max", tf.max],
  ["min", tf.min],
  ["prod", tf.prod, false],
];

describe("over any set of axes", () => {
  for (const [name, maths, gradient = true] of reductions)
    test(name, () => {
      const random = new Random(31);
      for (let i = 0; i < 80; i++) {
        const sizes = [...(name === "sum" || name === "mean" ? [0] : []), 1, 2, 3, 4, 5, 8, 17, 33];
        // Positive, so that no sum is near 0 by chance and every digit counts.
        const x = draw(random, drawShape(random, 1 + random.integer(4), sizes), 0.5, 1.5);
        const axes = [...x.shape.keys()].filter(() => random.uniform() < 0.5);
        const keep = random.uniform() < 0.5;
        const where = `${name} of [${x.shape}] over ${axes}`;
        expectAsOnCpu(((t: tf.Tensor) => maths(t, axes, keep)) as never, [x], where);
        if (gradient && axes.length > 0) {
          expectGradientsAsOnCpu(((t: tf.Tensor) => maths(t, axes, keep)) as never, [x], where);
        }
      }
    });

  test("argMax and argMin: the first of equals", () => {
    const random = new Random(32);
    for (let i = 0; i < 60; i++) {
      const x = draw(random, drawShape(random, 1 + random.integer(4), [1, 2, 3, 5, 17]));
      const rounded = plain(
        (x.values as Float32Array).map((v) => Math.round(v * 2)),
        x.shape,
      );
      const axis = random.integer(x.shape.length);
      for (const maths of [tf.argMax, tf.argMin])
        expectAsOnCpu(
          ((t: tf.Tensor) => maths(t, axis)) as never,
          [rounded],
          `${maths.name} of [${x.shape}] along ${axis}`,
        );
    }
  });
});

test("a long sum of both signs keeps its digits", () => {
  const random = new Random(33);
  const x = draw(random, [100_000], -1, 1);
  expectAsOnCpu(((t: tf.Tensor) => t.sum()) as never, [x], "sum of a row");
  expectAsOnCpu(((t: tf.Tensor) => t.reshape([20_000, 5]).sum(0)) as never, [x], "sum of columns");
  expectAsOnCpu(((t: tf.Tensor) => t.reshape([10, 10_000]).mean(1)) as never, [x], "means");
});

test("NaN and Infinity", () => {
  const x = plain(Float32Array.of(1, Number.NaN, 3, Infinity, 2, 4, -Infinity, Infinity, 5, -1, -2, -3), [4, 3]);
  for (const [name, maths] of reductions)
    for (const axis of [0, 1])
      expectAsOnCpu(((t: tf.Tensor) => maths(t, [axis])) as never, [x], `${name} along ${axis}`);
});

test("booleans and whole numbers", () => {
  const bools = plain(Uint8Array.of(0, 1, 1, 0, 0, 0), [2, 3], "bool");
  const ints = plain(Int32Array.of(3, -4, 5, 6, 7, -8), [2, 3], "int32");
  for (const axis of [0, 1]) {
    for (const maths of [tf.any, tf.all])
      expectAsOnCpu(((t: tf.Tensor) => maths(t, axis)) as never, [bools], maths.name);
    for (const maths of [tf.sum, tf.max, tf.min, tf.mean, tf.prod, tf.argMax])
      expectAsOnCpu(((t: tf.Tensor) => maths(t, axis)) as never, [ints], maths.name);
  }
});

test("moments, the two sums of a normalization", () => {
  const random = new Random(34);
  for (let i = 0; i < 20; i++) {
    const x = draw(random, [1 + random.integer(5), 1 + random.integer(40)]);
    const maths = (t: tf.Tensor) => Object.values(tf.moments(t, -1, true)) as tf.Tensor[];
    expectAsOnCpu(maths as never, [x], "moments", 2e-5);
  }
});

test("softmax and log-softmax over the last axis, with gradients", () => {
  const random = new Random(35);
  for (let i = 0; i < 60; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(4), [1, 2, 3, 5, 8, 17, 33]), -9, 9);
    expectAsOnCpu(tf.softmax as never, [x], `softmax of [${x.shape}]`);
    // Nearer to 0: a saturated softmax's gradient is a small difference of large numbers, on any backend.
    expectGradientsAsOnCpu(tf.softmax as never, [draw(random, x.shape)], `softmax of [${x.shape}]`);
    expectAsOnCpu(tf.logSoftmax as never, [x], `logSoftmax of [${x.shape}]`);
    expectGradientsAsOnCpu(tf.logSoftmax as never, [x], `logSoftmax of [${x.shape}]`);
  }
  const extremes = plain(
    Float32Array.of(1000, 999, -1000, -Infinity, -Infinity, 0, Number.NaN, 1, 2, Infinity, 1, 2),
    [4, 3],
  );
  expectAsOnCpu(tf.softmax as never, [extremes], "softmax of extremes");
});

test("gather, its gradient, oneHot and segment sums", () => {
  const random = new Random(36);
  for (let i = 0; i < 60; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(3), [1, 2, 3, 5, 8, 17]));
    const axis = random.integer(x.shape.length);
    const shape = drawShape(random, 1 + random.integer(2), [1, 2, 3, 7]);
    const size = shape.reduce((product, n) => product * n, 1);
    const ids = Int32Array.from({ length: size }, () => random.integer(x.shape[axis]!));
    const maths = (t: tf.Tensor) => tf.gather(t, tf.tensor(ids, shape, "int32"), axis);
    expectAsOnCpu(maths as never, [x], `gather [${shape}] of [${x.shape}] along ${axis}`);
    expectGradientsAsOnCpu(maths as never, [x], `gather [${shape}] of [${x.shape}] along ${axis}`);
    expectAsOnCpu(() => tf.oneHot(tf.tensor(ids, shape, "int32"), 9), [], "oneHot");
    expectAsOnCpu(() => tf.oneHot(tf.tensor(ids, shape, "int32"), 9, 0.9, 0.025), [], "softened oneHot");
  }
  expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([3], "int32"))).toThrow("the index value 3 is not in [0, 2]");
});
