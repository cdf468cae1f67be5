import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import { assertShape } from "../nn/shape";

/*
 * Losses on tensors: each is one scalar, the average over the examples that count. Classification losses take logits,
 * never probabilities: the logarithm of a softmax, computed in one go, is stable for any logits. On numbers: lib/scalar/losses.ts.
 */

/** `mean((prediction - target)²)` over every entry. */
export function meanSquaredError(predictions: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  assertShape("meanSquaredError: targets", targets, predictions.shape);
  return predictions.sub(targets).square().mean();
}

/** `mean(|prediction - target|)` over every entry. */
export function meanAbsoluteError(predictions: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  assertShape("meanAbsoluteError: targets", targets, predictions.shape);
  return absolute(predictions.sub(targets)).mean();
}

/**
 * `mean(-t log σ(z) - (1 - t) log(1 - σ(z)))` for logits `z` and targets `t` in `[0, 1]` of the same shape,
 * written `max(z, 0) - z t + log(1 + e^-|z|)`, which is the same and stable. Its gradient is `(σ(z) - t) / n`.
 */
export function binaryCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  assertShape("binaryCrossEntropy: targets", targets, logits.shape);
  const softplus = logits.relu().add(logits.abs().neg().exp().log1p());
  return softplus.sub(logits.mul(targets)).mean();
}

export interface CrossEntropyOptions {
  /** How much of the target's probability is spread evenly over all classes (Szegedy et al. 2016). Default: 0. */
  readonly labelSmoothing?: number;
  /** Examples with this target do not count, neither in the sum nor in the average: padding. */
  readonly ignoreIndex?: number;
}

/**
 * `-Σ_v q_v log softmax(z)_v`, averaged over the examples, with `q` 1 at the target class, softened by label smoothing.
 * Its gradient is `(softmax(z) - q) / n`. If every example is ignored the loss is 0.
 *
 * Shape: `logits [N, V]`, `targets [N]` of type int32.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor1D,
  { labelSmoothing = 0, ignoreIndex }: CrossEntropyOptions = {},
): tf.Scalar {
  assertShape("crossEntropy: logits", logits, ["N", "V"]);
  const [N, V] = logits.shape;
  assertShape("crossEntropy: targets", targets, [N]);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new Error(`crossEntropy: expected a label smoothing from 0 to 1, got ${labelSmoothing}`);
  }
  const classes = targets.dataSync();
  const weights = new Float32Array(N);
  let count = 0;
  classes.forEach((target, i) => {
    if (target === ignoreIndex) return;
    if (!(target >= 0 && target < V)) {
      throw new Error(`crossEntropy: expected targets from 0 to ${V - 1}, got ${target} at ${i}`);
    }
    weights[i] = 1;
    count++;
  });
  const safe = tf.tensor1d(
    classes.map((target, i) => (weights[i] ? target : 0)),
    "int32",
  );
  const average = tf.tensor1d(weights.map((weight) => weight / Math.max(1, count)));
  return (
    fused<tf.Scalar>("CrossEntropy", { logits, targets: safe, weights: average }, { labelSmoothing }) ??
    weightedCrossEntropy(logits, safe, average, labelSmoothing)
  );
}

/** The elementary maths of `crossEntropy`: `Σ_n weight_n · -Σ_v q_nv log softmax(z_n)_v`. Targets `[N]`, weights `[N]`. */
function weightedCrossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
  labelSmoothing: number,
): tf.Scalar {
  const V = logits.shape[1];
  const certain = tf.oneHot(targets, V).toFloat(); // [N, V]; tfjs's wasm oneHot knows whole numbers only
  const wanted = labelSmoothing > 0 ? certain.mul(1 - labelSmoothing).add(labelSmoothing / V) : certain;
  const losses = tf.logSoftmax(logits).mul(wanted).sum(-1).neg(); // [N]
  return losses.mul(weights).sum();
}

/** `-Σ p log p` with `p = softmax(logits)` along the last axis, in nats, averaged over the rows `[..., V]`. */
export function entropy(logits: tf.Tensor): tf.Scalar {
  return tf.softmax(logits).mul(tf.logSoftmax(logits)).sum(-1).neg().mean();
}

/** `KL(p ‖ q) = Σ p (log p - log q)`, `p` and `q` the softmax of logits of the same shape `[..., V]`, averaged over the rows. */
export function klDivergence(pLogits: tf.Tensor, qLogits: tf.Tensor): tf.Scalar {
  assertShape("klDivergence: qLogits", qLogits, pLogits.shape);
  const difference = tf.logSoftmax(pLogits).sub(tf.logSoftmax(qLogits));
  return tf.softmax(pLogits).mul(difference).sum(-1).mean();
}

/** `|x|` whose gradient at 0 is 0; that of `tf.abs` is -1 there. */
function absolute(x: tf.Tensor): tf.Tensor {
  return x.relu().add(x.neg().relu());
}
