import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { Random } from "../../lib/random";

type Answer = typeof import("../../solutions/05-tensors");

/** One of the three gradients of a linear layer. */
export const gradientBy: Driver<Answer> = (
  answer,
  { of, x, weight, dy }: { of: "x" | "weight" | "bias"; x: tf.Tensor2D; weight: tf.Tensor2D; dy: tf.Tensor2D },
) => answer.linearBackward(x, weight, dy)[of];

/** What can be said of initial weights whichever order their draws are used in: `normal` counts 1, 2, 3 … */
export const weightsFromCounting: Driver<Answer> = (
  answer,
  { inputs, outputs, deviation }: { inputs: number; outputs: number; deviation: number },
) => {
  let count = 0;
  const weights = answer.initialWeights(inputs, outputs, deviation, () => ++count);
  return { shape: weights.shape, sorted: Array.from(weights.dataSync()).sort((a, b) => a - b) };
};

/** What dropout did to a matrix without zeros, in facts that hold for every right way to use the random numbers. */
export const dropoutFacts: Driver<Answer> = (
  answer,
  { rate, training, seed }: { rate: number; training: boolean; seed: number },
) => {
  const [rows, columns] = [61, 97];
  const generator = new Random(seed);
  const x = Array.from({ length: rows * columns }, () => generator.uniform(1, 2));
  const y = answer.dropout(tf.tensor2d(x, [rows, columns]), rate, training, () => generator.uniform());
  const ratios = Array.from(y.dataSync(), (value, i) => value / x[i]!);
  const kept = ratios.filter((ratio) => ratio !== 0);
  return {
    shape: y.shape,
    shareSilenced: 1 - kept.length / ratios.length,
    smallestScale: kept.reduce((a, b) => Math.min(a, b), Infinity),
    largestScale: kept.reduce((a, b) => Math.max(a, b), -Infinity),
  };
};

/** Which entries dropout silences, compared between rows, columns, calls and generators of the same seed. */
export const dropoutMasks: Driver<Answer> = (answer, { rate, seed }: { rate: number; seed: number }) => {
  const [rows, columns] = [13, 37];
  const mask = (generator: Random) =>
    Array.from(answer.dropout(tf.ones([rows, columns]), rate, true, () => generator.uniform()).dataSync(), Boolean);
  const generator = new Random(seed);
  const [first, second] = [mask(generator), mask(generator)];
  const row = (i: number) => first.slice(i * columns, (i + 1) * columns).join();
  const column = (j: number) => Array.from({ length: rows }, (_, i) => first[i * columns + j]).join();
  return {
    allRowsAlike: new Set(Array.from({ length: rows }, (_, i) => row(i))).size === 1,
    allColumnsAlike: new Set(Array.from({ length: columns }, (_, j) => column(j))).size === 1,
    sameMaskInTheNextCall: first.join() === second.join(),
    sameMaskFromTheSameSeed: first.join() === mask(new Random(seed)).join(),
  };
};

/** The accuracy, and how many tensors are left behind by computing it. */
export const accuracyAndMemory: Driver<Answer> = (
  answer,
  { logits, labels }: { logits: tf.Tensor2D; labels: tf.Tensor1D },
) => {
  const before = tf.memory().numTensors;
  const accuracy = answer.accuracy(logits, labels);
  return { accuracy, tensorsLeft: tf.memory().numTensors - before };
};

interface EpochInput {
  readonly weight: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
  readonly images: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
  readonly order: readonly number[];
  readonly batchSize: number;
  readonly learningRate: number;
}

/** What an epoch makes of the variables. */
export const epochWeights: Driver<Answer> = (answer, input: EpochInput) => {
  const { weight, bias } = runEpoch(answer, input);
  return { weight, bias };
};

/** What an epoch returns. */
export const epochLoss: Driver<Answer> = (answer, input: EpochInput) => runEpoch(answer, input).meanLoss;

function runEpoch(answer: Answer, input: EpochInput) {
  const { weight, bias, images, labels, order, ...options } = input;
  const [w, b] = [tf.variable(weight), tf.variable(bias)];
  const meanLoss = answer.trainEpoch(w, b, images, labels, order, options);
  const after = { meanLoss, weight: w.clone(), bias: b.clone() };
  tf.dispose([w, b]);
  return after;
}

/** How many tensors an epoch leaves behind. */
export const epochMemory: Driver<Answer> = (answer, input: EpochInput) => {
  const { weight, bias, images, labels, order, ...options } = input;
  const [w, b] = [tf.variable(weight), tf.variable(bias)];
  const before = tf.memory().numTensors;
  answer.trainEpoch(w, b, images, labels, order, options);
  const tensorsLeft = tf.memory().numTensors - before;
  tf.dispose([w, b]);
  return { tensorsLeft };
};
