import type * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { type AttentionInput, extend, type KeyValue, MultiHeadAttention } from "./attention";
import { dropout } from "./dropout";
import { FeedForward, type FeedForwardActivation } from "./feed-forward";
import type { Initializer } from "./init";
import { LayerNorm, RMSNorm } from "./layer-norm";
import { Module } from "./module";

export interface BlockConfig {
  /** `C`. */
  readonly size: number;
  readonly heads: number;
  /** `F`. */
  readonly feedForwardSize: number;
  readonly random: Random;
  /** Where each sublayer is normalized: after its residual sum as in 2017, or before it (Xiong et al. 2020). */
  readonly norm: "post" | "pre";
  /** Default: `relu`. */
  readonly activation?: FeedForwardActivation | undefined;
  /** Default: 1e-5. */
  readonly epsilon?: number | undefined;
  /** Dropout on each sublayer's output, on the attention weights and inside the feed-forward layer. Default: 0. */
  readonly dropoutRate?: number | undefined;
  /** Default: `layer`; T5 has root-mean-square norms. */
  readonly normalization?: "layer" | "rms" | undefined;
  /** Whether linear layers and norms have a bias. Default: true. */
  readonly bias?: boolean | undefined;
  /** `D`. Default: `size / heads`. */
  readonly headSize?: number | undefined;
  /** Of the attention scores. Default: `1 / sqrt(D)`. */
  readonly scale?: number | undefined;
  /** Whether the feed-forward layer is gated. Default: false. */
  readonly gated?: boolean | undefined;
  readonly init?: Initializer | undefined;
  /** Of the queries. Default: `init`. */
  readonly queryInit?: Initializer | undefined;
  /** Of the two layers that write into the residual stream. Default: `init`. */
  readonly outputInit?: Initializer | undefined;
}

/** What `MultiHeadAttention` takes, and for a decoder layer the mask of its source. */
type DecoderInput = AttentionInput & { readonly contextMask?: tf.Tensor | undefined };

/**
 * A sublayer's place in the residual stream: what it reads, and how its output joins the stream.
 *
 *     post: norm(x + sublayer(x)), Vaswani et al. 2017      pre: x + sublayer(norm(x)), Xiong et al. 2020
 */
export class Residual extends Module {
  readonly norm: LayerNorm | RMSNorm;
  readonly placement: "post" | "pre";
  readonly dropoutRate: number;

  constructor({ size, norm, normalization = "layer", epsilon, bias, dropoutRate = 0 }: BlockConfig) {
    super();
    this.norm = normalization === "rms" ? new RMSNorm(size, { epsilon }) : new LayerNorm(size, { epsilon, bias });
    this.placement = norm;
    this.dropoutRate = dropoutRate;
  }

  /** What the sublayer reads. */
  enter(x: tf.Tensor3D): tf.Tensor3D {
    return this.placement === "pre" ? this.norm.forward(x) : x;
  }

  /** The stream with the sublayer's output in it. */
  leave(x: tf.Tensor3D, output: tf.Tensor3D, random?: Random): tf.Tensor3D {
    const sum = x.add<tf.Tensor3D>(dropout(output, this.dropoutRate, random));
    return this.placement === "pre" ? sum : this.norm.forward(sum);
  }
}

/**
 * A layer of an encoder: every position looks at every position, then thinks alone. With a causal mask it is also the
 * layer of a decoder-only model such as GPT.
 *
 * Shape: `[B, T, C] -> [B, T, C]`. The weights are those of its attention, `[B, H, T, T]`.
 */
export class EncoderBlock extends Module {
  readonly attention: MultiHeadAttention;
  readonly attentionResidual: Residual;
  readonly feedForward: FeedForward;
  readonly feedForwardResidual: Residual;

  constructor(config: BlockConfig) {
    super();
    this.attention = new MultiHeadAttention(config.size, config);
    this.attentionResidual = new Residual(config);
    this.feedForward = new FeedForward(config.size, { ...config, hiddenSize: config.feedForwardSize });
    this.feedForwardResidual = new Residual(config);
  }

  forward(x: tf.Tensor3D, input: AttentionInput = {}) {
    const { cache: _, ...rest } = this.step(x, undefined, input);
    return rest;
  }

  /** The newest positions `[B, T, C]` of a causal model, given the keys and values of all positions before them. */
  step(x: tf.Tensor3D, cache?: KeyValue, input: AttentionInput = {}) {
    const read = this.attentionResidual.enter(x);
    const longer = extend(cache, this.attention.project(read));
    const attended = this.attention.attendTo(read, longer, input);
    const h = this.attentionResidual.leave(x, attended.output, input.dropout);

    const thought = this.feedForward.forward(this.feedForwardResidual.enter(h), input);
    const output = this.feedForwardResidual.leave(h, thought, input.dropout);
    return { output, weights: attended.weights, cache: longer };
  }
}

/** What a decoder layer keeps between steps: its own keys and values so far, and those of the source. */
export interface DecoderCache {
  readonly self?: KeyValue | undefined;
  readonly cross: KeyValue;
}

/**
 * A layer of a decoder (Vaswani et al. 2017, figure 1, right): looks back at the target so far, then at the source
 * (`context`, what the encoder made of it), then thinks alone.
 *
 * Shape: `x [B, T, C]`, `context [B, S, C]` -> `[B, T, C]`, with the weights of both attentions.
 */
export class DecoderBlock extends Module {
  readonly attention: MultiHeadAttention;
  readonly attentionResidual: Residual;
  readonly crossAttention: MultiHeadAttention;
  readonly crossAttentionResidual: Residual;
  readonly feedForward: FeedForward;
  readonly feedForwardResidual: Residual;

  constructor(config: BlockConfig) {
    super();
    this.attention = new MultiHeadAttention(config.size, config);
    this.attentionResidual = new Residual(config);
    this.crossAttention = new MultiHeadAttention(config.size, config);
    this.crossAttentionResidual = new Residual(config);
    this.feedForward = new FeedForward(config.size, { ...config, hiddenSize: config.feedForwardSize });
    this.feedForwardResidual = new Residual(config);
  }

  /** `mask` is for the target's own positions (causal), `contextMask` for the source's (padding). */
  forward(x: tf.Tensor3D, context: tf.Tensor3D, options: DecoderInput = {}) {
    const { cache: _, ...rest } = this.step(x, { cross: this.crossAttention.project(context) }, options);
    return rest;
  }

  /** The newest positions `[B, T, C]`, given the keys and values of all positions before them and of the source. */
  step(x: tf.Tensor3D, cache: DecoderCache, { contextMask, ...input }: DecoderInput = {}) {
    const random = input.dropout;
    const read = this.attentionResidual.enter(x);
    const longer = extend(cache.self, this.attention.project(read));
    const own = this.attention.attendTo(read, longer, input);
    const h = this.attentionResidual.leave(x, own.output, random);

    const question = this.crossAttentionResidual.enter(h);
    const cross = this.crossAttention.attendTo(question, cache.cross, { mask: contextMask, dropout: random });
    const informed = this.crossAttentionResidual.leave(h, cross.output, random);

    const thought = this.feedForward.forward(this.feedForwardResidual.enter(informed), { dropout: random });
    return {
      output: this.feedForwardResidual.leave(informed, thought, random),
      weights: own.weights,
      crossWeights: cross.weights,
      cache: { self: longer, cross: cache.cross },
    };
  }
}
