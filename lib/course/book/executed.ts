import * as fs from "node:fs";
import * as path from "node:path";
import { executedFolder, notebookFile, notebookNames, runNotebook } from "../notebooks/run";

export interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly text?: string | readonly string[];
}

export interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly Output[];
  readonly metadata?: { readonly tags?: readonly string[]; readonly jupyter?: { readonly source_hidden?: boolean } };
}

/** A lesson with its outputs. */
export interface ExecutedLesson {
  /** `05-tensors` */
  readonly name: string;
  readonly course: {
    readonly lesson: string;
    readonly title: string;
    readonly question: string;
    readonly goals: readonly string[];
    readonly prerequisites: readonly string[];
    readonly minutes: number;
  };
  readonly cells: readonly Cell[];
}

/** Text that a notebook keeps as one string or line by line. */
export const joined = (text: string | readonly string[] = ""): string => [text].flat().join("");

/**
 * Every lesson with its outputs, or those whose names begin with one of `wanted`. An executed copy that has the lesson's
 * cells as they are now is used; the others are run.
 */
export async function executedLessons(
  wanted: readonly string[],
  say: (line: string) => void,
): Promise<ExecutedLesson[]> {
  const lessons: ExecutedLesson[] = [];
  for (const name of notebookNames(wanted)) {
    const file = path.join(executedFolder, `${name}.ipynb`);
    if (!isCurrent(name, file)) {
      say(`running lesson ${name}`);
      const { failure } = await runNotebook(notebookFile(name));
      if (failure)
        throw new Error(
          `book: expected lesson ${name} to run, got an error in cell "${failure.cell}":\n${failure.text}`,
        );
    }
    const { cells, metadata } = readNotebook(file);
    lessons.push({ name, course: metadata.course, cells });
  }
  return lessons;
}

/** Newer than the lesson and its solutions, and of the same cells: a checkout may give old files a new time. */
export function isCurrent(name: string, executed: string): boolean {
  if (!fs.existsSync(executed)) return false;
  const lesson = notebookFile(name);
  if (fs.statSync(executed).mtimeMs < fs.statSync(lesson).mtimeMs) return false;
  const sources = (file: string) =>
    JSON.stringify(readNotebook(file).cells.map(({ id, source }) => [id, joined(source)]));
  return sources(executed) === sources(lesson);
}

function readNotebook(file: string): { cells: Cell[]; metadata: { course: ExecutedLesson["course"] } } {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}
