import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";

/*
 * Activations on tensors, entry by entry; each has a gradient. On numbers, with derivatives: lib/scalar/activations.ts.
 */

/** `max(0, x)`; the gradient at 0 is 0. */
export function relu<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return tf.relu(x);
}

/** `x` where positive, else `slope * x` (Maas et al. 2013). */
export function leakyRelu<R extends tf.Rank>(x: tf.Tensor<R>, slope = 0.01): tf.Tensor<R> {
  return tf.leakyRelu(x, slope);
}

/** `1 / (1 + e^-x)`. */
export function sigmoid<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return tf.sigmoid(x);
}

export function tanh<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return tf.tanh(x);
}

/** `x (1 + erf(x / √2)) / 2` (Hendrycks and Gimpel 2016), BERT's activation. */
export function gelu<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return fused<tf.Tensor<R>>("Gelu", { x }) ?? x.mul(x.div(Math.SQRT2).erf().add(1).div(2));
}

/** `x/2 (1 + tanh(√(2/π) (x + 0.044715 x^3)))`: GELU as GPT-2 and T5 v1.1 compute it. */
export function geluTanh<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return fused<tf.Tensor<R>>("GeluTanh", { x }) ?? plainGeluTanh(x);
}

function plainGeluTanh<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  const inner = x
    .square()
    .mul(0.044715)
    .add(1)
    .mul(x)
    .mul(Math.sqrt(2 / Math.PI));
  return x.mul(inner.tanh().add(1).div(2));
}

/** Positive, and sums to 1 along the last axis. */
export function softmax<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return tf.softmax(x);
}
