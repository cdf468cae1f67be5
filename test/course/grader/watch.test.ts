import * as fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProgress } from "../../../lib/course/grader/progress";
import { noColours } from "../../../lib/course/grader/render-text";
import { WatchSession } from "../../../lib/course/grader/watch";
import { learnerCopy, rightAnswers } from "./fixture";

let learner: Awaited<ReturnType<typeof learnerCopy>>;
let session: WatchSession;
const open = () => new WatchSession(learner.where, learner.progress, noColours);
const exerciseFile = () => `${learner.where.exercises}/90-fixture.ts`;

beforeEach(async () => {
  learner = await learnerCopy();
  session = open();
});
afterEach(async () => {
  await session.close();
  learner.remove();
});

test("starts at the first exercise, with what it is for and its keys", async () => {
  const screen = await session.start();
  expect(screen).toContain("90 A fixture  ░░░░░░░░░░░░ 0/4    course ░░░░░░░░░░░░ 0/4");
  expect(screen).toContain("90.1  Softmax");
  expect(screen).toContain("not attempted yet");
  expect(screen).toContain("h hint   n next   l list   r reset   s solution");
});

test("a save shows the first failing check and the mistake's name, and does not advance when solved", async () => {
  await session.start();
  learner.write(learner.answer({ "90.1": "return values.map((value) => Math.exp(value));" }));
  const wrong = await session.saved(exerciseFile());
  expect(wrong).toContain("✗ the shares of ordinary numbers");
  expect(wrong).not.toContain("✗ numbers whose exp");
  learner.write(learner.answer({ "90.1": rightAnswers["90.1"] }));
  const solved = await session.saved(exerciseFile());
  expect(solved).toContain("✓ 90.1");
  expect(solved).toContain("███░░░░░░░░░ 1/4");
  expect(solved).toContain("Solved. n goes on");
  expect(await session.key("n")).toContain("90.2  Means of rows");
});

test("goes where the learner works", async () => {
  await session.start();
  learner.write(learner.answer({ "90.4": "return ordered;" }));
  expect(await session.saved(exerciseFile())).toContain("✗ 90.4  Insert");
});

test("starts where the learner left off, or at the next open exercise, or where told", async () => {
  await session.start("90.4");
  await session.close();
  session = open();
  expect(await session.start()).toContain("90.4  Insert");
  learner.write(learner.answer(rightAnswers));
  await session.close();
  session = open();
  expect(await session.start()).toContain("90.3  A counter");
  await session.close();
  session = open();
  expect(await session.start("90.2")).toContain("✓ 90.2");
});

test("three hints, remembered", async () => {
  await session.start();
  expect(await session.key("h")).toContain("Hint 1 of 3, a nudge: Shares sum to 1.");
  expect(await session.key("h")).toContain("Hint 2 of 3, a plan");
  expect(await session.key("h")).toMatch(/Hint 3 of 3, nearly the code: .*\nThere are no more hints/);
  expect(await session.key("h")).toMatch(/Hint 1 of 3.*\nHint 2 of 3.*\nHint 3 of 3/);
  expect(readProgress(learner.progress).exercises["fixture/softmax"]?.hints).toBe(3);
});

describe("reset", () => {
  const mine = () => learner.answer({ ...rightAnswers, "90.1": "return mine;" });

  test("asks, keeps the old file beside, and leaves the other answers", async () => {
    learner.write(mine());
    await session.start("90.1");
    expect(await session.key("r")).toContain("Reset 90.1 to what was handed out? Your file is kept beside it. (y/n)");
    expect(await session.key("n")).toContain("Left as it is.");
    expect(fs.readFileSync(learner.file, "utf8")).toBe(mine());
    await session.key("r");
    expect(await session.key("y")).toContain("90-fixture.ts.old-1");
    const { "90.1": _, ...others } = rightAnswers;
    expect(fs.readFileSync(learner.file, "utf8")).toBe(learner.answer(others));
    expect(fs.readFileSync(`${learner.file}.old-1`, "utf8")).toBe(mine());
    expect(await session.saved(exerciseFile())).toContain("not attempted yet");
  });

  test("resets one method of a class", async () => {
    learner.write(learner.answer({ "90.3": "return 1;", "90.4": "return [];" }));
    await session.start("90.3");
    await session.key("r");
    await session.key("y");
    expect(fs.readFileSync(learner.file, "utf8")).toBe(learner.answer({ "90.4": "return [];" }));
  });

  test("changes nothing when the function is gone", async () => {
    learner.write("export const other = 1;");
    await session.start("90.1");
    await session.key("r");
    expect(await session.key("y")).toContain("expected `softmax` in the file, got none. Nothing was changed.");
    expect(fs.readFileSync(learner.file, "utf8")).toBe("export const other = 1;");
    expect(fs.existsSync(`${learner.file}.old-1`)).toBe(false);
  });
});

test("the solution after a pass at once, before it only on surrender, which is noted", async () => {
  learner.write(learner.answer({ "90.2": rightAnswers["90.2"] }));
  await session.start("90.2");
  expect(await session.key("s")).toContain("return x.mean(1) as tf.Tensor1D;");
  await session.key("n");
  expect(await session.key("s")).toContain("90.3 is not solved yet. Read the solution all the same?");
  expect(await session.key("x")).toContain("Left as it is.");
  expect(readProgress(learner.progress).exercises["fixture/counter"]?.surrendered).toBeUndefined();
  await session.key("s");
  expect(await session.key("y")).toContain("this.count += step;");
  expect(readProgress(learner.progress).exercises["fixture/counter"]?.surrendered).toBe(true);
  expect(readProgress(learner.progress).exercises["fixture/row-means"]?.surrendered).toBeUndefined();
});

test("a list of everything, and keys that mean nothing", async () => {
  learner.write(learner.answer({ "90.2": rightAnswers["90.2"] }));
  await session.start();
  const list = await session.key("l");
  expect(list).toMatch(/90 A fixture\n → · 90\.1 Softmax\n {3}✓ 90\.2 Means of rows/);
  expect(await session.key("z")).toBeUndefined();
});

test("a file that does not load is no attempt", async () => {
  await session.start();
  learner.write("export function softmax( {");
  expect(await session.saved(exerciseFile())).toMatch(/cannot be loaded[\s\S]*90-fixture\.ts:1:\d+: /);
  expect(readProgress(learner.progress).exercises["fixture/softmax"]?.attempts).toBe(0);
});
