import * as tf from "@tensorflow/tfjs";

/*
 * How good a classifier is, in numbers. None of these is a loss: they have no useful gradient.
 */

/**
 * The class with the largest logit for each row, computed in pieces of `batchSize` rows so that a large set fits into memory.
 * `logitsOf(start, end)` gives the logits `[end - start, classes]` of those rows.
 */
export function predictClasses(
  count: number,
  logitsOf: (start: number, end: number) => tf.Tensor2D,
  batchSize = 1000,
): Int32Array {
  const classes = new Int32Array(count);
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    // Nothing is returned from the tidy: it would look through every entry for tensors.
    tf.tidy(() => classes.set(logitsOf(start, end).argMax(-1).dataSync() as Int32Array, start));
  }
  return classes;
}

/** The share of predictions that equal their label. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  sameLength("accuracy", predictions, labels);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) right++;
  return right / labels.length;
}

/** `counts[label][prediction]`: how often a class was taken for which. What is right stands on the diagonal. */
export function confusionCounts(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number[][] {
  sameLength("confusionCounts", predictions, labels);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const [label, prediction] = [labels[i]!, predictions[i]!];
    const row = counts[label];
    if (row?.[prediction] === undefined)
      throw new Error(
        `confusionCounts: expected classes from 0 to ${classes - 1}, got ${label} and ${prediction} at ${i}`,
      );
    row[prediction]!++;
  }
  return counts;
}

function sameLength(where: string, predictions: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (predictions.length !== labels.length || labels.length === 0)
    throw new Error(
      `${where}: expected as many predictions as labels and at least one, got ${predictions.length} and ${labels.length}`,
    );
}
