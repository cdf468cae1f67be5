import * as fs from "node:fs";
import * as path from "node:path";
import { type Course, type LessonFiles, loadLesson } from "../../../lib/course/grader/lessons";
import { projectRoot } from "../../../lib/root";

/** The small course of the grader's own tests. Its stub is made, not kept. */
export const fixtureCourse: Course = {
  definitions: "test/course/grader/definitions",
  solutions: "test/course/grader/solutions",
  exercises: "test/course/grader/exercises",
};

export function loadFixture(): Promise<LessonFiles> {
  return loadLesson("90-fixture", fixtureCourse);
}

/** A learner's copy of the small course in a folder of its own, with the stub in it. */
export async function learnerCopy() {
  const cache = path.join(projectRoot, ".cache");
  fs.mkdirSync(cache, { recursive: true });
  const folder = fs.mkdtempSync(path.join(cache, "grader-test-"));
  fs.mkdirSync(path.join(folder, "exercises"));
  const where: Course = {
    ...fixtureCourse,
    exercises: path.relative(projectRoot, path.join(folder, "exercises")).replace(/\\/g, "/"),
  };
  const { stubText, solutionText } = await loadFixture();
  const file = path.join(folder, "exercises/90-fixture.ts");
  const write = (text: string) => fs.writeFileSync(file, text);
  write(stubText);
  return {
    where,
    folder,
    file,
    write,
    progress: path.join(folder, "progress.json"),
    stubText,
    solutionText,
    /** The stub with some TODOs replaced. */
    answer: (answers: Record<string, string>) =>
      Object.entries(answers).reduce(
        (text, [number, body]) => text.replace(`throw new Error("TODO ${number}");`, () => body),
        stubText,
      ),
    remove: () => fs.rmSync(folder, { recursive: true }),
  };
}

export const rightAnswers = {
  "90.1": `const m = Math.max(...values); const e = values.map((v) => Math.exp(v - m));
  return e.map((x) => x / e.reduce((a, b) => a + b, 0));`,
  "90.2": "return x.mean(1) as tf.Tensor1D;",
  "90.4": "return [...ordered, value].sort((a, b) => a - b);",
};
