import * as os from "node:os";
import * as tf from "@tensorflow/tfjs";
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

const MOST_THREADS = 4;

let started: Promise<BackendReport> | undefined;

/** Starts the fastest tfjs backend that works here. Later calls answer with the first one's report. */
export function startBackend(options: BackendOptions = {}): Promise<BackendReport> {
  started ??= start(options);
  return started;
}

async function start(options: BackendOptions): Promise<BackendReport> {
  silenceBanner();
  const name = options.name ?? process.env["BACKEND"] ?? "shared-wasm";
  const starters: Record<string, () => Promise<BackendReport>> = {
    "shared-wasm": async () =>
      sharedWasm(options.threads ?? defaultThreads(), options.fused ?? process.env["BACKEND_FUSED"] !== "off"),
    wasm,
    cpu,
  };
  const order = Object.keys(starters);
  if (!starters[name]) throw new Error(`startBackend: expected a backend of ${order.join(", ")}, got ${name}`);
  let because = "";
  for (const candidate of order.slice(order.indexOf(name))) {
    try {
      const report = await starters[candidate]!();
      return { ...report, note: report.note + because };
    } catch (error) {
      because ||= ` (${candidate} did not start: ${firstLine(error)})`;
    }
  }
  throw new Error(`startBackend: expected tfjs's cpu backend to work, got none${because}`);
}

function sharedWasm(threads: number, fused: boolean): BackendReport {
  if (!features.simd || !features.threads) throw new Error("this engine has no WebAssembly SIMD or shared memory");
  startSharedWasm(threads, fused);
  const { simd, relaxedSimd } = features;
  const many = threads === 1 ? "one thread" : `${threads} threads`;
  const note = `tfjs computes with the course's own kernels on ${many}${relaxedSimd ? "" : ", without relaxed SIMD"}.`;
  return { name: tf.getBackend(), threads, simd, relaxedSimd, note };
}

async function wasm(): Promise<BackendReport> {
  await startTfjsWasm();
  const { simd } = features;
  const note = `tfjs computes with its WebAssembly backend${simd ? "" : ", without SIMD"}.`;
  return { name: "wasm", threads: 1, simd, relaxedSimd: false, note };
}

async function cpu(): Promise<BackendReport> {
  await tf.setBackend("cpu");
  const note = "tfjs computes in plain JavaScript, which is slow.";
  return { name: "cpu", threads: 1, simd: false, relaxedSimd: false, note };
}

function defaultThreads(): number {
  const asked = process.env["BACKEND_THREADS"];
  if (asked === undefined) return Math.min(os.availableParallelism(), MOST_THREADS);
  const threads = Number(asked);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new Error(`BACKEND_THREADS: expected a whole number of at least 1, got ${asked}`);
}

/** The cpu backend advertises tfjs-node on its first use. */
function silenceBanner(): void {
  const cpuBackend = tf.findBackend("cpu") as unknown as { firstUse: boolean } | null;
  if (cpuBackend) cpuBackend.firstUse = false;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0]!;
}
