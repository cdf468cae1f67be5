import * as tf from "@tensorflow/tfjs";
import { MultiHeadAttention } from "../nn/attention";
import { CausalConvolution } from "../nn/convolution";
import { Embedding } from "../nn/embedding";
import { Linear } from "../nn/linear";
import { causalMask } from "../nn/masks";
import { Module } from "../nn/module";
import { sinusoidalPositions } from "../nn/positions";
import { ElmanRNN, LSTM } from "../nn/recurrent";
import { assertShape } from "../nn/shape";
import { Random } from "../random";
import { crossEntropy } from "../train/losses";

/** The ways to remember that are compared. */
export const memories = ["rnn", "lstm", "convolution", "attention"] as const;
export type Memory = (typeof memories)[number];

export interface RecallConfig {
  readonly memory: Memory;
  /** `V`: how many symbols there are. */
  readonly vocabularySize: number;
  /** `C`. The recurrent network without gates has a state twice as wide, so that all four have some thousand weights. */
  readonly size: number;
  /** How many positions the convolution sees, itself included. */
  readonly width: number;
  readonly seed: number;
}

export const recallConfig = { vocabularySize: 8, size: 32, width: 9 } as const;

/**
 * A symbol's vector, one layer that may look back, and a guess at every position: which symbol stood `distance` places
 * before? The layers differ, nothing else does; attention, to which order is nothing, has positions added to its input.
 *
 * Shape: int32 ids `[B, T]` -> logits `[B, T, V]`; `weights [B, 1, T, T]` where the layer is attention.
 */
export class RecallModel extends Module {
  readonly embedding: Embedding;
  readonly memory: ElmanRNN | LSTM | CausalConvolution | MultiHeadAttention;
  readonly output: Linear;

  constructor(readonly config: RecallConfig) {
    super();
    const { memory, vocabularySize, size, width, seed } = config;
    const random = new Random(seed);
    this.embedding = new Embedding(vocabularySize, size, { random });
    if (memory === "rnn") this.memory = new ElmanRNN(size, 2 * size, { random });
    else if (memory === "lstm") this.memory = new LSTM(size, size, { random });
    else if (memory === "convolution") this.memory = new CausalConvolution(size, size, width, { random });
    else this.memory = new MultiHeadAttention(size, { heads: 1, random });
    this.output = new Linear(memory === "rnn" ? 2 * size : size, vocabularySize, { random });
  }

  forward(ids: tf.Tensor2D): { readonly logits: tf.Tensor3D; readonly weights?: tf.Tensor4D } {
    const T = ids.shape[1];
    const x = this.embedding.forward(ids); // [B, T, C]
    const { memory } = this;
    if (!(memory instanceof MultiHeadAttention)) return { logits: this.output.forward(memory.forward(x)) };
    const placed = x.add<tf.Tensor3D>(sinusoidalPositions(T, this.config.size));
    const { output, weights } = memory.forward(placed, { mask: causalMask(T) });
    return { logits: this.output.forward(output), weights };
  }
}

/** Random symbols: every one as likely as every other, so that nothing but memory helps. Shape: int32 `[B, T]`. */
export function recallBatch(random: Random, sequences: number, length: number, vocabularySize: number): tf.Tensor2D {
  const ids = Int32Array.from({ length: sequences * length }, () => random.integer(vocabularySize));
  return tf.tensor2d(ids, [sequences, length], "int32");
}

/** The guesses that have an answer, `[B * (T - distance), V]`, and their answers. */
function recallPairs(logits: tf.Tensor3D, ids: tf.Tensor2D, distance: number) {
  assertShape("recall: logits", logits, [...ids.shape, "V"]);
  const [B, T, V] = logits.shape;
  if (!(distance >= 0 && distance < T))
    throw new Error(`recall: expected a distance from 0 to ${T - 1}, got ${distance}`);
  const guesses: tf.Tensor2D = logits.slice([0, distance, 0], [B, T - distance, V]).reshape([-1, V]);
  const answers: tf.Tensor1D = ids.slice([0, 0], [B, T - distance]).reshape([-1]);
  return { guesses, answers };
}

/** The mean surprise at the symbol `distance` places before, over all positions that have one. */
export function recallLoss(logits: tf.Tensor3D, ids: tf.Tensor2D, distance: number): tf.Scalar {
  const { guesses, answers } = recallPairs(logits, ids, distance);
  return crossEntropy(guesses, answers);
}

/** How often the guess is right, as a share. Frees what it makes. */
export function recallAccuracy(model: RecallModel, ids: tf.Tensor2D, distance: number): number {
  return tf.tidy(() => {
    const { guesses, answers } = recallPairs(model.forward(ids).logits, ids, distance);
    return guesses.argMax(-1).equal(answers).mean().dataSync()[0]!;
  });
}
