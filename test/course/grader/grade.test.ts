import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Plain } from "../../../lib/course/grader/exercise";
import { type GradeOptions, grade } from "../../../lib/course/grader/grade";
import type { LessonFiles } from "../../../lib/course/grader/lessons";
import { drawInputs, Oracle } from "../../../lib/course/grader/oracle";
import { addRecord } from "../../../lib/course/grader/progress";
import type { ExerciseRecord } from "../../../lib/course/grader/record";
import { projectRoot } from "../../../lib/root";
import { right, softmax, wrong } from "./corpus/entry";
import { learnerCopy, loadFixture, rightAnswers } from "./fixture";

let files: LessonFiles;
let oracle: Oracle;
beforeEach(async () => {
  files = await loadFixture();
  oracle = new Oracle(files);
});
afterEach(() => oracle.close());

async function one(text: string, number = "90.1", options: GradeOptions = {}): Promise<ExerciseRecord> {
  const exercises = files.lesson.exercises.filter((exercise) => exercise.number === number);
  const [record] = await grade(files, { text, file: files.exercise }, oracle, { ...options, exercises });
  return record!;
}

test("an answer that knows the visible inputs by heart fails: others are drawn from the file itself (row 39)", async () => {
  const [exercise] = files.lesson.exercises;
  const known = new Map<string, Plain>();
  for (const check of exercise!.checks) {
    const outcomes = await oracle.expected(exercise!, check, 1);
    for (const [i, { plain }] of drawInputs(exercise!, check, 1).entries()) {
      const outcome = outcomes[i]!;
      if (!("value" in outcome) || outcome.value.kind !== "list") throw new Error("expected a list");
      known.set(
        JSON.stringify((plain as Plain[])[0]),
        outcome.value.items.map((item) => (item as { value: number }).value),
      );
    }
  }
  const table = JSON.stringify(Object.fromEntries(known));
  const cheat = softmax(`return (${table} as any)[JSON.stringify(values)] ?? [];`);
  expect((await one(cheat, "90.1", { seeds: [1] })).verdict).toBe("pass");
  const record = await one(cheat);
  expect(record.verdict).toBe("wrong");
  expect(record.tests.map((check) => check.inputsPassed)).toEqual([3, 1]);
});

test("the same file gets the same record every time, but for times", async () => {
  const strip = ({ startedAt, durationMs, tests, ...rest }: ExerciseRecord) => ({
    ...rest,
    tests: tests.map(({ durationMs, ...check }) => check),
  });
  const text = softmax(right.replace("value - largest", "value"));
  expect(strip(await one(text))).toEqual(strip(await one(text)));
});

test("partial credit by check", async () => {
  const record = await one(softmax(right.replace("value - largest", "value")));
  expect(record).toMatchObject({ verdict: "partial", points: 2, maxPoints: 4 });
  expect(record.tests.map(({ verdict, points, maxPoints }) => [verdict, points, maxPoints])).toEqual([
    ["pass", 2, 2],
    ["wrong", 0, 2],
  ]);
});

test("a mistake is named by its outputs, whoever wrote the code", async () => {
  const record = await one(
    "export const softmax = (v: number[]) => v.map((x) => Math.exp(x - Math.max(...v)) / v.length);",
  );
  expect(record.tests[0]!.mistake?.name).toBe("divided by the count");
  expect((await one(softmax(wrong))).tests[0]!.mistake).toBeNull();
});

test("one exercise that hangs or crashes costs no other", async () => {
  const { answer, remove } = await learnerCopy();
  remove();
  const text = answer({ ...rightAnswers, "90.1": "for (;;) {}", "90.2": "process.abort();" });
  const quick = new Oracle(files, { shortestDeadlineMs: 500 });
  const records = await grade(files, { text, file: files.exercise }, quick);
  await quick.close();
  expect(records.map((record) => record.verdict)).toEqual(["time", "crashed", "not-attempted", "pass"]);
});

test("what an answer prints is kept with its exercise, without escapes and at most 64 KB", async () => {
  const record = await one(softmax(`console.log("\\u001b[31mhello", values.length); ${wrong}`));
  expect(record.learnerOutput).toMatch(/^hello 3\nhello 5\nhello 7\n/);
  const long = await one(softmax(`console.log("x".repeat(100_000)); ${wrong}`));
  expect(long.learnerOutput.length).toBeLessThan(65_600);
});

test("a driver's answer is shown by the driver's name", async () => {
  const record = await one("export class Counter { constructor(public count: number) {} add() { return 1; } }", "90.3");
  expect(record.tests[0]).toMatchObject({ verdict: "wrong", group: "countTo", index: ".counts[0]" });
  expect(record.tests[0]!.input).toMatch(/^countTo\(\{ start: /);
});

test("pictures of matrices and curves, target beside yours", async () => {
  const matrix = files.lesson.exercises[1]!;
  expect(matrix.number).toBe("90.2");
  const longer = await one(softmax("return values.map(() => NaN);"));
  expect(longer.tests[0]!.picture).toBeNull();
  const five = await one(softmax(right.replace("power / sum)", "power / (values.length > 3 ? 1 : sum))")));
  expect(five.tests[0]!.picture).toMatchObject({ kind: "curve", target: [{ length: 5 }], yours: [{ length: 5 }] });
});

test("when the grader itself fails, nobody is blamed", async () => {
  const broken = { ...files, solutionText: files.solutionText.replace("value - largest", "value -") };
  const oracle = new Oracle(broken);
  const [record] = await grade(broken, { text: softmax(right), file: files.exercise }, oracle, {
    exercises: [files.lesson.exercises[0]!],
  });
  await oracle.close();
  expect(record).toMatchObject({ verdict: "grader-error", points: 0, status: "final" });
  expect(addRecord({ schema: 1, exercises: {} }, record!)).toEqual({ schema: 1, exercises: {} });
});

test("a solution that ends its process is the grader's fault, not the answer's", async () => {
  const broken = {
    ...files,
    solutionText: files.solutionText.replace("const largest", "process.abort(); const largest"),
  };
  const oracle = new Oracle(broken);
  const [record] = await grade(broken, { text: softmax(right), file: files.exercise }, oracle, {
    exercises: [files.lesson.exercises[0]!],
  });
  await oracle.close();
  expect(record!.verdict).toBe("grader-error");
});

test("settings and packages beside a submission are not looked at (row 54)", async () => {
  const learner = await learnerCopy();
  try {
    const beside = (name: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(learner.folder, "exercises", name)), { recursive: true });
      fs.writeFileSync(path.join(learner.folder, "exercises", name), text);
    };
    beside("tsconfig.json", '{ "compilerOptions": { "paths": { "@tensorflow/tfjs": ["./evil.ts"] } } }');
    beside(
      "package.json",
      '{ "imports": { "#solution": "../../../solutions/90-fixture.ts" }, "browser": { "@tensorflow/tfjs": "./evil.ts" } }',
    );
    beside("node_modules/@tensorflow/tfjs/index.js", "exports.mean = () => 0;");
    beside("evil.ts", "export const mean = () => 0;");
    const file = path.relative(projectRoot, learner.file);
    const exercises = [files.lesson.exercises[1]!];
    const text = 'import * as tf from "@tensorflow/tfjs";\nexport const rowMeans = (x: tf.Tensor2D) => tf.mean(x, 1);';
    const [plain] = await grade(files, { text, file }, oracle, { exercises });
    expect(plain!.verdict).toBe("pass");
    const [other] = await grade(files, { text: 'export * from "#solution";', file }, oracle, { exercises });
    expect(other!.verdict).toBe("rejected");
  } finally {
    learner.remove();
  }
});
