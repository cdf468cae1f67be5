import type * as tf from "@tensorflow/tfjs";

/*
 * The letters used in shape comments throughout the library:
 *   B batch · T target length (queries) · S source length (keys) · C channels, the model's width
 *   H heads · D head size, C / H · F feed-forward width · V vocabulary size
 */

/** One expected dimension: a number must match, a letter may be any size but the same wherever it repeats. */
export type Dimension = number | string;

/** Throws `where: expected [B, T, 4], got [2, 3, 5]` unless the tensor's shape fits. */
export function assertShape(where: string, tensor: tf.Tensor, expected: readonly Dimension[]): void {
  const sizes = new Map<string, number>();
  const fits =
    tensor.shape.length === expected.length &&
    expected.every((dimension, axis) => {
      const size = tensor.shape[axis]!;
      if (typeof dimension === "number") return size === dimension;
      const known = sizes.get(dimension) ?? size;
      sizes.set(dimension, known);
      return size === known;
    });
  if (!fits) throw new Error(`${where}: expected [${expected.join(", ")}], got [${tensor.shape.join(", ")}]`);
}
