import type * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { Random } from "../../lib/random";

type Answer = typeof import("../../solutions/14-fine-tuning");

interface LoRASizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly rank: number;
  readonly seed: number;
}

function made(answer: Answer, { inputs, outputs, rank, seed }: LoRASizes) {
  const generator = new Random(seed);
  return answer.newLoRA(inputs, outputs, rank, () => generator.normal());
}

const deviationOf = (tensor: tf.Tensor) => {
  const values = tensor.dataSync<"float32">();
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
};

/** Facts about a new LoRA that hold whichever way the draws are used. */
export const newLoRAFacts: Driver<Answer> = (answer, sizes: LoRASizes) => {
  const { down, up } = made(answer, sizes);
  return {
    shapeOfA: down.shape,
    shapeOfB: up.shape,
    isAZero: deviationOf(down) === 0,
    isBZero: deviationOf(up) === 0,
  };
};

/** How A's entries spread, in units of 1 / √in: near 1, with some play for chance. */
export const spreadOfA: Driver<Answer> = (answer, sizes: LoRASizes) => {
  const { down } = made(answer, sizes);
  const relative = deviationOf(down) * Math.sqrt(sizes.inputs);
  return { spread: relative > 0.8 && relative < 1.25 ? "1 / √in" : `about ${relative.toPrecision(2)} times 1 / √in` };
};

/** Whether the entries of A differ from each other, and from those of another generator. */
export const drawsOfA: Driver<Answer> = (answer, sizes: LoRASizes) => {
  const values = [...made(answer, sizes).down.dataSync()];
  const others = [...made(answer, { ...sizes, seed: sizes.seed + 1 }).down.dataSync()];
  const again = [...made(answer, sizes).down.dataSync()];
  return {
    entriesDiffer: new Set(values).size === values.length,
    anotherGeneratorDrawsOthers: values.join() !== others.join(),
    theSameDrawsTheSame: values.join() === again.join(),
  };
};

/** The merged weight, and whether the old one is as it was. */
export const mergedAndOld: Driver<Answer> = (
  answer,
  { weight, down, up, alpha }: { weight: tf.Tensor2D; down: tf.Tensor2D; up: tf.Tensor2D; alpha: number },
) => {
  const before = [...weight.dataSync()].join();
  const merged = answer.mergeLoRA(weight, { down, up }, alpha);
  return { merged, oldWeightIsUntouched: !weight.isDisposed && [...weight.dataSync()].join() === before };
};

/** What a merged layer computes: X V. */
export const mergedOutput: Driver<Answer> = (
  answer,
  {
    x,
    weight,
    down,
    up,
    alpha,
  }: { x: tf.Tensor2D; weight: tf.Tensor2D; down: tf.Tensor2D; up: tf.Tensor2D; alpha: number },
) => x.matMul(answer.mergeLoRA(weight, { down, up }, alpha));

/** The weights after a step, and whether those that went in are as they were. */
export const stepAndInputs: Driver<Answer> = (
  answer,
  {
    weights,
    gradients,
    options,
  }: {
    weights: Record<string, number[]>;
    gradients: Record<string, number[]>;
    options: { frozen: string[]; rate: number; decay: number };
  },
) => {
  const before = JSON.stringify([weights, gradients]);
  const after = answer.stepUnfrozen(weights, gradients, options);
  return { after, inputsAreUntouched: JSON.stringify([weights, gradients]) === before };
};
