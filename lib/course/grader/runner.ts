/*
 * Runs in a process of its own, beside one answer. Reads one request a line from file descriptor 3, runs it, and writes
 * one line back. It never knows what is right. Removing dangerous functions here keeps accidents friendly; what keeps the
 * marks honest is that expected values never enter this process.
 */
import { Console } from "node:console";
import { readSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
import { compileFunction } from "node:vm";
import { encode, type TensorParts } from "./encode";
import type { Loaded, Outcome, Request, Thrown } from "./protocol";

type Tf = typeof import("@tensorflow/tfjs");
type Functions = Record<string, unknown>;
interface Box {
  readonly answer: Functions;
  readonly drivers: Functions;
}

const channel = 3;
const [, , tfjsFile = ""] = process.argv;
const realProcess = process;
const exit = (process as unknown as { reallyExit: (code: number) => never }).reallyExit.bind(process);
const { parse, stringify } = JSON;
const { apply, ownKeys, get: reflectGet } = Reflect;
const { getOwnPropertyDescriptor, getOwnPropertyNames, defineProperty, is } = Object;
const TheError = Error;
const ThePromise = Promise;
const asText = String;
const nextTurn = setImmediate;
const bytes = Buffer.alloc(1 << 16);
const { from: bufferFrom, concat } = Buffer;
const decodeBase64 = (text: string) => bufferFrom(text, "base64");
const bufferIndexOf = Function.prototype.call.bind(Buffer.prototype.indexOf) as (b: Buffer, byte: number) => number;
const bufferSubarray = Function.prototype.call.bind(Buffer.prototype.subarray) as (
  b: Buffer,
  ...at: number[]
) => Buffer;
const bufferText = Function.prototype.call.bind(Buffer.prototype.toString) as (b: Buffer, ...how: unknown[]) => string;
const includes = Function.prototype.call.bind(Array.prototype.includes) as (all: unknown[], one: unknown) => boolean;
const TheFloat64Array = Float64Array;
const arrayFrom = Array.from;
const nativeRequire = require;
const slice = Function.prototype.call.bind(String.prototype.slice) as (s: string, from: number, to: number) => string;

let tf: Tf | undefined;
let backend = "cpu";
const boxes: Record<string, Box> = Object.create(null);

/** tfjs without its layers: those are what the course teaches to write. */
function tfjs(): Tf {
  if (tf) return tf;
  const loaded = nativeRequire(tfjsFile) as Tf;
  for (const name of ["layers", "sequential", "model", "loadLayersModel", "loadGraphModel", "data"]) {
    defineProperty(loaded, name, {
      get: () => {
        throw new TheError(`tf.${name} is not there while an exercise is graded: write it by hand`);
      },
    });
  }
  void loaded.setBackend(backend); // cpu is ready at once
  // The first tensor prints advice to install another backend; it is not the learner's output.
  const { warn } = console;
  console.warn = () => {};
  loaded.scalar(0).dispose();
  console.warn = warn;
  tf = loaded;
  return loaded;
}

/** What an answer's bundle may load at run time. The bundle holds the course's own files already. */
function requireForAnswer(name: string): unknown {
  if (name === "@tensorflow/tfjs") return tfjs();
  if (name === "node:path" || name === "path") return nativeRequire("node:path");
  throw new TheError(`"${name}" is not there while an exercise is graded`);
}

function tensorParts(value: object): TensorParts | undefined {
  if (!tf || !(value instanceof tf.Tensor)) return undefined;
  return { shape: value.shape, dtype: value.dtype, values: value.dataSync() };
}

/** From the text's form of an input to the value that the answer gets. */
function decodeInput(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map(decodeInput);
  const { $, v, shape, dtype } = node as { $: string; v: never; shape: number[]; dtype: "float32" };
  if ($ === "undefined") return undefined;
  if ($ === "number") return Number(v);
  if ($ === "numbers") {
    const raw = decodeBase64(v);
    return arrayFrom(new TheFloat64Array(new Uint8Array(raw).buffer));
  }
  if ($ === "tensor") {
    const values = new Float32Array(new Uint8Array(decodeBase64(v)).buffer);
    return tfjs().tensor(dtype === "float32" ? values : arrayFrom(values), shape, dtype);
  }
  const object: Record<string, unknown> = {};
  for (const [key, item] of v as [string, unknown][]) object[key] = decodeInput(item);
  return object;
}

/** A thrown value in words, without trusting it. */
function describe(thrown: unknown): Thrown {
  const text = (value: unknown, limit: number) => (typeof value === "string" ? slice(value, 0, limit) : "");
  try {
    if (typeof thrown !== "object" || thrown === null)
      return { name: "", message: slice(asText(thrown), 0, 2000), stack: "" };
    const { name, message, stack } = thrown as Error;
    if (typeof message !== "string") return { name: "", message: "an object that is not an Error", stack: "" };
    return { name: text(name, 100), message: text(message, 2000), stack: text(stack, 8000) };
  } catch {
    return { name: "", message: "(unprintable)", stack: "" };
  }
}

// Functions that everything in this process leans on. An answer that replaces one has disturbed its own process.
const guarded: [string, object][] = [
  ["Array.prototype", Array.prototype],
  ["Function.prototype", Function.prototype],
  ["Object.prototype", Object.prototype],
  ["String.prototype", String.prototype],
  ["Promise.prototype", Promise.prototype],
  ["Map.prototype", Map.prototype],
  ["JSON", JSON],
];
const originals = guarded.map(([name, object]) => {
  const names = ownKeys(object);
  return { name, object, names, values: names.map((key) => getOwnPropertyDescriptor(object, key)!) };
});

function tampered(): string {
  for (let i = 0; i < originals.length; i++) {
    const { name, object, names, values } = originals[i]!;
    for (let j = 0; j < names.length; j++) {
      const now = getOwnPropertyDescriptor(object, names[j]!);
      const was = values[j]!;
      if (!now || now.get !== was.get || !is(now.value, was.value)) return `${name}.${asText(names[j])}`;
    }
    if (object === Object.prototype && ownKeys(object).length !== names.length) {
      const all = getOwnPropertyNames(object);
      return `${name}.${all[all.length - 1] ?? "a symbol"}`;
    }
  }
  return "";
}

let reachedTodo = false;
/** Stands for `new Error("TODO NN.k")` in a stub, so that a driver which catches errors cannot hide that it was reached. */
function todo(number: string): Error {
  reachedTodo = true;
  return new TheError(`TODO ${number}`);
}

function load(name: string, code: string): Loaded {
  try {
    const module = { exports: {} as { answer: () => Functions; drivers: () => Functions } };
    const run = compileFunction(code, ["require", "module", "exports", "$todo"], { filename: `${name}.js` });
    apply(run, undefined, [requireForAnswer, module, module.exports, todo]);
    const answer = module.exports.answer();
    const drivers = module.exports.drivers();
    boxes[name] = { answer, drivers };
    const exports: [string, string][] = [];
    for (const key of getOwnPropertyNames(answer)) {
      if (key !== "__esModule") exports.push([key, typeof reflectGet(answer, key)]);
    }
    return { exports };
  } catch (thrown) {
    return { thrown: describe(thrown) };
  }
}

type Call = Extract<Request, { op: "call" | "drive" }>;

async function run(request: Call, encoded: unknown): Promise<Outcome> {
  reachedTodo = false;
  const box = boxes[request.box];
  if (!box) return { todo: false, thrown: { name: "", message: `no box ${request.box}`, stack: "" } };
  try {
    const input = decodeInput(encoded);
    tf?.engine().startScope();
    try {
      const result =
        request.op === "call"
          ? apply(box.answer[request.name] as () => unknown, undefined, input as unknown[])
          : (box.drivers[request.name] as (answer: Functions, input: unknown) => unknown)(box.answer, input);
      const value = await result;
      return { todo: reachedTodo, value: encode(value, { tensor: tensorParts }) };
    } finally {
      tf?.engine().endScope();
    }
  } catch (thrown) {
    return { todo: reachedTodo, thrown: describe(thrown) };
  }
}

/** Reads one line, waiting for it. The other end closing is the order to leave. */
let pending: Buffer = Buffer.alloc(0);
function readLine(): string {
  for (;;) {
    const end = bufferIndexOf(pending, 10);
    if (end >= 0) {
      const line = bufferText(pending, "utf8", 0, end);
      pending = bufferSubarray(pending, end + 1);
      return line;
    }
    const count = readSync(channel, bytes, 0, bytes.length, null);
    if (count === 0) exit(0);
    pending = concat([pending, bufferSubarray(bytes, 0, count)]);
  }
}

const thrownText = ({ name, message, stack }: Thrown) =>
  `{"name":${stringify(name)},"message":${stringify(message)},"stack":${stringify(stack)}}`;

/** Written by hand, because an answer may have taught objects another `toJSON`. */
function sendLoaded(id: number, loaded: Loaded): void {
  if ("thrown" in loaded) {
    write(`{"id":${id},"thrown":${thrownText(loaded.thrown)}}`);
    return;
  }
  let items = "";
  for (let i = 0; i < loaded.exports.length; i++) {
    const [name, type] = loaded.exports[i]!;
    items += `${i ? "," : ""}[${stringify(name)},${stringify(type)}]`;
  }
  write(`{"id":${id},"exports":[${items}]}`);
}

/** Outcomes one by one, because their values are JSON text already. */
function sendOutcomes(id: number, outcomes: readonly Outcome[]): void {
  let items = "";
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    const text = "value" in outcome ? `"value":${outcome.value}` : `"thrown":${thrownText(outcome.thrown)}`;
    items += `${i ? "," : ""}{"todo":${outcome.todo},${text}}`;
  }
  write(`{"id":${id},"outcomes":[${items}]}`);
}

function write(text: string): void {
  const line = bufferFrom(`${text}\n`);
  for (let at = 0; at < line.length; ) at += writeSync(channel, line, at);
}

/** Writes at once: Node's own streams would keep in memory what a loop prints without an end. */
function print(to: 1 | 2, text: unknown): true {
  const part = bufferFrom(asText(text));
  for (let at = 0; at < part.length; ) at += writeSync(to, part, at);
  return true;
}

function printer(to: 1 | 2): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      print(to, chunk);
      done();
    },
  });
}

function harden(): void {
  globalThis.console = new Console(printer(1), printer(2));
  const refuse = (name: string) => () => {
    throw new TheError(`process.${name} is not there while an exercise is graded: return a value instead`);
  };
  const crash = () => exit(134);
  const deadly: unknown[] = [
    undefined,
    0,
    1,
    2,
    3,
    6,
    9,
    15,
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGABRT",
    "SIGKILL",
    "SIGTERM",
  ];
  const kill = (_pid: unknown, signal: unknown) => (includes(deadly, signal) ? crash() : refuse("kill")());
  const { version, versions, platform, arch, hrtime, nextTick, memoryUsage, uptime } = realProcess;
  const shim = {
    ...{ version, versions, platform, arch, hrtime, nextTick, memoryUsage, uptime },
    ...{ env: {}, argv: [], execArgv: [], pid: 1, ppid: 0, browser: undefined },
    cwd: () => "/",
    on: () => shim,
    stdout: { write: (text: unknown) => print(1, text) },
    stderr: { write: (text: unknown) => print(2, text) },
    exit: refuse("exit"),
    reallyExit: refuse("reallyExit"),
    // Signals and aborts end this process, as they would in the learner's own program.
    abort: crash,
    kill,
  };
  defineProperty(globalThis, "process", { value: Object.freeze(shim), writable: false, configurable: false });
  for (const name of ["fetch", "WebSocket", "EventSource", "BroadcastChannel", "localStorage", "sessionStorage"]) {
    Reflect.deleteProperty(globalThis, name);
  }
}

function fatal(thrown: unknown): never {
  write(`{"id":-1,"fatal":${thrownText(describe(thrown))}}`);
  return exit(1);
}

async function main(): Promise<void> {
  realProcess.on("uncaughtException", fatal);
  realProcess.on("unhandledRejection", fatal);
  // Nothing is left to run, and the answer's promise is still waiting: it would wait for ever.
  realProcess.on("beforeExit", () => {
    write('{"id":-1,"idle":true}');
    exit(1);
  });
  harden();
  write(`{"id":0,"ready":"${realProcess.version}"}`);
  for (;;) {
    const request = parse(readLine()) as Request;
    if (request.op === "backend") {
      backend = request.name;
      write(`{"id":${request.id}}`);
      continue;
    }
    const loaded = request.op === "load" ? load(request.box, request.code) : undefined;
    const outcomes: Outcome[] = [];
    if (request.op !== "load")
      for (let i = 0; i < request.inputs.length; i++) outcomes[i] = await run(request, request.inputs[i]);
    // One more turn, in which an unhandled rejection of the answer ends this process before its answer is sent.
    await new ThePromise<void>((resolve) => nextTurn(resolve));
    const damage = tampered();
    if (damage) {
      write(`{"id":${request.id},"tampered":${stringify(damage)}}`);
      exit(1);
    }
    if (loaded) sendLoaded(request.id, loaded);
    else sendOutcomes(request.id, outcomes);
  }
}

void main();
