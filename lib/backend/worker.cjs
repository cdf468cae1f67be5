// One kernel thread: it instantiates the module over the shared memory and waits for work inside it until it is stopped.
const { workerData } = require("node:worker_threads");

const { kernels, memory, index } = workerData;
const { Instance } = /** @type {any} */ (globalThis).WebAssembly; // TypeScript knows it only with the browser's types
const { work, fail } = new Instance(kernels, { env: { memory } }).exports;
try {
  work(index);
} catch (error) {
  fail(); // the main thread may be waiting inside a kernel, where no message reaches it
  throw error;
}
