import * as tf from "@tensorflow/tfjs";
import { digitSide, loadMnist } from "../../data/mnist";
import { painterBatch, painterConfig, painterFormat } from "../../models/digit-painter";
import { GPT } from "../../models/gpt";
import { encodeImages, flatPatches, learnCodebook } from "../../models/visual-codes";
import { Random } from "../../random";
import { batches, takeRows } from "../../train/batches";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import { ship } from "./ship";
import type { Training } from "./training";

const seed = 1;
const steps = 1500;
const batchSize = 48;
const { numCodes, patchSize, codesPerImage } = painterFormat;

/** Lesson 16's painter: a GPT continues a digit's name with 49 codes of a codebook that k-means has learned before. */
export const digitPainter: Training = {
  name: "digit-painter",
  lesson: "16",
  about: `a GPT paints handwritten digits code by code, ${steps} steps of ${batchSize} digits`,
  async run(options, modelFile) {
    const { train: digits, test } = loadMnist({ train: 20_000, test: 1000 });
    const some = flatPatches(digits.images.subarray(0, 500 * digitSide ** 2), digitSide, patchSize);
    const codebook = learnCodebook(some, { count: numCodes, patchSize, random: new Random(seed) });
    const codes = encodeImages(codebook, digits.images, digitSide);
    const testCodes = encodeImages(codebook, test.images, digitSide);
    const model = new GPT({ ...painterConfig, seed });
    const optimizer = new AdamW(model.parameters(), { weightDecay: 0.01 });
    const lossOn = ({ ids, targets }: ReturnType<typeof painterBatch>) =>
      crossEntropy(
        model.forward(ids).reshape<tf.Tensor2D>([ids.size, painterConfig.vocabularySize]),
        targets.flatten(),
      );
    const result = await train({
      ...options,
      model,
      optimizer,
      steps,
      batches: batches({ size: digits.count, batchSize, seed }, (rows) =>
        painterBatch(takeRows(digits.labels, 1, rows), takeRows(codes, codesPerImage, rows)),
      ),
      schedule: cosine({ peak: 3e-3, steps, warmup: 100 }),
      loss: lossOn,
      clipNorm: 1,
      seed,
      evaluate: () => ({ nll: testLoss() }),
      evaluateEvery: 500,
    });
    const table = tf.variable(tf.tensor2d(codebook.entries, [numCodes, patchSize * patchSize]), false);
    const weights = new Map<string, tf.Variable>([...model.parameters(), ["codebook", table]]);
    const figures = await ship({ name: "digit-painter", batchSize, result, modelFile }, weights, () => ({
      testLoss: testLoss(),
      byFrequency: byFrequency(codes, testCodes),
    }));
    table.dispose();
    optimizer.dispose();
    model.dispose();
    const line = (nll: number, unigram: number) =>
      `${nll.toFixed(3)} nats a code on ${test.count} test digits; each code by its frequency alone: ${unigram.toFixed(3)}`;
    return { result, summary: figures ? [line(figures.testLoss, figures.byFrequency)] : [] };

    function testLoss(): number {
      let sum = 0;
      for (let start = 0; start < test.count; start += 250) {
        const [from, to] = [start * codesPerImage, (start + 250) * codesPerImage];
        sum += tf.tidy(
          () =>
            lossOn(painterBatch(test.labels.subarray(start, start + 250), testCodes.slice(from, to))).dataSync()[0]!,
        );
      }
      return sum / (test.count / 250);
    }
  },
};

/** The mean surprise at the test codes of one who knows how frequent each code is, and no more. */
function byFrequency(codes: Int32Array, testCodes: Int32Array): number {
  const counts = new Float64Array(numCodes).fill(1);
  for (const code of codes) counts[code]!++;
  const total = codes.length + numCodes;
  return testCodes.reduce((sum, code) => sum - Math.log(counts[code]! / total), 0) / testCodes.length;
}
