import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { MultiHeadAttention } from "../../lib/nn/attention";
import { FeedForward } from "../../lib/nn/feed-forward";
import { LayerNorm } from "../../lib/nn/layer-norm";
import { causalMask } from "../../lib/nn/masks";
import { Random } from "../../lib/random";

type Answer = typeof import("../../solutions/09-depth");

interface GradientInput {
  readonly x: tf.Tensor2D;
  readonly dy: tf.Tensor2D;
  readonly epsilon: number;
}

/** What every gradient through LayerNorm must have: the sum of each row, and its product with the token itself. */
export const gradientLaws: Driver<Answer> = (answer, { x, dy, epsilon }: GradientInput) => {
  const dx = answer.layerNormGradient(x, dy, epsilon);
  return { sums: dx.sum(-1), alongTheToken: dx.mul(x).sum(-1) };
};

interface ResidualInput {
  readonly x: tf.Tensor3D;
  readonly weight: tf.Tensor2D;
  /** 0 where dropout silences, else the factor that it scales by. */
  readonly kept: tf.Tensor3D;
  readonly placement: "post" | "pre";
}

/** A residual step around `tanh(x W)`, LayerNorm and a dropout whose draw is given. */
export const residualOutput: Driver<Answer> = (answer, { x, weight, kept, placement }: ResidualInput) => {
  const parts = {
    sublayer: (z: tf.Tensor3D) =>
      tf.tanh(z.reshape<tf.Tensor2D>([-1, weight.shape[0]]).matMul(weight)).reshape(z.shape),
    norm: (z: tf.Tensor3D) => {
      const { mean, variance } = tf.moments(z, -1, true);
      return z.sub<tf.Tensor3D>(mean).div<tf.Tensor3D>(variance.add(1e-5).sqrt());
    },
    dropout: (z: tf.Tensor3D) => z.mul<tf.Tensor3D>(kept),
  };
  return answer.residual(x, parts as Parameters<Answer["residual"]>[1], placement);
};

interface FeedForwardInput {
  readonly x: tf.Tensor3D;
  readonly W1: tf.Tensor2D;
  readonly b1: tf.Tensor1D;
  readonly W2: tf.Tensor2D;
  readonly b2: tf.Tensor1D;
}

/** What the feed-forward layer makes of its input. */
export const feedForwardOutput: Driver<Answer> = (answer, { x, ...weights }: FeedForwardInput) =>
  answer.feedForward(x, weights);

/** Which tokens' outputs change when the last token of the first text does. */
export const feedForwardReach: Driver<Answer> = (answer, { x, ...weights }: FeedForwardInput) => {
  const [B, T, C] = x.shape;
  const last = tf.oneHot(tf.tensor1d([T - 1], "int32"), B * T).toFloat(); // [1, B * T]
  const change = last.reshape([B, T, 1]).mul(tf.linspace(0.5, 2, C));
  const before = answer.feedForward(x, weights);
  const after = answer.feedForward(x.add(change), weights);
  const moved = tf.max(tf.abs(after.sub(before)), -1).dataSync();
  return Array.from(moved, (most) => most > 1e-4);
};

interface BlockInput {
  readonly seed: number;
  readonly x: tf.Tensor3D;
}

/** What an encoder block makes of its input, under a mask that looks only back. */
export const blockOutput: Driver<Answer> = (answer, { seed, x }: BlockInput) => {
  const layers = randomLayers(seed, x.shape[2]);
  const output = answer.encoderBlock(x, causalMask(x.shape[1]), layers);
  for (const layer of Object.values(layers)) layer.dispose();
  return output;
};

/** The same with sublayers that write nothing: what is left is the stream itself. */
export const emptyBlock: Driver<Answer> = (answer, { seed, x }: BlockInput) => {
  const layers = randomLayers(seed, x.shape[2]);
  for (const last of [layers.attention.output, layers.feedForward.output])
    for (const variable of last.parameters().values()) variable.assign(tf.zerosLike(variable));
  const output = answer.encoderBlock(x, causalMask(x.shape[1]), layers);
  for (const layer of Object.values(layers)) layer.dispose();
  return output;
};

/** The layers of a block, their gains and biases random too. */
function randomLayers(seed: number, size: number) {
  const random = new Random(seed);
  const layers = {
    attention: new MultiHeadAttention(size, { heads: 2, random }),
    attentionNorm: new LayerNorm(size),
    feedForward: new FeedForward(size, { hiddenSize: 2 * size + 1, random }),
    feedForwardNorm: new LayerNorm(size),
  };
  for (const layer of Object.values(layers))
    for (const variable of layer.parameters().values())
      if (variable.rank === 1)
        variable.assign(tf.tensor1d(Array.from({ length: variable.size }, () => random.uniform(0.5, 1.5))));
  return layers;
}

/** The product of a turned query with a turned key, for pairs of places that are equally far apart. */
export const rotatedProducts: Driver<Answer> = (
  answer,
  { query, key, distance }: { query: number[]; key: number[]; distance: number },
) => {
  const at = (vector: number[], place: number) => answer.rotate([vector], place)[0]!;
  return [0, 3, 40].map((place) => {
    const [q, k] = [at(query, place + distance), at(key, place)];
    return q.reduce((sum, value, i) => sum + value * k[i]!, 0);
  });
};
