import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { Embedding } from "./embedding";
import type { Initializer } from "./init";
import { Module } from "./module";

/**
 * Sinusoidal positions (Vaswani et al. 2017, section 3.5), added to the embeddings.
 *
 *     PE(t, 2i) = sin(t / 10000^(2i / C))      PE(t, 2i + 1) = cos(t / 10000^(2i / C))
 *
 * Shape: `[T, C]`, for the positions `start … start + T - 1`.
 */
export function sinusoidalPositions(length: number, size: number, start = 0): tf.Tensor2D {
  if (size % 2 !== 0) throw new Error(`sinusoidalPositions: expected an even size, got ${size}`);
  const table = new Float32Array(length * size);
  for (let t = 0; t < length; t++) {
    for (let i = 0; i < size; i += 2) {
      const angle = (start + t) / 10000 ** (i / size);
      table[t * size + i] = Math.sin(angle);
      table[t * size + i + 1] = Math.cos(angle);
    }
  }
  return tf.tensor2d(table, [length, size]);
}

/**
 * Rotary positions (Su et al. 2021, eq. 34), applied to queries and keys: each pair of neighbouring channels is turned by
 * an angle that grows with the position, so that their dot product depends on the distance alone.
 *
 *     (x_2i, x_2i+1) is turned by t * base^(-2i / D)
 *
 * Shape: `[B, H, T, D] -> [B, H, T, D]`, for the positions `start … start + T - 1`.
 */
export function rotate(x: tf.Tensor4D, start = 0, base = 10000): tf.Tensor4D {
  const [, , T, D] = x.shape;
  if (D % 2 !== 0) throw new Error(`rotate: expected an even head size, got ${D}`);
  const cos = new Float32Array(T * D);
  const sin = new Float32Array(T * D);
  const quarterTurn = new Float32Array(D * D); // sends (a, b) to (-b, a)
  for (let i = 0; i < D; i += 2) {
    quarterTurn[(i + 1) * D + i] = -1;
    quarterTurn[i * D + i + 1] = 1;
    for (let t = 0; t < T; t++) {
      const angle = (start + t) * base ** (-i / D);
      cos.fill(Math.cos(angle), t * D + i, t * D + i + 2);
      sin.fill(Math.sin(angle), t * D + i, t * D + i + 2);
    }
  }
  const turned = x
    .reshape<tf.Tensor2D>([-1, D])
    .matMul(tf.tensor2d(quarterTurn, [D, D]))
    .reshape<tf.Tensor4D>(x.shape);
  return x.mul<tf.Tensor4D>(tf.tensor2d(cos, [T, D])).add(turned.mul(tf.tensor2d(sin, [T, D])));
}

export interface RelativePositionOptions {
  readonly heads: number;
  readonly random: Random;
  /** Whether keys may stand after the query: true in an encoder, false in a decoder, which looks only back. */
  readonly bidirectional: boolean;
  /** Default: 32. */
  readonly buckets?: number | undefined;
  /** From this distance on all keys share the last bucket. Default: 128. */
  readonly maxDistance?: number | undefined;
  /** Default: `normal`, standard deviation 1. */
  readonly init?: Initializer | undefined;
}

/**
 * T5's relative positions (Raffel et al. 2020, section 2.1): a learned number for each head and each bucket of distances,
 * added to the attention scores. Near distances have a bucket each, far ones share buckets that grow with the logarithm.
 *
 * Shape: `[1, H, T, S]`. Parameters: `bias.weight [buckets, H]`.
 */
export class RelativePositionBias extends Module {
  readonly bias: Embedding;
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;

  constructor({ heads, random, bidirectional, buckets = 32, maxDistance = 128, init }: RelativePositionOptions) {
    super();
    this.bias = new Embedding(buckets, heads, { random, ...(init && { init }) });
    this.bidirectional = bidirectional;
    this.buckets = buckets;
    this.maxDistance = maxDistance;
  }

  /** With more keys than queries the queries are the last ones, as in cached decoding. */
  forward(targets: number, sources = targets): tf.Tensor4D {
    const ids = new Int32Array(targets * sources);
    for (let t = 0; t < targets; t++) {
      for (let s = 0; s < sources; s++) {
        ids[t * sources + s] = relativePositionBucket(s - (t + sources - targets), this);
      }
    }
    const bias = this.bias.forward(tf.tensor2d(ids, [targets, sources], "int32")); // [T, S, H]
    return bias.transpose<tf.Tensor3D>([2, 0, 1]).expandDims(0);
  }
}

/** The bucket of a key `relative` places after the query (negative: before it). */
export function relativePositionBucket(
  relative: number,
  { bidirectional, buckets, maxDistance }: Pick<RelativePositionBias, "bidirectional" | "buckets" | "maxDistance">,
): number {
  const side = bidirectional ? buckets / 2 : buckets;
  const offset = bidirectional && relative > 0 ? side : 0;
  const distance = bidirectional ? Math.abs(relative) : Math.max(-relative, 0);
  const exact = Math.floor(side / 2);
  if (distance < exact) return offset + distance;
  // In float32, as T5 computes it: a distance on the border of two buckets must fall on the same side.
  const ratio = Math.fround(
    Math.fround(Math.log(Math.fround(distance / exact))) / Math.fround(Math.log(maxDistance / exact)),
  );
  return offset + Math.min(exact + Math.floor(Math.fround(ratio * (side - exact))), side - 1);
}
