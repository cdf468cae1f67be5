import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gradeCommand } from "../../../lib/course/grader/command";
import { readProgress } from "../../../lib/course/grader/progress";
import type { GradeReport } from "../../../lib/course/grader/record";
import { learnerCopy, rightAnswers } from "./fixture";

const { JSDOM } = createRequire(__filename)("jsdom"); // without its types, which the course does not install

let learner: Awaited<ReturnType<typeof learnerCopy>>;
let printed = "";
const run = (...words: string[]) => {
  printed = "";
  const print = (text: string) => {
    printed += `${text}\n`;
  };
  return gradeCommand(words, { print, isTerminal: false, where: learner.where, progress: learner.progress });
};

beforeEach(async () => {
  learner = await learnerCopy();
});
afterEach(() => learner.remove());

test("everything not attempted: a line each, exit code 1", async () => {
  expect(await run()).toBe(1);
  expect(printed).toContain("90 A fixture\n· 90.1  Softmax");
  expect(printed.match(/not attempted yet/g)).toHaveLength(4);
  expect(printed).toMatch(/0 of 4 exercises passed, 0 of 10 points, \d+\.\d s/);
});

test("a stub asked for by name says where to write", async () => {
  expect(await run("90.2", "--no-types")).toBe(1);
  expect(printed).toMatch(/Write your answer in .*90-fixture\.ts and save it\. A hint: npm run grade -- --hint 90\.2/);
});

test("the solution passes everything: exit code 0", async () => {
  learner.write(learner.solutionText);
  expect(await run()).toBe(0);
  expect(printed).toContain("4 of 4 exercises passed, 10 of 10 points");
});

test("exit code 0 only when everything asked for passes", async () => {
  learner.write(learner.answer(rightAnswers));
  expect(await run("90.1", "--no-types")).toBe(0);
  expect(await run("fixture/insert", "--no-types")).toBe(0);
  expect(await run("90.3", "--no-types")).toBe(1);
  expect(await run("90", "--no-types")).toBe(1);
  expect(await run("--no-types")).toBe(1);
});

test("a failed check shows call, expected, got, first difference, picture and the mistake's name", async () => {
  learner.write(
    learner.answer({ "90.1": "return values.map((value) => Math.exp(value));", "90.2": "return x.mean(0);" }),
  );
  await run("90.1");
  expect(printed).toMatch(
    /softmax\(\[[-\d., ]+\]\)\n\s+expected \[[-\d., ]+\]\n\s+got\s+\[[-\d., ]+\]\n\s+Expected 0\.\d+ at \[0\], got/,
  );
  await run("90.2");
  expect(printed).toContain("This looks like: means of columns. Axis 0 runs over rows.");
  expect(printed).toMatch(/tensor \[2\] float32/);
});

test("type errors are advice and name the line; they do not change the verdict", async () => {
  learner.write(learner.answer({ "90.1": `const unused: string = 3; ${rightAnswers["90.1"]}` }));
  expect(await run("90.1")).toBe(0);
  expect(printed).toMatch(
    /note: TypeScript complains, which does not change the verdict\. .*90-fixture\.ts:\d+:\d+: Type 'number' is not assignable to type 'string'/,
  );
  expect(await run("90.4")).toBe(1);
  expect(printed).not.toContain("TypeScript");
});

test("records as JSON, to a file or the terminal", async () => {
  await run("90.1", "--json", "-");
  const report = JSON.parse(printed) as GradeReport;
  expect(report.records).toHaveLength(1);
  expect(report.records[0]).toMatchObject({
    ...{ schema: 1, exercise: "fixture/softmax", number: "90.1", verdict: "not-attempted", status: "final" },
    ...{ points: 0, maxPoints: 4, seed: 1 },
  });
  const file = path.join(learner.folder, "out.json");
  await run("--json", file);
  expect((JSON.parse(fs.readFileSync(file, "utf8")) as GradeReport).records).toHaveLength(4);
  expect(printed).toContain("exercises passed");
});

test("JUnit: wrong is a failure, a throw is an error, a stub is skipped", async () => {
  learner.write(
    learner.answer({ "90.1": "return [1 / 0, '\\u0001<&>' as any];", "90.2": "throw new Error('<x>&\"');" }),
  );
  const file = path.join(learner.folder, "out.xml");
  await run("--junit", file);
  const { window } = new JSDOM(fs.readFileSync(file, "utf8"), { contentType: "text/xml" });
  const suites: { getAttribute(name: string): string | null }[] = [...window.document.querySelectorAll("testsuite")];
  expect(suites.map((suite) => suite.getAttribute("name"))).toEqual([
    ...["90.1 Softmax", "90.2 Means of rows", "90.3 A counter", "90.4 Insert"],
  ]);
  expect(
    suites.map((suite) => ["tests", "failures", "errors", "skipped"].map((name) => suite.getAttribute(name))),
  ).toEqual([
    ["2", "2", "0", "0"],
    ["1", "0", "1", "0"],
    ["1", "0", "0", "1"],
    ["1", "0", "0", "1"],
  ]);
  expect(window.document.querySelector("error")?.getAttribute("message")).toMatch(
    /Error: <x>&".*90-fixture\.ts:\d+:\d+/,
  );
});

test("attempts are counted once for each text, and not for stubs or files that do not load", async () => {
  const attempts = () => readProgress(learner.progress).exercises["fixture/softmax"]?.attempts;
  await run("90.1", "--no-types");
  expect(attempts()).toBe(0);
  learner.write(learner.answer({ "90.1": "return [];" }));
  await run("90.1", "--no-types");
  await run("90.1", "--no-types");
  expect(attempts()).toBe(1);
  learner.write("syntax error");
  await run("90.1", "--no-types");
  expect(attempts()).toBe(1);
  learner.write(learner.answer({ "90.1": "return values.map((value) => Math.exp(value));" }));
  await run("90.1", "--no-types");
  expect(attempts()).toBe(2);
});

test("progress: attempts, hints and mistakes so far", async () => {
  learner.write(learner.answer({ "90.2": "return x.sum(1) as tf.Tensor1D;" }));
  await run("90.2", "--no-types");
  await run("--hint", "90.2");
  learner.write(learner.answer({ "90.2": rightAnswers["90.2"] }));
  await run("90.2", "--no-types");
  await run("--progress");
  expect(printed).toMatch(/✓ 90\.2 {2}Means of rows +passed +2 attempts, 1 hint, sums\n/);
  expect(printed).toMatch(/· 90\.1 {2}Softmax +not attempted yet\n/);
  expect(printed).toContain("1 of 4 exercises passed.");
});

test("hints come one after the other", async () => {
  expect(await run("--hint", "90.2")).toBe(0);
  expect(printed).toContain("Hint 1 of 3, a nudge: Which axis?");
  await run("90.2", "--hint");
  expect(printed).toContain("Hint 2 of 3, a plan: The last axis disappears.");
});

test("what cannot be done is said in a sentence", async () => {
  await expect(run("91")).rejects.toThrow("Lesson 91: expected one of 90");
  await expect(run("90.9")).rejects.toThrow("Exercise 90.9: expected one of 90.1, 90.2, 90.3, 90.4");
  await expect(run("nothing")).rejects.toThrow('"nothing": expected a lesson (03), an exercise (03.2) or its slug');
  await expect(run("90", "91")).rejects.toThrow("expected one lesson or exercise, got 90 91");
  await expect(run("--hint")).rejects.toThrow("--hint wants to know the exercise");
  await expect(run("--seed", "x")).rejects.toThrow("expected a whole --seed, got x");
  fs.rmSync(learner.file);
  expect(await run("90.1", "--no-types")).toBe(1);
  expect(printed).toContain("the file is missing");
});
