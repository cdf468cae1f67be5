import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/*
 * The course's kernel: `node --no-force-async-hooks-checks launcher.mjs CONNECTION_FILE` (spec.mjs says the same to
 * Jupyter). Cells run here, on the main thread; protocol.mjs talks to Jupyter and compiles them, on another one.
 */

const root = fileURLToPath(new URL("../../..", import.meta.url));
const connectionFile = path.resolve(process.argv[2] ?? "");
// Notebooks import from the project's folder, and tslab takes the working directory for it.
process.chdir(root);
// Node's warnings are for developers, not for a cell.
process.removeAllListeners("warning");

/** What lessons import; protocol.mjs reads its types while nobody waits for them. */
const rooms = ["scalar", "nn", "train", "data", "plot", "text", "models", "checkpoint"].map((room) => `./lib/${room}`);
const kept = ["@tensorflow/tfjs", ...rooms, "./lib/course/lesson"];
const asked = new Int32Array(new SharedArrayBuffer(4));
const protocol = new Worker(new URL("protocol.mjs", import.meta.url), {
  workerData: { root, connectionFile, kept, asked },
});
protocol.on("error", (error) => {
  console.error(error);
  process.exit(1);
});

const { createCells } = await import("./cells.mjs");
const { installTypeScript } = await import("./modules.mjs");
const { installTraceback } = await import("./traceback.mjs");

const require = installTypeScript(root);
installTraceback();
const cells = createCells({
  require,
  post: (message) => protocol.postMessage(message),
  ready: startTensors(),
  asked,
});

protocol.on("message", ({ type, program }) => {
  if (type === "run") cells.run(program);
  if (type === "interrupt") cells.interrupt();
  if (type === "terminated") cells.terminated();
  if (type === "exit") process.exit(0);
});
process.on("SIGINT", () => cells.interrupt());

/** Has tfjs ready, with its fastest backend, before the first cell asks for it. */
async function startTensors() {
  await new Promise(setImmediate);
  require("@tensorflow/tfjs");
  await require("./lib/backend").startBackend();
}
