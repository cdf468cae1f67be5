import type * as tf from "@tensorflow/tfjs";
import { relu } from "../nn/activations";
import { dropout } from "../nn/dropout";
import { heNormal, type Initializer } from "../nn/init";
import { Linear } from "../nn/linear";
import { Module } from "../nn/module";
import { assertShape } from "../nn/shape";
import type { Random } from "../random";

export interface MLPOptions {
  readonly random: Random;
  /** After every layer but the last. Default: ReLU. */
  readonly activation?: (x: tf.Tensor2D) => tf.Tensor2D;
  /** Default: He's, made for ReLU. */
  readonly init?: Initializer;
  /** How much of each hidden layer dropout silences in training. Default: 0. */
  readonly dropoutRate?: number;
}

/**
 * The multilayer perceptron of lesson 04 on tensors: a linear layer and an activation, again and again; the last layer
 * gives logits, without an activation.
 *
 *     h_0 = x      h_i = activation(h_{i-1} W_i + b_i)      logits = h_{n-1} W_n + b_n
 *
 * `sizes` are the widths from input to output: `[784, 256, 10]` has one hidden layer of 256.
 * Shape: `[B, sizes[0]] -> [B, sizes[last]]`.
 */
export class MLP extends Module {
  readonly layers: Linear[];
  readonly dropoutRate: number;
  readonly activation: (x: tf.Tensor2D) => tf.Tensor2D;

  constructor(
    readonly sizes: readonly number[],
    { random, activation = relu, init = heNormal, dropoutRate = 0 }: MLPOptions,
  ) {
    super();
    if (sizes.length < 2)
      throw new Error(`MLP: expected at least an input and an output size, got [${sizes.join(", ")}]`);
    this.layers = sizes.slice(1).map((outputs, i) => new Linear(sizes[i]!, outputs, { random, init }));
    this.dropoutRate = dropoutRate;
    this.activation = activation;
  }

  forward(x: tf.Tensor2D, options: { readonly dropout?: Random } = {}): tf.Tensor2D {
    const hidden = this.hidden(x, options);
    return this.layers[this.layers.length - 1]!.forward(hidden[hidden.length - 1]!);
  }

  /** The input and the activations of every hidden layer, for a look inside: `[B, sizes[i]]` each. */
  hidden(x: tf.Tensor2D, { dropout: random }: { readonly dropout?: Random } = {}): tf.Tensor2D[] {
    assertShape("MLP", x, ["B", this.sizes[0]!]);
    const hidden = [x];
    for (const layer of this.layers.slice(0, -1)) {
      const h = this.activation(layer.forward(hidden[hidden.length - 1]!));
      hidden.push(dropout(h, this.dropoutRate, random));
    }
    return hidden;
  }
}
