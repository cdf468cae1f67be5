import { Ended, type Limits } from "./answer-process";
import { LoadProblem, type Source } from "./bundle";
import type { Exercise } from "./exercise";
import { forbiddenCall } from "./forbidden";
import { probeIsolation } from "./isolation";
import { judgeCheck, nameMistakes, type Run, runVerdicts } from "./judge";
import { type LessonFiles, sha256 } from "./lessons";
import { drawInputs, isTodo, type Oracle, type Outcome, operation, target } from "./oracle";
import type { CheckRecord, CheckVerdict, ExerciseRecord, Verdict } from "./record";
import { graderVersion } from "./runtime";
import { Seat } from "./seat";
import { bundleSubmission } from "./submission";

export interface GradeOptions {
  /** Default: all of the lesson. */
  readonly exercises?: readonly Exercise[];
  /** Checks draw their inputs from these, in order. Default: 1, and one that changes whenever the file changes. */
  readonly seeds?: readonly number[];
  /** The Node that runs the answer. Default: the grader's own. */
  readonly node?: string;
  readonly limits?: Limits;
  /** How long the answer's top level may run. */
  readonly loadDeadlineMs?: number;
  /** Called with each record as soon as it is final. */
  readonly onRecord?: (record: ExerciseRecord) => void;
}

const exerciseDeadlineMs = 60_000;

/** Grades a learner's source for a lesson. Whatever the source does, the result is one record an exercise. */
export async function grade(
  files: LessonFiles,
  source: Source | LoadProblem,
  oracle: Oracle,
  options: GradeOptions = {},
): Promise<ExerciseRecord[]> {
  const exercises = options.exercises ?? files.lesson.exercises;
  const submissionSha256 = source instanceof LoadProblem ? "" : sha256(source.text);
  const seeds = options.seeds ?? [1, submissionSha256 ? Number.parseInt(submissionSha256.slice(0, 7), 16) : 1];
  const startedAt = new Date().toISOString();
  const records: ExerciseRecord[] = [];
  let node = process.version;

  const finish = (exercise: Exercise, parts: Partial<ExerciseRecord> & { verdict: Verdict; started: number }) => {
    const { started, ...rest } = parts;
    const tests = rest.tests ?? notRun(exercise);
    const record: ExerciseRecord = {
      ...{ schema: 1, exercise: exercise.slug, number: exercise.number, title: exercise.title },
      ...{ file: files.exercise, submissionSha256, graderVersion, node, platform: process.platform },
      ...{ isolation: probeIsolation().level, backend: "cpu", seed: seeds[0]!, startedAt },
      durationMs: Math.round(performance.now() - started),
      points: round(tests.reduce((sum, check) => sum + check.points, 0)),
      maxPoints: exercise.points,
      ...{ message: "", location: null, advice: [], learnerOutput: "" },
      ...rest,
      tests,
      status: "final",
    };
    records.push(record);
    options.onRecord?.(record);
  };
  const finishAll = (verdict: Verdict, parts: Partial<ExerciseRecord> = {}) => {
    for (const exercise of exercises) finish(exercise, { verdict, ...parts, started: performance.now() });
    return records;
  };

  let seat: Seat | undefined;
  try {
    if (source instanceof LoadProblem) throw source;
    // The oracle starts while the answer is being read.
    for (const exercise of exercises)
      for (const check of exercise.checks) oracle.expected(exercise, check, seeds[0]!).catch(() => {});
    seat = new Seat(await bundleSubmission(files, source), source, options);
    const loaded = await seat.load();
    node = seat.node;
    if ("thrown" in loaded) {
      const message = `${source.file} cannot be loaded. ${seat.describe(loaded.thrown)}`;
      return finishAll("load-error", {
        message,
        location: seat.locate(loaded.thrown),
        learnerOutput: seat.takeOutput(),
      });
    }
    const names = new Map(loaded.exports);
    for (const exercise of exercises) {
      const started = performance.now();
      const missing = exercise.exports.filter((name) => !names.has(name));
      if (missing.length) {
        finish(exercise, { verdict: "load-error", message: missingExport(source.file, missing, names), started });
        continue;
      }
      const call = forbiddenCall(source.text, exercise);
      if (call) {
        const { name, ...place } = call;
        const message = `${source.file}:${place.line}:${place.column}: ${name} is what this exercise asks you to write yourself.`;
        finish(exercise, { verdict: "rejected", message, location: { file: source.file, ...place }, started });
        continue;
      }
      const tests = await gradeExercise(exercise, seat, oracle, seeds);
      const verdict = verdictOf(tests);
      const learnerOutput = seat.takeOutput();
      if (!["pass", "partial", "wrong", "not-attempted"].includes(verdict)) await seat.leave();
      finish(exercise, { verdict, tests, learnerOutput, started });
    }
  } catch (error) {
    if (error instanceof LoadProblem)
      return finishAll(error.kind, { message: error.message, location: error.location });
    if (error instanceof Ended) {
      await seat?.leave();
      const when = error.kind === "grader-error" ? "" : "While the file was loading: ";
      const message = `${when}${error.message}.`;
      return finishAll(error.kind, { message, learnerOutput: seat?.takeOutput() ?? "" });
    }
    const message = `The grader failed: ${(error as Error)?.stack ?? error}`;
    const left = exercises.slice(records.length);
    for (const exercise of left) finish(exercise, { verdict: "grader-error", message, started: performance.now() });
  } finally {
    await seat?.leave();
  }
  return records;
}

async function gradeExercise(exercise: Exercise, seat: Seat, oracle: Oracle, seeds: readonly number[]) {
  const deadline = performance.now() + exerciseDeadlineMs;
  let timedOut = false;
  const groups: { runs: Run[]; durationMs: number }[] = [];
  for (const check of exercise.checks) {
    const started = performance.now();
    const runs: Run[] = [];
    for (const seed of seeds) {
      const inputs = drawInputs(exercise, check, seed);
      const expected = await oracle.expected(exercise, check, seed);
      const got: Outcome[] = [];
      for (const { text } of inputs) {
        // An answer that has run out of time once is not waited for as long again.
        const patience = oracle.deadlineMs(exercise, check) * (timedOut ? 0.2 : 1);
        const left = Math.min(patience, deadline - performance.now());
        const outcome = await seat
          .call(operation(check), target(check), text, Math.max(1, left))
          .catch((error): Outcome => {
            if (error instanceof Ended) return { ended: error };
            throw error;
          });
        got.push(outcome);
        timedOut ||= "ended" in outcome && outcome.ended.kind === "time";
        if ("ended" in outcome || isTodo(outcome)) break;
      }
      runs.push({ check, seed, inputs, expected, got });
      if (runVerdicts(runs.at(-1)!).some((verdict) => verdict !== "pass")) break;
    }
    groups.push({ runs, durationMs: Math.round(performance.now() - started) });
  }
  // Mistakes are compared on the first seed; a check that fails only on another is compared there.
  const last = groups.map(({ runs }) => runs.at(-1)!);
  const named = await nameMistakes(exercise, last, (mistake, run) =>
    oracle.mistaken(exercise, mistake, run.check, run.seed),
  );
  return groups.map(({ runs, durationMs }, i) =>
    judgeCheck(exercise, runs, named.get(last[i]!), durationMs, (outcome) => seat.describe(outcome.thrown)),
  );
}

/** One verdict from the checks': all the same gives that, some passed is partial, else what went wrong first. */
export function verdictOf(tests: readonly CheckRecord[]): Verdict {
  const verdicts = tests.map((check) => check.verdict);
  if (verdicts.includes("grader-error")) return "grader-error";
  if (verdicts.every((verdict) => verdict === "pass")) return "pass";
  if (verdicts.includes("pass")) return "partial";
  const first = verdicts.find((verdict) => verdict !== "not-attempted") ?? "not-attempted";
  const abrupt: CheckVerdict[] = ["time", "memory", "output", "protocol", "crashed"];
  const found = verdicts.find((verdict) => abrupt.includes(verdict)) ?? first;
  return found === "not-run" ? "error" : found;
}

function notRun(exercise: Exercise): CheckRecord[] {
  const share = exercise.points / exercise.checks.length;
  return exercise.checks.map((check, i) => ({
    ...{ id: `${exercise.slug}#${i + 1}`, title: check.title, group: target(check), verdict: "not-run", points: 0 },
    ...{ maxPoints: share, message: "", mistake: null, input: "", expected: "", got: "", expectedShape: "" },
    ...{ gotShape: "", index: "", maxAbsErr: null, picture: null, inputsPassed: 0, inputs: 0, durationMs: 0 },
    visibility: "visible",
  }));
}

function missingExport(file: string, missing: readonly string[], names: ReadonlyMap<string, string>): string {
  const wanted = missing.map((name) => `"${name}"`).join(", ");
  const others = [...names.keys()].filter((name) => name !== "default");
  const instead = names.has("default") ? "; `export default` has no name" : "";
  const same = others.find((name) => missing.some((want) => want.toLowerCase() === name.toLowerCase()));
  return `${file}: expected an export named ${wanted}, got ${same ? `"${same}"` : "none"}${instead}. Write \`export function ${missing[0]}(...)\`.`;
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
