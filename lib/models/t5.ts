import type * as tf from "@tensorflow/tfjs";
import type { KeyValue } from "../nn/attention";
import { DecoderBlock, EncoderBlock } from "../nn/blocks";
import { dropout } from "../nn/dropout";
import { Embedding } from "../nn/embedding";
import type { FeedForwardActivation } from "../nn/feed-forward";
import { type Initializer, normal } from "../nn/init";
import { RMSNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { causalMask, paddingMask } from "../nn/masks";
import { Module } from "../nn/module";
import { RelativePositionBias } from "../nn/positions";
import { Random } from "../random";
import type { DecodingSource, EncodedSource } from "./transformer";

export interface T5Config {
  /** `V`. */
  readonly vocabularySize: number;
  /** `C`, the model's width. */
  readonly modelSize: number;
  readonly numHeads: number;
  /** `D`: heads need not add up to the model's width. */
  readonly headSize: number;
  /** `F`. */
  readonly feedForwardSize: number;
  readonly numEncoderLayers: number;
  readonly numDecoderLayers: number;
  /** v1.0: ReLU and a head tied to the embedding. v1.1: gated GELU and a head of its own. */
  readonly version: "1.0" | "1.1";
  /** Default: 32. */
  readonly buckets?: number;
  /** Default: 128. */
  readonly maxDistance?: number;
  /** Default: 1e-6. */
  readonly epsilon?: number;
  /** Default: 0. */
  readonly dropoutRate?: number;
  /** The id of padding, which is also the decoder's start. Default: 0. */
  readonly padding?: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** The smallest published T5 v1.0 (Raffel et al. 2020): 60 million weights. */
export const t5Small = {
  vocabularySize: 32128,
  modelSize: 512,
  numHeads: 8,
  headSize: 64,
  feedForwardSize: 2048,
  numEncoderLayers: 6,
  numDecoderLayers: 6,
  version: "1.0",
} as const;

interface ForwardOptions {
  readonly dropout?: Random | undefined;
}

/**
 * The text-to-text Transformer (Raffel et al. 2020). What differs from 2017: relative positions, added to the scores of
 * every layer but learned once a stack; pre-norm with root-mean-square norms; no bias anywhere; and scores that are not
 * divided by sqrt(D), because the queries start smaller by that factor.
 *
 * Shape: source ids `[B, S]`, target ids `[B, T]` -> logits `[B, T, V]`.
 */
export class T5 extends Module {
  readonly embedding: Embedding;
  readonly encoderPositions: RelativePositionBias;
  readonly encoder: readonly EncoderBlock[];
  readonly encoderNorm: RMSNorm;
  readonly decoderPositions: RelativePositionBias;
  readonly decoder: readonly DecoderBlock[];
  readonly decoderNorm: RMSNorm;
  readonly head: Linear | undefined;

  constructor(readonly config: T5Config) {
    super();
    const { vocabularySize, modelSize, numHeads, headSize, buckets, maxDistance, epsilon = 1e-6, dropoutRate } = config;
    const random = new Random(config.seed);
    const gated = config.version === "1.1";
    const byInputs: Initializer = (shape, generator) => normal(shape, generator, (shape as number[])[0]! ** -0.5);
    const block = {
      size: modelSize,
      heads: numHeads,
      headSize,
      feedForwardSize: config.feedForwardSize,
      activation: (gated ? "geluTanh" : "relu") as FeedForwardActivation,
      gated,
      norm: "pre",
      normalization: "rms",
      bias: false,
      scale: 1,
      epsilon,
      dropoutRate,
      random,
      init: byInputs,
      queryInit: ((shape, generator) => normal(shape, generator, (modelSize * headSize) ** -0.5)) as Initializer,
    } as const;
    const byWidth: Initializer = (shape, generator) => normal(shape, generator, modelSize ** -0.5);
    const positions = { heads: numHeads, random, buckets, maxDistance, init: byWidth };
    this.embedding = new Embedding(vocabularySize, modelSize, { random });
    this.encoderPositions = new RelativePositionBias({ ...positions, bidirectional: true });
    this.encoder = Array.from({ length: config.numEncoderLayers }, () => new EncoderBlock(block));
    this.encoderNorm = new RMSNorm(modelSize, { epsilon });
    this.decoderPositions = new RelativePositionBias({ ...positions, bidirectional: false });
    this.decoder = Array.from({ length: config.numDecoderLayers }, () => new DecoderBlock(block));
    this.decoderNorm = new RMSNorm(modelSize, { epsilon });
    this.head = gated ? new Linear(modelSize, vocabularySize, { random, bias: false, init: byInputs }) : undefined;
  }

  /** The logits of every next token, given the right tokens before it (teacher forcing). */
  forward(source: tf.Tensor2D, target: tf.Tensor2D, options: ForwardOptions = {}): tf.Tensor3D {
    return this.decode(target, this.encode(source, options), options).logits;
  }

  /** Shape: ids `[B, S]` -> context `[B, S, C]`, mask `[B, 1, 1, S]`. */
  encode(source: tf.Tensor2D, { dropout: random }: ForwardOptions = {}): EncodedSource {
    const { dropoutRate = 0, padding = 0 } = this.config;
    const mask = paddingMask(source, padding);
    const positionBias = this.encoderPositions.forward(source.shape[1]);
    let x: tf.Tensor3D = dropout(this.embedding.forward(source), dropoutRate, random);
    for (const block of this.encoder) x = block.forward(x, { mask, positionBias, dropout: random }).output;
    return { context: dropout(this.encoderNorm.forward(x), dropoutRate, random), mask };
  }

  /** Shape: ids `[B, T]` -> logits `[B, T, V]`, and each layer's cross-attention weights `[B, H, T, S]`. */
  decode(target: tf.Tensor2D, source: EncodedSource, options: ForwardOptions = {}) {
    const { states, crossWeights } = this.write(target, this.prepare(source), undefined, options.dropout);
    return { logits: this.read(states), crossWeights };
  }

  /** Prepares cached decoding: projects the encoded source for every decoder layer. */
  prepare({ context, mask }: EncodedSource): DecodingSource {
    return { cross: this.decoder.map((block) => block.crossAttention.project(context)), mask };
  }

  /** The logits `[B, V]` after the newest tokens `[B, T]`, and the longer cache; the caller disposes the old one. */
  step(ids: tf.Tensor2D, source: DecodingSource, cache?: KeyValue[]) {
    const { states, cache: longer } = this.write(ids, source, cache);
    const [B, T, C] = states.shape;
    const logits: tf.Tensor2D = this.read(states.slice([0, T - 1, 0], [B, 1, C])).squeeze([1]);
    return { logits, cache: longer };
  }

  private write(ids: tf.Tensor2D, source: DecodingSource, cache?: KeyValue[], random?: Random) {
    const { dropoutRate = 0 } = this.config;
    const T = ids.shape[1];
    const length = (cache?.[0]?.key.shape[2] ?? 0) + T;
    const mask = causalMask(T, length);
    const positionBias = this.decoderPositions.forward(T, length);
    const crossWeights: tf.Tensor4D[] = [];
    const longer: KeyValue[] = [];
    let x: tf.Tensor3D = dropout(this.embedding.forward(ids), dropoutRate, random);
    for (const [i, block] of this.decoder.entries()) {
      const input = { mask, positionBias, contextMask: source.mask, dropout: random };
      const layer = block.step(x, { self: cache?.[i], cross: source.cross[i]! }, input);
      crossWeights.push(layer.crossWeights);
      longer.push(layer.cache.self);
      x = layer.output;
    }
    return { states: dropout(this.decoderNorm.forward(x), dropoutRate, random), crossWeights, cache: longer };
  }

  private read(states: tf.Tensor3D): tf.Tensor3D {
    if (this.head) return this.head.forward(states);
    const [B, T, C] = states.shape;
    // The embedding's entries start with deviation 1: as a head they would make logits too large by sqrt(C).
    const scaled = states.mul<tf.Tensor3D>(C ** -0.5).reshape<tf.Tensor2D>([B * T, C]);
    return scaled.matMul(this.embedding.weight, false, true).reshape([B, T, -1]);
  }
}
