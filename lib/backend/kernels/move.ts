import * as tf from "@tensorflow/tfjs";
import type { SharedWasmBackend } from "../backend";
import { type Call, type Dimension, join, type Kernel, MOST_DIMENSIONS, sizeOf, stridesOf, writeWalk } from "./kernel";

type X<Attributes = Record<string, never>> = Call<{ x: tf.TensorInfo }, Attributes>;

/** One strided box copied into another; offsets are in entries. Whether the kernel can do it. */
function copyBox(
  backend: SharedWasmBackend,
  dimensions: readonly Dimension[],
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  offsets: { from?: number; to?: number } = {},
): boolean {
  if (dimensions.some(({ size }) => size === 0)) return true;
  const walk = join(dimensions);
  if (walk.length > MOST_DIMENSIONS) return false;
  if (walk.length === 0) walk.push({ size: 1, first: 1, second: 1 });
  writeWalk(backend, walk);
  const bytes = tf.util.bytesPerElement(to.dtype);
  backend.wasm.kernels.copy(
    backend.pointer(from) + (offsets.from ?? 0) * bytes,
    backend.pointer(to) + (offsets.to ?? 0) * bytes,
    walk.length,
    bytes,
  );
  return true;
}

/** A new tensor of `shape`, each dimension of which moves through `x` by `strides`. */
function rearrange(
  backend: SharedWasmBackend,
  x: tf.TensorInfo,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): tf.TensorInfo | undefined {
  if (x.dtype === "string" || x.dtype === "complex64") return undefined;
  const y = backend.output(shape, x.dtype);
  const own = stridesOf(shape);
  const dimensions = shape.map((size, d) => ({ size, first: strides[d]!, second: own[d]! }));
  if (copyBox(backend, dimensions, x, y, { from: offset })) return y;
  backend.disposeData(y.dataId);
  return undefined;
}

const transpose: Kernel = ({ backend, inputs: { x }, attrs: { perm } }: X<{ perm: number[] }>) => {
  const strides = stridesOf(x.shape);
  return rearrange(
    backend,
    x,
    perm.map((d) => x.shape[d]!),
    perm.map((d) => strides[d]!),
  );
};

const slice: Kernel = ({ backend, inputs: { x }, attrs }: X<{ begin: number[]; size: number[] }>) => {
  const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs.begin, attrs.size) as [number[], number[]];
  tf.slice_util.assertParamsValid(x as tf.Tensor, begin, size);
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, start, d) => sum + start * strides[d]!, 0);
  return rearrange(backend, x, size, strides, offset);
};

/** Joins tensors along `axis`: each is a box of the result. */
function concat(backend: SharedWasmBackend, all: readonly tf.TensorInfo[], axis: number): tf.TensorInfo | undefined {
  const parts = all.filter(({ shape }) => sizeOf(shape) > 0);
  const like = parts[0] ?? all[0]!;
  if (all.some(({ dtype }) => dtype !== like.dtype) || like.dtype === "string") return undefined;
  const outShape = tf.backend_util.computeOutShape(
    all.map(({ shape }) => shape),
    axis,
  );
  const y = backend.output(outShape, like.dtype);
  const outStrides = stridesOf(outShape);
  let offset = 0;
  for (const part of parts) {
    const strides = stridesOf(part.shape);
    const dimensions = part.shape.map((size, d) => ({ size, first: strides[d]!, second: outStrides[d]! }));
    copyBox(backend, dimensions, part, y, { to: offset }); // at most three dimensions after joining
    offset += part.shape[axis]! * outStrides[axis]!;
  }
  return y;
}

const pack: Kernel = ({ backend, inputs, attrs }: Call<tf.TensorInfo[], { axis: number }>) => {
  const { axis } = attrs;
  const shape = inputs[0]!.shape;
  for (const input of inputs) {
    tf.util.assertShapesMatch(shape, input.shape, "All tensors passed to stack must have matching shapes");
    tf.util.assert(inputs[0]!.dtype === input.dtype, () => "All tensors passed to stack must have matching dtypes");
  }
  const longer = inputs.map((info) => ({
    ...describe(info),
    shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
  }));
  return concat(backend, longer, axis);
};

const describe = ({ dataId, dtype }: tf.TensorInfo) => ({ dataId, dtype });

/** Cuts along `axis` into boxes of the given lengths. */
function cut(backend: SharedWasmBackend, x: tf.TensorInfo, axis: number, lengths: readonly number[]): tf.TensorInfo[] {
  const strides = stridesOf(x.shape);
  let offset = 0;
  return lengths.map((length) => {
    const shape = x.shape.map((size, d) => (d === axis ? length : size));
    const piece = rearrange(backend, x, shape, strides, offset)!; // at most three dimensions after joining
    offset += length * strides[axis]!;
    return piece;
  });
}

const unpack: Kernel = ({ backend, inputs: { value }, attrs }: Call<{ value: tf.TensorInfo }, { axis: number }>) => {
  if (value.dtype === "string") return undefined;
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
  const pieces = cut(backend, value, axis, new Array<number>(value.shape[axis]!).fill(1));
  const shape = value.shape.filter((_, d) => d !== axis);
  return pieces.map((piece) => ({ ...describe(piece), shape }));
};

const split: Kernel = (call: X<{ numOrSizeSplits: number | number[]; axis: number }>) => {
  const { backend, inputs, attrs } = call;
  if (inputs.x.dtype === "string") return undefined;
  const axis = tf.util.parseAxisParam(attrs.axis, inputs.x.shape)[0]!;
  const lengths = tf.backend_util.prepareSplitSize(inputs.x as tf.Tensor, attrs.numOrSizeSplits, axis);
  return cut(backend, inputs.x, axis, lengths);
};

type Padding = X<{ paddings: [number, number][]; constantValue: number }>;
const pad: Kernel = ({ backend, inputs: { x }, attrs: { paddings, constantValue } }: Padding) => {
  if (x.dtype === "string") return undefined;
  const shape = x.shape.map((size, d) => size + paddings[d]![0] + paddings[d]![1]);
  const y = backend.output(shape, x.dtype);
  backend.view(y).fill(constantValue);
  const strides = stridesOf(x.shape);
  const outStrides = stridesOf(shape);
  const dimensions = x.shape.map((size, d) => ({ size, first: strides[d]!, second: outStrides[d]! }));
  const to = paddings.reduce((sum, [before], d) => sum + before * outStrides[d]!, 0);
  if (copyBox(backend, dimensions, x, y, { to })) return y;
  backend.disposeData(y.dataId);
  return undefined;
};

/** Each dimension becomes two: the repeats, which stand still in `x`, and the dimension itself. */
const tile: Kernel = ({ backend, inputs: { x }, attrs: { reps } }: X<{ reps: number[] }>) => {
  if (x.dtype === "string") return undefined;
  const shape = x.shape.map((size, d) => size * reps[d]!);
  const y = backend.output(shape, x.dtype);
  const strides = stridesOf(x.shape);
  const outStrides = stridesOf(shape);
  const dimensions = x.shape.flatMap((size, d) => [
    { size: reps[d]!, first: 0, second: size * outStrides[d]! },
    { size, first: strides[d]!, second: outStrides[d]! },
  ]);
  if (copyBox(backend, dimensions, x, y)) return y;
  backend.disposeData(y.dataId);
  return undefined;
};

/** A negative stride from the far end. */
const reverse: Kernel = ({ backend, inputs: { x }, attrs: { dims } }: X<{ dims: number[] }>) => {
  const axes = tf.util.parseAxisParam(dims, x.shape);
  const strides = stridesOf(x.shape);
  const offset = axes.reduce((sum, d) => sum + (x.shape[d]! - 1) * strides[d]!, 0);
  return rearrange(
    backend,
    x,
    x.shape,
    strides.map((stride, d) => (axes.includes(d) ? -stride : stride)),
    offset,
  );
};

export const moves: Record<string, Kernel> = {
  Concat: ({ backend, inputs, attrs }: Call<tf.TensorInfo[], { axis: number }>) => {
    const axis = tf.util.parseAxisParam(attrs.axis, inputs[0]!.shape)[0]!;
    tf.backend_util.assertParamsConsistent(
      inputs.map(({ shape }) => shape),
      axis,
    );
    return concat(backend, inputs, axis);
  },
  Pack: pack,
  PadV2: pad,
  Reverse: reverse,
  Slice: slice,
  SplitV: split,
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
};
