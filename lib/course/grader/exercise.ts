import type { Random } from "../../random";

/*
 * What an exercise is. Each lesson has four files with the same name:
 *   solutions/NN-lesson.ts               the answers, between markers `// BEGIN NN.k` and `// END NN.k`
 *   exercises/NN-lesson.ts               the same file with the marked parts taken out; generated, what a learner edits
 *   test/exercises/NN-lesson.ts          a `Lesson`: cards, checks and the named mistakes
 *   test/exercises/NN-lesson.drivers.ts  only where needed: small functions that run beside the answer, see `Driver`
 */

/** A tensor on its way to or from an answer: flat values in row-major order, as tfjs keeps them. */
export interface PlainTensor {
  readonly tensor: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
}

/** A value that can travel between processes. */
export type Plain =
  | number
  | string
  | boolean
  | null
  | undefined
  | PlainTensor
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** How near two numbers must be: `|a - b| <= absolute + relative * |b|`; in a tensor `|b|` is the largest entry's. */
export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/** One property that an answer must have, shown by one or more inputs. */
interface CheckBase {
  /** The property in words, as the learner reads it: "the bias is added once, not once per input". */
  readonly title: string;
  /**
   * The inputs, drawn from a seeded generator: the same property for every seed, other numbers.
   * Draw them so that every mistake shows: distinct sizes, no zeros, no symmetric values.
   */
  readonly inputs: (random: Random) => readonly Plain[];
  /** Default: `absolute 1e-9, relative 1e-6` for plain numbers and `relative 1e-5` for float32 tensors. */
  readonly tolerance?: Tolerance;
}

/** A check that calls an exported function: each input is its list of arguments. Plain tensors arrive as tfjs tensors. */
export interface CallCheck extends CheckBase {
  readonly call: string;
  readonly inputs: (random: Random) => readonly (readonly Plain[])[];
}

/** A check that runs a driver of this lesson's drivers file, once per input. */
export interface DriverCheck extends CheckBase {
  readonly driver: string;
}

export type Check = CallCheck | DriverCheck;

/**
 * A small function that runs in the learner's process beside the answer, uses its exports (functions, classes, a few
 * training steps, an engine that must throw) on one plain input, and returns plain values or tfjs tensors.
 * It never knows what is right: the same driver runs over the solution elsewhere, and the grader compares.
 *
 * `Answer` is `typeof import("../../solutions/NN-lesson")`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the check gives each driver the inputs that it was written for
export type Driver<Answer> = (answer: Answer, input: any) => unknown;

/** A wrong answer that learners give, made from the solution by edits, and what to tell the learner who gave it. */
export interface Mistake {
  /** In a few words: "the bias is dropped". */
  readonly name: string;
  /** What the learner reads: what their numbers show, why it matters, where to look. Never the solution's code. */
  readonly message: string;
  /** Each pair's first text occurs exactly once in the solution file and is replaced by its second. */
  readonly edits: readonly (readonly [from: string, to: string])[];
}

export interface Exercise {
  /** `NN.k`, as in the markers. */
  readonly number: string;
  /** Stable, for records and gradebooks: `neuron/weighted-sum`. */
  readonly slug: string;
  readonly title: string;
  /** One sentence: what this is good for. What to build stands in the file itself, above the stub. */
  readonly why: string;
  readonly difficulty: 1 | 2 | 3;
  readonly minutes: number;
  readonly points: number;
  /** The exports that an answer must have. */
  readonly exports: readonly string[];
  /** Functions of tfjs or JavaScript that the answer is to write by hand: `softmax` forbids `tf.softmax` and `x.softmax`. */
  readonly forbidden?: readonly string[];
  /** Three tiers: a nudge, a plan, nearly the code. */
  readonly hints: readonly [string, string, string];
  readonly checks: readonly Check[];
  readonly mistakes: readonly Mistake[];
}

export interface Lesson {
  /** The files' name: `01-neuron`. */
  readonly name: string;
  readonly title: string;
  readonly exercises: readonly Exercise[];
}

/** A tensor as an input: `tensor([[1, 2], [3, 4]])`, `tensor([1, 0], "int32")`. */
export function tensor(values: NestedNumbers, dtype: PlainTensor["dtype"] = "float32"): PlainTensor {
  const shape: number[] = [];
  for (let level = values; Array.isArray(level); level = level[0]!) shape.push(level.length);
  return { tensor: flatten(values), shape, dtype };
}

type NestedNumbers = number | NestedNumbers[];

function flatten(values: NestedNumbers): number[] {
  return Array.isArray(values) ? values.flatMap(flatten) : [values];
}
