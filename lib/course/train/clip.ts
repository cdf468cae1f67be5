import * as tf from "@tensorflow/tfjs";
import { type Digits, digitSide, loadMnist } from "../../data/mnist";
import { CLIP, contrastiveLoss } from "../../models/clip";
import {
  caption,
  captionIds,
  digitCLIP,
  digitNames,
  drawGroup,
  inkMedians,
  strokeOf,
} from "../../models/digit-captions";
import { digitImages } from "../../models/vit";
import { takeRows } from "../../train/batches";
import { accuracy, predictClasses } from "../../train/metrics";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import { ship } from "./ship";
import type { Training } from "./training";

const seed = 1;
const steps = 1200;
const pairs = 120;
const pixels = digitSide * digitSide;

/** Lesson 16's two encoders: digits and captions such as "a picture of the digit bold seven" meet in one space. */
export const clip: Training = {
  name: "clip",
  lesson: "16",
  about: `images and captions of handwritten digits in one space, ${steps.toLocaleString("en-US")} steps of ${pairs} pairs`,
  async run(options, modelFile) {
    const { train: digits, test } = loadMnist();
    const medians = inkMedians(digits.images, digits.labels);
    const strokesOfImages = strokeOf(digits.images, digits.labels, medians);
    const model = new CLIP({ ...digitCLIP, seed });
    const optimizer = new AdamW(model.parameters(), { weightDecay: 0.01 });
    const result = await train({
      ...options,
      model,
      optimizer,
      steps,
      schedule: cosine({ peak: 1e-3, steps, warmup: 100 }),
      nextBatch: (step, random) => {
        // Every caption is right for one image of its group; all groups go through the encoders together.
        const groupSize = step % 2 === 0 ? 20 : 10;
        const groups = Array.from({ length: pairs / groupSize }, () =>
          drawGroup(digits.labels, strokesOfImages, groupSize === 20, random),
        );
        const rows = groups.flatMap((group) => group.rows);
        return {
          groupSize,
          images: digitImages(takeRows(digits.images, pixels, rows)),
          captions: captionIds(groups.flatMap((group) => group.captions)),
        };
      },
      loss: ({ groupSize, images, captions }) => {
        const [seen, read] = [model.encodeImages(images), model.encodeCaptions(captions)];
        const groups = Array.from({ length: pairs / groupSize }, (_, group) => {
          const from: [number, number] = [group * groupSize, 0];
          const size: [number, number] = [groupSize, digitCLIP.embeddingSize];
          return contrastiveLoss(seen.slice(from, size), read.slice(from, size), model.scale());
        });
        return tf.addN(groups).div<tf.Scalar>(groups.length);
      },
      seed,
      evaluate: () => ({ "retrieval top-1": retrieval(model, test, 2000) }),
      evaluateEvery: 200,
    });
    const figures = await ship({ name: "clip", batchSize: pairs, result, modelFile }, model.parameters(), () => ({
      topOne: retrieval(model, test),
      scale: tf.tidy(() => model.scale().dataSync()[0]!),
      inkMedians: medians,
    }));
    optimizer.dispose();
    model.dispose();
    const lines = ({ topOne, scale }: { topOne: number; scale: number }) => [
      `retrieval top-1 ${(100 * topOne).toFixed(2)} %: the caption of ${test.count} test digits, among ten`,
      `learned scale ${scale.toFixed(1)}, which is a temperature of ${(1 / scale).toFixed(3)}`,
    ];
    return { result, summary: figures ? lines(figures) : [] };
  },
};

/** How often an image's nearest caption among the ten plain ones is its own. */
function retrieval(model: CLIP, { images, labels, count }: Digits, first = count): number {
  const captions = tf.tidy(() => model.encodeCaptions(captionIds(digitNames.map((_, digit) => caption({ digit })))));
  const similarities = (start: number, end: number) => {
    const seen = model.encodeImages(digitImages(images.subarray(start * pixels, end * pixels)));
    return tf.matMul<tf.Tensor2D>(seen, captions, false, true);
  };
  const found = accuracy(predictClasses(first, similarities, 250), labels.subarray(0, first));
  captions.dispose();
  return found;
}
