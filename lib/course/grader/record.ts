/*
 * What the grader says about one exercise: one record, schema 1. Cards, tables, JSON, JUnit and gradebooks are made from it.
 */

/**
 * `pass` all checks · `partial` some · `wrong` none · `error` the answer threw · `load-error` the file cannot be loaded, or
 * an export is missing · `not-attempted` the stub · `time`, `memory`, `output` a limit was passed · `protocol` the answer
 * disturbed its own process · `crashed` that process ended · `rejected` a rule forbids it (an import, a link for a file)
 * · `grader-error` our fault, never the learner's: it has no score.
 */
export const verdicts = [
  "pass",
  "partial",
  "wrong",
  "error",
  "load-error",
  "not-attempted",
  "time",
  "memory",
  "output",
  "protocol",
  "crashed",
  "rejected",
  "grader-error",
] as const;
export type Verdict = (typeof verdicts)[number];

/** A check that was not reached, because the answer did not load or an earlier check ended the run, is `not-run`. */
export type CheckVerdict = Exclude<Verdict, "partial"> | "not-run";

/** A matrix or curve as asked for and as answered, to be drawn side by side. `null` stands for NaN and ±Infinity. */
export interface Picture {
  readonly kind: "matrix" | "curve";
  /** Rows of numbers; a curve has one row. */
  readonly target: readonly (readonly (number | null)[])[];
  readonly yours: readonly (readonly (number | null)[])[];
}

export interface CheckRecord {
  /** `neuron/weighted-sum#2`: the slug and the check's place, from 1. */
  readonly id: string;
  /** The property, in words. */
  readonly title: string;
  /** The exported function or the driver. */
  readonly group: string;
  readonly verdict: CheckVerdict;
  readonly points: number;
  readonly maxPoints: number;
  /** What is wrong, in a sentence or two; empty when passed. */
  readonly message: string;
  /** The known wrong answer whose outputs are the learner's. */
  readonly mistake: { readonly name: string; readonly message: string } | null;
  /** The call, as TypeScript: `weightedSum([1, 2], [3, 4], 0.5)`. Of the first input that failed, or empty. */
  readonly input: string;
  readonly expected: string;
  readonly got: string;
  readonly expectedShape: string;
  readonly gotShape: string;
  /** Path to the first place where the two differ, e.g. `[1][0]`, or empty. */
  readonly index: string;
  readonly maxAbsErr: number | null;
  readonly picture: Picture | null;
  readonly inputsPassed: number;
  readonly inputs: number;
  readonly durationMs: number;
  readonly visibility: "visible" | "hidden";
}

export interface ExerciseRecord {
  readonly schema: 1;
  /** The slug. */
  readonly exercise: string;
  /** `NN.k` */
  readonly number: string;
  readonly title: string;
  /** The file that was graded, from the project's folder: `exercises/01-neuron.ts`. */
  readonly file: string;
  readonly submissionSha256: string;
  readonly graderVersion: string;
  readonly node: string;
  readonly platform: string;
  readonly isolation: "namespace" | "permission" | "none";
  readonly backend: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly points: number;
  readonly maxPoints: number;
  /** What holds for the whole exercise: a load error with file and line, a rule, a crash; else empty. */
  readonly message: string;
  /** Where a load error is. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
  readonly tests: readonly CheckRecord[];
  /** Said beside the verdict, never part of it: type errors, tensors left behind. */
  readonly advice: readonly string[];
  /** What the answer printed: at most 64 KB, escapes taken out. */
  readonly learnerOutput: string;
  /** A record that is not `final` is not passed, whatever else it says. */
  readonly status: "incomplete" | "final";
}

/** What `npm run grade -- --json FILE` writes. */
export interface GradeReport {
  readonly schema: 1;
  readonly graderVersion: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly records: readonly ExerciseRecord[];
  /** Nothing was graded, because the learner has to choose first: the cell's answer or the file's. */
  readonly question?: string;
}

/** The first check that did not pass: the one to look at. */
export function firstFailure(record: ExerciseRecord): CheckRecord | undefined {
  return record.tests.find((check) => check.verdict !== "pass" && check.verdict !== "not-run");
}

export function hasPassed(record: ExerciseRecord): boolean {
  return record.status === "final" && record.verdict === "pass";
}

/** Load errors, refused imports, stubs and our own errors are not attempts. */
export function countsAsAttempt(verdict: Verdict): boolean {
  return !["load-error", "rejected", "not-attempted", "grader-error"].includes(verdict);
}

/** Each verdict in the learner's words. */
export const verdictWords: Record<CheckVerdict | "partial", string> = {
  pass: "passed",
  partial: "partly right",
  wrong: "not right yet",
  error: "threw an error",
  "load-error": "cannot be loaded",
  "not-attempted": "not attempted yet",
  time: "takes too long",
  memory: "takes too much memory",
  output: "prints too much",
  protocol: "disturbed its own process",
  crashed: "ended its process",
  rejected: "not allowed",
  "grader-error": "the grader failed, not you",
  "not-run": "not run",
};
