import * as path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "../root";
import { buildKernels, MOST_PAGES } from "./build";

/** The functions that `assembly/index.ts` exports: numbers in, at most a number out. Pointers are byte addresses. */
export type Kernels = Record<
  | "adam"
  | "addRows"
  | "allocate"
  | "allocationFailed"
  | "argument"
  | "attention"
  | "attentionArguments"
  | "attentionGradient"
  | "binaryFloat"
  | "binaryInt"
  | "broadcastSizes"
  | "compareBool"
  | "compareFloat"
  | "compareInt"
  | "convert"
  | "copy"
  | "countReady"
  | "countThreads"
  | "crossEntropy"
  | "crossEntropyGradient"
  | "dropout"
  | "failure"
  | "fill"
  | "free"
  | "gather"
  | "heapIsBroken"
  | "layerNorm"
  | "layerNormGradient"
  | "matMul"
  | "misbehave"
  | "peak"
  | "prepare"
  | "reduce"
  | "select"
  | "setThreads"
  | "softmax"
  | "softmaxGradient"
  | "unary",
  (...numbers: number[]) => number
>;

interface Memory {
  readonly buffer: SharedArrayBuffer;
}

interface Engine {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  readonly RuntimeError: new () => Error;
  readonly validate: (bytes: Uint8Array) => boolean;
}

/** TypeScript knows WebAssembly only together with the browser's types. */
const engine = (globalThis as unknown as { WebAssembly?: Engine }).WebAssembly;

/** What this engine can do, found by validating a function that uses it: `v128` instructions, then `relaxed_madd`. */
export const features = {
  webAssembly: engine !== undefined,
  simd: validates([0x41, 0x00, 0xfd, 0x0f, 0x1a]),
  relaxedSimd: validates([0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x1a]),
  threads: typeof SharedArrayBuffer === "function" && validates([0xfe, 0x03, 0x00]),
};

/** Whether a function `() => {}` with this body is valid. */
function validates(body: readonly number[]): boolean {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  return engine?.validate(Uint8Array.from([...header, ...code])) ?? false;
}

export interface WasmOptions {
  /** How long the main thread waits for a chunk that a worker has claimed before it gives up, in milliseconds. */
  readonly patience?: number;
  /** Default: whether the engine has it. */
  readonly relaxedSimd?: boolean;
}

/** The kernels over one shared memory, and the threads that run them. */
export class Wasm {
  readonly kernels: Kernels;
  private readonly memory: Memory;
  private floats: Float32Array;
  private ints: Int32Array;
  private bytes: Uint8Array;
  private readonly workers: Worker[] = [];

  constructor(threads: number, { patience = 20_000, relaxedSimd = features.relaxedSimd }: WasmOptions = {}) {
    if (!engine) throw new Error("Wasm: expected an engine with WebAssembly, got none");
    const module = new engine.Module(buildKernels(relaxedSimd));
    this.memory = createMemory(engine);
    this.kernels = new engine.Instance(module, { env: { memory: this.memory } }).exports as Kernels;
    this.kernels.prepare(threads, patience);
    this.kernels.setThreads(threads);
    for (let index = 1; index < threads; index++) this.startWorker(module, index);
    const { buffer } = this.memory;
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  get threads(): number {
    return this.kernels.countThreads();
  }

  /** Bytes of memory, used and free. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** A block of memory, 16-byte aligned. */
  allocate(bytes: number): number {
    if (bytes > 2 ** 30 - 16) throw new Error(`Backend: a tensor may have at most 1 GB, got ${gigabytes(bytes)} GB`);
    try {
      return this.kernels.allocate(bytes) >>> 0;
    } catch (error) {
      throw this.explain(error);
    }
  }

  free(pointer: number): void {
    try {
      this.kernels.free(pointer);
    } catch (error) {
      throw this.explain(error);
    }
  }

  float32(pointer: number, length: number): Float32Array {
    if (pointer + length * 4 > this.floats.byteLength) this.floats = new Float32Array(this.memory.buffer);
    return this.floats.subarray(pointer >>> 2, (pointer >>> 2) + length);
  }

  int32(pointer: number, length: number): Int32Array {
    if (pointer + length * 4 > this.ints.byteLength) this.ints = new Int32Array(this.memory.buffer);
    return this.ints.subarray(pointer >>> 2, (pointer >>> 2) + length);
  }

  uint8(pointer: number, length: number): Uint8Array {
    if (pointer + length > this.bytes.byteLength) this.bytes = new Uint8Array(this.memory.buffer);
    return this.bytes.subarray(pointer, pointer + length);
  }

  /** Turns a trap inside a kernel into an error that says what happened; other errors stay as they are. */
  explain(error: unknown): unknown {
    if (!engine || !(error instanceof engine.RuntimeError) || !error.message.includes("unreachable")) return error;
    const because = { cause: error };
    if (this.kernels.heapIsBroken()) {
      return new Error("Backend: an interrupt came in the middle of an allocation; restart the kernel", because);
    }
    const failure = this.kernels.failure();
    if (failure === 1) {
      this.kernels.setThreads(1); // the thread is gone and writes nothing any more
      return new Error("Backend: a kernel thread failed, so this result is lost; run the cell again", because);
    }
    if (failure === 2) {
      return new Error("Backend: a kernel thread stopped in the middle of its work; restart the kernel", because);
    }
    this.kernels.allocationFailed();
    const used = gigabytes(this.size);
    return new Error(`Backend: out of memory at ${used} GB; dispose tensors or make the batch smaller`, because);
  }

  /** Stops the workers. */
  async stop(): Promise<void> {
    this.kernels.setThreads(1);
    for (const worker of this.workers) worker.removeAllListeners("exit");
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private startWorker(module: object, index: number): void {
    const worker = new Worker(path.join(projectRoot, "lib", "backend", "worker.cjs"), {
      workerData: { kernels: module, memory: this.memory, index },
      execArgv: [],
      env: {},
    });
    worker.unref();
    worker.on("error", (error) => this.lose(error.message));
    worker.on("exit", (code) => this.lose(`it ended with code ${code}`));
    this.workers.push(worker);
  }

  private lose(reason: string): void {
    if (this.threads === 1) return;
    this.kernels.setThreads(1);
    console.warn(`Backend: a kernel thread is gone (${reason}); tfjs computes on with one thread.`);
  }
}

/** Reserves addresses for as much memory as the system allows; only what is used takes real memory. */
function createMemory({ Memory }: Engine): Memory {
  for (let maximum = MOST_PAGES; ; maximum /= 2) {
    try {
      return new Memory({ initial: 1024, maximum, shared: true });
    } catch (error) {
      if (maximum <= 4096) throw error;
    }
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
