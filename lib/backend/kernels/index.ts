import * as tf from "@tensorflow/tfjs";
import { SHARED_WASM, type SharedWasmBackend } from "../backend";
import { borrowCpuKernels, runOnCpu } from "../cpu-fallback";
import { elementwise } from "./elementwise";
import { fusedGradients, fusions } from "./fused";
import { identities } from "./identity";
import type { Kernel } from "./kernel";
import { products } from "./mat-mul";
import { moves } from "./move";
import { reductions } from "./reduce";
import { rows } from "./rows";
import { softmaxes } from "./softmax";

const own: Record<string, Kernel> = {
  ...elementwise,
  ...fusedGradients,
  ...identities,
  ...moves,
  ...products,
  ...reductions,
  ...rows,
  ...softmaxes,
};

/** Registers our kernels; cases that one of them declines, and all other kernels, go to tfjs's cpu kernels. */
export function registerKernels(): void {
  register(own);
  borrowCpuKernels(SHARED_WASM);
}

/** Switches the fused kernels on or off; off, library code computes from plain operations. */
export function useFused(on: boolean): void {
  const have = tf.getKernel(Object.keys(fusions)[0]!, SHARED_WASM) !== undefined;
  if (on && !have) register(fusions);
  if (!on && have) for (const kernelName of Object.keys(fusions)) tf.unregisterKernel(kernelName, SHARED_WASM);
}

function register(kernels: Record<string, Kernel>): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
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
}
