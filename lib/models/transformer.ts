import type * as tf from "@tensorflow/tfjs";
import type { KeyValue } from "../nn/attention";
import { DecoderBlock, EncoderBlock } from "../nn/blocks";
import { dropout } from "../nn/dropout";
import { Embedding } from "../nn/embedding";
import type { FeedForwardActivation } from "../nn/feed-forward";
import { normal } from "../nn/init";
import { LayerNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { causalMask, paddingMask } from "../nn/masks";
import { Module } from "../nn/module";
import { sinusoidalPositions } from "../nn/positions";
import { Random } from "../random";
import { crossEntropy } from "../train/losses";

export interface TransformerConfig {
  readonly sourceVocabularySize: number;
  readonly targetVocabularySize: number;
  /** `C`, the model's width. */
  readonly modelSize: number;
  readonly numHeads: number;
  /** `F`. */
  readonly feedForwardSize: number;
  readonly numEncoderLayers: number;
  readonly numDecoderLayers: number;
  /** `post` as in 2017; `pre` trains without warm-up, and has one more norm at the end of each stack. Default: `post`. */
  readonly norm?: "post" | "pre";
  /** Default: `relu`. */
  readonly activation?: FeedForwardActivation;
  /** Default: 0. */
  readonly dropoutRate?: number;
  /** The id of padding in both vocabularies. Default: 0. */
  readonly padding?: number;
  /** One matrix for both embeddings and the output layer, as in section 3.4; needs one vocabulary. Default: false. */
  readonly sharedEmbeddings?: boolean;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** The paper's base model (Vaswani et al. 2017, table 3). */
export const transformerBase = {
  modelSize: 512,
  numHeads: 8,
  feedForwardSize: 2048,
  numEncoderLayers: 6,
  numDecoderLayers: 6,
  norm: "post",
  dropoutRate: 0.1,
  sharedEmbeddings: true,
} as const;

/** What decoding needs of the source: each decoder layer's keys and values of it, and which of them are padding. */
export type EncodedSource = {
  readonly context: tf.Tensor3D;
  readonly mask: tf.Tensor4D;
};

/** Decoding in progress: the source's keys and values by layer, which stay, and the target's so far, which grow. */
export type DecodingSource = {
  readonly cross: KeyValue[];
  readonly mask: tf.Tensor4D;
};

/**
 * The Transformer (Vaswani et al. 2017): an encoder that reads the source, and a decoder that writes the target one token
 * at a time, looking back at what it wrote and across at what the encoder read.
 *
 * Shape: source ids `[B, S]`, target ids `[B, T]` -> logits `[B, T, V]`.
 */
export class Transformer extends Module {
  readonly sourceEmbedding: Embedding;
  readonly targetEmbedding: Embedding;
  readonly encoder: readonly EncoderBlock[];
  readonly encoderNorm: LayerNorm | undefined;
  readonly decoder: readonly DecoderBlock[];
  readonly decoderNorm: LayerNorm | undefined;
  readonly output: Linear | undefined;
  readonly padding: number;
  readonly dropoutRate: number;

  constructor(readonly config: TransformerConfig) {
    super();
    const { modelSize, sourceVocabularySize, targetVocabularySize, norm = "post", sharedEmbeddings = false } = config;
    if (sharedEmbeddings && sourceVocabularySize !== targetVocabularySize) {
      throw new Error(
        `Transformer: expected one vocabulary for shared embeddings, got ${sourceVocabularySize} source and ${targetVocabularySize} target tokens`,
      );
    }
    const random = new Random(config.seed);
    // Times sqrt(C) on the way in, so each channel of an embedding starts with variance 1.
    const init: typeof normal = (shape, generator) => normal(shape, generator, modelSize ** -0.5);
    this.sourceEmbedding = new Embedding(sourceVocabularySize, modelSize, { random, init });
    this.targetEmbedding = sharedEmbeddings
      ? this.sourceEmbedding
      : new Embedding(targetVocabularySize, modelSize, { random, init });
    this.dropoutRate = config.dropoutRate ?? 0;
    const block = {
      size: modelSize,
      heads: config.numHeads,
      feedForwardSize: config.feedForwardSize,
      activation: config.activation,
      dropoutRate: this.dropoutRate,
      norm,
      random,
    };
    this.encoder = Array.from({ length: config.numEncoderLayers }, () => new EncoderBlock(block));
    this.encoderNorm = norm === "pre" ? new LayerNorm(modelSize) : undefined;
    this.decoder = Array.from({ length: config.numDecoderLayers }, () => new DecoderBlock(block));
    this.decoderNorm = norm === "pre" ? new LayerNorm(modelSize) : undefined;
    this.output = sharedEmbeddings ? undefined : new Linear(modelSize, targetVocabularySize, { random });
    this.padding = config.padding ?? 0;
  }

  /** The logits of every next token, given the right tokens before it (teacher forcing). */
  forward(source: tf.Tensor2D, target: tf.Tensor2D, options: { dropout?: Random | undefined } = {}): tf.Tensor3D {
    return this.decode(target, this.encode(source, options), options).logits;
  }

  /** Shape: ids `[B, S]` -> context `[B, S, C]`, mask `[B, 1, 1, S]`. */
  encode(source: tf.Tensor2D, { dropout: random }: { dropout?: Random | undefined } = {}): EncodedSource {
    const mask = paddingMask(source, this.padding);
    let x = this.embed(this.sourceEmbedding, source, 0, random);
    for (const block of this.encoder) x = block.forward(x, { mask, dropout: random }).output;
    return { context: this.encoderNorm?.forward(x) ?? x, mask };
  }

  /** Shape: ids `[B, T]` -> logits `[B, T, V]`, and each layer's cross-attention weights `[B, H, T, S]`. */
  decode(
    target: tf.Tensor2D,
    { context, mask: contextMask }: EncodedSource,
    { dropout: random }: { dropout?: Random | undefined } = {},
  ) {
    if (target.shape[0] !== context.shape[0]) {
      throw new Error(`Transformer: expected ${context.shape[0]} targets, one for each source, got ${target.shape[0]}`);
    }
    const mask = causalMask(target.shape[1]);
    const crossWeights: tf.Tensor4D[] = [];
    let x = this.embed(this.targetEmbedding, target, 0, random);
    for (const block of this.decoder) {
      const layer = block.forward(x, context, { mask, contextMask, dropout: random });
      crossWeights.push(layer.crossWeights);
      x = layer.output;
    }
    return { logits: this.read(x), crossWeights };
  }

  /** Prepares cached decoding: projects the encoded source for every decoder layer. */
  prepare({ context, mask }: EncodedSource): DecodingSource {
    return { cross: this.decoder.map((block) => block.crossAttention.project(context)), mask };
  }

  /** The logits `[B, V]` after one more token `[B, 1]`, and the longer cache; the caller disposes the old one. */
  step(ids: tf.Tensor2D, source: DecodingSource, cache?: KeyValue[]) {
    const longer: KeyValue[] = [];
    let x = this.embed(this.targetEmbedding, ids, cache?.[0]?.key.shape[2] ?? 0);
    for (const [i, block] of this.decoder.entries()) {
      const layer = block.step(x, { self: cache?.[i], cross: source.cross[i]! }, { contextMask: source.mask });
      longer.push(layer.cache.self);
      x = layer.output;
    }
    const logits: tf.Tensor2D = this.read(x).squeeze([1]);
    return { logits, cache: longer };
  }

  private embed(embedding: Embedding, ids: tf.Tensor2D, start: number, random?: Random): tf.Tensor3D {
    const { modelSize } = this.config;
    const positions = sinusoidalPositions(ids.shape[1], modelSize, start);
    const scaled = embedding.forward(ids).mul<tf.Tensor3D>(Math.sqrt(modelSize)); // section 3.4
    return dropout(scaled.add<tf.Tensor3D>(positions), this.dropoutRate, random);
  }

  private read(x: tf.Tensor3D): tf.Tensor3D {
    const h = this.decoderNorm?.forward(x) ?? x;
    if (this.output) return this.output.forward(h);
    const [B, T, C] = h.shape;
    return h
      .reshape<tf.Tensor2D>([B * T, C])
      .matMul(this.targetEmbedding.weight, false, true)
      .reshape([B, T, -1]);
  }
}

/** `[start, y_1 … y_n]`: what the decoder reads while it learns to write `[y_1 … y_n, end]`. */
export function shiftRight(target: readonly number[], start: number): number[] {
  return [start, ...target];
}

/** The average cross-entropy of the labels `[B, T]` that are not padding. Shape: logits `[B, T, V]`. */
export function sequenceLoss(
  logits: tf.Tensor3D,
  labels: tf.Tensor2D,
  { padding, labelSmoothing = 0 }: { readonly padding: number; readonly labelSmoothing?: number },
): tf.Scalar {
  const [B, T, V] = logits.shape;
  return crossEntropy(logits.reshape([B * T, V]), labels.reshape([B * T]), { ignoreIndex: padding, labelSmoothing });
}
