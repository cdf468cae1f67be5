import { compare, type Difference } from "./compare";
import type { Check, Exercise, Mistake } from "./exercise";
import type { Input, Outcome } from "./oracle";
import { isTodo, target } from "./oracle";
import { pictureOf } from "./picture";
import type { CheckRecord, CheckVerdict } from "./record";
import { describeShape, plainToValue, showValue, type Value } from "./value";

/** What an answer gave for the inputs of one check and one seed. The list ends early where the process ended. */
export interface Run {
  readonly check: Check;
  readonly seed: number;
  readonly inputs: readonly Input[];
  readonly expected: readonly Outcome[];
  readonly got: readonly Outcome[];
}

/** Whether one outcome is what the solution gives: the same value, or an error where the solution throws one too. */
function verdictOf(expected: Outcome, got: Outcome, check: Check): CheckVerdict {
  if ("ended" in got) return got.ended.kind;
  if (isTodo(got)) return "not-attempted";
  if ("thrown" in expected) return "thrown" in got ? "pass" : "wrong";
  if ("ended" in expected) return "grader-error";
  if ("thrown" in got) return "error";
  return compare(expected.value, got.value, check.tolerance) ? "wrong" : "pass";
}

export function runVerdicts({ check, expected, got }: Run): CheckVerdict[] {
  return got.map((outcome, i) => verdictOf(expected[i]!, outcome, check));
}

/** The record of a check, from its runs (one a seed). `locate` makes a sentence of something thrown. */
export function judgeCheck(
  exercise: Exercise,
  runs: readonly Run[],
  mistake: Mistake | undefined,
  durationMs: number,
  locate: (outcome: Extract<Outcome, { thrown: unknown }>) => string,
): CheckRecord {
  const { check } = runs[0]!;
  const place = exercise.checks.indexOf(check) + 1;
  const maxPoints = exercise.points / exercise.checks.length;
  const common = {
    ...{ id: `${exercise.slug}#${place}`, title: check.title, group: target(check), maxPoints, durationMs },
    visibility: "visible",
    inputs: runs.reduce((count, run) => count + run.inputs.length, 0),
    inputsPassed: runs.flatMap(runVerdicts).filter((verdict) => verdict === "pass").length,
  } as const;
  const nothing = {
    ...{ message: "", mistake: null, input: "", expected: "", got: "", expectedShape: "", gotShape: "", index: "" },
    ...{ maxAbsErr: null, picture: null },
  };
  for (const run of runs) {
    const verdicts = runVerdicts(run);
    const failed = verdicts.findIndex((verdict) => verdict !== "pass");
    if (failed < 0) continue;
    const [input, expected, got] = [run.inputs[failed]!, run.expected[failed]!, run.got[failed]!];
    const difference =
      "value" in expected && "value" in got ? compare(expected.value, got.value, check.tolerance) : undefined;
    return {
      ...common,
      ...nothing,
      verdict: verdicts[failed]!,
      points: 0,
      message: message(expected, got, difference, locate),
      mistake: mistake ? { name: mistake.name, message: mistake.message } : null,
      input: showInput(check, input),
      ...shown(expected, got, difference),
      index: difference?.index ?? "",
      maxAbsErr: difference?.maxAbsErr ?? null,
      picture: "value" in expected && "value" in got ? pictureOf(expected.value, got.value) : null,
    };
  }
  return { ...common, ...nothing, verdict: "pass", points: maxPoints };
}

function message(
  expected: Outcome,
  got: Outcome,
  difference: Difference | undefined,
  locate: (outcome: Extract<Outcome, { thrown: unknown }>) => string,
): string {
  if ("ended" in got) return sentence(got.ended.message);
  if (isTodo(got)) return "";
  if ("ended" in expected) return `The solution itself failed: ${expected.ended.message}.`;
  if ("thrown" in got) return locate(got);
  if ("thrown" in expected) return `This input should be refused with an error: ${expected.thrown.message}`;
  return difference ? sentence(difference.message) : "";
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");
}

function shown(expected: Outcome, got: Outcome, difference: Difference | undefined) {
  const value = (outcome: Outcome): Value | undefined => ("value" in outcome ? outcome.value : undefined);
  const [a, b] = [value(expected), value(got)];
  // Enough digits to tell the two apart.
  let digits = 6;
  if (a && b && difference) while (digits < 17 && showValue(a, digits) === showValue(b, digits)) digits++;
  return {
    expected: a ? showValue(a, digits) : "thrown" in expected ? "an error" : "",
    got: b ? showValue(b, digits) : "",
    expectedShape: a && b ? describeShape(a) : "",
    gotShape: a && b ? describeShape(b) : "",
  };
}

function showInput(check: Check, { plain }: Input): string {
  const list = "call" in check && Array.isArray(plain) ? plain : [plain];
  return `${target(check)}(${list.map((argument) => showValue(plainToValue(argument))).join(", ")})`;
}

/**
 * The mistake whose outputs an answer's are, for each failed run: one that gives the same on every input of that run and
 * not the solution's. Where several do, the one that is the same on most other runs too.
 */
export async function nameMistakes(
  exercise: Exercise,
  runs: readonly Run[],
  mistaken: (mistake: Mistake, run: Run) => Promise<readonly Outcome[]>,
): Promise<Map<Run, Mistake>> {
  const named = new Map<Run, Mistake>();
  const failed = runs.filter((run) => runVerdicts(run).some((verdict) => verdict === "wrong" || verdict === "error"));
  if (!failed.length) return named;
  const agreements = new Map<Mistake, Set<Run>>();
  for (const mistake of exercise.mistakes) {
    const same = new Set<Run>();
    for (const run of runs) if (isSame(run, await mistaken(mistake, run))) same.add(run);
    agreements.set(mistake, same);
  }
  for (const run of failed) {
    const candidates = exercise.mistakes.filter((mistake) => agreements.get(mistake)!.has(run));
    candidates.sort((a, b) => agreements.get(b)!.size - agreements.get(a)!.size);
    if (candidates[0]) named.set(run, candidates[0]);
  }
  return named;
}

function isSame({ check, got }: Run, other: readonly Outcome[]): boolean {
  if (got.length !== other.length) return false;
  return got.every((outcome, i) => {
    const theirs = other[i]!;
    if ("ended" in outcome || "ended" in theirs)
      return "ended" in outcome && "ended" in theirs && outcome.ended.kind === theirs.ended.kind;
    if ("thrown" in outcome || "thrown" in theirs)
      return "thrown" in outcome && "thrown" in theirs && outcome.thrown.message === theirs.thrown.message;
    return !compare(theirs.value, outcome.value, check.tolerance);
  });
}
