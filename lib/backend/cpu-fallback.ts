import * as tf from "@tensorflow/tfjs";

/** The part of a backend that borrowing needs; one that can show values where they lie need not copy them. */
interface Backend {
  view?(info: tf.TensorInfo): tf.backend_util.TypedArray;
  readSync(dataId: object): tf.backend_util.BackendValues;
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object;
}

/**
 * Gives a backend every kernel that only tfjs's cpu backend has: the inputs are read, the cpu kernel runs on them,
 * and its results are written back. Slower than a kernel of the backend's own, and always right.
 */
export function borrowCpuKernels(backendName: string): void {
  const own = new Set(tf.getKernelsForBackend(backendName).map((kernel) => kernel.kernelName));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    if (own.has(kernelName)) continue;
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => runOnCpu(kernelFunc, inputs, attrs, backend as Backend),
    });
  }
}

/** Runs a cpu kernel on another backend's tensors. */
export function runOnCpu(
  kernel: tf.KernelFunc,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
  backend: Backend,
): tf.TensorInfo | tf.TensorInfo[] {
  const cpu = tf.findBackend("cpu") as tf.KernelBackend & Backend;
  const copies: tf.TensorInfo[] = [];
  const toCpu = <T>(input: T): T => {
    if (Array.isArray(input)) return input.map(toCpu) as T; // Concat's inputs are a list
    if (input === undefined || input === null) return input;
    const info = input as unknown as tf.TensorInfo;
    const values = info.dtype === "string" ? undefined : backend.view?.(info);
    const dataId = cpu.write(values ?? backend.readSync(info.dataId), info.shape, info.dtype);
    const copy = { ...describe(info), dataId };
    copies.push(copy);
    return copy as unknown as T;
  };
  const fromCpu = (info: tf.TensorInfo): tf.TensorInfo => {
    const dataId = backend.write(cpu.readSync(info.dataId) as tf.backend_util.BackendValues, info.shape, info.dtype);
    cpu.disposeData(info.dataId);
    return { ...describe(info), dataId };
  };
  const arguments_ = Array.isArray(inputs)
    ? toCpu(inputs)
    : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, toCpu(input)]));
  try {
    const results = kernel({ inputs: arguments_, backend: cpu, ...(attrs === undefined ? {} : { attrs }) });
    return Array.isArray(results) ? results.map(fromCpu) : fromCpu(results);
  } finally {
    for (const copy of copies) cpu.disposeData(copy.dataId);
  }
}

const describe = ({ shape, dtype }: tf.TensorInfo) => ({ shape, dtype });
