import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gradeBatch } from "../../../lib/course/grader/batch";
import { gradeCommand } from "../../../lib/course/grader/command";
import { toClassroom, toGradescope, toJunit } from "../../../lib/course/grader/formats";
import { grade } from "../../../lib/course/grader/grade";
import { Oracle } from "../../../lib/course/grader/oracle";
import { type ExerciseRecord, verdicts } from "../../../lib/course/grader/record";
import { learnerCopy, loadFixture, rightAnswers } from "./fixture";
import {
  classroom,
  exerciseRecord,
  gradeReport,
  gradescope,
  type JunitElement,
  junitFaults,
  submissionResult,
} from "./schemas";

const { JSDOM } = createRequire(__filename)("jsdom"); // without its types, which the course does not install

// One learner's records with every verdict there is: real ones, and for the rest a real one with its verdict changed.
let real: ExerciseRecord[];
let every: ExerciseRecord[];
let learner: Awaited<ReturnType<typeof learnerCopy>>;

beforeAll(async () => {
  learner = await learnerCopy();
  const files = await loadFixture();
  const oracle = new Oracle(files);
  const text = learner.answer({
    ...rightAnswers,
    "90.1": `console.log("</pre>\\u0007", values.length > 3); return values.map((value) => value - Infinity);`,
    "90.2": "throw new Error('<x> & \"\\u0001\" ]]>');",
  });
  real = await grade(files, { text, file: files.exercise }, oracle);
  await oracle.close();
  expect(real.map((record) => record.verdict)).toEqual(["wrong", "error", "not-attempted", "pass"]);
  const passed = real[3]!;
  every = verdicts.map((verdict) => ({
    ...real.find((record) => record.verdict === verdict)!,
    ...(real.some((record) => record.verdict === verdict) ? {} : changed(passed, verdict)),
  }));
});
afterAll(() => learner.remove());

function changed(record: ExerciseRecord, verdict: ExerciseRecord["verdict"]): ExerciseRecord {
  const tests = record.tests.map((check) => ({ ...check, verdict: "not-run" as const, points: 0 }));
  return { ...record, verdict, points: 0, tests, message: `line one\nline "two" of ${verdict}` };
}

const blameless = () => every.filter((record) => record.verdict !== "grader-error");

test("our own records follow their schema, whatever the verdict", async () => {
  for (const record of every) expect(exerciseRecord.parse(record)).toEqual(record);
  const file = path.join(learner.folder, "report.json");
  const surroundings = { print: () => {}, isTerminal: false, where: learner.where, progress: learner.progress };
  await gradeCommand(["--json", file], surroundings);
  expect(gradeReport.parse(JSON.parse(fs.readFileSync(file, "utf8"))).records).toHaveLength(4);
});

test("a batch's results follow their schema", async () => {
  const files = await loadFixture();
  const [submissions, out] = ["in", "out"].map((name) => path.join(learner.folder, name)) as [string, string];
  fs.mkdirSync(path.join(submissions, "ada"), { recursive: true });
  fs.writeFileSync(path.join(submissions, "ada/90-fixture.ts"), files.solutionText);
  const selection = [{ files, exercises: files.lesson.exercises }];
  await gradeBatch({ submissions, out, jobs: 1, seeds: [1, 2], selection });
  const result = submissionResult.parse(JSON.parse(fs.readFileSync(path.join(out, "results/ada.json"), "utf8")));
  expect([result.points, result.maxPoints]).toEqual([10, 10]);
});

test("Gradescope: schema, one test a check, points, and only a pass is passed", () => {
  const results = gradescope.parse(JSON.parse(JSON.stringify(toGradescope(blameless()))));
  expect(results.tests).toHaveLength(blameless().flatMap((record) => record.tests).length);
  expect(results.tests!.filter((one) => one.status === "passed").map((one) => one.number)).toEqual(["90.4.1"]);
  expect(results.score).toBe(2);
  expect(results.tests!.reduce((sum, one) => sum + one.score!, 0)).toBe(2);
  expect(results.extra_data).toEqual({ seed: 1, graderVersion: expect.any(String) });
  expect(JSON.stringify(results)).not.toContain("</pre>"); // what an answer prints is not handed on
});

test("Gradescope: where the grader failed there is no score", () => {
  const results = gradescope.parse(JSON.parse(JSON.stringify(toGradescope(every))));
  expect(results.score).toBeUndefined();
  expect(results.tests).toBeUndefined();
  expect(results.output).toContain("The grader itself failed");
});

test("GitHub Classroom: schema, one test an exercise, the sum of scores, three states", () => {
  const results = classroom.parse(JSON.parse(JSON.stringify(toClassroom(every))));
  expect(results.tests.map((one) => one.status)).toEqual([
    ...["pass", "fail", "fail", "error", "error", "fail"],
    ...new Array(7).fill("error"),
  ]);
  expect(results.status).toBe("error");
  expect(results.tests.reduce((sum, one) => sum + one.score, 0)).toBe(2);
  expect(toClassroom([real[3]!]).status).toBe("pass");
  expect(toClassroom([real[3]!, real[2]!]).status).toBe("fail");
  expect(toClassroom([]).status).toBe("fail");
  for (const one of results.tests) if (one.status !== "pass") expect(one.message).not.toBe("");
});

test("JUnit: schema, well-formed whatever was thrown, and counts that agree", () => {
  const root: JunitElement = new JSDOM(toJunit(every), { contentType: "text/xml" }).window.document.documentElement;
  expect(junitFaults(root)).toEqual([]);
  const suites = [...root.children];
  expect(suites).toHaveLength(verdicts.length);
  for (const suite of suites) {
    const inside = [...suite.children].flatMap((one) => [...one.children].map((child) => child.tagName));
    for (const [name, tag] of [["failures", "failure"], ["errors", "error"], ["skipped", "skipped"]] as const) // biome-ignore format: pairs
      expect(suite.getAttribute(name)).toBe(`${inside.filter((one) => one === tag).length}`);
    expect(suite.getAttribute("tests")).toBe(`${[...suite.children].length}`);
  }
  expect(suites.map((suite) => [...[...suite.children][0]!.children][0]?.tagName ?? "passed")).toEqual([
    ...["passed", "failure", "failure", "error", "error", "skipped"],
    ...new Array(7).fill("error"),
  ]);
  expect(suites[3]!.textContent).toContain('<x> & "\uFFFD" ]]>');
});

test("the checker of JUnit's rules finds faults", () => {
  const faults = (xml: string) =>
    junitFaults(new JSDOM(xml, { contentType: "text/xml" }).window.document.documentElement);
  expect(faults('<testsuites><testsuite name="a" tests="1" failures="0" errors="0"/></testsuites>')).toEqual([]);
  expect(faults("<testsuites><testsuite/></testsuites>")).toHaveLength(4);
  expect(faults("<testsuites><testcase time='1e-7' name='a'><b/></testcase></testsuites>")).toHaveLength(4);
});
