import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultLimits } from "../../../lib/course/grader/answer-process";
import { grade } from "../../../lib/course/grader/grade";
import type { LessonFiles } from "../../../lib/course/grader/lessons";
import { Oracle } from "../../../lib/course/grader/oracle";
import type { ExerciseRecord } from "../../../lib/course/grader/record";
import { renderText } from "../../../lib/course/grader/render-text";
import { answers } from "./corpus/answers";
import { cheats } from "./corpus/cheats";
import { ends } from "./corpus/ends";
import { fileOf } from "./corpus/entry";
import { loadFixture } from "./fixture";
import { learnerNodes } from "./nodes";
import { answerProcesses } from "./processes";

// Every submission gets its verdict, on each Node that is here; none hangs the grader, none leaves a process behind.
describe.each(learnerNodes())("on Node $version", ({ path: node }) => {
  let files: LessonFiles;
  // What never ends is given up soon; what takes all memory may take its time on a busy machine.
  let quick: Oracle;
  let patient: Oracle;
  beforeAll(async () => {
    files = await loadFixture();
    quick = new Oracle(files, { shortestDeadlineMs: 500 });
    patient = new Oracle(files, { shortestDeadlineMs: 30_000 });
  });
  afterAll(async () => {
    await quick.close();
    await patient.close();
    expect(answerProcesses()).toEqual([]);
  });

  test.each([...ends, ...answers, ...cheats])("$name: $verdict", { timeout: 60_000 }, async (entry) => {
    const number = entry.exercise ?? "90.1";
    const exercises = files.lesson.exercises.filter((exercise) => exercise.number === number);
    const text = fileOf(entry).replace(/^\uFEFF/, "");
    const oracle = entry.verdict === "time" ? quick : patient;
    const small = { ...defaultLimits, memoryMb: 350, heapMb: 150 };
    const limits = entry.verdict === "memory" ? small : defaultLimits;
    const loadDeadlineMs = entry.verdict === "time" ? 700 : 20_000;
    const settings = { exercises, node, limits, loadDeadlineMs };
    const records = await grade(files, { text, file: files.exercise }, oracle, settings);
    expect(records).toHaveLength(1);
    const said = renderText(records[0]!);
    expect(records[0]!.verdict, said).toBe(entry.verdict);
    expect(records[0]!.status).toBe("final");
    if (entry.says) expect(said).toMatch(entry.says);
    expectClean(records[0]!);
  });
});

/** No path of the grader's own files, no environment, no terminal escapes in what the learner reads. */
function expectClean(record: ExerciseRecord): void {
  const text = JSON.stringify(record);
  expect(text).not.toMatch(/definitions|solutions\/90-fixture\.ts:|\\u001b/);
  expect(text).not.toContain(process.env["PATH"]);
  expect(text.length).toBeLessThan(200_000);
}
