import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { attend } from "../../lib/nn/attention";

type Answer = typeof import("../../solutions/11-gpt");

interface BlockInput {
  readonly x: tf.Tensor;
  readonly gains: readonly [tf.Tensor, tf.Tensor];
  /** Query, key and value, each `[C, C]`. */
  readonly attention: readonly [tf.Tensor, tf.Tensor, tf.Tensor];
  /** `[C, F]` and `[F, C]`. */
  readonly feedForward: readonly [tf.Tensor, tf.Tensor];
}

/** A block made of a norm, an attention and a feed-forward layer with weights of their own. */
export const blockOutput: Driver<Answer> = (answer, { x, gains, attention, feedForward }: BlockInput) =>
  answer.gptBlock(x, {
    attentionNorm: (input) => normalized(input, gains[0]),
    attention: (input, mask) => {
      const [query, key, value] = attention.map((weight) => flatProduct(input, weight).expandDims<tf.Tensor4D>(1));
      return attend(query!, key!, value!, { mask }).output.squeeze([1]);
    },
    feedForwardNorm: (input) => normalized(input, gains[1]),
    feedForward: (input) => flatProduct(flatProduct(input, feedForward[0]).relu(), feedForward[1]),
  });

function normalized(x: tf.Tensor, gain: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain);
}

/** `[B, T, in]` times `[in, out]`. */
function flatProduct(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [inputs, outputs] = weight.shape as [number, number];
  const product = x.reshape<tf.Tensor2D>([-1, inputs]).matMul(weight);
  return product.reshape([...x.shape.slice(0, -1), outputs]);
}

interface GPTInput {
  readonly ids: tf.Tensor1D;
  readonly tokens: tf.Tensor2D;
  readonly positions: tf.Tensor2D;
  /** One vector `[C]` for each block. */
  readonly blocks: readonly tf.Tensor[];
  readonly gain: tf.Tensor;
}

/** A GPT whose blocks mix the places before each one, so that their order and their inputs show. */
export const logitsOf: Driver<Answer> = (answer, { ids, tokens, positions, blocks, gain }: GPTInput) =>
  answer.gptLogits(ids, {
    tokens,
    positions,
    blocks: blocks.map((vector) => (x: tf.Tensor) => x.cumsum(1).mul(vector).tanh().add(x)),
    norm: (x) => normalized(x, gain),
  });

interface CachedInput {
  readonly ids: readonly number[];
  readonly tokens: tf.Tensor2D;
  readonly positions: tf.Tensor2D;
  readonly query: tf.Tensor2D;
  readonly key: tf.Tensor2D;
  readonly value: tf.Tensor2D;
}

/** Feeds the tokens one by one. The outputs, a row each. */
export const cachedOutputs: Driver<Answer> = (answer, { ids, ...model }: CachedInput) =>
  tf.concat(walk(answer, ids, model).map(({ output }) => output));

/** What the cache holds at the end. */
export const cacheAfter: Driver<Answer> = (answer, { ids, ...model }: CachedInput) => {
  const { keys, values } = walk(answer, ids, model).at(-1)!.cache;
  return { keys, values };
};

function walk(answer: Answer, ids: readonly number[], model: Omit<CachedInput, "ids">) {
  const steps: ReturnType<Answer["cachedStep"]>[] = [];
  for (const id of ids) steps.push(answer.cachedStep(id, steps.at(-1)?.cache, model));
  return steps;
}

/** How many tokens could be fed, and whether the one after them was refused. */
export const untilRefused: Driver<Answer> = (answer, { ids, ...model }: CachedInput) => {
  let cache: ReturnType<Answer["cachedStep"]>["cache"] | undefined;
  let fed = 0;
  try {
    for (const id of ids) {
      cache = answer.cachedStep(id, cache, model).cache;
      fed++;
    }
  } catch {
    return { fed, refused: true };
  }
  return { fed, refused: false };
};
