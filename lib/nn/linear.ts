import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import type { Random } from "../random";
import { type Initializer, xavierUniform } from "./init";
import { Module, parameter } from "./module";

export interface LinearOptions {
  readonly random: Random;
  /** Default: true. */
  readonly bias?: boolean;
  /** Default: `xavierUniform`. */
  readonly init?: Initializer;
}

/**
 * A linear layer: many neurons at once, without their activation.
 *
 *     y = x W + b
 *
 * Shape: `[..., inputs] -> [..., outputs]`. Parameters: `weight [inputs, outputs]`, `bias [outputs]`, which starts at 0.
 */
export class Linear extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;

  constructor(
    readonly inputs: number,
    readonly outputs: number,
    { random, bias = true, init = xavierUniform }: LinearOptions,
  ) {
    super();
    this.weight = parameter(() => init<tf.Rank.R2>([inputs, outputs], random));
    this.bias = bias ? parameter(() => tf.zeros<tf.Rank.R1>([outputs])) : undefined;
  }

  forward<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    return linear(x, this.weight, this.bias);
  }
}

/** `x W + b` over the last axis of `x`: `[..., in] -> [..., out]`, with `weight [in, out]` and `bias [out]`. */
export function linear<R extends tf.Rank>(x: tf.Tensor<R>, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor<R> {
  const [inputs, outputs] = weight.shape;
  const leading = x.shape.slice(0, -1);
  if (x.rank === 0 || x.shape[x.rank - 1] !== inputs) {
    throw new Error(`Linear: expected [..., ${inputs}], got [${x.shape.join(", ")}]`);
  }
  const together = fused<tf.Tensor<R>>("Linear", { x, weight, bias });
  if (together) return together;
  // One flat product: tfjs has no gradient for rank 3 times rank 2, and a batched product would be slower.
  const product = tf.reshape<tf.Rank.R2>(x, [-1, inputs]).matMul<tf.Tensor2D>(weight); // [N, out]
  const y = bias ? product.add(bias) : product;
  return y.reshape([...leading, outputs]);
}
