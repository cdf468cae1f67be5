import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { startBackend } from "../../lib/backend";

test("the backend is started once and is tfjs's current one", async () => {
  const report = await startBackend();
  expect(report).toBe(await startBackend());
  expect(tf.getBackend()).toBe(report.name);
  expect(report.note).toMatch(/^tfjs computes .*\.$/);
});

test("a tensor is usable at once, without a banner", () => {
  expect(tf.tidy(() => tf.tensor([1, 2]).add(1).arraySync())).toEqual([2, 3]);
});

for (const [transposeA, transposeB] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const)
  test(`matMul in batches: transposeA ${transposeA}, transposeB ${transposeB}`, () => {
    tf.tidy(() => {
      const a = tf.randomNormal(transposeA ? [2, 3, 7, 5] : [2, 3, 5, 7], 0, 1, "float32", 1);
      const b = tf.randomNormal(transposeB ? [2, 3, 11, 7] : [2, 3, 7, 11], 0, 1, "float32", 2);
      const left = transposeA ? a.transpose([0, 1, 3, 2]) : a;
      const right = transposeB ? b.transpose([0, 1, 3, 2]) : b;
      const expected = left.expandDims(4).mul(right.expandDims(2)).sum(3);
      const product = tf.matMul(a, b, transposeA, transposeB);
      expect(product.shape).toEqual([2, 3, 5, 11]);
      expect(product.sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    });
  });

test("an embedding's gradient adds up the rows that were looked up twice", () => {
  tf.tidy(() => {
    const table = tf.ones([3, 2]);
    const rows = tf.tensor1d([2, 0, 2], "int32");
    const gradient = tf.grad((t: tf.Tensor) =>
      tf
        .gather(t, rows)
        .mul(
          tf.tensor2d([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        )
        .sum(),
    )(table);
    expect(gradient.arraySync()).toEqual([
      [3, 4],
      [0, 0],
      [6, 8],
    ]);
  });
});

test("nothing leaks from a borrowed kernel or an explicit matMul", () => {
  const count = () => [tf.memory().numTensors, tf.memory().numDataBuffers, tf.engine().backend.numDataIds()];
  const before = count();
  tf.tidy(() => {
    tf.einsum("bij,bjk->bik", tf.ones([2, 3, 4]), tf.ones([2, 4, 5]));
    tf.matMul(tf.ones([2, 4, 3]), tf.ones([2, 5, 4]), true, true);
    tf.unsortedSegmentSum(tf.ones([4, 2]), tf.tensor1d([0, 1, 0, 1], "int32"), 2);
  });
  expect(count()).toEqual(before);
});
