import * as tf from "@tensorflow/tfjs";
import { Binary, BinaryInt, Compare, Unary } from "../assembly/operations";
import type { SharedWasmBackend } from "../backend";
import { type Call, type Dimension, join, type Kernel, MOST_DIMENSIONS, sizeOf, stridesOf, writeWalk } from "./kernel";

type X = { x: tf.TensorInfo };
type AB = { a: tf.TensorInfo; b: tf.TensorInfo };

/** `y = f(x)` on float32. */
function unary(operation: Unary, parameters: (attrs: Record<string, number>) => number[] = () => []): Kernel {
  return ({ backend, inputs: { x }, attrs }: Call<X, Record<string, number>>) => {
    if (x.dtype !== "float32") return undefined;
    const y = backend.output(x.shape, "float32");
    const [first = 0, second = 0] = parameters(attrs);
    backend.wasm.kernels.unary(operation, backend.pointer(x), backend.pointer(y), sizeOf(x.shape), first, second);
    return y;
  };
}

/** `c = f(a, b)` with broadcasting, in the kernel that fits both types. */
export function broadcast(
  backend: SharedWasmBackend,
  kernel: "binaryFloat" | "binaryInt" | "compareFloat" | "compareInt" | "compareBool",
  operation: number,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  dtype: tf.DataType,
): tf.TensorInfo | undefined {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const walk = walkOf(a.shape, b.shape, shape);
  if (walk.length > MOST_DIMENSIONS) return undefined;
  const c = backend.output(shape, dtype);
  if (sizeOf(shape) === 0) return c;
  const row = walk.pop() ?? { size: 1, first: 1, second: 1 };
  writeWalk(backend, walk);
  backend.wasm.kernels[kernel](
    operation,
    backend.pointer(a),
    backend.pointer(b),
    backend.pointer(c),
    row.size,
    row.first,
    row.second,
    walk.length,
  );
  return c;
}

function walkOf(a: readonly number[], b: readonly number[], shape: readonly number[]): Dimension[] {
  const stridesIn = (own: readonly number[]) => {
    const strides = stridesOf(own);
    const missing = shape.length - own.length;
    return (d: number) => (d < missing || own[d - missing] === 1 ? 0 : strides[d - missing]!);
  };
  const inA = stridesIn(a);
  const inB = stridesIn(b);
  return join(shape.map((size, d) => ({ size, first: inA(d), second: inB(d) })));
}

/** Arithmetic keeps the type of its operands. */
function arithmetic(float: Binary, int?: BinaryInt): Kernel {
  return ({ backend, inputs: { a, b } }: Call<AB>) => {
    if (a.dtype === "float32" && b.dtype === "float32")
      return broadcast(backend, "binaryFloat", float, a, b, "float32");
    if (int !== undefined && a.dtype === "int32" && b.dtype === "int32")
      return broadcast(backend, "binaryInt", int, a, b, "int32");
    return undefined;
  };
}

function comparison(operation: Compare): Kernel {
  return ({ backend, inputs: { a, b } }: Call<AB>) => {
    if (a.dtype !== b.dtype) return undefined;
    const kernel = { float32: "compareFloat", int32: "compareInt", bool: "compareBool" } as const;
    const name = kernel[a.dtype as keyof typeof kernel];
    return name && broadcast(backend, name, operation, a, b, "bool");
  };
}

export const elementwise: Record<string, Kernel> = {
  Abs: unary(Unary.ABS),
  Ceil: unary(Unary.CEIL),
  ClipByValue: unary(Unary.CLIP, (attrs) => [attrs["clipValueMin"]!, attrs["clipValueMax"]!]),
  Elu: unary(Unary.ELU),
  Erf: unary(Unary.ERF),
  Exp: unary(Unary.EXP),
  Floor: unary(Unary.FLOOR),
  LeakyRelu: unary(Unary.LEAKY_RELU, (attrs) => [attrs["alpha"]!]),
  Log: unary(Unary.LOG),
  Log1p: unary(Unary.LOG1P),
  Neg: unary(Unary.NEGATE),
  Reciprocal: unary(Unary.RECIPROCAL),
  Relu: unary(Unary.RELU),
  Relu6: unary(Unary.RELU6),
  Round: unary(Unary.ROUND),
  Rsqrt: unary(Unary.RECIPROCAL_SQRT),
  Selu: unary(Unary.SELU),
  Sigmoid: unary(Unary.SIGMOID),
  Sign: unary(Unary.SIGN),
  Softplus: unary(Unary.SOFTPLUS),
  Sqrt: unary(Unary.SQRT),
  Square: unary(Unary.SQUARE),
  Step: unary(Unary.STEP, (attrs) => [attrs["alpha"]!]),
  Tanh: unary(Unary.TANH),

  Add: arithmetic(Binary.ADD, BinaryInt.ADD),
  Sub: arithmetic(Binary.SUBTRACT, BinaryInt.SUBTRACT),
  Multiply: arithmetic(Binary.MULTIPLY, BinaryInt.MULTIPLY),
  RealDiv: arithmetic(Binary.DIVIDE),
  Maximum: arithmetic(Binary.MAXIMUM, BinaryInt.MAXIMUM),
  Minimum: arithmetic(Binary.MINIMUM, BinaryInt.MINIMUM),
  SquaredDifference: arithmetic(Binary.SQUARED_DIFFERENCE),
  Prelu: ({ backend, inputs: { x, alpha } }: Call<{ x: tf.TensorInfo; alpha: tf.TensorInfo }>) =>
    x.dtype === "float32" && alpha.dtype === "float32"
      ? broadcast(backend, "binaryFloat", Binary.PRELU, x, alpha, "float32")
      : undefined,
  EluGrad: ({ backend, inputs: { dy, y } }: Call<{ dy: tf.TensorInfo; y: tf.TensorInfo }>) =>
    broadcast(backend, "binaryFloat", Binary.ELU_GRADIENT, dy, y, "float32"),

  Equal: comparison(Compare.EQUAL),
  NotEqual: comparison(Compare.NOT_EQUAL),
  Less: comparison(Compare.LESS),
  LessEqual: comparison(Compare.LESS_EQUAL),
  Greater: comparison(Compare.GREATER),
  GreaterEqual: comparison(Compare.GREATER_EQUAL),
  LogicalAnd: comparison(Compare.AND),
  LogicalOr: comparison(Compare.OR),

  /** Only the square, which needs no logarithm. */
  Pow: ({ backend, inputs: { a, b } }: Call<AB>) => {
    const float = a.dtype === "float32" && b.dtype === "float32";
    if (!float || b.shape.length > 0 || backend.view(b)[0] !== 2) return undefined;
    return unary(Unary.SQUARE)({ backend, inputs: { x: a }, attrs: {} });
  },

  AddN: ({ backend, inputs }: Call<tf.TensorInfo[]>) => {
    if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    let sum = backend.alias(inputs[0]!);
    for (const next of inputs.slice(1)) {
      const longer = broadcast(backend, "binaryFloat", Binary.ADD, sum, next, "float32")!;
      backend.disposeData(sum.dataId);
      sum = longer;
    }
    return sum;
  },
};
