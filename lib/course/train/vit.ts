import * as tf from "@tensorflow/tfjs";
import { type Digits, digitSide, loadMnist } from "../../data/mnist";
import { digitImages, mnistViT, ViT } from "../../models/vit";
import { batches, takeRows } from "../../train/batches";
import { crossEntropy } from "../../train/losses";
import { accuracy, predictClasses } from "../../train/metrics";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import { ship } from "./ship";
import type { Training } from "./training";

const seed = 1;
const epochs = 3;
const batchSize = 128;
const pixels = digitSide * digitSide;

/** Lesson 16's vision Transformer, at the reference's budget: what PyTorch reaches in as many steps is known. */
export const vit: Training = {
  name: "vit",
  lesson: "16",
  about: `a vision Transformer of 205,066 weights on MNIST, ${epochs} epochs`,
  async run(options, modelFile) {
    const { train: digits, test } = loadMnist();
    const model = new ViT({ ...mnistViT, seed });
    const optimizer = new AdamW(model.parameters(), { weightDecay: 0.01 });
    const shuffled = batches({ size: digits.count, batchSize, seed }, (rows) => ({
      x: digitImages(takeRows(digits.images, pixels, rows)),
      y: tf.tensor1d(takeRows(digits.labels, 1, rows), "int32"),
    }));
    const accuracyOn = ({ count, images, labels }: Digits) => {
      const logits = (start: number, end: number) =>
        model.forward(digitImages(images.subarray(start * pixels, end * pixels)));
      return accuracy(predictClasses(count, logits, 250), labels);
    };
    const result = await train({
      ...options,
      model,
      optimizer,
      batches: shuffled,
      epochs,
      schedule: cosine({ peak: 1e-3, steps: epochs * shuffled.stepsPerEpoch, warmup: 100 }),
      loss: ({ x, y }) => crossEntropy(model.forward(x), y),
      seed,
      evaluate: () => ({ accuracy: accuracyOn(test) }),
    });
    const figures = await ship({ name: "vit", batchSize, result, modelFile }, model.parameters(), () => ({
      testAccuracy: accuracyOn(test),
    }));
    optimizer.dispose();
    model.dispose();
    const line = (share: number) => `test accuracy ${(100 * share).toFixed(2)} % on ${test.count} digits`;
    return { result, summary: figures ? [line(figures.testAccuracy)] : [] };
  },
};
