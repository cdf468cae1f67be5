import { sigmoid } from "./activations";
import { binaryCrossEntropy } from "./losses";
import { Value } from "./value";

/** `mean((prediction - target)^2)` as a `Value`, ready for `backward()`. */
export function meanSquaredErrorOf(predictions: readonly Value[], targets: readonly number[]): Value {
  const n = sameLength("meanSquaredErrorOf", predictions, targets);
  const errors = predictions.map((prediction, i) => prediction.sub(targets[i]!).pow(2));
  return errors.reduce((sum, error) => sum.add(error)).div(n);
}

/**
 * The binary cross-entropy from logits as a `Value`: one operation whose local derivatives are `(σ(z) - t) / n`.
 * Composed from `exp` and `log` it would overflow for logits beyond 700.
 */
export function binaryCrossEntropyOf(logits: readonly Value[], targets: readonly number[]): Value {
  const n = sameLength("binaryCrossEntropyOf", logits, targets);
  const data = logits.map((logit) => logit.data);
  return new Value(binaryCrossEntropy(data, targets), "", {
    operation: "cross-entropy",
    parents: logits,
    derivatives: data.map((z, i) => (sigmoid(z) - targets[i]!) / n),
  });
}

function sameLength(where: string, values: readonly Value[], targets: readonly number[]): number {
  if (values.length !== targets.length || values.length === 0) {
    throw new Error(
      `${where}: expected as many targets as values, at least 1, got ${targets.length} for ${values.length}`,
    );
  }
  return values.length;
}
