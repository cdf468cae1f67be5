import * as tf from "@tensorflow/tfjs";
import { startTfjsWasm } from "./tfjs-wasm";

/** What tfjs computes with. */
export interface BackendReport {
  /** tfjs's name of the backend: `wasm`, `cpu` … */
  readonly name: string;
  /** How many threads share the work. */
  readonly threads: number;
  /** Whether four numbers are computed at a time. */
  readonly simd: boolean;
  /** Whether multiply and add are one instruction. */
  readonly relaxedSimd: boolean;
  /** One sentence for the reader. */
  readonly note: string;
}

let started: Promise<BackendReport> | undefined;

/** Starts the fastest tfjs backend that works here. Later calls answer with the first one's report. */
export function startBackend(): Promise<BackendReport> {
  started ??= start();
  return started;
}

async function start(): Promise<BackendReport> {
  silenceBanner();
  const simd = webAssemblyHas(SIMD_PROBE);
  try {
    if (await startTfjsWasm()) {
      const note = `tfjs computes with its WebAssembly backend${simd ? "" : ", without SIMD"}.`;
      return { name: "wasm", threads: 1, simd, relaxedSimd: false, note };
    }
  } catch {
    // falls through to the cpu backend, which always works
  }
  await tf.setBackend("cpu");
  const note = "tfjs computes in plain JavaScript, which is slow: this Node cannot run its WebAssembly backend.";
  return { name: "cpu", threads: 1, simd: false, relaxedSimd: false, note };
}

/** The cpu backend advertises tfjs-node on its first use. */
function silenceBanner(): void {
  const cpu = tf.findBackend("cpu") as unknown as { firstUse: boolean } | null;
  if (cpu) cpu.firstUse = false;
}

/** A module whose only function uses a SIMD instruction: valid only where the engine knows it. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

function webAssemblyHas(probe: readonly number[]): boolean {
  const engine = (globalThis as { WebAssembly?: { validate(bytes: Uint8Array): boolean } }).WebAssembly;
  return engine?.validate(Uint8Array.from(probe)) ?? false;
}
