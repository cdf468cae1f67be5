import * as tf from "@tensorflow/tfjs";
import type { SharedWasmBackend } from "../backend";

/** What tfjs gives a kernel: its tensors by name (`Concat` and its like: a list) and its settings. */
export interface Call<Inputs = Record<string, tf.TensorInfo>, Attributes = Record<string, unknown>> {
  readonly backend: SharedWasmBackend;
  readonly inputs: Inputs;
  readonly attrs: Attributes;
}

/** A kernel of ours. `undefined` means: this case is not for me, let tfjs's cpu kernel do it. */
// biome-ignore lint/suspicious/noExplicitAny: each kernel says which inputs and settings its name has in tfjs
export type Kernel = (call: Call<any, any>) => tf.TensorInfo | tf.TensorInfo[] | undefined;

export const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape(shape as number[]);

/** How far apart neighbours along each dimension are, in entries, when the last dimension lies in one piece. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

/** One dimension of a walk through two arrays at once: how many steps, and how far each moves in either. */
export interface Dimension {
  size: number;
  first: number;
  second: number;
}

/** Drops dimensions of size 1 and joins neighbours that are one longer dimension for both arrays. */
export function join(dimensions: readonly Dimension[]): Dimension[] {
  const joined: Dimension[] = [];
  for (const { size, first, second } of dimensions) {
    if (size === 1) continue;
    const last = joined.at(-1);
    if (last && last.first === first * size && last.second === second * size) {
      last.size *= size;
      last.first = first;
      last.second = second;
    } else joined.push({ size, first, second });
  }
  return joined;
}

/** The most dimensions that the kernels' odometer has. */
export const MOST_DIMENSIONS = 8;

/** Writes a walk where the kernels read it: sizes, then the first array's strides, then the second's. */
export function writeWalk({ wasm }: SharedWasmBackend, dimensions: readonly Dimension[]): void {
  const place = wasm.int32(wasm.kernels.broadcastSizes(), 48);
  dimensions.forEach(({ size, first, second }, d) => {
    place[d] = size;
    place[d + 16] = first;
    place[d + 32] = second;
  });
}
