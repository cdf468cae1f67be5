import * as tf from "@tensorflow/tfjs";
import { borrowCpuKernels } from "./cpu-fallback";
import { load } from "./installed";
import { features } from "./wasm";

/**
 * tfjs's own WebAssembly backend, mended for training. It lacks kernels that gradients need, and its matMul is fast
 * only for two plain matrices: transposed and batched products take a path that is many times slower.
 */
export async function startTfjsWasm(): Promise<void> {
  if (!features.webAssembly) throw new Error("this engine has no WebAssembly");
  load("@tensorflow/tfjs-backend-wasm"); // only now: it is not small
  if (!(await tf.setBackend("wasm"))) throw new Error("this engine has no WebAssembly");
  if (tf.getKernel("UnsortedSegmentSum", "wasm")) return; // already mended
  makeMatMulExplicit();
  borrowCpuKernels("wasm");
}

/** Does transposes first and batches one by one, so that every product is a plain one. */
function makeMatMulExplicit(): void {
  const kernel = (name: string): tf.KernelFunc => tf.getKernel(name, "wasm").kernelFunc;
  const [plain, transpose, slice, concat] = ["BatchMatMul", "Transpose", "Slice", "Concat"].map(kernel) as [
    tf.KernelFunc,
    tf.KernelFunc,
    tf.KernelFunc,
    tf.KernelFunc,
  ];

  const matMul: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
    const backend = anyBackend as tf.KernelBackend;
    const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const owned: tf.TensorInfo[] = [];
    const own = (result: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo => {
      owned.push(result as tf.TensorInfo);
      return result as tf.TensorInfo;
    };
    const upright = (x: tf.TensorInfo, transposed: unknown): tf.TensorInfo => {
      if (!transposed) return x;
      const rank = x.shape.length;
      const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
      return own(transpose({ inputs: { x }, attrs: { perm }, backend }));
    };
    const left = upright(a, attrs?.["transposeA"]);
    const right = upright(b, attrs?.["transposeB"]);
    const [rows, inner] = left.shape.slice(-2) as [number, number];
    const columns = right.shape.at(-1)!;
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
    const batches = tf.util.sizeFromShape(outer);
    const product = (x: tf.TensorInfo, y: tf.TensorInfo) =>
      plain({ inputs: { a: x, b: y }, attrs: { transposeA: false, transposeB: false }, backend }) as tf.TensorInfo;

    const result = (() => {
      const sameBatches = tf.util.sizeFromShape(left.shape) === batches * rows * inner;
      const simple = !sameBatches || tf.util.sizeFromShape(right.shape) !== batches * inner * columns;
      if (batches === 1 || batches * rows * columns === 0 || simple) return product(left, right);
      const part = (x: tf.TensorInfo, n: number, height: number, width: number): tf.TensorInfo => {
        const stacked = { ...x, dataId: x.dataId, shape: [batches * height, width] };
        return own(
          slice({ inputs: { x: stacked }, attrs: { begin: [n * height, 0], size: [height, width] }, backend }),
        );
      };
      const products = Array.from({ length: batches }, (_, n) =>
        own(product(part(left, n, rows, inner), part(right, n, inner, columns))),
      );
      const inputs_ = products as unknown as tf.NamedTensorInfoMap;
      return concat({ inputs: inputs_, attrs: { axis: 0 }, backend }) as tf.TensorInfo;
    })();
    for (const { dataId } of owned) backend.disposeData(dataId);
    return { dataId: result.dataId, dtype: result.dtype, shape: [...outer, rows, columns] };
  };

  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ kernelName: "BatchMatMul", backendName: "wasm", kernelFunc: matMul });
}
