import { AsyncLocalStorage } from "node:async_hooks";
import * as vm from "node:vm";
import { forgetChanged } from "./modules.mjs";
import { cellSources, describe } from "./traceback.mjs";

/*
 * Runs compiled cells on the process's main thread, one after the other.
 *
 * Everything that a cell starts, however long after its end it runs, knows its cell through `running`: so output goes
 * to the cell that it belongs to, and an interrupt reaches all that the cell has set going.
 */

/**
 * @typedef {{ id: number, interrupted: boolean, finished: boolean }} Cell
 * @typedef {import("./compiler.mjs").Compiled & { id: number, name: string, source: string }} Program
 */

class KeyboardInterrupt extends Error {
  constructor() {
    super("the cell was interrupted");
    this.name = "KeyboardInterrupt";
  }
}

const shared = { configurable: true, enumerable: true };
/** @type {AsyncLocalStorage<Cell>} */
const running = new AsyncLocalStorage();
/** How long an interrupted cell has to end by itself, so that its `finally` blocks run and its line can be shown. */
const grace = 150;

/**
 * @param {{ require: NodeJS.Require, post: (message: any) => void, ready: Promise<unknown>, asked: Int32Array }} kernel
 *   `asked[0]` is 1 while an interrupt is on its way: loops see it before the message can be read
 */
export function createCells({ require, post, ready, asked }) {
  /** What all cells have declared. @type {Record<string, any>} */
  const exports = {};
  /** @type {Cell | undefined} */
  let current;

  installOutput(post);
  installTimers();
  Object.defineProperty(globalThis, "__resume", { value: resume });
  Object.defineProperty(globalThis, "__step", { value: step });
  // Every cell that has run, in order: `check` looks among them for an answer.
  Object.defineProperty(globalThis, "__cells", { value: cellSources });
  surviveErrors();
  ready.then(surviveErrors, () => {});

  return { run, interrupt, terminated };

  /** @param {Program} program */
  async function run(program) {
    const cell = { id: program.id, interrupted: false, finished: false };
    current = cell;
    try {
      await ready;
      if (cell.interrupted) return;
      forgetChanged();
      cellSources.set(program.name, program);
      await running.run(cell, () => evaluate(program));
      finish(cell);
    } catch (error) {
      finish(cell, error);
    }
  }

  /** @param {Program} program */
  async function evaluate({ name, code, variables, constants, last }) {
    // Defined anew, so that a name that is declared again is another variable for cells that use the first.
    for (const name of constants) Object.defineProperty(exports, name, { ...shared, value: undefined, writable: true });
    const accessors = variables.map((name) => `${name}: { get: () => ${name}, set: (value) => { ${name} = value; } }`);
    const wrapped = `(async function (exports, require, __share) { __share({ ${accessors.join(", ")} });\n${code}\n})`;
    // The wrapper's line is not the cell's.
    await vm.runInThisContext(wrapped, { filename: name, lineOffset: -1 })(exports, require, share);
    if (last === undefined) return;
    const value = exports[last];
    exports[last] = undefined;
    if (value !== undefined && value !== null) console.log(value);
  }

  /** @param {Record<string, PropertyDescriptor>} variables */
  function share(variables) {
    for (const [name, accessor] of Object.entries(variables)) {
      Object.defineProperty(exports, name, { ...shared, ...accessor });
    }
  }

  /** @param {Cell} cell @param {unknown[]} error */
  function finish(cell, ...error) {
    if (cell.finished) return;
    cell.finished = true;
    if (current === cell) current = undefined;
    if (error.length > 0) releaseTape(require("@tensorflow/tfjs").engine());
    post({ type: "done", id: cell.id, ...(error.length > 0 && { failure: describe(error[0]) }) });
  }

  function interrupt() {
    const cell = current;
    Atomics.store(asked, 0, 0);
    post({ type: "interrupting" });
    if (!cell) return;
    cell.interrupted = true;
    setTimeout(() => finish(cell, new KeyboardInterrupt()), grace);
  }

  /** What compiled code calls in each round of a loop. */
  function step() {
    if (asked[0] === 1) stop();
  }

  /** Only the running cell, and only once: its `finally` blocks may need loops. */
  function stop() {
    const cell = running.getStore();
    if (!cell || cell !== current) return;
    Atomics.store(asked, 0, 0);
    cell.interrupted = true;
    throw new KeyboardInterrupt();
  }

  /** A synchronous loop was ended from outside. Its `finally` blocks did not run, so tfjs still believes to be in it. */
  function terminated() {
    restoreEngine(require("@tensorflow/tfjs").engine());
  }

  /** tfjs's wasm backend, when it starts, adds handlers of its own, which end the process. */
  function surviveErrors() {
    for (const event of ["unhandledRejection", "uncaughtException"]) process.removeAllListeners(event);
    process.on("unhandledRejection", (reason) => report("A promise has failed that nothing awaits", reason));
    process.on("uncaughtException", (error) => report("Code that a cell has started has failed", error));
  }

  /** @param {string} what @param {unknown} error */
  function report(what, error) {
    const cell = running.getStore() ?? current;
    if (!cell || isStopped(cell) || error instanceof KeyboardInterrupt) return;
    const text = `${what}.\n${describe(error).traceback.join("\n")}\n`;
    post({ type: "stream", id: cell.id, name: "stderr", text });
  }
}

/** What compiled code calls after each `await`. @template T @param {T} value @returns {T} */
function resume(value) {
  if (running.getStore()?.interrupted) throw new KeyboardInterrupt();
  return value;
}

/** An interrupted cell that has ended: what still comes of it is dropped. @param {Cell} cell */
const isStopped = ({ interrupted, finished }) => interrupted && finished;

/** Sends what is printed, and what `display` of lib/plot shows, to the cell that it comes from. @param {(message: any) => void} post */
function installOutput(post) {
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    const stream = process[name];
    const write = stream.write.bind(stream);
    /** @param {string | Uint8Array} chunk @param {any[]} rest */
    const toCell = (chunk, ...rest) => {
      const cell = running.getStore();
      if (!cell) return write(chunk, ...rest);
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      if (!isStopped(cell)) post({ type: "stream", id: cell.id, name, text });
      const done = rest.find((argument) => typeof argument === "function");
      if (done) process.nextTick(done);
      return true;
    };
    stream.write = /** @type {typeof stream.write} */ (toCell);
  }
  Object.defineProperty(globalThis, Symbol.for("course.display"), {
    /** @param {object} bundle @param {{ id?: string, update?: boolean }} options */
    value: (bundle, { id, update = false } = {}) => {
      const cell = running.getStore();
      if (cell && !isStopped(cell)) post({ type: "display", id: cell.id, bundle, displayId: id, update });
    },
  });
}

/** A stopped cell's timers do nothing. So also loops in packages end, which wait in `tf.nextFrame` between their steps. */
function installTimers() {
  for (const name of /** @type {const} */ (["setTimeout", "setInterval", "setImmediate"])) {
    const timer = /** @type {any} */ (globalThis[name]);
    /** @param {(...values: any[]) => void} callback @param {any[]} rest */
    const guarded = (callback, ...rest) =>
      timer(
        (/** @type {any[]} */ ...values) => {
          const cell = running.getStore();
          if (!cell || !isStopped(cell)) callback(...values);
        },
        ...rest,
      );
    Object.assign(globalThis, { [name]: Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(timer)) });
  }
}

/** @param {any} engine */
function restoreEngine(engine) {
  while (engine.state.scopeStack.length > 0) engine.endScope();
  Object.assign(engine.state, { gradientDepth: 0, kernelDepth: 0 });
  releaseTape(engine);
}

/** What tfjs has kept for a gradient that an error ended, it would keep for ever. @param {any} engine */
function releaseTape({ state }) {
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = null;
}
