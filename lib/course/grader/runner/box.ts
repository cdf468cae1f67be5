import { compileFunction } from "node:vm";
import { encode } from "../encode";
import type { Loaded, Outcome, Request, Thrown } from "../protocol";
import { decodeInput, tensorParts, tfjs, tidyAsync } from "./tensors";

type Functions = Record<string, unknown>;
type Call = Extract<Request, { op: "call" | "drive" }>;
type Load = Extract<Request, { op: "load" }>;

/** An answer's exports and the drivers that use them. */
interface Box {
  readonly answer: Functions;
  readonly drivers: Functions;
}

const { apply, get } = Reflect;
const { getOwnPropertyNames } = Object;
const TheError = Error;
const asText = String;
const slice = Function.prototype.call.bind(String.prototype.slice) as (s: string, from: number, to: number) => string;
const nativeRequire = require;

const boxes: Record<string, Box> = Object.create(null);
let reachedTodo = false;

/** Stands for `new Error("TODO NN.k")` in a stub, so that a driver which catches errors cannot hide that it was reached. */
function todo(number: string): Error {
  reachedTodo = true;
  return new TheError(`TODO ${number}`);
}

/** What an answer's bundle may load at run time. The bundle holds the course's own files already. */
function requireForAnswer(name: string): unknown {
  if (name === "@tensorflow/tfjs") return tfjs();
  if (name === "node:path" || name === "path") return nativeRequire("node:path");
  throw new TheError(`"${name}" is not there while an exercise is graded`);
}

/** Runs a bundle's top level, and keeps what it exports under the box's name. */
export function load({ box, code }: Load): Loaded {
  try {
    const module = { exports: {} as { answer: () => Functions; drivers: () => Functions } };
    const run = compileFunction(code, ["require", "module", "exports", "$todo"], { filename: `${box}.js` });
    apply(run, undefined, [requireForAnswer, module, module.exports, todo]);
    // Both are fetched before the answer's own first line runs.
    const { answer: loadAnswer, drivers: loadDrivers } = module.exports;
    const answer = loadAnswer();
    boxes[box] = { answer, drivers: loadDrivers() };
    const exports: [string, string][] = [];
    const names = getOwnPropertyNames(answer);
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      if (name !== "__esModule") exports[exports.length] = [name, typeof get(answer, name)];
    }
    return { exports };
  } catch (thrown) {
    return { thrown: describe(thrown) };
  }
}

/** Calls an export or a driver with one input. */
export async function run({ op, box: boxName, name }: Call, encoded: unknown): Promise<Outcome> {
  reachedTodo = false;
  try {
    const box = boxes[boxName];
    if (!box) throw new TheError(`no box ${boxName}`);
    const input = decodeInput(encoded);
    return await tidyAsync(async () => {
      const result =
        op === "call"
          ? apply(box.answer[name] as () => unknown, undefined, input as unknown[])
          : (box.drivers[name] as (answer: Functions, input: unknown) => unknown)(box.answer, input);
      const value = await result;
      return { todo: reachedTodo, value: encode(value, { tensor: tensorParts }) };
    });
  } catch (thrown) {
    return { todo: reachedTodo, thrown: describe(thrown) };
  }
}

/** A thrown value in words, without trusting it. */
export function describe(thrown: unknown): Thrown {
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
