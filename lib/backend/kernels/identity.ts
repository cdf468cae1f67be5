import * as tf from "@tensorflow/tfjs";
import { Convert } from "../assembly/operations";
import { type Call, type Kernel, sizeOf } from "./kernel";

type X<Attributes = Record<string, never>> = Call<{ x: tf.TensorInfo }, Attributes>;

const conversions: Record<string, Convert | undefined> = {
  "float32 int32": Convert.FLOAT_TO_INT,
  "int32 float32": Convert.INT_TO_FLOAT,
  "bool float32": Convert.BOOL_TO_FLOAT,
  "bool int32": Convert.BOOL_TO_INT,
  "float32 bool": Convert.FLOAT_TO_BOOL,
  "int32 bool": Convert.INT_TO_BOOL,
};

const cast: Kernel = ({ backend, inputs: { x }, attrs: { dtype } }: X<{ dtype: tf.DataType }>) => {
  if (x.dtype === dtype) return backend.alias(x);
  const operation = conversions[`${x.dtype} ${dtype}`];
  if (operation === undefined) throw new Error(`Cast: expected numbers or booleans, got ${x.dtype} to ${dtype}`);
  const y = backend.output(x.shape, dtype);
  backend.wasm.kernels.convert(operation, backend.pointer(x), backend.pointer(y), sizeOf(x.shape));
  return y;
};

const reshape: Kernel = ({ backend, inputs: { x }, attrs: { shape } }: X<{ shape: number[] }>) => {
  const size = sizeOf(x.shape);
  const wanted = tf.util.inferFromImplicitShape(shape, size);
  tf.util.assert(
    sizeOf(wanted) === size,
    () =>
      `The new shape (${wanted}) has ${sizeOf(wanted)} elements and the old shape (${x.shape}) has ${size} elements.`,
  );
  return backend.alias(x, wanted);
};

const expandDims: Kernel = ({ backend, inputs: { input }, attrs }: Call<{ input: tf.TensorInfo }, { dim: number }>) => {
  const dim = attrs.dim < 0 ? attrs.dim + input.shape.length + 1 : attrs.dim;
  return backend.alias(input, [...input.shape.slice(0, dim), 1, ...input.shape.slice(dim)]);
};

type Filling = Call<Record<string, never>, { shape: number[]; value: number | string; dtype?: tf.DataType }>;
const fill: Kernel = ({ backend, attrs: { shape, value, dtype } }: Filling) => {
  if (typeof value === "string") return undefined;
  const y = backend.output(shape, dtype ?? tf.util.inferDtype(value));
  backend.view(y).fill(value);
  return y;
};

const like =
  (value: number): Kernel =>
  ({ backend, inputs: { x } }: X) => {
    if (x.dtype === "string") return undefined;
    const y = backend.output(x.shape, x.dtype);
    backend.view(y).fill(value);
    return y;
  };

type Choice = Call<{ condition: tf.TensorInfo; t: tf.TensorInfo; e: tf.TensorInfo }>;
const select: Kernel = ({ backend, inputs: { condition, t, e } }: Choice) => {
  const sameSize = sizeOf(condition.shape) === sizeOf(t.shape);
  if (!sameSize || t.dtype !== e.dtype || (t.dtype !== "float32" && t.dtype !== "int32")) return undefined;
  const y = backend.output(t.shape, t.dtype);
  const [c, a, b] = [condition, t, e].map((info) => backend.pointer(info)) as [number, number, number];
  backend.wasm.kernels.select(c, a, b, backend.pointer(y), sizeOf(t.shape));
  return y;
};

/** Tensors that stay what they are, become another type, or are filled or chosen. */
export const identities: Record<string, Kernel> = {
  Cast: cast,
  ExpandDims: expandDims,
  Fill: fill,
  Identity: ({ backend, inputs: { x } }: X) => backend.alias(x),
  LogicalNot: ({ backend, inputs: { x } }: X) => {
    const y = backend.output(x.shape, "bool");
    const [from, to] = [backend.view(x), backend.view(y)];
    for (let i = 0; i < from.length; i++) to[i] = from[i] ? 0 : 1;
    return y;
  },
  OnesLike: like(1),
  Reshape: reshape,
  Select: select,
  ZerosLike: like(0),
};
