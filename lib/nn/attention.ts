import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import type { Random } from "../random";
import { dropout } from "./dropout";
import type { Initializer } from "./init";
import { Linear } from "./linear";
import { Module } from "./module";
import { assertShape } from "./shape";

export interface AttendOptions {
  /** Broadcastable to `[B, H, T, S]`, 1 = may be seen. A query that may see nothing attends to all keys alike. */
  readonly mask?: tf.Tensor | undefined;
  /** Added to the scores, broadcastable to `[B, H, T, S]`: T5's relative positions. */
  readonly positionBias?: tf.Tensor | undefined;
  /** Default: `1 / sqrt(D)`; T5 uses 1. */
  readonly scale?: number | undefined;
  /** Share of the weights that dropout sets to 0 before they meet the values. Default: 0. */
  readonly dropoutRate?: number | undefined;
  /** Given only in training: the generator of dropout. */
  readonly dropout?: Random | undefined;
}

export interface Attended<Output extends tf.Tensor> {
  readonly output: Output;
  /** `[B, H, T, S]`: how much query `t` takes from key `s`. */
  readonly weights: tf.Tensor4D;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1): `softmax(Q K^T / sqrt(D)) V`.
 *
 * Shape: `query [B, H, T, D]`, `key` and `value [B, H, S, D]`.
 * Returns the output `[B, H, T, D]` and the weights `[B, H, T, S]`, whose rows sum to 1.
 */
export function attend(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  options: AttendOptions = {},
): Attended<tf.Tensor4D> {
  const { mask, positionBias, scale = 1 / Math.sqrt(query.shape[3]), dropoutRate = 0 } = options;
  if (dropoutRate === 0 || !options.dropout) {
    const inputs = {
      query,
      key,
      value,
      mask: mask?.dtype === "float32" ? mask : mask?.cast("float32"),
      bias: positionBias,
    };
    const results = fused<[tf.Tensor4D, tf.Tensor4D]>("Attention", inputs, { scale });
    if (results) return { output: results[0], weights: results[1] };
  }
  let scores: tf.Tensor4D = tf.matMul(query, key, false, true).mul(scale); // [B, H, T, S]
  if (positionBias) scores = scores.add(positionBias);
  if (mask) scores = tf.where(mask.cast("bool"), scores, -1e9); // -Infinity would make a fully masked row NaN
  const weights = tf.softmax(scores);
  const kept = dropout<tf.Rank.R4>(weights, dropoutRate, options.dropout);
  return { output: tf.matMul(kept, value), weights };
}

/** `[B, T, H * D] -> [B, H, T, D]`: a head is a run of `D` neighbouring channels. */
export function splitHeads(x: tf.Tensor3D, heads: number): tf.Tensor4D {
  const [B, T, C] = x.shape;
  return x.reshape([B, T, heads, C / heads]).transpose([0, 2, 1, 3]);
}

/** `[B, H, T, D] -> [B, T, H * D]`, the inverse of `splitHeads`. */
export function joinHeads(x: tf.Tensor4D): tf.Tensor3D {
  const [B, H, T, D] = x.shape;
  return x.transpose([0, 2, 1, 3]).reshape([B, T, H * D]);
}

/** Keys and values by head, `[B, H, S, D]` each: what cached decoding keeps. */
export type KeyValue = {
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
};

export interface MultiHeadAttentionOptions {
  readonly heads: number;
  readonly random: Random;
  /** Default: `size / heads`. T5's heads need not add up to the model's width. */
  readonly headSize?: number | undefined;
  /** Whether the four projections have a bias. Default: true. */
  readonly bias?: boolean | undefined;
  /** Default: `1 / sqrt(headSize)`. */
  readonly scale?: number | undefined;
  /** Share of attention weights that dropout sets to 0 in training. Default: 0. */
  readonly dropoutRate?: number | undefined;
  readonly init?: Initializer | undefined;
  /** Default: `init`. T5, which does not divide the scores by sqrt(D), starts the query smaller instead. */
  readonly queryInit?: Initializer | undefined;
  /** Default: `init`. GPT-2 starts what joins the residual stream smaller. */
  readonly outputInit?: Initializer | undefined;
}

export type AttentionInput = Pick<AttendOptions, "mask" | "positionBias" | "dropout">;

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2.2): `H` attentions side by side, each on its own projection.
 *
 *     head_h = attend(x Wq_h, context Wk_h, context Wv_h)      output = concat(head_1 … head_H) Wo
 *
 * Shape: `x [B, T, C]`, `context [B, S, C]` -> output `[B, T, C]`, weights `[B, H, T, S]`.
 * Parameters: `query`, `key`, `value` `[C, H * D]` and `output [H * D, C]`.
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly heads: number;
  readonly scale: number;
  readonly dropoutRate: number;

  constructor(
    readonly size: number,
    {
      heads,
      random,
      headSize = size / heads,
      bias = true,
      scale,
      dropoutRate = 0,
      init,
      queryInit = init,
      outputInit = init,
    }: MultiHeadAttentionOptions,
  ) {
    super();
    if (!Number.isInteger(headSize)) {
      throw new Error(`MultiHeadAttention: expected a size that ${heads} heads divide, got ${size}`);
    }
    const options = { random, bias, ...(init && { init }) };
    this.query = new Linear(size, heads * headSize, { ...options, ...(queryInit && { init: queryInit }) });
    this.key = new Linear(size, heads * headSize, options);
    this.value = new Linear(size, heads * headSize, options);
    this.output = new Linear(heads * headSize, size, { ...options, ...(outputInit && { init: outputInit }) });
    this.heads = heads;
    this.scale = scale ?? 1 / Math.sqrt(headSize);
    this.dropoutRate = dropoutRate;
  }

  /** Self-attention, or cross-attention when a `context` is given. */
  forward(
    x: tf.Tensor3D,
    { context = x, ...input }: AttentionInput & { context?: tf.Tensor3D } = {},
  ): Attended<tf.Tensor3D> {
    return this.attendTo(x, this.project(context), input);
  }

  /** The keys and values of a context. */
  project(context: tf.Tensor3D): KeyValue {
    assertShape("MultiHeadAttention", context, ["B", "S", this.size]);
    return {
      key: splitHeads(this.key.forward(context), this.heads),
      value: splitHeads(this.value.forward(context), this.heads),
    };
  }

  /** The second half of `forward`, for keys and values that are already there. */
  attendTo(x: tf.Tensor3D, { key, value }: KeyValue, input: AttentionInput = {}): Attended<tf.Tensor3D> {
    assertShape("MultiHeadAttention", x, ["B", "T", this.size]);
    const query = splitHeads(this.query.forward(x), this.heads); // [B, H, T, D]
    const { scale, dropoutRate } = this;
    const { output, weights } = attend(query, key, value, { ...input, scale, dropoutRate });
    return { output: this.output.forward(joinHeads(output)), weights };
  }
}

/** The keys and values of all positions so far: the cache followed by the new ones. */
export function extend(cache: KeyValue | undefined, { key, value }: KeyValue): KeyValue {
  if (!cache) return { key, value };
  return { key: tf.concat([cache.key, key], 2), value: tf.concat([cache.value, value], 2) }; // [B, H, S + T, D]
}
