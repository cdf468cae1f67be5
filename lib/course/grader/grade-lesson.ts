import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { LoadProblem, type Source } from "./bundle";
import { type GradeOptions, grade } from "./grade";
import { type Course, course, type LessonFiles, select } from "./lessons";
import { Oracle } from "./oracle";
import type { ExerciseRecord } from "./record";
import { readSubmission } from "./submission";
import { checkTypes, problemsOf, typeAdvice } from "./types";

export interface GradeCourseOptions extends Omit<GradeOptions, "exercises"> {
  readonly where?: Course;
  readonly onLesson?: (files: LessonFiles) => void;
  /** Whether TypeScript is asked too. It costs about half a second a lesson and arrives as advice on the records. */
  readonly types?: boolean;
}

/** Grades the learner's own files: all, a lesson's (`03`), one exercise (`03.2`, `neuron/weighted-sum`). */
export async function gradeCourse(what?: string, options: GradeCourseOptions = {}): Promise<ExerciseRecord[]> {
  const records: ExerciseRecord[] = [];
  for (const { files, exercises } of await select(what, options.where ?? course)) {
    options.onLesson?.(files);
    const oracle = new Oracle(files);
    const types = options.types ? checkTypes(files.exercise) : Promise.resolve([]);
    try {
      const { onRecord, ...rest } = options;
      // With types, a record is shown when its advice is there.
      const shown = onRecord && !options.types ? { onRecord } : {};
      const found = await grade(files, readOrProblem(files.exercise), oracle, { ...rest, ...shown, exercises });
      const problems = await types;
      for (const [i, record] of found.entries()) {
        const own = problems.length ? problemsOf(readText(files.exercise), exercises[i]!.exports, problems) : [];
        records.push(typeAdvice(record, own));
        if (options.types) onRecord?.(records.at(-1)!);
      }
    } finally {
      await oracle.close();
    }
  }
  return records;
}

function readText(file: string): string {
  return fs.readFileSync(path.join(projectRoot, file), "utf8");
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
