import * as tf from "@tensorflow/tfjs";
import { type Digits, digitSide, loadMnist } from "../../data/mnist";
import { MLP } from "../../models/mlp";
import { Random } from "../../random";
import { batches, takeRows } from "../../train/batches";
import { saveTensors } from "../../train/checkpoint";
import { crossEntropy } from "../../train/losses";
import { accuracy, predictClasses } from "../../train/metrics";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import type { Training } from "./training";

const seed = 5;
const epochs = 20;
const pixels = digitSide * digitSide;

/** Lesson 05's network made wider and deeper and trained longer, the last 5,000 training digits held out to stop it. */
export const mnistMLP: Training = {
  name: "mnist-mlp",
  lesson: "05",
  about: `a 784-512-256-10 perceptron with dropout on MNIST, ${epochs} epochs`,
  async run(options, modelFile) {
    const { train: all, test } = loadMnist();
    const training = part(all, 0, 55_000);
    const validation = part(all, 55_000, 60_000);
    const model = new MLP([pixels, 512, 256, 10], { random: new Random(seed), dropoutRate: 0.3 });
    const optimizer = new AdamW(model.parameters(), { weightDecay: 0.01 });
    const shuffled = batches({ size: training.count, batchSize: 128, seed }, (rows) => ({
      x: tf.tensor2d(takeRows(training.images, pixels, rows), [rows.length, pixels]),
      y: tf.tensor1d(takeRows(training.labels, 1, rows), "int32"),
    }));
    const accuracyOn = ({ count, images, labels }: Digits) => {
      const rows = (start: number, end: number) => images.subarray(start * pixels, end * pixels);
      const logits = (start: number, end: number) =>
        model.forward(tf.tensor2d(rows(start, end), [end - start, pixels]));
      return accuracy(predictClasses(count, logits), labels);
    };
    const result = await train({
      ...options,
      model,
      optimizer,
      batches: shuffled,
      epochs,
      schedule: cosine({ peak: 2e-3, steps: epochs * shuffled.stepsPerEpoch, warmup: 100 }),
      loss: ({ x, y }, { random }) => crossEntropy(model.forward(x, { dropout: random }), y),
      seed,
      evaluate: () => ({ accuracy: accuracyOn(validation) }),
      earlyStopping: { metric: "accuracy", better: "higher", patience: 8 },
    });
    await saveTensors(modelFile, model.parameters());
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    const finished = () => [
      `validation accuracy ${percent(accuracyOn(validation))} on ${validation.count} digits, which chose the weights`,
      `test accuracy ${percent(accuracyOn(test))} on ${test.count} digits, looked at once`,
    ];
    const summary = result.end === "interrupted" ? [] : finished();
    optimizer.dispose();
    model.dispose();
    return { result, summary };
  },
};

function part({ images, labels }: Digits, start: number, end: number): Digits {
  return {
    count: end - start,
    images: images.subarray(start * pixels, end * pixels),
    labels: labels.subarray(start, end),
  };
}
