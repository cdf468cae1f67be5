import * as tf from "@tensorflow/tfjs";
import { DecoderBlock, EncoderBlock } from "../nn/blocks";
import { Embedding } from "../nn/embedding";
import { type Initializer, normal } from "../nn/init";
import { LayerNorm } from "../nn/layer-norm";
import { causalMask } from "../nn/masks";
import { Module } from "../nn/module";
import { Random } from "../random";

/** The three families, by their best-known member. */
export const families = ["bert", "gpt", "t5"] as const;
export type Family = (typeof families)[number];

export interface FamilyConfig {
  readonly family: Family;
  /** `V`. */
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** `C`. */
  readonly modelSize: number;
  readonly numHeads: number;
  /** Blocks in all: an even number, as T5 has half of them on each side. */
  readonly numLayers: number;
  readonly seed: number;
}

/**
 * The three families out of the same parts, so that their comparison is one of mask, objective and interface: pre-norm
 * blocks, learned positions, and a head that is the token embedding again (tied).
 *
 *     bert   every token sees every token
 *     gpt    every token sees itself and what came before
 *     t5     half of the blocks read as bert's do, half write as gpt's do and look at what was read
 *
 * T5's writing blocks have an attention more, so its feed-forward layers are narrower (3 C instead of 4 C): all three have
 * nearly the same number of weights. What the real ones do differently besides is in `bert.ts`, `gpt.ts` and `t5.ts`.
 *
 * Shape: ids `[B, T]` -> logits `[B, T, V]`; for t5 ids `[B, T]` and `written [B, U]` -> logits `[B, U, V]`.
 */
export class FamilyModel extends Module {
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: Embedding;
  readonly blocks: readonly EncoderBlock[];
  readonly norm: LayerNorm;
  readonly writers: readonly DecoderBlock[];
  readonly writerNorm: LayerNorm | undefined;

  constructor(readonly config: FamilyConfig) {
    super();
    const { family, vocabularySize, contextLength, modelSize, numHeads, numLayers, seed } = config;
    if (numLayers % 2 !== 0) throw new Error(`FamilyModel: expected an even number of layers, got ${numLayers}`);
    const random = new Random(seed);
    const deviation = 0.02 * Math.sqrt(768 / modelSize); // 0.02 is for BERT's width of 768; narrower ones want more
    const init: Initializer = (shape, random) => normal(shape, random, deviation);
    const isT5 = family === "t5";
    this.tokenEmbedding = new Embedding(vocabularySize, modelSize, { random, init });
    this.positionEmbedding = new Embedding(contextLength, modelSize, { random, init });
    const block = {
      size: modelSize,
      heads: numHeads,
      feedForwardSize: (isT5 ? 3 : 4) * modelSize,
      activation: "gelu",
      norm: "pre",
      random,
    } as const;
    const half = numLayers / 2;
    this.blocks = Array.from({ length: isT5 ? half : numLayers }, () => new EncoderBlock(block));
    this.norm = new LayerNorm(modelSize);
    this.writers = Array.from({ length: isT5 ? half : 0 }, () => new DecoderBlock(block));
    this.writerNorm = isT5 ? new LayerNorm(modelSize) : undefined;
  }

  forward(ids: tf.Tensor2D, written?: tf.Tensor2D): tf.Tensor3D {
    return this.head(this.outputStates(ids, written));
  }

  /** What was read, `[B, T, C]`: for a classifier on top. */
  states(ids: tf.Tensor2D): tf.Tensor3D {
    const mask = this.config.family === "gpt" ? causalMask(ids.shape[1]) : undefined;
    let x = this.embed(ids);
    for (const block of this.blocks) x = block.forward(x, { mask }).output;
    return this.norm.forward(x);
  }

  /** What the head reads: `[B, T, C]`, for t5 `[B, U, C]`. */
  outputStates(ids: tf.Tensor2D, written?: tf.Tensor2D): tf.Tensor3D {
    const { family } = this.config;
    if ((written !== undefined) !== (family === "t5"))
      throw new Error(
        `FamilyModel: expected ${family === "t5" ? "written tokens, too" : "no written tokens"} for ${family}`,
      );
    const read = this.states(ids);
    if (!written) return read;
    let y = this.embed(written);
    for (const block of this.writers) y = block.forward(y, read, { mask: causalMask(written.shape[1]) }).output;
    return this.writerNorm!.forward(y);
  }

  /** Shape: `[..., C] -> [..., V]`. */
  head<R extends tf.Rank>(states: tf.Tensor<R>): tf.Tensor<R> {
    const { modelSize, vocabularySize } = this.config;
    const flat = states.reshape<tf.Tensor2D>([-1, modelSize]);
    const logits: tf.Tensor2D = tf.matMul(flat, this.tokenEmbedding.weight, false, true);
    return logits.reshape([...states.shape.slice(0, -1), vocabularySize]);
  }

  private embed(ids: tf.Tensor2D): tf.Tensor3D {
    const T = ids.shape[1];
    const { contextLength } = this.config;
    if (T > contextLength) throw new Error(`FamilyModel: expected at most ${contextLength} tokens, got ${T}`);
    const positions = this.positionEmbedding.forward(tf.range(0, T, 1, "int32"));
    return this.tokenEmbedding.forward(ids).add(positions);
  }
}
