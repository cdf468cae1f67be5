// Lesson 09, What makes it deep: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 09    one exercise: npm run grade -- 09.1    a hint: npm run grade -- --hint 09.1
// As handed out: 7987307de64a

import type * as tf from "@tensorflow/tfjs";
import type { MultiHeadAttention } from "../lib/nn/attention";
import type { FeedForward } from "../lib/nn/feed-forward";
import type { LayerNorm } from "../lib/nn/layer-norm";

/**
 * The sinusoidal positions of 2017: a row of C numbers for each place t = 0, 1, …, T − 1. The channels come in pairs, a
 * sine and a cosine of the same angle, and from pair to pair the angle turns more slowly.
 *
 *     PE(t, 2i)     = sin( t / 10000^(2i / C) )          i = 0, 1, …, C/2 − 1 counts the pairs
 *     PE(t, 2i + 1) = cos( t / 10000^(2i / C) )
 *
 * `length` is T and `size` is C, an even number. Shape of the answer: `[T][C]`.
 * Example: `sinusoids(2, 4)` is [[0, 1, 0, 1], [sin 1, cos 1, sin 0.01, cos 0.01]].
 */
export function sinusoids(length: number, size: number): readonly (readonly number[])[] {
  throw new Error("TODO 09.1");
}

/**
 * Learned positions: `table` has a vector for each place that there may be, and the vector of place t is added to the token
 * that stands at t, the same one in every text of the batch.
 *
 *     yₙₜ = xₙₜ + tableₜ
 *
 * Texts may be shorter than the table: then only its first rows are used. A text that is longer than the table has places
 * without a vector: throw an error. Shapes: `x [B, T, C]`, `table [L, C]` → `[B, T, C]`.
 * Example: x = [[[1, 1], [1, 1]]] and table = [[10, 20], [30, 40], [50, 60]] give [[[11, 21], [31, 41]]].
 */
export function addPositions(x: tf.Tensor3D, table: tf.Tensor2D): tf.Tensor3D {
  throw new Error("TODO 09.2");
}

/**
 * Layer normalization (Ba et al. 2016). Each token is a vector of C numbers. It is moved so that their mean is 0, scaled so
 * that their variance is 1, and then every channel c gets its own learned gain and bias:
 *
 *     μ = 1/C · Σ꜀ x꜀          v = 1/C · Σ꜀ (x꜀ − μ)²          y꜀ = gain꜀ · (x꜀ − μ) / √(v + ε) + bias꜀
 *
 * Every token is normalized alone: neither its neighbours nor the rest of the batch matter.
 * Shapes: `x [B, T, C]`, `gain [C]`, `bias [C]` → `[B, T, C]`.
 * Example: one token [1, 3] with gain [1, 1], bias [0, 0] and ε = 0 gives [−1, 1].
 */
export function layerNorm(x: tf.Tensor3D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon: number): tf.Tensor3D {
  throw new Error("TODO 09.3");
}

/**
 * Root-mean-square normalization (Zhang and Sennrich 2019), which T5 and most models after it use: LayerNorm without the
 * mean and without the bias.
 *
 *     m = 1/C · Σ꜀ x꜀²          y꜀ = gain꜀ · x꜀ / √(m + ε)
 *
 * Shapes: `x [B, T, C]`, `gain [C]` → `[B, T, C]`.
 * Example: one token [3, 4] with gain [1, 10] and ε = 0: m is 12.5, so about [0.849, 11.31].
 */
export function rmsNorm(x: tf.Tensor3D, gain: tf.Tensor1D, epsilon: number): tf.Tensor3D {
  throw new Error("TODO 09.4");
}

/**
 * The backward pass of LayerNorm's first half, x̂ = (x − μ) / s with s = √(v + ε), for N tokens at once. You get `dy`, how
 * fast the loss grows with each x̂, and return how fast it grows with each x.
 *
 *     dx꜀ = 1/s · ( dy꜀  −  mean(dy)  −  x̂꜀ · mean(dy · x̂) )          both means over the C channels of the token
 *
 * Why two terms are taken off: adding the same number to all channels changes no x̂, so a gradient must not ask for it,
 * and (but for ε) neither does stretching the token. So every row of your answer sums to 0.
 * Shapes: `x [N, C]`, `dy [N, C]` → `[N, C]`. Write it by hand, without `tf.grad`.
 */
export function layerNormGradient(x: tf.Tensor2D, dy: tf.Tensor2D, epsilon: number): tf.Tensor2D {
  throw new Error("TODO 09.5");
}

/** What stands around a sublayer; each maps `[B, T, C]` to `[B, T, C]`. */
export interface Parts {
  readonly sublayer: (x: tf.Tensor3D) => tf.Tensor3D;
  readonly norm: (x: tf.Tensor3D) => tf.Tensor3D;
  readonly dropout: (x: tf.Tensor3D) => tf.Tensor3D;
}

/**
 * A sublayer's place in the residual stream x, with the norm where 2017's Transformer had it, or where most have it today:
 *
 *     "post" (Vaswani et al. 2017):   y = norm( x + dropout(sublayer(x)) )
 *     "pre"  (Xiong et al. 2020):     y = x + dropout(sublayer(norm(x)))
 *
 * Use each part exactly once. Shapes: `x [B, T, C]` → `[B, T, C]`.
 */
export function residual(x: tf.Tensor3D, { sublayer, norm, dropout }: Parts, placement: "post" | "pre"): tf.Tensor3D {
  throw new Error("TODO 09.6");
}

/** The weights of a feed-forward layer. */
export interface FeedForwardWeights {
  readonly W1: tf.Tensor2D;
  readonly b1: tf.Tensor1D;
  readonly W2: tf.Tensor2D;
  readonly b2: tf.Tensor1D;
}

/**
 * The feed-forward layer of a Transformer: two layers of neurons, with ReLU between them, for each token alone.
 *
 *     y = relu(x W₁ + b₁) W₂ + b₂
 *
 * A gradient through `matMul` needs two matrices, so put all tokens under each other first: `x.reshape([B * T, C])`, and
 * back in the end. Shapes: `x [B, T, C]`, `W1 [C, F]`, `b1 [F]`, `W2 [F, C]`, `b2 [C]` → `[B, T, C]`.
 */
export function feedForward(x: tf.Tensor3D, { W1, b1, W2, b2 }: FeedForwardWeights): tf.Tensor3D {
  throw new Error("TODO 09.7");
}

/** The layers of one block, from the library. */
export interface BlockLayers {
  readonly attention: MultiHeadAttention;
  readonly attentionNorm: LayerNorm;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: LayerNorm;
}

/**
 * A whole encoder block with the norms in front (pre-LN), the one that deep models are stacked from:
 *
 *     h = x + attention( attentionNorm(x) )
 *     y = h + feedForward( feedForwardNorm(h) )
 *
 * Self-attention reads one thing, in all its three roles, and obeys the `mask` (1 = may be seen). The layers are the
 * library's: `attention.forward(z, { mask }).output`, `feedForward.forward(z)`, `attentionNorm.forward(z)`.
 * Shapes: `x [B, T, C]`, `mask` broadcastable to `[B, H, T, T]` → `[B, T, C]`.
 */
export function encoderBlock(
  x: tf.Tensor3D,
  mask: tf.Tensor,
  { attention, attentionNorm, feedForward, feedForwardNorm }: BlockLayers,
): tf.Tensor3D {
  throw new Error("TODO 09.8");
}

/**
 * Rotary positions (Su et al. 2021), for the queries or the keys of one head. Nothing is added: each pair of neighbouring
 * channels is a point of the plane, and is turned around the origin, further from place to place. Pair i of the token at
 * place t is turned by the angle φ = t · 10000^(−2i / D):
 *
 *     x₂ᵢ   becomes  x₂ᵢ · cos φ − x₂ᵢ₊₁ · sin φ
 *     x₂ᵢ₊₁ becomes  x₂ᵢ · sin φ + x₂ᵢ₊₁ · cos φ
 *
 * The first row stands at place `start`, the next at `start + 1`, and so on.
 * Shapes: `x [T][D]`, D even → `[T][D]`. Example: `rotate([[1, 0]], 1)` is [[cos 1, sin 1]].
 */
export function rotate(x: readonly (readonly number[])[], start: number): readonly (readonly number[])[] {
  throw new Error("TODO 09.9");
}
