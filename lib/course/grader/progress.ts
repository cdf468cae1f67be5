import * as fs from "node:fs";
import * as path from "node:path";
import { countsAsAttempt, type ExerciseRecord, hasPassed, type Verdict } from "./record";
import { cacheFolder } from "./runtime";

/** What is remembered about one exercise. It stays on this machine. */
export interface ExerciseProgress {
  /** `NN.k`, as it was when last graded. */
  readonly number?: string;
  readonly verdict: Verdict;
  readonly attempts: number;
  /** Tiers of hints seen, 0 to 3. */
  readonly hints: number;
  readonly passedAt?: string;
  /** The solution was asked for before the exercise passed. */
  readonly surrendered?: boolean;
  /** The file's hash at the last attempt: grading the same text twice is one attempt. */
  readonly sha256?: string;
  /** How often each known mistake was made. */
  readonly mistakes?: Readonly<Record<string, number>>;
}

export interface Progress {
  readonly schema: 1;
  /** The slug of the exercise that was worked on last. */
  readonly current?: string;
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

const nothing: ExerciseProgress = { verdict: "not-attempted", attempts: 0, hints: 0 };

/** The learner's own file of progress. */
export const progressFile = path.join(cacheFolder, "progress.json");

export function readProgress(file = progressFile): Progress {
  try {
    const progress = JSON.parse(fs.readFileSync(file, "utf8")) as Progress;
    if (progress.schema === 1 && typeof progress.exercises === "object") return progress;
  } catch {
    // None yet, or damaged: progress can be found again by grading.
  }
  return { schema: 1, exercises: {} };
}

export function progressOf(progress: Progress, slug: string): ExerciseProgress {
  return progress.exercises[slug] ?? nothing;
}

/** Writes the whole file under another name first, so that it is never half written. */
export function writeProgress(progress: Progress, file = progressFile): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  fs.writeFileSync(fresh, `${JSON.stringify(progress, null, 1)}\n`);
  fs.renameSync(fresh, file);
}

/** Progress with changes to one exercise. */
export function changeProgress(progress: Progress, slug: string, changes: Partial<ExerciseProgress>): Progress {
  return { ...progress, exercises: { ...progress.exercises, [slug]: { ...progressOf(progress, slug), ...changes } } };
}

/** Progress after a grading. */
export function addRecord(progress: Progress, record: ExerciseRecord): Progress {
  if (record.verdict === "grader-error") return progress;
  const before = progressOf(progress, record.exercise);
  const isNew = countsAsAttempt(record.verdict) && record.submissionSha256 !== before.sha256;
  const passed = hasPassed(record) ? { passedAt: before.passedAt ?? record.startedAt } : {};
  const names = isNew ? new Set(record.tests.flatMap((check) => (check.mistake ? [check.mistake.name] : []))) : [];
  const mistakes = { ...before.mistakes };
  for (const name of names) mistakes[name] = (mistakes[name] ?? 0) + 1;
  return changeProgress(progress, record.exercise, {
    ...{ number: record.number, verdict: record.verdict, attempts: before.attempts + (isNew ? 1 : 0), ...passed },
    ...(isNew ? { sha256: record.submissionSha256, mistakes } : {}),
  });
}
