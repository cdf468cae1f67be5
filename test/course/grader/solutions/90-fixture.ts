import type * as tf from "@tensorflow/tfjs";

/** Softmax of a list: each number's share after exp. Example: `softmax([0, 0])` is [0.5, 0.5]. */
export function softmax(values: readonly number[]): number[] {
  // BEGIN 90.1
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
  // END 90.1
}

/** The mean of each row. Shape: `[N, C] -> [N]`. */
export function rowMeans(x: tf.Tensor2D): tf.Tensor1D {
  // BEGIN 90.2
  return x.mean(1) as tf.Tensor1D;
  // END 90.2
}

/** Counts up from a start in steps, never beyond a limit, where it throws. */
export class Counter {
  constructor(
    public count: number,
    readonly limit: number,
  ) {}

  add(step: number): number {
    // BEGIN 90.3
    if (this.count + step > this.limit) throw new Error(`Counter: expected at most ${this.limit}`);
    this.count += step;
    return this.count;
    // END 90.3
  }
}

/** Puts a number into an ordered list, which may be changed in place. */
export function insert(ordered: number[], value: number): number[] {
  // BEGIN 90.4
  const place = ordered.findIndex((item) => item > value);
  return place < 0 ? [...ordered, value] : [...ordered.slice(0, place), value, ...ordered.slice(place)];
  // END 90.4
}
