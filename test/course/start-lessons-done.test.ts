import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { addRecord } from "../../lib/course/grader/progress";
import type { ExerciseRecord } from "../../lib/course/grader/record";
import { lessonsDone } from "../../lib/course/start/lessons-done.mjs";
import { projectRoot } from "../../lib/root";

const folder = path.join(projectRoot, ".cache", "lessons-done-test");

function notebook(name: string, title: string, ...sources: string[]) {
  const cells = sources.map((source) => ({ cell_type: "code", source: source.split(/(?<=\n)/) }));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), JSON.stringify({ metadata: { course: { title } }, cells }));
}

function remember(...passed: [number: string, verdict: ExerciseRecord["verdict"]][]) {
  const records = passed.map(
    ([number, verdict]) =>
      ({
        exercise: `slug/${number}`,
        number,
        verdict,
        tests: [],
        submissionSha256: number,
      }) as unknown as ExerciseRecord,
  );
  const file = path.join(folder, "progress.json");
  fs.writeFileSync(file, JSON.stringify(records.reduce(addRecord, { schema: 1, exercises: {} })));
  return file;
}

test("says which lessons are done, which are begun, and nothing to someone new", () => {
  notebook("01-one.ipynb", "One", 'await check("01.1");\nawait check("01.2");');
  notebook("02-two.ipynb", "Two", 'await check("02.1");', 'await check("02.1");', 'await check("02.2");');
  notebook("03-none.ipynb", "None", "1 + 1");
  expect(lessonsDone(folder, path.join(folder, "missing.json"))).toEqual([]);
  expect(lessonsDone(folder, remember(["01.1", "wrong"]))).toEqual([]);
  const some = remember(["01.1", "pass"], ["01.2", "pass"], ["02.2", "pass"], ["02.1", "partial"]);
  expect(lessonsDone(folder, some)).toEqual(["✓ 01 One (2 of 2)", "· 02 Two (1 of 2)"]);
});
