import type * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { gelu, geluTanh, relu } from "./activations";
import { dropout } from "./dropout";
import type { Initializer } from "./init";
import { Linear } from "./linear";
import { Module } from "./module";

/** The activations that Transformers use between the two halves of a feed-forward layer. */
export const feedForwardActivations = { relu, gelu, geluTanh };
export type FeedForwardActivation = keyof typeof feedForwardActivations;

export interface FeedForwardOptions {
  /** `F`. Vaswani et al. use `4 C`. */
  readonly hiddenSize: number;
  readonly random: Random;
  /** Default: `relu`. */
  readonly activation?: FeedForwardActivation | undefined;
  /** Default: true. */
  readonly bias?: boolean | undefined;
  /** T5 v1.1's gated form (Shazeer 2020, eq. 6): a second projection of the input scales the first. Default: false. */
  readonly gated?: boolean | undefined;
  /** Share of hidden units that dropout sets to 0 in training. Default: 0. */
  readonly dropoutRate?: number | undefined;
  readonly init?: Initializer | undefined;
  /** Default: `init`. */
  readonly outputInit?: Initializer | undefined;
}

/**
 * The position-wise feed-forward layer (Vaswani et al. 2017, eq. 2), the same for every position.
 *
 *     y = activation(x W1 + b1) W2 + b2            gated: y = (activation(x W1) * (x Wg)) W2
 *
 * Shape: `[B, T, C] -> [B, T, C]`. Parameters: `input [C, F]`, `output [F, C]` and, when gated, `gate [C, F]`.
 */
export class FeedForward extends Module {
  readonly input: Linear;
  readonly gate: Linear | undefined;
  readonly output: Linear;
  readonly activation: FeedForwardActivation;
  readonly dropoutRate: number;

  constructor(
    readonly size: number,
    {
      hiddenSize,
      random,
      activation = "relu",
      bias = true,
      gated = false,
      dropoutRate = 0,
      init,
      outputInit = init,
    }: FeedForwardOptions,
  ) {
    super();
    const options = { random, bias, ...(init && { init }) };
    this.input = new Linear(size, hiddenSize, options);
    this.gate = gated ? new Linear(size, hiddenSize, options) : undefined;
    this.output = new Linear(hiddenSize, size, { ...options, ...(outputInit && { init: outputInit }) });
    this.activation = activation;
    this.dropoutRate = dropoutRate;
  }

  forward(x: tf.Tensor3D, { dropout: random }: { dropout?: Random | undefined } = {}): tf.Tensor3D {
    const activate = feedForwardActivations[this.activation];
    let hidden = activate(this.input.forward(x)); // [B, T, F]
    if (this.gate) hidden = hidden.mul(this.gate.forward(x));
    return this.output.forward(dropout(hidden, this.dropoutRate, random));
  }
}
