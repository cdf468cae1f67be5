import { softmax } from "./activations";

/*
 * Losses on plain numbers. Classification losses take logits, never probabilities: `log(softmax(x))` computed in one
 * go neither overflows nor takes the logarithm of 0. On tensors: lib/train/losses.ts.
 */

/** `mean((prediction - target)^2)`. */
export function meanSquaredError(predictions: readonly number[], targets: readonly number[]): number {
  return mean("meanSquaredError", predictions, targets, (p, t) => (p - t) ** 2);
}

/** `mean(|prediction - target|)`. */
export function meanAbsoluteError(predictions: readonly number[], targets: readonly number[]): number {
  return mean("meanAbsoluteError", predictions, targets, (p, t) => Math.abs(p - t));
}

/**
 * `mean(-t log σ(z) - (1 - t) log(1 - σ(z)))` for logits `z` and targets `t` in `[0, 1]`,
 * written `max(z, 0) - z t + log(1 + e^-|z|)`, which is the same and stable.
 */
export function binaryCrossEntropy(logits: readonly number[], targets: readonly number[]): number {
  return mean(
    "binaryCrossEntropy",
    logits,
    targets,
    (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
  );
}

export interface CrossEntropyOptions {
  /** How much of the target's probability is spread evenly over all classes (Szegedy et al. 2016). */
  readonly labelSmoothing?: number;
}

/** `-Σ_v q_v log softmax(logits)_v`, with `q` 1 at the target class, softened by label smoothing. */
export function crossEntropy(
  logits: readonly number[],
  target: number,
  { labelSmoothing = 0 }: CrossEntropyOptions = {},
): number {
  if (!Number.isInteger(target) || target < 0 || target >= logits.length) {
    throw new Error(`crossEntropy: expected a target from 0 to ${logits.length - 1}, got ${target}`);
  }
  const logProbabilities = logSoftmax(logits);
  const average = logProbabilities.reduce((sum, l) => sum + l, 0) / logits.length;
  return -(1 - labelSmoothing) * logProbabilities[target]! - labelSmoothing * average;
}

/**
 * `-Σ p log p` with `p = softmax(logits)`, in nats: 0 when certain, `log(n)` when every class is as likely.
 * Log-probabilities are logits too: `entropy([0.5, 0.5].map(Math.log))`.
 */
export function entropy(logits: readonly number[]): number {
  const logProbabilities = logSoftmax(logits);
  return -sumOf(softmax(logits), (p, i) => (p === 0 ? 0 : p * logProbabilities[i]!));
}

/** `KL(p ‖ q) = Σ p (log p - log q)` with `p` and `q` the softmax of the logits: what believing `q` costs where `p` is true. */
export function klDivergence(pLogits: readonly number[], qLogits: readonly number[]): number {
  sameLength("klDivergence", pLogits, qLogits);
  const logP = logSoftmax(pLogits);
  const logQ = logSoftmax(qLogits);
  return sumOf(softmax(pLogits), (p, i) => (p === 0 ? 0 : p * (logP[i]! - logQ[i]!)));
}

/** `x_i - log Σ_j e^x_j`. */
export function logSoftmax(xs: readonly number[]): number[] {
  const logSum = logSumExp(xs);
  return xs.map((x) => x - logSum);
}

/** `log Σ e^x`, with the maximum taken out first so that nothing overflows. */
export function logSumExp(xs: readonly number[]): number {
  if (xs.length === 0) throw new Error("logSumExp: expected at least one number, got none");
  const largest = Math.max(...xs);
  if (!Number.isFinite(largest)) return largest; // the difference of two infinities would be NaN
  return largest + Math.log(sumOf(xs, (x) => Math.exp(x - largest)));
}

function mean(
  where: string,
  predictions: readonly number[],
  targets: readonly number[],
  loss: (prediction: number, target: number) => number,
): number {
  sameLength(where, predictions, targets);
  return sumOf(predictions, (p, i) => loss(p, targets[i]!)) / predictions.length;
}

function sameLength(where: string, left: readonly number[], right: readonly number[]): void {
  if (left.length !== right.length || left.length === 0) {
    throw new Error(
      `${where}: expected two lists of the same length, at least 1, got ${left.length} and ${right.length}`,
    );
  }
}

function sumOf(xs: readonly number[], term: (x: number, i: number) => number): number {
  return xs.reduce((sum, x, i) => sum + term(x, i), 0);
}
