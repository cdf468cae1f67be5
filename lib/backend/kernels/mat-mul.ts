import * as tf from "@tensorflow/tfjs";
import { Binary, Unary } from "../assembly/operations";
import { broadcast } from "./elementwise";
import { type Call, type Kernel, sizeOf, stridesOf } from "./kernel";

type Product = Call<{ a: tf.TensorInfo; b: tf.TensorInfo }, { transposeA: boolean; transposeB: boolean }>;

/** `C = A B` over the last two dimensions; the ones before are a batch, in which either side may be one for all. */
const batchMatMul: Kernel = ({ backend, inputs: { a, b }, attrs: { transposeA, transposeB } }: Product) => {
  if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const [M, K] = transposeA ? [a1, a0] : [a0, a1];
  const [inner, N] = transposeB ? [b1, b0] : [b0, b1];
  tf.util.assert(
    K === inner,
    () =>
      `Error in matMul: inner shapes (${K}) and (${inner}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
      `and transposeA=${transposeA} and transposeB=${transposeB} must match.`, // tfjs's own words
  );
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const c = backend.output([...outer, M, N], "float32");
  const batches = sizeOf(outer);
  if (batches * M * N === 0) return c;
  const { wasm } = backend;
  const [pa, pb, pc] = [a, b, c].map((info) => backend.pointer(info)) as [number, number, number];
  const multiply = (at: number, bt: number, ct: number, many: number, rows: number, aBatch: number, bBatch: number) => {
    const [aRow, aStep] = transposeA ? [1, M] : [K, 1];
    const [bStep, bColumn] = transposeB || N === 1 ? [1, K] : [N, 1];
    const [fromA, fromB, to] = [pa + at * M * K * 4, pb + bt * N * K * 4, pc + ct * M * N * 4];
    // One column: the transposed product has one row, which is quicker, and lies the same way in memory.
    if (N === 1) wasm.kernels.matMul(fromB, fromA, to, many, 1, rows, K, bBatch, 1, 1, aBatch, aStep, aRow, 0);
    else wasm.kernels.matMul(fromA, fromB, to, many, rows, N, K, aBatch, aRow, aStep, bBatch, bStep, bColumn, 0);
  };
  const all = [sizeOf(outerA) === batches, sizeOf(outerB) === batches];
  const one = [sizeOf(outerA) === 1, sizeOf(outerB) === 1];
  if (one[1] && all[0] && !transposeA) {
    multiply(0, 0, 0, 1, batches * M, 0, 0); // one B for a whole batch: the rows of one tall matrix
  } else if ((one[0] || all[0]) && (one[1] || all[1])) {
    multiply(0, 0, 0, batches, M, one[0] ? 0 : M * K, one[1] ? 0 : N * K);
  } else {
    const [placesA, placesB] = [places(outerA, outer), places(outerB, outer)];
    for (let i = 0; i < batches; i++) multiply(placesA[i]!, placesB[i]!, i, 1, M, 0, 0);
  }
  return c;
};

/** Which of its own matrices a side that repeats gives to each place of the batch. */
function places(own: readonly number[], outer: readonly number[]): number[] {
  const missing = outer.length - own.length;
  const strides = stridesOf(own);
  return Array.from({ length: sizeOf(outer) }, (_, i) => {
    const at = tf.util.indexToLoc(i, outer.length, tf.util.computeStrides(outer as number[]));
    return own.reduce((sum, n, d) => sum + (n === 1 ? 0 : at[d + missing]! * strides[d]!), 0);
  });
}

type Fused = Call<
  { a: tf.TensorInfo; b: tf.TensorInfo; bias?: tf.TensorInfo; preluActivationWeights?: tf.TensorInfo },
  { transposeA: boolean; transposeB: boolean; activation: string; leakyreluAlpha?: number }
>;

const activations: Record<string, Unary | undefined> = {
  relu: Unary.RELU,
  relu6: Unary.RELU6,
  elu: Unary.ELU,
  sigmoid: Unary.SIGMOID,
  leakyrelu: Unary.LEAKY_RELU,
};

/** `activation(A B + bias)`, which tfjs's own layers use. */
const fusedMatMul: Kernel = (call: Fused) => {
  const { backend, inputs, attrs } = call;
  const { bias } = inputs;
  const activation = activations[attrs.activation];
  if (attrs.activation !== "linear" && activation === undefined) return undefined;
  let result = batchMatMul(call) as tf.TensorInfo | undefined;
  if (result && bias) {
    const product = result;
    result = broadcast(backend, "binaryFloat", Binary.ADD, product, bias, "float32");
    backend.disposeData(product.dataId);
  }
  if (result && activation !== undefined) {
    const at = backend.pointer(result); // in place: nobody else has seen these values
    backend.wasm.kernels.unary(activation, at, at, sizeOf(result.shape), attrs.leakyreluAlpha ?? 0, 0);
  }
  return result;
};

export const products: Record<string, Kernel> = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul };
