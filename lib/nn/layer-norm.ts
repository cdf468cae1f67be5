import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import { Module, parameter } from "./module";

/**
 * Layer normalization (Ba et al. 2016, eq. 4): each `C`-vector is moved to mean 0 and scaled to variance 1,
 * then scaled by a learned `gain` and moved by a learned `bias`.
 *
 *     y = gain * (x - mean(x)) / sqrt(var(x) + epsilon) + bias        var divides by C, not C - 1
 *
 * Shape: `[..., C] -> [..., C]`. Parameters: `gain [C]` starts at 1, `bias [C]`, which can be left out, at 0.
 */
export class LayerNorm extends Module {
  readonly gain: tf.Variable<tf.Rank.R1>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly epsilon: number;

  constructor(
    readonly size: number,
    {
      epsilon = 1e-5,
      bias = true,
    }: { readonly epsilon?: number | undefined; readonly bias?: boolean | undefined } = {},
  ) {
    super();
    this.gain = parameter(() => tf.ones([size]));
    this.bias = bias ? parameter(() => tf.zeros([size])) : undefined;
    this.epsilon = epsilon;
  }

  forward<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    assertWidth("LayerNorm", x, this.size);
    const { gain, bias, epsilon } = this;
    return fused<tf.Tensor<R>>("LayerNorm", { x, gain, bias }, { epsilon }) ?? this.plain(x);
  }

  private plain<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    const { mean, variance } = tf.moments(x, -1, true); // both [..., 1]
    const normalized = x.sub<tf.Tensor<R>>(mean).div<tf.Tensor<R>>(variance.add(this.epsilon).sqrt());
    const scaled = normalized.mul<tf.Tensor<R>>(this.gain);
    return this.bias ? scaled.add(this.bias) : scaled;
  }
}

/**
 * Root-mean-square normalization (Zhang and Sennrich 2019, eq. 4), T5's "layer norm": no mean is taken off, no bias added.
 *
 *     y = gain * x / sqrt(mean(x^2) + epsilon)
 *
 * Shape: `[..., C] -> [..., C]`. Parameters: `gain [C]` starts at 1.
 */
export class RMSNorm extends Module {
  readonly gain: tf.Variable<tf.Rank.R1>;

  readonly epsilon: number;

  constructor(
    readonly size: number,
    { epsilon = 1e-6 }: { readonly epsilon?: number | undefined } = {},
  ) {
    super();
    this.gain = parameter(() => tf.ones([size]));
    this.epsilon = epsilon;
  }

  forward<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    assertWidth("RMSNorm", x, this.size);
    const meanSquare = x.square().mean(-1, true); // [..., 1]
    return x.div(meanSquare.add(this.epsilon).sqrt()).mul(this.gain);
  }
}

function assertWidth(where: string, x: tf.Tensor, size: number): void {
  if (x.shape[x.rank - 1] !== size) throw new Error(`${where}: expected [..., ${size}], got [${x.shape.join(", ")}]`);
}
