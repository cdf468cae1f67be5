import * as os from "node:os";
import * as tf from "@tensorflow/tfjs";
import { startTfjsNode, startWebGpu, tfjsNodeIsInstalled } from "./installed";
import { startSharedWasm } from "./shared-wasm";
import { startTfjsWasm } from "./tfjs-wasm";
import { features } from "./wasm";

/** What tfjs computes with. */
export interface BackendReport {
  /** tfjs's name of the backend: `shared-wasm` is ours, `wasm` and `cpu` are tfjs's own. */
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

export interface BackendOptions {
  /** Which backend to start; the environment variable `BACKEND` says it too. Default: the fastest that works. */
  readonly name?: string;
  /** How many threads; `BACKEND_THREADS`. Default: one for each processor, at most 4. */
  readonly threads?: number;
  /** Whether library code may use fused kernels; `BACKEND_FUSED=off` says no. Default: true. */
  readonly fused?: boolean;
}

interface Settings {
  readonly threads: number;
  readonly fused: boolean;
}

const MOST_THREADS = 4;

/** Every backend, each followed by what takes its place where it does not start. */
const starters: Record<string, (settings: Settings) => Promise<BackendReport> | BackendReport> = {
  webgpu: async () => {
    await startWebGpu();
    return report("webgpu", 1, "tfjs computes on the graphics processor, by WebGPU");
  },
  tensorflow: async () => {
    await startTfjsNode();
    return report("tensorflow", os.availableParallelism(), "tfjs computes with the tfjs-node that is installed here");
  },
  "shared-wasm": ({ threads, fused }) => {
    if (!features.simd || !features.threads) throw new Error("this engine has no WebAssembly with SIMD and threads");
    startSharedWasm(threads, fused);
    const many = threads === 1 ? "one thread" : `${threads} threads`;
    const plain = `${features.relaxedSimd ? "" : ", without relaxed SIMD"}${fused ? "" : ", without fused kernels"}`;
    return report("shared-wasm", threads, `tfjs computes with the course's own kernels on ${many}${plain}`);
  },
  wasm: async () => {
    await startTfjsWasm();
    return report("wasm", 1, `tfjs computes with its WebAssembly backend${features.simd ? "" : ", without SIMD"}`);
  },
  cpu: async () => {
    await tf.setBackend("cpu");
    return report("cpu", 1, "tfjs computes in plain JavaScript, which is slow");
  },
};

let started: Promise<BackendReport> | undefined;

/**
 * Starts the fastest tfjs backend that works here. Later calls answer with the first one's report. Our own backend is
 * ready when the call returns, before the promise is.
 */
export function startBackend(options: BackendOptions = {}): Promise<BackendReport> {
  started ??= start(options);
  return started;
}

async function start(options: BackendOptions): Promise<BackendReport> {
  silenceBanner();
  const settings = {
    threads: options.threads ?? threadsFromEnvironment(),
    fused: options.fused ?? process.env["BACKEND_FUSED"] !== "off",
  };
  const order = Object.keys(starters);
  const wanted = options.name ?? (process.env["BACKEND"] || undefined);
  const name = wanted ?? "shared-wasm";
  if (!order.includes(name)) throw new Error(`startBackend: expected a backend of ${order.join(", ")}, got ${name}`);
  let because = "";
  for (const candidate of order.slice(order.indexOf(name))) {
    try {
      const found = await starters[candidate]!(settings);
      const best = wanted === undefined && tfjsNodeIsInstalled() ? await orTfjsNode(found, settings) : found;
      return { ...best, note: `${best.note}${because}.` };
    } catch (error) {
      because ||= ` (${candidate} did not start: ${firstLine(error)})`;
    }
  }
  throw new Error(`startBackend: expected tfjs's cpu backend to work, got none${because}`);
}

/** The learner's own tfjs-node, if it works and is faster than what was found. */
async function orTfjsNode(found: BackendReport, settings: Settings): Promise<BackendReport> {
  try {
    const theirs = await starters["tensorflow"]!(settings);
    const [oursTakes, theirsTakes] = [timeOn(found.name), timeOn(theirs.name)];
    if (theirsTakes < oursTakes) return theirs;
  } catch {
    // Installed, and does not run on this Node.
  }
  await tf.setBackend(found.name);
  return found;
}

/** Milliseconds for what a feed-forward layer does, the best of several runs. */
function timeOn(backend: string): number {
  void tf.setBackend(backend);
  return tf.tidy(() => {
    const [x, w] = [tf.ones([512, 128]), tf.ones([128, 512])];
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      tf.tidy(() => tf.matMul(x, w).relu().sum().dataSync());
      return performance.now() - start;
    });
    return Math.min(...times);
  });
}

function report(name: string, threads: number, note: string): BackendReport {
  const simd = features.simd && name !== "cpu";
  return { name, threads, simd, relaxedSimd: features.relaxedSimd && name === "shared-wasm", note };
}

function threadsFromEnvironment(): number {
  const asked = process.env["BACKEND_THREADS"];
  if (!asked) return Math.min(os.availableParallelism(), MOST_THREADS);
  const threads = Number(asked);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new Error(`BACKEND_THREADS: expected a whole number of at least 1, got ${asked}`);
}

/** The cpu backend advertises tfjs-node on its first use. */
function silenceBanner(): void {
  const cpu = tf.findBackend("cpu") as unknown as { firstUse: boolean } | null;
  if (cpu) cpu.firstUse = false;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0]!;
}
