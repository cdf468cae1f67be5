import { LoadProblem, type Source } from "./bundle";
import type { Exercise } from "./exercise";
import { grade } from "./grade";
import { type Course, course, type LessonFiles, select } from "./lessons";
import { Oracle } from "./oracle";
import { addRecord, readProgress, writeProgress } from "./progress";
import type { ExerciseRecord } from "./record";
import { readSubmission } from "./submission";

export interface GradeCourseOptions {
  readonly where?: Course;
  readonly seeds?: readonly number[];
  readonly onLesson?: (files: LessonFiles) => void;
  readonly onRecord?: (record: ExerciseRecord) => void;
  /** Whether the learner's progress remembers the verdicts. */
  readonly remember?: boolean;
}

/** Grades the learner's own files: all, a lesson's (`03`), one exercise (`03.2`, `neuron/weighted-sum`). */
export async function gradeCourse(what?: string, options: GradeCourseOptions = {}): Promise<ExerciseRecord[]> {
  const records: ExerciseRecord[] = [];
  for (const { files, exercises } of await select(what, options.where ?? course)) {
    options.onLesson?.(files);
    records.push(...(await gradeFile(files, exercises, options)));
  }
  if (options.remember ?? true) remember(records);
  return records;
}

async function gradeFile(
  files: LessonFiles,
  exercises: readonly Exercise[],
  { seeds, onRecord }: GradeCourseOptions,
): Promise<ExerciseRecord[]> {
  const oracle = new Oracle(files);
  try {
    return await grade(files, readOrProblem(files.exercise), oracle, {
      exercises,
      ...(seeds ? { seeds } : {}),
      ...(onRecord ? { onRecord } : {}),
    });
  } finally {
    await oracle.close();
  }
}

/** The learner's file, or why it cannot be read. */
export function readOrProblem(file: string): Source | LoadProblem {
  try {
    return readSubmission(file);
  } catch (error) {
    if (error instanceof LoadProblem) return error;
    throw error;
  }
}

export function remember(records: readonly ExerciseRecord[]): void {
  writeProgress(records.reduce(addRecord, readProgress()));
}
