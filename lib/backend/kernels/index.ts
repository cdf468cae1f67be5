import * as tf from "@tensorflow/tfjs";
import { SHARED_WASM, type SharedWasmBackend } from "../backend";
import { borrowCpuKernels, runOnCpu } from "../cpu-fallback";
import { elementwise } from "./elementwise";
import { identities } from "./identity";
import type { Kernel } from "./kernel";
import { products } from "./mat-mul";
import { moves } from "./move";
import { reductions } from "./reduce";
import { rows } from "./rows";
import { softmaxes } from "./softmax";

const own: Record<string, Kernel> = {
  ...elementwise,
  ...identities,
  ...moves,
  ...products,
  ...reductions,
  ...rows,
  ...softmaxes,
};

/** Registers our kernels; cases that one of them declines, and all other kernels, go to tfjs's cpu kernels. */
export function registerKernels(): void {
  for (const [kernelName, kernel] of Object.entries(own)) {
    const { kernelFunc: cpu } = tf.getKernel(kernelName, "cpu") ?? {};
    tf.registerKernel({
      kernelName,
      backendName: SHARED_WASM,
      kernelFunc: ({ inputs, attrs, backend: current }) => {
        const backend = current as SharedWasmBackend;
        try {
          const result = kernel({ backend, inputs, attrs: attrs ?? {} });
          if (result) return result;
        } catch (error) {
          throw backend.wasm.explain(error);
        }
        if (cpu) return runOnCpu(cpu, inputs, attrs, backend);
        throw new Error(`${kernelName}: expected float32 tensors`);
      },
    });
  }
  borrowCpuKernels(SHARED_WASM);
}
