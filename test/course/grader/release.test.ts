import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grade } from "../../../lib/course/grader/grade";
import { type Course, type LessonFiles, loadLesson } from "../../../lib/course/grader/lessons";
import { Oracle, withMistake } from "../../../lib/course/grader/oracle";
import { sealLesson, withoutEdits } from "../../../lib/course/grader/release/seal";
import { projectRoot } from "../../../lib/root";
import { fixtureCourse, learnerCopy, loadFixture } from "./fixture";

// A learner's version: solutions and mistakes are there to run, and not to read. The whole is proved when it is built.
let learner: Awaited<ReturnType<typeof learnerCopy>>;
let whole: LessonFiles;
let sealed: LessonFiles;
let texts: Map<string, string>;

beforeAll(async () => {
  learner = await learnerCopy();
  whole = await loadFixture();
  texts = await sealLesson(whole);
  // As deep in the project as the original, so that imports reach the library.
  const root = path.join(learner.folder, "sealed");
  const inside = (file: string) => path.join(root, path.relative("test/course/grader", file));
  for (const [file, text] of texts) {
    fs.mkdirSync(path.dirname(inside(file)), { recursive: true });
    fs.writeFileSync(inside(file), text);
  }
  const place = (folder: string) => path.relative(projectRoot, inside(folder)).replace(/\\/g, "/");
  const { definitions, solutions } = fixtureCourse;
  const where: Course = { ...learner.where, definitions: place(definitions), solutions: place(solutions) };
  sealed = await loadLesson("90-fixture", where);
});
afterAll(() => learner.remove());

const verdicts = async (text: string) => {
  const oracle = new Oracle(sealed);
  try {
    return await grade(sealed, { text, file: sealed.exercise }, oracle);
  } finally {
    await oracle.close();
  }
};

test("no file holds the solution's or a mistake's code as it was written", () => {
  const all = [...texts].filter(([file]) => !file.includes("drivers")).map(([, text]) => text);
  const secrets = whole.lesson.exercises.flatMap(({ mistakes }) => mistakes.flatMap(({ edits }) => edits.flat()));
  for (const secret of [...secrets, "const largest = Math.max(...values);"].filter((text) => text.length > 12))
    expect(all.filter((text) => text.includes(secret) || text.includes(JSON.stringify(secret)))).toEqual([]);
  expect(sealed.solutionText).toBe("");
  expect(sealed.stubText).toBe(whole.stubText);
});

describe("it grades as the whole course does", () => {
  test("stubs", async () => {
    expect((await verdicts(whole.stubText)).map((record) => record.verdict)).toEqual(
      new Array(4).fill("not-attempted"),
    );
  });

  test("solutions", async () => {
    expect((await verdicts(whole.solutionText)).map((record) => record.verdict)).toEqual(new Array(4).fill("pass"));
  });

  test("mistakes, by name", async () => {
    for (const [i, exercise] of whole.lesson.exercises.entries()) {
      for (const mistake of exercise.mistakes) {
        const record = (await verdicts(withMistake(whole, mistake)))[i]!;
        expect(record.tests.find((check) => check.verdict !== "pass")?.mistake).toEqual({
          name: mistake.name,
          message: mistake.message,
        });
      }
    }
  });
});

test("a sealed solution still runs in a notebook, with the types of the exercise file", () => {
  const text = [...texts].find(([file]) => file.includes("solutions"))![1];
  expect(text).toMatch(/^\/\/ @ts-nocheck\n/);
  expect(text).toMatch(/export function softmax\(\w\)\{/);
  expect(text).toContain('export type * from "../exercises/90-fixture";');
  expect(text).not.toMatch(/largest|powers|Softmax of a list/);
});

test("edits are taken out wherever the definition has them as a property", () => {
  const text =
    'export const a = [{ name: "x", edits: [["secret", `two`]] }, { edits: make("y"), message: "edits: [1]" }];';
  expect(withoutEdits(text)).toBe('export const a = [{ name: "x", edits: [] }, { edits: [], message: "edits: [1]" }];');
});
