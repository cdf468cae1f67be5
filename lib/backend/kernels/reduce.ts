import * as tf from "@tensorflow/tfjs";
import { Reduce } from "../assembly/operations";
import type { SharedWasmBackend } from "../backend";
import { type Call, type Kernel, sizeOf } from "./kernel";
import { moves } from "./move";

type Reduction = Call<
  { x: tf.TensorInfo },
  { axis?: number | number[]; reductionIndices?: number | number[]; keepDims: boolean }
>;

/** `x` seen as `[outer, n, inner]`, where `n` is what is reduced. */
interface Walk {
  readonly x: tf.TensorInfo;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** Axes that lie side by side are one; others are first brought to the end, in a copy that `use` does not keep. */
function walk(backend: SharedWasmBackend, x: tf.TensorInfo, axes: readonly number[], use: (walk: Walk) => void): void {
  const first = axes[0] ?? x.shape.length;
  const after = (axes.at(-1) ?? first - 1) + 1;
  if (axes.length === 0 || axes.length === after - first) {
    const [outer, n, inner] = [x.shape.slice(0, first), x.shape.slice(first, after), x.shape.slice(after)];
    use({ x, outer: sizeOf(outer), n: sizeOf(n), inner: sizeOf(inner) });
    return;
  }
  const kept = x.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const moved = moves["Transpose"]!({ backend, inputs: { x }, attrs: { perm: [...kept, ...axes] } }) as tf.TensorInfo;
  const outer = sizeOf(kept.map((d) => x.shape[d]!));
  use({ x: moved, outer, n: sizeOf(axes.map((d) => x.shape[d]!)), inner: 1 });
  backend.disposeData(moved.dataId);
}

function shapeAfter(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims ? shape.map((size, d) => (axes.includes(d) ? 1 : size)) : shape.filter((_, d) => !axes.includes(d));
}

function sortedAxes(axis: number | number[], shape: readonly number[]): number[] {
  return tf.util.parseAxisParam(axis, shape as number[]).sort((a, b) => a - b);
}

function reduction(operation: Reduce): Kernel {
  return ({ backend, inputs: { x }, attrs }: Reduction) => {
    if (x.dtype !== "float32") return undefined;
    const axes = sortedAxes(attrs.axis ?? attrs.reductionIndices!, x.shape);
    const y = backend.output(shapeAfter(x.shape, axes, attrs.keepDims), "float32");
    walk(backend, x, axes, ({ x: from, outer, n, inner }) => {
      if (n === 0) backend.view(y).fill(ofNothing[operation]);
      else backend.wasm.kernels.reduce(operation, backend.pointer(from), backend.pointer(y), outer, n, inner);
    });
    return y;
  };
}

/** As tfjs's cpu backend has it. */
const ofNothing: Record<Reduce, number> = {
  [Reduce.SUM]: 0,
  [Reduce.MEAN]: 0,
  [Reduce.PRODUCT]: 1,
  [Reduce.MAX]: -Infinity,
  [Reduce.MIN]: Infinity,
};

function argument(largest: 0 | 1): Kernel {
  return ({ backend, inputs: { x }, attrs }: Call<{ x: tf.TensorInfo }, { axis: number }>) => {
    if (x.dtype !== "float32") return undefined;
    const axes = sortedAxes(attrs.axis, x.shape).slice(0, 1);
    const y = backend.output(shapeAfter(x.shape, axes, false), "int32");
    walk(backend, x, axes, ({ x: from, outer, n, inner }) =>
      backend.wasm.kernels.argument(largest, backend.pointer(from), backend.pointer(y), outer, n, inner),
    );
    return y;
  };
}

export const reductions: Record<string, Kernel> = {
  ArgMax: argument(1),
  ArgMin: argument(0),
  Max: reduction(Reduce.MAX),
  Mean: reduction(Reduce.MEAN),
  Min: reduction(Reduce.MIN),
  Prod: reduction(Reduce.PRODUCT),
  Sum: reduction(Reduce.SUM),
};
