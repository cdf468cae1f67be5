import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadMnist } from "../../lib/data/mnist";
import { MLP } from "../../lib/models/mlp";
import { Random } from "../../lib/random";
import { batches, takeRows } from "../../lib/train/batches";
import { crossEntropy } from "../../lib/train/losses";
import { accuracy, predictClasses } from "../../lib/train/metrics";
import { Adam } from "../../lib/train/optimizers";
import { cosine } from "../../lib/train/schedules";
import { train } from "../../lib/train/train";

// A short run of what lesson 05 does with 55,000 digits and five epochs. (The first half of the test set is the harder one.)
test("two epochs over 8,000 digits read more than 88 % of the first 2,000 test digits", async () => {
  const { train: digits, test: unseen } = loadMnist({ train: 8000, test: 2000 });
  const model = new MLP([784, 128, 10], { random: new Random(5), dropoutRate: 0.1 });
  const optimizer = new Adam(model.parameters());
  const shuffled = batches({ size: digits.count, batchSize: 64, seed: 5 }, (rows) => ({
    x: tf.tensor2d(takeRows(digits.images, 784, rows), [rows.length, 784]),
    y: tf.tensor1d(takeRows(digits.labels, 1, rows), "int32"),
  }));
  const { losses } = await train({
    model,
    optimizer,
    batches: shuffled,
    epochs: 2,
    schedule: cosine({ peak: 4e-3, steps: 2 * shuffled.stepsPerEpoch, warmup: 20 }),
    loss: ({ x, y }, { random }) => crossEntropy(model.forward(x, { dropout: random }), y),
    seed: 5,
  });
  const guesses = predictClasses(unseen.count, (start, end) =>
    model.forward(tf.tensor2d(unseen.images.subarray(start * 784, end * 784), [end - start, 784])),
  );
  expect(losses[0]).toBeGreaterThan(2);
  expect(accuracy(guesses, unseen.labels)).toBeGreaterThan(0.88);
  optimizer.dispose();
  model.dispose();
});
