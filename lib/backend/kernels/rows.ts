import * as tf from "@tensorflow/tfjs";
import { type Call, type Kernel, sizeOf } from "./kernel";

type Lookup = Call<{ x: tf.TensorInfo; indices: tf.TensorInfo }, { axis: number; batchDims: number }>;

/** Rows looked up by number: an embedding. */
const gather: Kernel = ({ backend, inputs: { x, indices }, attrs }: Lookup) => {
  if (tf.util.bytesPerElement(x.dtype) !== 4 || indices.dtype !== "int32" || attrs.batchDims > 0) return undefined;
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const rows = x.shape[axis]!;
  for (const id of backend.view(indices)) {
    tf.util.assert(id >= 0 && id < rows, () => `GatherV2: the index value ${id} is not in [0, ${rows - 1}]`);
  }
  const inner = x.shape.slice(axis + 1);
  const outer = x.shape.slice(0, axis);
  const y = backend.output([...outer, ...indices.shape, ...inner], x.dtype);
  const [from, ids, to] = [x, indices, y].map((info) => backend.pointer(info)) as [number, number, number];
  backend.wasm.kernels.gather(from, ids, to, sizeOf(outer), rows, sizeOf(indices.shape), sizeOf(inner) * 4);
  return y;
};

type Segments = Call<{ x: tf.TensorInfo; segmentIds: tf.TensorInfo }, { numSegments: number }>;

/** Rows added up by number: an embedding's gradient. */
const unsortedSegmentSum: Kernel = ({ backend, inputs: { x, segmentIds }, attrs: { numSegments } }: Segments) => {
  if (x.dtype !== "float32" || segmentIds.dtype !== "int32" || segmentIds.shape.length !== 1) return undefined;
  const inner = x.shape.slice(1);
  const y = backend.output([numSegments, ...inner], "float32");
  const [from, ids, to] = [x, segmentIds, y].map((info) => backend.pointer(info)) as [number, number, number];
  backend.wasm.kernels.addRows(from, ids, to, segmentIds.shape[0]!, sizeOf(inner), numSegments);
  return y;
};

type Hot = Call<{ indices: tf.TensorInfo }, { dtype: tf.DataType; depth: number; onValue: number; offValue: number }>;
const oneHot: Kernel = ({ backend, inputs: { indices }, attrs: { dtype, depth, onValue, offValue } }: Hot) => {
  const y = backend.output([...indices.shape, depth], dtype);
  const [ids, values] = [backend.view(indices), backend.view(y)];
  values.fill(offValue);
  ids.forEach((id, i) => {
    if (id >= 0 && id < depth) values[i * depth + id] = onValue;
  });
  return y;
};

export const rows: Record<string, Kernel> = {
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: unsortedSegmentSum,
};
