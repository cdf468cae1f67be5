import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { type Initializer, normal } from "./init";
import { Module, parameter } from "./module";

export interface EmbeddingOptions {
  readonly random: Random;
  /** Default: `normal`, standard deviation 1. */
  readonly init?: Initializer;
}

/**
 * A table of learned vectors, one for each of `count` ids: the same numbers as a one-hot vector times `weight`,
 * without the multiplications.
 *
 * Shape: int32 ids `[...] -> [..., size]`. Parameters: `weight [count, size]`.
 */
export class Embedding extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;

  constructor(
    readonly count: number,
    readonly size: number,
    { random, init = normal }: EmbeddingOptions,
  ) {
    super();
    this.weight = parameter(() => init<tf.Rank.R2>([count, size], random));
  }

  forward(ids: tf.Tensor2D): tf.Tensor3D;
  forward(ids: tf.Tensor1D): tf.Tensor2D;
  forward(ids: tf.Tensor): tf.Tensor {
    if (ids.dtype !== "int32") throw new Error(`Embedding: expected int32 ids, got ${ids.dtype}`);
    const unknown = ids.dataSync().find((id) => !(id >= 0 && id < this.count));
    if (unknown !== undefined) {
      throw new Error(
        `Embedding: expected ids from 0 to ${this.count - 1}, got ${unknown}; the text was encoded with another vocabulary`,
      );
    }
    return tf.gather(this.weight, ids);
  }
}
