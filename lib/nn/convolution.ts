import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { Linear } from "./linear";
import { Module } from "./module";

/**
 * A one-dimensional convolution that looks only back: each position sees itself and the `width - 1` positions before it.
 *
 *     y_t = concat(x_{t - width + 1}, …, x_t) W + b        what lies before the start is 0
 *
 * Shape: `[B, T, inputs] -> [B, T, outputs]`. Parameters: `window [width * inputs, outputs]` with its bias.
 */
export class CausalConvolution extends Module {
  readonly window: Linear;

  constructor(
    inputs: number,
    outputs: number,
    readonly width: number,
    { random }: { readonly random: Random },
  ) {
    super();
    this.window = new Linear(width * inputs, outputs, { random });
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    const [B, T, C] = x.shape;
    const padded = tf.pad3d(x, [
      [0, 0],
      [this.width - 1, 0],
      [0, 0],
    ]);
    const shifted = Array.from({ length: this.width }, (_, k) => tf.slice(padded, [0, k, 0], [B, T, C]));
    return this.window.forward(tf.concat(shifted, 2)); // [B, T, width * C] -> [B, T, outputs]
  }
}
