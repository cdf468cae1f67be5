import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { SHARED_WASM, type SharedWasmBackend } from "../../lib/backend/backend";
import { startSharedWasm } from "../../lib/backend/shared-wasm";
import { Random } from "../../lib/random";

/** Our backend on two threads, whatever the other tests run on. */
if (!tf.findBackend(SHARED_WASM)) startSharedWasm(2);

export const sharedWasm = tf.findBackend(SHARED_WASM) as SharedWasmBackend;

/** Values that travel from one backend to another. */
export interface Plain {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

export function plain(values: Plain["values"], shape: readonly number[], dtype: tf.DataType = "float32"): Plain {
  return { values, shape, dtype };
}

/** Random float32 values, uniform in `[low, high)`. */
export function draw(random: Random, shape: readonly number[], low = -2, high = 2): Plain {
  const size = shape.reduce((product, n) => product * n, 1);
  return plain(
    Float32Array.from({ length: size }, () => random.uniform(low, high)),
    shape,
  );
}

/** A size as kernels find hard: nothing, one, around a register, around a tile, beyond a block. */
export function drawSize(
  random: Random,
  sizes: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 33, 65],
): number {
  return random.choice(sizes);
}

/** At most 20,000 entries, because the cpu backend computes them too. */
export function drawShape(random: Random, rank = random.integer(5), sizes?: readonly number[]): number[] {
  const shape = Array.from({ length: rank }, () => drawSize(random, sizes));
  return shape.reduce((product, n) => product * n, 1) <= 20_000 ? shape : drawShape(random, rank, sizes);
}

/** The same shape with some dimensions set to 1 and some leading ones left out. */
export function broadcastable(random: Random, shape: readonly number[]): number[] {
  const kept = shape.slice(random.integer(shape.length + 1));
  return kept.map((n) => (random.uniform() < 0.3 ? 1 : n));
}

type Maths = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Runs `maths` on a backend and brings the results back. */
export function runOn(backend: string, maths: Maths, inputs: readonly Plain[]): Plain[] {
  void tf.setBackend(backend);
  const results = tf.tidy(() => {
    const tensors = inputs.map(({ values, shape, dtype }) => tf.tensor(values as never, shape as number[], dtype));
    return [maths(...tensors)].flat().map((y) => plain(y.dataSync() as Plain["values"], y.shape, y.dtype)) as never;
  }) as Plain[];
  void tf.setBackend(SHARED_WASM);
  return results;
}

/** Our backend's results equal those of tfjs's cpu backend. */
export function expectAsOnCpu(maths: Maths, inputs: readonly Plain[], where: string, tolerance = 1e-5): void {
  const expected = runOn("cpu", maths, inputs);
  const found = runOn(SHARED_WASM, maths, inputs);
  expect(found.length, where).toBe(expected.length);
  found.forEach((result, i) => expectClose(result, expected[i]!, `${where}, result ${i}`, tolerance));
}

/** The gradients by all float inputs too, for a random gradient of the output. */
export function expectGradientsAsOnCpu(maths: Maths, inputs: readonly Plain[], where: string, tolerance = 1e-5): void {
  const [{ shape }] = runOn("cpu", maths, inputs) as [Plain];
  if (shape.includes(0)) return; // tfjs's own gradients of broadcasting reject empty tensors
  const dy = draw(new Random(99), shape);
  const grads: Maths = (...tensors) => {
    const last = tensors.pop()!;
    return tf.grads(maths as (...xs: tf.Tensor[]) => tf.Tensor)(tensors, last);
  };
  expectAsOnCpu(grads, [...inputs, dy], `${where}, gradient`, tolerance);
}

/** `max|a - b| <= tolerance * max|b|` over the finite entries; NaN and Infinity stand at the same places. */
export function expectClose(found: Plain, expected: Plain, where: string, tolerance: number): void {
  expect(found.shape, where).toEqual(expected.shape);
  expect(found.dtype, where).toBe(expected.dtype);
  let largest = 0;
  for (const value of expected.values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  let worst = 0;
  let at = 0;
  found.values.forEach((value, i) => {
    const wanted = expected.values[i]!;
    if (Object.is(value, wanted) || value === wanted) return;
    const difference = Number.isFinite(wanted) && Number.isFinite(value) ? Math.abs(value - wanted) : Infinity;
    if (difference > worst) {
      worst = difference;
      at = i;
    }
  });
  const values = `${found.values[at]} instead of ${expected.values[at]} at ${at} of [${found.shape}]`;
  expect(worst, `${where}: ${values}, largest ${largest}`).toBeLessThanOrEqual(tolerance * largest);
}
