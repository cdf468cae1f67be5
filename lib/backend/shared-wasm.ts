import * as tf from "@tensorflow/tfjs";
import { SHARED_WASM, SharedWasmBackend } from "./backend";
import { registerGradients } from "./gradients";
import { registerKernels, useFused } from "./kernels";
import { Wasm } from "./wasm";

/** Registers our backend and makes it tfjs's current one, at once. */
export function startSharedWasm(threads: number, fused = true): SharedWasmBackend {
  const backend = new SharedWasmBackend(new Wasm(threads));
  registerKernels();
  registerGradients();
  useFused(fused);
  tf.registerBackend(SHARED_WASM, () => backend, 10);
  void tf.setBackend(SHARED_WASM); // takes effect before it returns, because the backend is there already
  return backend;
}
