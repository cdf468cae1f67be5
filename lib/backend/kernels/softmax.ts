import type * as tf from "@tensorflow/tfjs";
import { type Call, type Kernel, sizeOf } from "./kernel";

const softmax: Kernel = ({ backend, inputs: { logits } }: Call<{ logits: tf.TensorInfo }>) => {
  if (logits.dtype !== "float32") return undefined;
  const y = backend.output(logits.shape, "float32");
  const n = logits.shape.at(-1) ?? 1;
  backend.wasm.kernels.softmax(backend.pointer(logits), backend.pointer(y), sizeOf(logits.shape.slice(0, -1)), n);
  return y;
};

/** A kernel that tfjs does not have; `gradients.ts` makes softmax's gradient use it. */
const softmaxGradient: Kernel = ({ backend, inputs: { dy, y } }: Call<{ dy: tf.TensorInfo; y: tf.TensorInfo }>) => {
  const dx = backend.output(y.shape, "float32");
  const [from, out, to] = [dy, y, dx].map((info) => backend.pointer(info)) as [number, number, number];
  backend.wasm.kernels.softmaxGradient(from, out, to, sizeOf(y.shape.slice(0, -1)), y.shape.at(-1) ?? 1);
  return dx;
};

export const softmaxes: Record<string, Kernel> = { Softmax: softmax, SoftmaxGradient: softmaxGradient };
