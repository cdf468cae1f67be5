import * as tf from "@tensorflow/tfjs";
import { attend, joinHeads, MultiHeadAttention, splitHeads } from "../nn/attention";
import { Embedding } from "../nn/embedding";
import { FeedForward } from "../nn/feed-forward";
import { normal } from "../nn/init";
import { LayerNorm, RMSNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { causalMask } from "../nn/masks";
import { Module } from "../nn/module";
import { RelativePositionBias, rotate, sinusoidalPositions } from "../nn/positions";
import { Random } from "../random";

/** The parts that can be left out or exchanged; the defaults are the whole model. */
export interface Ablation {
  /** How the model learns where a token stands. Default: `sinusoidal`. */
  readonly positions?: "sinusoidal" | "learned" | "relative" | "rotary" | "none";
  /** Where each sublayer is normalized: before it, after its residual sum, or nowhere. Default: `pre`. */
  readonly norm?: "pre" | "post" | "none";
  /** Default: `layer`. */
  readonly normalization?: "layer" | "rms";
  /** Whether a sublayer's output is added to what it read, or takes its place. Default: true. */
  readonly residual?: boolean;
  /** Default: true. */
  readonly attention?: boolean;
  /** Default: true. */
  readonly feedForward?: boolean;
  /** Whether a position sees only itself and what came before. Default: true. */
  readonly causal?: boolean;
}

export interface AblatedGPTConfig extends Ablation {
  /** `V`. */
  readonly vocabularySize: number;
  /** The longest sequence; learned positions have a vector for each place of it. */
  readonly contextLength: number;
  /** `C`. The feed-forward layers are `4 C` wide. */
  readonly modelSize: number;
  readonly numHeads: number;
  readonly numLayers: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/**
 * One layer of `AblatedGPT`: each of its two sublayers with or without norm and residual.
 *
 * Shape: `[B, T, C] -> [B, T, C]`.
 */
class AblatedBlock extends Module {
  readonly attention: MultiHeadAttention | undefined;
  readonly attentionNorm: LayerNorm | RMSNorm | undefined;
  readonly feedForward: FeedForward | undefined;
  readonly feedForwardNorm: LayerNorm | RMSNorm | undefined;

  constructor(
    readonly config: AblatedGPTConfig,
    random: Random,
  ) {
    super();
    const { modelSize, numHeads, attention = true, feedForward = true } = config;
    if (attention) {
      this.attention = new MultiHeadAttention(modelSize, { heads: numHeads, random });
      this.attentionNorm = normOf(config);
    }
    if (feedForward) {
      this.feedForward = new FeedForward(modelSize, { hiddenSize: 4 * modelSize, random });
      this.feedForwardNorm = normOf(config);
    }
  }

  forward(
    x: tf.Tensor3D,
    { mask, positionBias }: { mask?: tf.Tensor | undefined; positionBias?: tf.Tensor | undefined },
  ) {
    const { attention, feedForward } = this;
    let stream = x;
    if (attention) {
      stream = this.around(stream, this.attentionNorm, (read) => {
        if (this.config.positions !== "rotary") return attention.forward(read, { mask, positionBias }).output;
        const { key, value } = attention.project(read); // [B, H, T, D]
        const query = splitHeads(attention.query.forward(read), attention.heads);
        const { output } = attend(rotate(query), rotate(key), value, { mask });
        return attention.output.forward(joinHeads(output));
      });
    }
    if (feedForward) stream = this.around(stream, this.feedForwardNorm, (read) => feedForward.forward(read));
    return stream;
  }

  private around(
    x: tf.Tensor3D,
    norm: LayerNorm | RMSNorm | undefined,
    sublayer: (read: tf.Tensor3D) => tf.Tensor3D,
  ): tf.Tensor3D {
    const { norm: placement = "pre", residual = true } = this.config;
    const output = sublayer(norm && placement === "pre" ? norm.forward(x) : x);
    const joined: tf.Tensor3D = residual ? x.add(output) : output;
    return norm && placement === "post" ? norm.forward(joined) : joined;
  }
}

/**
 * A small GPT from which one part at a time can be taken, to see what it was good for. Whole, it is a pre-norm
 * Transformer (Xiong et al. 2020) with sinusoidal positions and an output layer of its own.
 *
 * Shape: ids `[B, T]` -> logits `[B, T, V]`; those at `t` are about the token at `t + 1`.
 */
export class AblatedGPT extends Module {
  readonly embedding: Embedding;
  readonly positions: Embedding | RelativePositionBias | undefined;
  readonly blocks: readonly AblatedBlock[];
  readonly norm: LayerNorm | RMSNorm | undefined;
  readonly head: Linear;

  constructor(readonly config: AblatedGPTConfig) {
    super();
    const { vocabularySize, contextLength, modelSize, numHeads, numLayers, causal = true } = config;
    const random = new Random(config.seed);
    this.embedding = new Embedding(vocabularySize, modelSize, { random });
    if (config.positions === "learned") {
      // As large as the sinusoids at the start: a sine's mean square is 1/2.
      const init: typeof normal = (shape, generator) => normal(shape, generator, Math.SQRT1_2);
      this.positions = new Embedding(contextLength, modelSize, { random, init });
    }
    if (config.positions === "relative")
      this.positions = new RelativePositionBias({ heads: numHeads, random, bidirectional: !causal });
    this.blocks = Array.from({ length: numLayers }, () => new AblatedBlock(config, random));
    this.norm = (config.norm ?? "pre") === "pre" ? normOf(config) : undefined; // the stream itself was never normalized
    this.head = new Linear(modelSize, vocabularySize, { random });
  }

  forward(ids: tf.Tensor2D): tf.Tensor3D {
    const last = this.stream(ids).at(-1)!;
    return this.head.forward(this.norm ? this.norm.forward(last) : last);
  }

  /** The residual stream `[B, T, C]` as it enters the first block and as it leaves each one: `numLayers + 1` tensors. */
  stream(ids: tf.Tensor2D): tf.Tensor3D[] {
    const T = ids.shape[1];
    if (T > this.config.contextLength)
      throw new Error(`AblatedGPT: expected at most ${this.config.contextLength} tokens, got ${T}`);
    return this.run(this.embed(ids));
  }

  /** What enters the first block, `[B, T, C]`: each token's vector, with its place in it where positions are added. */
  embed(ids: tf.Tensor2D): tf.Tensor3D {
    const tokens = this.embedding.forward(ids);
    const [, T, C] = tokens.shape;
    const kind = this.config.positions ?? "sinusoidal";
    if (kind === "sinusoidal") return tokens.add(sinusoidalPositions(T, C));
    if (this.positions instanceof Embedding)
      return tokens.add(this.positions.forward(tf.range(0, T, 1, "int32") as tf.Tensor1D));
    return tokens;
  }

  /** The stream from any `[B, T, C]` on, so that gradients by what flows between the blocks can be taken. */
  run(embedded: tf.Tensor3D, add: (stream: tf.Tensor3D, block: number) => tf.Tensor3D = (x) => x): tf.Tensor3D[] {
    const T = embedded.shape[1];
    const mask = (this.config.causal ?? true) ? causalMask(T) : undefined;
    const positionBias = this.positions instanceof RelativePositionBias ? this.positions.forward(T) : undefined;
    const stream = [add(embedded, 0)];
    for (const [i, block] of this.blocks.entries())
      stream.push(add(block.forward(stream[i]!, { mask, positionBias }), i + 1));
    return stream;
  }
}

function normOf({ modelSize, norm = "pre", normalization = "layer" }: AblatedGPTConfig) {
  if (norm === "none") return undefined;
  return normalization === "rms" ? new RMSNorm(modelSize) : new LayerNorm(modelSize);
}
