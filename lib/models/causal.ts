import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { crossEntropy } from "../train/losses";
import type { GPT } from "./gpt";

/*
 * Learning to continue: every position of a text is an example, and its label is the token one place to the right.
 */

export interface CausalBatch {
  /** What the model reads, int32 `[B, T]`. */
  readonly inputs: tf.Tensor2D;
  /** What it should say next at each position, int32 `[B, T]`: the same text, one token later. */
  readonly targets: tf.Tensor2D;
}

/** The windows of `length` tokens that begin at `starts`; each needs one token more for its last target. */
export function causalBatch(ids: ArrayLike<number>, starts: readonly number[], length: number): CausalBatch {
  const inputs = new Int32Array(starts.length * length);
  const targets = new Int32Array(starts.length * length);
  for (const [b, start] of starts.entries()) {
    if (!(start >= 0 && start + length < ids.length)) {
      throw new Error(
        `causalBatch: expected starts from 0 to ${ids.length - length - 1} for windows of ${length} among ${ids.length} tokens, got ${start}`,
      );
    }
    for (let t = 0; t < length; t++) {
      inputs[b * length + t] = ids[start + t]!;
      targets[b * length + t] = ids[start + t + 1]!;
    }
  }
  const shape: [number, number] = [starts.length, length];
  return { inputs: tf.tensor2d(inputs, shape, "int32"), targets: tf.tensor2d(targets, shape, "int32") };
}

/** `count` windows from anywhere in the text. */
export function randomCausalBatch(
  ids: ArrayLike<number>,
  { count, length, random }: { count: number; length: number; random: Random },
): CausalBatch {
  const starts = Array.from({ length: count }, () => random.integer(Math.max(1, ids.length - length)));
  return causalBatch(ids, starts, length);
}

/** The mean of `-ln P(target | the tokens up to there)` over all positions, in nats a token. */
export function causalLoss(model: GPT, { inputs, targets }: CausalBatch, options: { dropout?: Random } = {}) {
  const [B, T] = inputs.shape;
  const logits = model.forward(inputs, options); // [B, T, V]
  return crossEntropy(logits.reshape([B * T, -1]), targets.reshape([B * T]));
}

export interface LossByPositionOptions {
  /** Default: the model's context. */
  readonly length?: number;
  /** At most so many windows, from the beginning. Default: all. */
  readonly windows?: number;
  readonly batchSize?: number;
}

/**
 * The mean loss at each place of a window, `[T]`: how well the model does with 1, 2, ... `T` tokens to look at. The text is
 * cut into windows that do not overlap; the mean of the result is the loss on the text.
 */
export function lossByPosition(model: GPT, ids: ArrayLike<number>, options: LossByPositionOptions = {}): Float64Array {
  const { length = model.config.contextLength, windows = Infinity, batchSize = 50 } = options;
  const count = Math.min(windows, Math.floor((ids.length - 1) / length));
  if (count < 1) throw new Error(`lossByPosition: expected more than ${length} tokens, got ${ids.length}`);
  const sums = new Float64Array(length);
  for (let first = 0; first < count; first += batchSize) {
    const starts = Array.from({ length: Math.min(batchSize, count - first) }, (_, b) => (first + b) * length);
    for (const [t, sum] of sumsByPosition(model, causalBatch(ids, starts, length)).entries()) sums[t]! += sum;
  }
  return sums.map((sum) => sum / count);
}

/** Frees the batch. */
function sumsByPosition(model: GPT, { inputs, targets }: CausalBatch): Float32Array {
  const sums = tf.tidy(() => {
    const logProbabilities = tf.logSoftmax(model.forward(inputs)); // [B, T, V]
    const V = model.config.vocabularySize;
    return logProbabilities.mul(tf.oneHot(targets, V).toFloat()).sum(-1).neg().sum(0).dataSync<"float32">();
  });
  tf.dispose([inputs, targets]);
  return sums;
}
