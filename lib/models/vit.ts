import * as tf from "@tensorflow/tfjs";
import { EncoderBlock } from "../nn/blocks";
import { dropout } from "../nn/dropout";
import type { FeedForwardActivation } from "../nn/feed-forward";
import { type Initializer, normal, xavierUniform } from "../nn/init";
import { LayerNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { Module, parameter } from "../nn/module";
import { assertShape } from "../nn/shape";
import { Random } from "../random";

/*
 * Shapes: images are [B, Y, X, K], K the colours of a pixel (1 if grey). P is a patch's side, N = (Y / P) (X / P) the
 * number of patches.
 */

export interface VisionConfig {
  /** `[Y, X]` in pixels; the patch's side divides both. */
  readonly imageSize: readonly [height: number, width: number];
  /** `K`. Default: 1. */
  readonly colors?: number;
  /** `P`. */
  readonly patchSize: number;
  /** `C`, the model's width. */
  readonly modelSize: number;
  readonly numHeads: number;
  readonly numLayers: number;
  /** `F`. Default: `4 C`. */
  readonly feedForwardSize?: number;
  /** Default: `gelu`. */
  readonly activation?: FeedForwardActivation;
  /** Default: 1e-5. */
  readonly epsilon?: number;
  /** Default: 0. */
  readonly dropoutRate?: number;
  /** Of all linear layers. Default: `xavierUniform`. */
  readonly init?: Initializer;
  /**
   * The deviation of the positions' initial values. Default: 0.02. Where training is short, positions as large as the
   * embedded patches (about 0.3 for MNIST) let attention tell places apart from the first step on.
   */
  readonly positionDeviation?: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

export interface ViTConfig extends VisionConfig {
  readonly classes: number;
}

/** The lesson's model for MNIST: 16 patches of 7 × 7 pixels, 205,066 weights. */
export const mnistViT = {
  imageSize: [28, 28],
  patchSize: 7,
  modelSize: 64,
  numHeads: 4,
  numLayers: 4,
  feedForwardSize: 256,
  positionDeviation: 0.3,
  classes: 10,
} as const satisfies Omit<ViTConfig, "seed">;

/** Flat rows of grey square images as the model reads them: `[B * side * side] -> [B, side, side, 1]`. */
export function digitImages(flat: Float32Array, side: number = mnistViT.imageSize[0]): tf.Tensor4D {
  const B = flat.length / (side * side);
  if (!Number.isInteger(B))
    throw new Error(`digitImages: expected images of ${side} × ${side}, got ${flat.length} pixels`);
  return tf.tensor4d(flat, [B, side, side, 1]);
}

interface ForwardOptions {
  /** Given only in training: the generator of dropout. */
  readonly dropout?: Random | undefined;
}

/**
 * Cuts images into squares, row by row from the top left; a square's pixels are laid out in the same order.
 *
 * Shape: `[B, Y, X, K] -> [B, N, P * P * K]`.
 */
export function patches(images: tf.Tensor4D, size: number): tf.Tensor3D {
  assertShape("patches", images, ["B", "Y", "X", "K"]);
  const [B, Y, X, K] = images.shape;
  if (!Number.isInteger(size) || size < 1 || Y % size !== 0 || X % size !== 0)
    throw new Error(`patches: expected a size that divides ${Y} and ${X}, got ${size}`);
  const [down, across] = [Y / size, X / size];
  const strips = images.reshape<tf.Tensor4D>([B * down, size, across, size * K]); // a strip is a row of patches
  return strips.transpose<tf.Tensor4D>([0, 2, 1, 3]).reshape([B, down * across, size * size * K]);
}

/**
 * The body of a vision Transformer (Dosovitskiy et al. 2021, eq. 1 to 4): patches become tokens by one linear layer, a
 * learned class token goes in front, learned positions are added, pre-norm blocks look both ways, and what is read is the
 * class token after one more norm.
 *
 *     z_0 = [class; x_1 E; … x_N E] + positions      z_l = block(z_{l-1})      y = norm(z_L)_0
 *
 * Shape: `[B, Y, X, K] -> [B, C]`. Parameters beside the blocks': `patchEmbedding [P * P * K, C]`, `classToken [C]`,
 * `positions [1 + N, C]`, `norm`.
 */
export class VisionEncoder extends Module {
  readonly patchEmbedding: Linear;
  readonly classToken: tf.Variable<tf.Rank.R1>;
  readonly positions: tf.Variable<tf.Rank.R2>;
  readonly blocks: readonly EncoderBlock[];
  readonly norm: LayerNorm;

  constructor(readonly config: VisionConfig) {
    super();
    const { imageSize, colors = 1, patchSize, modelSize, numHeads, numLayers, epsilon, dropoutRate } = config;
    const { init = xavierUniform, positionDeviation = 0.02 } = config;
    const [down, across] = [imageSize[0] / patchSize, imageSize[1] / patchSize];
    if (!Number.isInteger(down) || !Number.isInteger(across))
      throw new Error(`VisionEncoder: expected a patchSize that divides ${imageSize.join(" and ")}, got ${patchSize}`);
    const random = new Random(config.seed);
    this.patchEmbedding = new Linear(patchSize * patchSize * colors, modelSize, { random, init });
    this.classToken = parameter(() => normal<tf.Rank.R1>([modelSize], random, 0.02));
    this.positions = parameter(() => normal<tf.Rank.R2>([1 + down * across, modelSize], random, positionDeviation));
    const block = {
      size: modelSize,
      heads: numHeads,
      feedForwardSize: config.feedForwardSize ?? 4 * modelSize,
      activation: config.activation ?? "gelu",
      norm: "pre",
      epsilon,
      dropoutRate,
      random,
      init,
    } as const;
    this.blocks = Array.from({ length: numLayers }, () => new EncoderBlock(block));
    this.norm = new LayerNorm(modelSize, { epsilon });
  }

  /** What the class token has gathered. */
  forward(images: tf.Tensor4D, options: ForwardOptions = {}): tf.Tensor2D {
    const { states } = this.run(images, options);
    const [B, , C] = states.shape;
    return this.norm.forward(states.slice([0, 0, 0], [B, 1, C]).squeeze<tf.Tensor2D>([1]));
  }

  /** Each block's attention weights, `[B, H, 1 + N, 1 + N]`; place 0 is the class token. */
  attentionWeights(images: tf.Tensor4D): tf.Tensor4D[] {
    return this.run(images, {}).weights;
  }

  private run(images: tf.Tensor4D, { dropout: random }: ForwardOptions) {
    const { imageSize, colors = 1, patchSize, modelSize, dropoutRate = 0 } = this.config;
    assertShape("VisionEncoder", images, ["B", ...imageSize, colors]);
    const embedded = this.patchEmbedding.forward(patches(images, patchSize)); // [B, N, C]
    const first = tf.zeros<tf.Rank.R3>([images.shape[0], 1, modelSize]).add<tf.Tensor3D>(this.classToken);
    const tokens = tf.concat([first, embedded], 1).add<tf.Tensor3D>(this.positions); // [B, 1 + N, C]
    let x = dropout(tokens, dropoutRate, random);
    const weights: tf.Tensor4D[] = [];
    for (const block of this.blocks) {
      const layer = block.forward(x, { dropout: random });
      weights.push(layer.weights);
      x = layer.output;
    }
    return { states: x, weights };
  }
}

/**
 * A vision Transformer that names what it sees (Dosovitskiy et al. 2021): a linear layer reads the class token.
 *
 * Shape: `[B, Y, X, K] -> logits [B, classes]`.
 */
export class ViT extends Module {
  readonly encoder: VisionEncoder;
  readonly head: Linear;

  constructor(readonly config: ViTConfig) {
    super();
    this.encoder = new VisionEncoder(config);
    const { modelSize, classes, init = xavierUniform, seed } = config;
    this.head = new Linear(modelSize, classes, { random: new Random(seed + 1), init });
  }

  forward(images: tf.Tensor4D, options: ForwardOptions = {}): tf.Tensor2D {
    return this.head.forward(this.encoder.forward(images, options));
  }

  /** Each block's attention weights, `[B, H, 1 + N, 1 + N]`. */
  attentionWeights(images: tf.Tensor4D): tf.Tensor4D[] {
    return this.encoder.attentionWeights(images);
  }
}
