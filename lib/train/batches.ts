import { Random } from "../random";

/** A data set in shuffled mini-batches, as `train` draws them. The first step is 0. */
export interface Batches<B> {
  /** How many steps show every example once. */
  readonly stepsPerEpoch: number;
  /** The batch of one step. It depends on the seed and the step only, so that training can resume anywhere. */
  at(step: number): B;
}

export interface BatchesOptions {
  /** The number of examples. */
  readonly size: number;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Mini-batches that cover every example exactly once an epoch, each epoch in a new random order; the last batch of an
 * epoch may be short. `make` turns the chosen examples' indices into what the loss wants, such as tensors (it runs
 * inside the training step's tidy).
 *
 *     batches({ size: 60_000, batchSize: 128, seed: 1 }, (indices) => ({ x: ..., y: ... }))
 */
export function batches<B>(
  { size, batchSize, seed }: BatchesOptions,
  make: (indices: readonly number[]) => B,
): Batches<B> {
  for (const [name, value] of Object.entries({ size, batchSize }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`batches: expected ${name} to be a whole number of at least 1, got ${value}`);
  const stepsPerEpoch = Math.ceil(size / batchSize);
  const inOrder = Array.from({ length: size }, (_, i) => i);
  let shuffled: { epoch: number; order: number[] } | undefined;

  const at = (step: number) => {
    if (!Number.isInteger(step) || step < 0)
      throw new Error(`batches: expected a whole step of at least 0, got ${step}`);
    const epoch = Math.floor(step / stepsPerEpoch);
    if (shuffled?.epoch !== epoch) shuffled = { epoch, order: randomAt(seed, epoch).shuffle(inOrder) };
    const start = (step % stepsPerEpoch) * batchSize;
    return make(shuffled.order.slice(start, start + batchSize));
  };
  return { stepsPerEpoch, at };
}

/** Rows of a matrix that is stored flat: `[size, width] -> [indices.length, width]`, flat again. */
export function takeRows<A extends Float32Array | Int32Array>(values: A, width: number, indices: readonly number[]): A {
  const rows = new (values.constructor as new (length: number) => A)(indices.length * width);
  indices.forEach((index, i) => {
    if (!(index >= 0 && (index + 1) * width <= values.length))
      throw new Error(`takeRows: expected an index below ${Math.floor(values.length / width)}, got ${index}`);
    rows.set(values.subarray(index * width, (index + 1) * width), i * width);
  });
  return rows;
}

/**
 * The generator of one epoch or step: random numbers that depend on the seed and that number only, not on what was
 * drawn before. So nothing about randomness needs to be saved for training to resume exactly.
 */
export function randomAt(seed: number, index: number): Random {
  return new Random(new Random(seed).bits() ^ Math.imul(index + 1, 0x85ebca6b)); // odd factor: no two indices collide
}
