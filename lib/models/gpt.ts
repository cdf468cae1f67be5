import * as tf from "@tensorflow/tfjs";
import type { KeyValue } from "../nn/attention";
import { EncoderBlock } from "../nn/blocks";
import { dropout } from "../nn/dropout";
import { Embedding } from "../nn/embedding";
import type { FeedForwardActivation } from "../nn/feed-forward";
import { normal } from "../nn/init";
import { LayerNorm } from "../nn/layer-norm";
import { causalMask, paddingMask } from "../nn/masks";
import { Module } from "../nn/module";
import { Random } from "../random";

export interface GPTConfig {
  /** `V`. */
  readonly vocabularySize: number;
  /** The longest sequence that the learned positions allow. */
  readonly contextLength: number;
  /** `C`, the model's width. */
  readonly modelSize: number;
  readonly numHeads: number;
  readonly numLayers: number;
  /** `F`. Default: `4 C`. */
  readonly feedForwardSize?: number;
  /** Default: `geluTanh`, as in GPT-2. */
  readonly activation?: FeedForwardActivation;
  /** Whether linear layers and norms have a bias. Default: true. */
  readonly bias?: boolean;
  /** Default: 1e-5. */
  readonly epsilon?: number;
  /** Default: 0. */
  readonly dropoutRate?: number;
  /** Padding to the right that may not be seen. Default: none. */
  readonly padding?: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** The smallest GPT-2 (Radford et al. 2019): 124 million weights. */
export const gpt2 = {
  vocabularySize: 50257,
  contextLength: 1024,
  modelSize: 768,
  numHeads: 12,
  numLayers: 12,
} as const;

interface ForwardOptions {
  readonly dropout?: Random | undefined;
}

/**
 * A decoder-only language model in GPT-2's layout (Radford et al. 2018, 2019): learned positions, pre-norm blocks with a
 * causal mask, one more norm at the end, and a head that is the token embedding again (tied).
 *
 * Shape: ids `[B, T]` -> logits `[B, T, V]`; those at `t` are about the token at `t + 1`.
 */
export class GPT extends Module {
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: Embedding;
  readonly blocks: readonly EncoderBlock[];
  readonly norm: LayerNorm;

  constructor(readonly config: GPTConfig) {
    super();
    const { vocabularySize, contextLength, modelSize, numHeads, numLayers, bias, epsilon, dropoutRate } = config;
    const random = new Random(config.seed);
    const scaled =
      (deviation: number): typeof normal =>
      (shape, generator) =>
        normal(shape, generator, deviation);
    const init = scaled(0.02);
    this.tokenEmbedding = new Embedding(vocabularySize, modelSize, { random, init });
    this.positionEmbedding = new Embedding(contextLength, modelSize, { random, init });
    const block = {
      size: modelSize,
      heads: numHeads,
      feedForwardSize: config.feedForwardSize ?? 4 * modelSize,
      activation: config.activation ?? "geluTanh",
      norm: "pre",
      bias,
      epsilon,
      dropoutRate,
      random,
      init,
      // Two layers a block write into the residual stream: kept from growing with depth (Radford et al. 2019, section 2.3).
      outputInit: scaled(0.02 / Math.sqrt(2 * numLayers)),
    } as const;
    this.blocks = Array.from({ length: numLayers }, () => new EncoderBlock(block));
    this.norm = new LayerNorm(modelSize, { epsilon, bias });
  }

  forward(ids: tf.Tensor2D, options: ForwardOptions = {}): tf.Tensor3D {
    return this.head(this.states(ids, options));
  }

  /** What the head reads, `[B, T, C]`, for a classifier or another head on top. */
  states(ids: tf.Tensor2D, options: ForwardOptions = {}): tf.Tensor3D {
    return this.run(ids, options).states;
  }

  /** Each block's attention weights, `[B, H, T, T]`. */
  attentionWeights(ids: tf.Tensor2D): tf.Tensor4D[] {
    return this.run(ids, {}).weights;
  }

  /**
   * The logits `[B, V]` after the newest tokens `[B, T]`, and the cache with them in it; the caller disposes the old one.
   * Without a cache the tokens are a whole prompt.
   */
  step(ids: tf.Tensor2D, cache?: KeyValue[]) {
    const { states, cache: longer } = this.run(ids, {}, cache);
    const [B, T, C] = states.shape;
    const logits: tf.Tensor2D = this.head(states.slice([0, T - 1, 0], [B, 1, C])).squeeze([1]);
    return { logits, cache: longer };
  }

  private run(ids: tf.Tensor2D, { dropout: random }: ForwardOptions, cache?: KeyValue[]) {
    const T = ids.shape[1];
    const start = cache?.[0]?.key.shape[2] ?? 0;
    const { contextLength, dropoutRate = 0, padding } = this.config;
    if (start + T > contextLength) {
      throw new Error(`GPT: expected at most ${contextLength} tokens, got ${start + T}; cut the beginning off`);
    }
    const positions = this.positionEmbedding.forward(tf.range(start, start + T, 1, "int32")); // [T, C]
    let x = dropout(this.tokenEmbedding.forward(ids).add<tf.Tensor3D>(positions), dropoutRate, random);
    let mask: tf.Tensor = causalMask(T, start + T);
    if (padding !== undefined && start === 0) mask = mask.mul(paddingMask(ids, padding));
    const weights: tf.Tensor4D[] = [];
    const longer: KeyValue[] = [];
    for (const [i, block] of this.blocks.entries()) {
      const layer = block.step(x, cache?.[i], { mask, dropout: random });
      weights.push(layer.weights);
      longer.push(layer.cache);
      x = layer.output;
    }
    return { states: this.norm.forward(x), weights, cache: longer };
  }

  /** A score for each token of the vocabulary: `[B, T, C] -> [B, T, V]`. */
  head(states: tf.Tensor3D): tf.Tensor3D {
    const [B, T, C] = states.shape;
    return states
      .reshape<tf.Tensor2D>([B * T, C])
      .matMul(this.tokenEmbedding.weight, false, true)
      .reshape([B, T, -1]);
  }
}
