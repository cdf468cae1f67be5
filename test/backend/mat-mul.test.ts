import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { SHARED_WASM } from "../../lib/backend/backend";
import { Random } from "../../lib/random";
import {
  draw,
  drawSize,
  expectAsOnCpu,
  expectClose,
  expectGradientsAsOnCpu,
  plain,
  runOn,
  sharedWasm,
} from "./compare";

const forms = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** Sizes around the tile (6 by 8), around the block (96 rows) and around the depth (256). */
const sizes = [1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 16, 17, 23, 31, 48, 49];

for (const [transposeA, transposeB] of forms)
  describe(`matMul, ${transposeA ? "A transposed" : "A"} times ${transposeB ? "B transposed" : "B"}`, () => {
    const maths = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB);
    const shapes = (batchA: number[], batchB: number[], M: number, N: number, K: number) =>
      [
        [...batchA, ...(transposeA ? [K, M] : [M, K])],
        [...batchB, ...(transposeB ? [N, K] : [K, N])],
      ] as const;

    test("random sizes, with gradients", () => {
      const random = new Random(11);
      for (let i = 0; i < 100; i++) {
        const [a, b] = shapes([], [], drawSize(random, sizes), drawSize(random, sizes), drawSize(random, sizes));
        const inputs = [draw(random, a), draw(random, b)];
        expectAsOnCpu(maths as never, inputs, `[${a}] [${b}]`);
        expectGradientsAsOnCpu(maths as never, inputs, `[${a}] [${b}]`);
      }
    });

    test("batches, with gradients", () => {
      const random = new Random(12);
      for (let i = 0; i < 40; i++) {
        const batch = [drawSize(random, [1, 2, 3]), drawSize(random, [1, 2, 5])];
        const [a, b] = shapes(batch, batch, drawSize(random, sizes), drawSize(random, sizes), drawSize(random, sizes));
        const inputs = [draw(random, a), draw(random, b)];
        expectAsOnCpu(maths as never, inputs, `[${a}] [${b}]`);
        expectGradientsAsOnCpu(maths as never, inputs, `[${a}] [${b}]`);
      }
    });

    test("one side for a whole batch of the other", () => {
      const random = new Random(13);
      for (const [batchA, batchB] of [
        [[5], [1]],
        [[1], [5]],
        [
          [2, 3],
          [1, 1],
        ],
        [[2, 3], [3]],
        [[], [4]],
      ] as const) {
        const [a, b] = shapes([...batchA], [...batchB], 7, 9, 11);
        expectAsOnCpu(maths as never, [draw(random, a), draw(random, b)], `[${a}] [${b}]`);
      }
    });

    test("both sides repeat, which tfjs's cpu backend gets wrong", () => {
      const random = new Random(18);
      const [a, b] = shapes([2, 1], [1, 3], 7, 9, 11);
      const inputs = [draw(random, a), draw(random, b)];
      const spread = (x: tf.Tensor) => tf.broadcastTo(x, [2, 3, ...x.shape.slice(-2)]);
      const expected = runOn("cpu", (x, y) => maths(spread(x!), spread(y!)), inputs);
      expectClose(runOn(SHARED_WASM, maths as never, inputs)[0]!, expected[0]!, "[2, 1] [1, 3]", 1e-5);
    });

    test("nothing: no rows, no columns, no steps, no batch", () => {
      const random = new Random(14);
      for (const [M, N, K] of [
        [0, 3, 4],
        [3, 0, 4],
        [3, 4, 0],
        [0, 0, 0],
      ] as const)
        for (const batch of [[], [2], [0]]) {
          const [a, b] = shapes(batch, batch, M, N, K);
          expectAsOnCpu(maths as never, [draw(random, a), draw(random, b)], `[${a}] [${b}]`);
        }
    });

    test("beyond every block, on one thread and on two", () => {
      const random = new Random(15);
      for (const [M, N, K] of [
        [203, 129, 300],
        [97, 41, 513],
        [300, 8, 257],
        [1, 1000, 300],
        [1000, 1, 300],
        [5, 700, 259],
        [4, 700, 259],
        [3, 1001, 130],
      ] as const) {
        const [a, b] = shapes([], [], M, N, K);
        const inputs = [draw(random, a, 0, 1), draw(random, b, 0, 1)];
        expectAsOnCpu(maths as never, inputs, `[${a}] [${b}]`);
        const onTwo = runOn(SHARED_WASM, maths as never, inputs);
        sharedWasm.wasm.kernels.setThreads(1);
        const onOne = runOn(SHARED_WASM, maths as never, inputs);
        sharedWasm.wasm.kernels.setThreads(2);
        expect(onTwo[0]!.values).toEqual(onOne[0]!.values);
      }
    });

    test("NaN and Infinity reach their row and column and nothing else", () => {
      const random = new Random(16);
      const [a, b] = shapes([], [], 13, 17, 10);
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const [left, right] = [draw(random, a), draw(random, b)];
        left.values[random.integer(130)] = bad;
        right.values[random.integer(170)] = bad;
        expectAsOnCpu(maths as never, [left, right], String(bad));
      }
    });
  });

test("a learner's error says both inner sizes", () => {
  expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]))).toThrow("inner shapes (3) and (4)");
});

test("fused: bias and activations", () => {
  const random = new Random(17);
  for (const activation of ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const) {
    const maths = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation, leakyreluAlpha: 0.3 });
    expectAsOnCpu(maths as never, [draw(random, [7, 5]), draw(random, [5, 9]), draw(random, [9])], activation);
  }
});

test("whole numbers are left to tfjs", () => {
  const ints = (values: number[], shape: number[]) => plain(Int32Array.from(values), shape, "int32");
  expectAsOnCpu(tf.matMul as never, [ints([1, 2, 3, 4], [2, 2]), ints([5, 6, 7, 8], [2, 2])], "int32");
});
