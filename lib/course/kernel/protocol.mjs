import { parentPort, workerData } from "node:worker_threads";
import { createCompiler } from "./compiler.mjs";
import { requireFromTslab } from "./from-tslab.mjs";
import { createInterrupt } from "./interrupt.mjs";
import { createPrinter } from "./printer.mjs";
import { openSockets } from "./sockets.mjs";

/*
 * The kernel's other thread: it talks to Jupyter and compiles cells, while the main thread runs them. So it answers,
 * sends output and interrupts also while a cell computes without a pause.
 *
 * Messages: https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */

/**
 * @typedef {import("./wire.mjs").Message} Message
 * @typedef {import("./wire.mjs").Header} Header
 * @typedef {import("./traceback.mjs").Failure} Failure
 * @typedef {import("./sockets.mjs").Reply} Reply
 */

const main = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
const { root, connectionFile, kept, asked } = workerData;
const { version: typescript } = requireFromTslab("@tslab/typescript-for-tslab/package.json");

/** Requests to run a cell, in order. @type {{ message: Message, reply: Reply }[]} */
const queue = [];
/** The request whose cell is running. @type {Header | undefined} */
let running;
/** Takes the outcome of the running cell. @type {((failure: Failure | undefined) => void) | undefined} */
let settle;
/** Every cell that ran, by the number that the main thread knows it by: its output may come late. @type {Header[]} */
const cells = [];
let executionCount = 0;
/** @type {ReturnType<typeof createCompiler> | undefined} */
let compiler;

const sockets = await openSockets(connectionFile, handle);
const printer = createPrinter((id, name, text) => sockets.publish("stream", { name, text }, cells[id]));
const stopper = createInterrupt({
  ask: () => {
    Atomics.store(asked, 0, 1);
    main.postMessage({ type: "interrupt" });
  },
  ended: () => main.postMessage({ type: "terminated" }),
});
main.on("message", fromMain);
exitWithParent();
sockets.publish("status", { execution_state: "starting" });
setTimeout(theCompiler);

/** Made once the sockets answer, because it takes two seconds; a cell that arrives earlier waits for it. */
function theCompiler() {
  compiler ??= createCompiler(root, kept);
  return compiler;
}

/** @param {Message} message @param {Reply} reply */
function handle(message, reply) {
  const { header, content } = message;
  sockets.publish("status", { execution_state: "busy" }, header);
  if (header.msg_type === "execute_request") {
    queue.push({ message, reply });
    if (!running) work();
    return;
  }
  const answer = /** @type {Record<string, (content: any) => object | undefined>} */ (answers)[header.msg_type];
  if (answer)
    reply(
      header.msg_type.replace("_request", "_reply"),
      guarded(() => ({ status: "ok", ...answer(content) })),
    );
  sockets.publish("status", { execution_state: "idle" }, header);
  // Clients show the last state that they hear of, and a cell may be running meanwhile.
  if (running) sockets.publish("status", { execution_state: "busy" }, running);
}

/**
 * A compiler that stumbles over a cell is no reason for the kernel to end.
 * @template T @param {() => T} act @returns {T | Failure & { status: "error" }}
 */
function guarded(act) {
  try {
    return act();
  } catch (error) {
    const evalue = error instanceof Error ? error.message : String(error);
    return { status: "error", ename: "Compiler", evalue, traceback: [`The compiler has failed: ${evalue}`] };
  }
}

/** What is answered at once; anything else (comm messages, say) is not for us. */
const answers = {
  kernel_info_request: () => ({
    protocol_version: "5.3",
    implementation: "tslab",
    implementation_version: requireFromTslab("../package.json").version,
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: "typescript",
      pygments_lexer: "typescript",
    },
    banner: `TypeScript ${typescript} on Node ${process.versions.node}`,
    help_links: [],
  }),

  /** @param {{ code: string }} content */
  is_complete_request: ({ code }) => {
    const { completed, indent } = theCompiler().isComplete(code);
    return completed ? { status: "complete" } : { status: "incomplete", indent };
  },

  /** @param {{ code: string, cursor_pos: number }} content */
  complete_request: ({ code, cursor_pos }) => {
    const { start, end, candidates } = theCompiler().complete(code, toUnits(code, cursor_pos));
    return {
      matches: candidates,
      cursor_start: toCharacters(code, start),
      cursor_end: toCharacters(code, end),
      metadata: {},
    };
  },

  /** @param {{ code: string, cursor_pos: number }} content */
  inspect_request: ({ code, cursor_pos }) => {
    const text = theCompiler().inspect(code, toUnits(code, cursor_pos));
    return { found: text !== undefined, data: text === undefined ? {} : { "text/plain": text }, metadata: {} };
  },

  comm_info_request: () => ({ comms: {} }),
  history_request: () => ({ history: [] }),

  interrupt_request: () => {
    stopper.interrupt();
    return {};
  },

  /** @param {{ restart: boolean }} content */
  shutdown_request: ({ restart }) => {
    exit();
    return { restart };
  },
};

/** Runs what is queued. */
async function work() {
  for (let request = queue.shift(); request; request = queue.shift()) {
    running = request.message.header;
    const failed = await runCell(request);
    if (failed && request.message.content.stop_on_error !== false) await abortQueued();
    sockets.publish("status", { execution_state: "idle" }, running);
    running = undefined;
  }
}

/** @param {{ message: Message, reply: Reply }} request */
async function runCell({ message, reply }) {
  const { code, silent } = message.content;
  if (!silent) sockets.publish("execute_input", { code, execution_count: ++executionCount }, message.header);
  const failure = await evaluate(code, message.header);
  const outcome = { execution_count: executionCount, user_expressions: {}, payload: [] };
  if (failure) {
    if (!silent) sockets.publish("error", failure, message.header);
    // What was queued until now is to be aborted: let it arrive before the client hears of the failure.
    await pause(50);
    reply("execute_reply", { status: "error", ...outcome, ...failure });
  } else {
    reply("execute_reply", { status: "ok", ...outcome });
  }
  return failure !== undefined;
}

/** @param {string} source @param {Header} header @returns {Promise<Failure | undefined>} */
async function evaluate(source, header) {
  const name = `cell [${executionCount}]`;
  // Lets an interrupt, or an answer that is waited for, go first.
  await pause(0);
  const compiled = guarded(() => theCompiler().compile(source, name));
  if ("ename" in compiled) return compiled;
  const id = cells.push(header) - 1;
  const failure = await new Promise((resolve) => {
    settle = resolve;
    main.postMessage({ type: "run", program: { id, name, source, ...compiled } });
  });
  settle = undefined;
  printer.flush();
  return failure;
}

function abortQueued() {
  for (const { message, reply } of queue.splice(0)) {
    reply("execute_reply", { status: "aborted" });
    sockets.publish("status", { execution_state: "idle" }, message.header);
  }
}

/** @param {any} message */
function fromMain({ type, id, name, text, bundle, displayId, update, failure }) {
  if (type === "stream") return printer.print(id, name, text);
  printer.flush();
  if (type === "done") settle?.(failure);
  if (type === "interrupting") stopper.answered();
  if (type === "display") {
    const transient = displayId === undefined ? {} : { display_id: displayId };
    const content = { data: bundle, metadata: {}, transient };
    sockets.publish(update ? "update_display_data" : "display_data", content, cells[id]);
  }
}

/** Leaves no kernel behind when Jupyter was killed. */
function exitWithParent() {
  const parent = process.ppid;
  const alive = () => {
    try {
      process.kill(parent, 0); // on Windows a child keeps the number of a parent that is gone
      return process.ppid === parent;
    } catch {
      return false;
    }
  };
  setInterval(() => alive() || exit(), 1000).unref();
}

async function exit() {
  await pause(0);
  await sockets.close();
  main.postMessage({ type: "exit" });
  // The main thread may be in an endless loop.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 1000);
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Jupyter counts characters, JavaScript UTF-16 units. @param {string} code @param {number} characters */
function toUnits(code, characters) {
  return [...code].slice(0, characters).join("").length;
}

/** @param {string} code @param {number} units */
function toCharacters(code, units) {
  return [...code.slice(0, units)].length;
}
