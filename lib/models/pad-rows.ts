import * as tf from "@tensorflow/tfjs";

/** Rows of different lengths as one int32 matrix, `[B, T]` with the longest row's `T`. */
export function padRows(rows: readonly (readonly number[])[], filler: number): tf.Tensor2D {
  const length = Math.max(...rows.map((row) => row.length));
  const values = new Int32Array(rows.length * length).fill(filler);
  rows.forEach((row, i) => values.set(row, i * length));
  return tf.tensor2d(values, [rows.length, length], "int32");
}
