import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../root";
import type { Exercise, Lesson } from "./exercise";
import { makeStub } from "./stubs";

/** Where a course's files lie, from the project's folder. Tests bring a small course of their own. */
export interface Course {
  readonly definitions: string;
  readonly solutions: string;
  readonly exercises: string;
}

export const course: Course = { definitions: "test/exercises", solutions: "solutions", exercises: "exercises" };

/** A lesson with its files: what the grader works from. */
export interface LessonFiles {
  readonly lesson: Lesson;
  /** `01` */
  readonly number: string;
  /** Paths from the project's folder. */
  readonly definition: string;
  readonly solution: string;
  readonly exercise: string;
  readonly drivers: string | undefined;
  readonly solutionText: string;
  readonly stubText: string;
  /** In a learner's version, where solutions and mistakes are there to run but not to read. */
  readonly sealed: Sealed | undefined;
}

/** What a learner's version has in the place of a solution's text and of its mistakes' edits: bundles for the oracle. */
export interface Sealed {
  readonly stubText: string;
  /** By the oracle's names: `solution`, `03.2 mistake 0`. */
  readonly boxes: Readonly<Record<string, string>>;
}

/** The numbers of the lessons that have exercises, in order, each with its name: `01` → `01-neuron`. */
export function lessonNames(where: Course = course): Map<string, string> {
  const names = fs
    .readdirSync(path.join(projectRoot, where.definitions))
    .map((file) => /^(\d\d)-[a-z0-9-]+(?=\.ts$)/.exec(file))
    .filter((match) => match !== null)
    .map((match): [string, string] => [match[1]!, match[0]]);
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a lesson's definition (our code, which runs here) and its solution. */
export async function loadLesson(name: string, where: Course = course): Promise<LessonFiles> {
  const definition = `${where.definitions}/${name}.ts`;
  const file = path.join(projectRoot, definition);
  const module = await import(/* @vite-ignore */ process.env["VITEST"] ? file : pathToFileURL(file).href);
  const lesson = (module.lesson ?? module.default?.lesson ?? module.default) as Lesson | undefined;
  if (!lesson?.exercises) throw new Error(`${definition}: expected \`export const lesson: Lesson\``);
  const solution = `${where.solutions}/${name}.ts`;
  const drivers = `${where.definitions}/${name}.drivers.ts`;
  const sealed = readSealed(`${where.definitions}/${name}.sealed.json`);
  const solutionText = sealed ? "" : readText(solution);
  return {
    ...{ lesson, number: name.slice(0, 2), definition, solution, solutionText, sealed },
    exercise: `${where.exercises}/${name}.ts`,
    drivers: fs.existsSync(path.join(projectRoot, drivers)) ? drivers : undefined,
    stubText: sealed?.stubText ?? makeStub(solutionText, name, lesson.title),
  };
}

function readSealed(file: string): Sealed | undefined {
  return fs.existsSync(path.join(projectRoot, file)) ? (JSON.parse(readText(file)) as Sealed) : undefined;
}

/** Which lessons and exercises a word asks for: `03`, `03.2`, `neuron/weighted-sum`; nothing asks for all. */
export async function select(what: string | undefined, where: Course = course) {
  const names = lessonNames(where);
  const number = what && /^(\d\d?)(\.\d+)?$/.exec(what);
  if (number) {
    const name = names.get(number[1]!.padStart(2, "0"));
    if (!name) throw new Error(`Lesson ${number[1]}: expected one of ${[...names.keys()].join(", ")}`);
    const files = await loadLesson(name, where);
    if (!number[2]) return [{ files, exercises: files.lesson.exercises }];
    const wanted = files.number + number[2];
    const exercise = files.lesson.exercises.find((exercise) => exercise.number === wanted);
    const all = files.lesson.exercises.map((exercise) => exercise.number).join(", ");
    if (!exercise) throw new Error(`Exercise ${wanted}: expected one of ${all}`);
    return [{ files, exercises: [exercise] }];
  }
  const found: { files: LessonFiles; exercises: readonly Exercise[] }[] = [];
  for (const name of names.values()) {
    const files = await loadLesson(name, where);
    const exercises = files.lesson.exercises.filter(
      ({ slug }) => !what || slug === what || slug.startsWith(`${what}/`) || name.slice(3) === what,
    );
    if (exercises.length) found.push({ files, exercises });
  }
  if (!found.length && what)
    throw new Error(`"${what}": expected a lesson (03), an exercise (03.2) or its slug (neuron/weighted-sum)`);
  return found;
}

/** The one exercise that a word asks for. */
export async function selectOne(
  what: string,
  where: Course = course,
): Promise<{ files: LessonFiles; exercise: Exercise }> {
  const found = (await select(what, where)).flatMap(({ files, exercises }) =>
    exercises.map((exercise) => ({ files, exercise })),
  );
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`"${what}": expected one exercise (03.2), got ${found.length}`);
  return first;
}

export function readText(file: string): string {
  return fs.readFileSync(path.join(projectRoot, file), "utf8").replace(/^\uFEFF/, "");
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
