import * as tf from "@tensorflow/tfjs";
import { startBackend } from "..";
import type { Running } from "./steps";

/** What one kernel cost in a step: how often it ran, and for how long in all, without the kernels that it calls itself. */
export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  readonly milliseconds: number;
}

export interface Profile {
  /** A whole step, in milliseconds. */
  readonly step: number;
  /** Longest first. */
  readonly kernels: readonly KernelTime[];
}

/** Where the time of a step goes: the mean of some steps after a warm-up. What no kernel takes is JavaScript around them. */
export function profile(make: () => Running, { warmUp = 5, steps = 20 } = {}): Profile {
  const backend = tf.getBackend();
  const kernels = tf.getKernelsForBackend(backend);
  const times = new Map<string, { calls: number; milliseconds: number }>();
  const inner: number[] = []; // of each kernel that runs: the time of those that it has called

  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, backend);
    tf.registerKernel({ ...kernel, kernelFunc: timed(kernel) });
  }
  const { run, dispose } = make();
  try {
    for (let i = 0; i < warmUp; i++) run();
    times.clear();
    const start = performance.now();
    for (let i = 0; i < steps; i++) run();
    const step = (performance.now() - start) / steps;
    const found = [...times].map(([kernel, { calls, milliseconds }]) => ({
      kernel,
      calls: calls / steps,
      milliseconds: milliseconds / steps,
    }));
    return { step, kernels: found.sort((a, b) => b.milliseconds - a.milliseconds) };
  } finally {
    dispose();
    for (const kernel of kernels) {
      tf.unregisterKernel(kernel.kernelName, backend);
      tf.registerKernel(kernel);
    }
  }

  function timed({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc {
    return (call) => {
      const start = performance.now();
      inner.push(0);
      try {
        return kernelFunc(call);
      } finally {
        const all = performance.now() - start;
        const own = all - inner.pop()!;
        if (inner.length > 0) inner[inner.length - 1]! += all;
        const time = times.get(kernelName) ?? { calls: 0, milliseconds: 0 };
        times.set(kernelName, { calls: time.calls + 1, milliseconds: time.milliseconds + own });
      }
    };
  }
}

/** Profiles one step and prints it as a table, the smallest kernels in one row. */
export async function printProfile(title: string, make: () => Running): Promise<void> {
  const { note } = await startBackend();
  const { step, kernels } = profile(make);
  console.log(`${title}: ${step.toFixed(1)} ms a step. ${note}\n`);
  const isLarge = ({ milliseconds }: KernelTime) => milliseconds >= 0.005 * step;
  const sum = (some: readonly KernelTime[]) => some.reduce((total, { milliseconds }) => total + milliseconds, 0);
  const row = (name: string, calls: string, milliseconds: number) =>
    console.log(
      `${name.padEnd(44)}${calls.padStart(7)}${milliseconds.toFixed(2).padStart(9)}${((100 * milliseconds) / step).toFixed(1).padStart(7)} %`,
    );
  console.log(`${"kernel".padEnd(44)}${"calls".padStart(7)}${"ms".padStart(9)}${"share".padStart(9)}`);
  for (const { kernel, calls, milliseconds } of kernels.filter(isLarge)) row(kernel, String(calls), milliseconds);
  row("other kernels", "", sum(kernels.filter((kernel) => !isLarge(kernel))));
  row("JavaScript around the kernels", "", step - sum(kernels));
}
