import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as losses from "../../lib/train/losses";
import golden from "../golden/losses.json";
import { expectClose, expectGradient, expectNoLeak, onEachBackend } from "../gradient";

/** Compares a loss and its gradient by its first argument with PyTorch's, and that nothing leaks. */
function expectLoss(
  loss: (x: tf.Tensor) => tf.Scalar,
  expected: { x: number[] | number[][]; value: number; gradient: number[] | number[][] },
): void {
  const x = tf.tensor(expected.x);
  expectNoLeak(() => {
    const { value, grad } = tf.valueAndGrad(loss)(x);
    expect(value.shape).toEqual([]);
    expectClose(value.dataSync(), [expected.value], { relative: 2e-6, what: "loss" });
    expectClose(grad.dataSync(), expected.gradient.flat(), { absolute: 1e-7, relative: 2e-6, what: "gradient" });
    tf.dispose([value, grad]);
  });
  x.dispose();
}

onEachBackend(() => {
  describe("values and gradients equal PyTorch's", () => {
    test("meanSquaredError", () => {
      const { targets } = golden.meanSquaredError;
      expectLoss((x) => losses.meanSquaredError(x, tf.tensor(targets)), golden.meanSquaredError);
    });

    test("meanAbsoluteError", () => {
      const { targets } = golden.meanAbsoluteError;
      expectLoss((x) => losses.meanAbsoluteError(x, tf.tensor(targets)), golden.meanAbsoluteError);
    });

    test.each(golden.binaryCrossEntropy)("binaryCrossEntropy %#", (expected) =>
      expectLoss((x) => losses.binaryCrossEntropy(x, tf.tensor(expected.targets)), expected),
    );

    test.each(golden.crossEntropy)("crossEntropy %#: $options", (expected) => {
      const targets = tf.tensor1d(expected.targets, "int32");
      expectLoss((x) => losses.crossEntropy(x as tf.Tensor2D, targets, expected.options), expected);
      targets.dispose();
    });

    test.each(golden.entropy)("entropy %#", (expected) => expectLoss(losses.entropy, expected));

    test("klDivergence, by either side", () => {
      const { "by p": byP, "by q": byQ } = golden.klDivergence;
      expectLoss((p) => losses.klDivergence(p, tf.tensor(byP.other)), byP);
      expectLoss((q) => losses.klDivergence(tf.tensor(byQ.other), q), byQ);
    });
  });

  test("the gradient of meanAbsoluteError is 0 where prediction and target are equal", () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => losses.meanAbsoluteError(x, tf.tensor([1, 2, 3, 4])))(tf.tensor([1, 3, 2, 4]));
      expect([...gradient.dataSync()]).toEqual([0, 0.25, -0.25, 0]);
    });
  });

  describe("crossEntropy", () => {
    const { x, targets } = golden.crossEntropy[0]!;
    const classes = tf.tensor1d(targets, "int32");
    const logits = tf.tensor2d(x);

    test("matches central differences with label smoothing and ignored examples", () => {
      const options = { labelSmoothing: 0.2, ignoreIndex: 6 };
      expectGradient((z) => losses.crossEntropy(z as tf.Tensor2D, classes, options), logits);
    });

    test("is log V when every class is as likely", () => {
      expectClose(losses.crossEntropy(tf.zeros([5, 7]), classes).dataSync(), [Math.log(7)], { relative: 1e-6 });
    });

    test("does not see what is ignored: as if those rows were not there", () => {
      tf.tidy(() => {
        const kept = logits.slice([1, 0], [3, -1]);
        const expected = losses.crossEntropy(kept, classes.slice(1, 3)).dataSync();
        expectClose(losses.crossEntropy(logits, classes, { ignoreIndex: 3 }).dataSync(), expected, { relative: 1e-6 });
      });
    });

    test("is 0, not NaN, when every example is ignored", () => {
      tf.tidy(() => {
        const allIgnored = tf.fill<tf.Rank.R1>([5], -1, "int32");
        expect(losses.crossEntropy(logits, allIgnored, { ignoreIndex: -1 }).dataSync()[0]).toBe(0);
        const gradient = tf.grad((z) => losses.crossEntropy(z as tf.Tensor2D, allIgnored, { ignoreIndex: -1 }))(logits);
        expect(gradient.dataSync().every((g) => g === 0)).toBe(true);
      });
    });

    test("bad input gets a sentence", () => {
      expect(() => losses.crossEntropy(logits, tf.tensor1d([0, 1, 2, 7, 1], "int32"))).toThrow(
        "crossEntropy: expected targets from 0 to 6, got 7 at 3",
      );
      expect(() => losses.crossEntropy(logits, tf.tensor1d([0, 1, -1, 2, 1], "int32"))).toThrow("got -1 at 2");
      expect(() => losses.crossEntropy(logits, tf.tensor1d([0, 1], "int32"))).toThrow(
        "crossEntropy: targets: expected [5], got [2]",
      );
      expect(() => losses.crossEntropy(tf.zeros([2, 5, 7]) as unknown as tf.Tensor2D, classes)).toThrow(
        "crossEntropy: logits: expected [N, V], got [2, 5, 7]",
      );
      expect(() => losses.crossEntropy(logits, classes, { labelSmoothing: 1.5 })).toThrow(
        "crossEntropy: expected a label smoothing from 0 to 1, got 1.5",
      );
    });
  });

  test("shapes that would broadcast are refused", () => {
    const [column, row] = [tf.zeros([3, 1]), tf.zeros([3])];
    expect(() => losses.meanSquaredError(column, row)).toThrow("meanSquaredError: targets: expected [3, 1], got [3]");
    expect(() => losses.meanAbsoluteError(column, row)).toThrow("meanAbsoluteError: targets: expected [3, 1], got [3]");
    expect(() => losses.binaryCrossEntropy(column, row)).toThrow(
      "binaryCrossEntropy: targets: expected [3, 1], got [3]",
    );
    expect(() => losses.klDivergence(column, row)).toThrow("klDivergence: qLogits: expected [3, 1], got [3]");
  });
});
