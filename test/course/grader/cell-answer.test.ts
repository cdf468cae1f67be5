import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { putInto } from "../../../lib/course/grader/cell-answer";
import { bringTogether, type CellOutcome } from "../../../lib/course/grader/cell-file";
import { answeredBy } from "../../../lib/course/grader/cell-marker";
import { gradeCommand } from "../../../lib/course/grader/command";
import type { GradeReport } from "../../../lib/course/grader/record";
import { learnerCopy, rightAnswers } from "./fixture";

let learner: Awaited<ReturnType<typeof learnerCopy>>;
beforeEach(async () => {
  learner = await learnerCopy();
});
afterEach(() => learner.remove());

const file = () => fs.readFileSync(learner.file, "utf8");
const old = (number: number) => fs.readFileSync(`${learner.file}.old-${number}`, "utf8");
const cell = (body: string) =>
  `// answer 90.4\nfunction insert(ordered: number[], value: number): number[] {\n  ${body}\n}\n`;
const bring = (text: string, choice?: "cell" | "file"): Promise<CellOutcome> =>
  bringTogether("90.4", text, choice, { where: learner.where, agreements: path.join(learner.folder, "cells.json") });
const inFile = (body: string) => learner.answer({ "90.4": body });

describe("orders of editing", () => {
  test("cell, cell: the file follows", async () => {
    expect((await bring(cell("return [1];"))).message).toContain("The cell's answer is now in");
    expect(file()).toBe(inFile("return [1];"));
    await bring(cell("return [2];"));
    expect(file()).toBe(inFile("return [2];"));
    expect((await bring(cell("return [2];"))).message).toBe("");
  });

  test("cell, file: the newer file is graded and stays", async () => {
    await bring(cell("return [1];"));
    learner.write(inFile("return [2];"));
    const outcome = await bring(cell("return [1];"));
    expect(outcome).toEqual({ ask: false, message: expect.stringContaining("which is newer than the cell") });
    expect(file()).toBe(inFile("return [2];"));
  });

  test("file, cell: there is a question, and nothing is overwritten", async () => {
    learner.write(inFile("return [2];"));
    const outcome = await bring(cell("return [1];"));
    expect(outcome).toEqual({
      ask: true,
      message: expect.stringMatching(/Both the cell and .*\{ use: "cell" \}.*\{ use: "file" \}/),
    });
    expect(file()).toBe(inFile("return [2];"));
    expect(await bring(cell("return [1];"))).toEqual(outcome);
  });

  test("file, file: a cell that says the same asks nothing", async () => {
    learner.write(inFile("return [2];"));
    expect(await bring(cell("return [2];"))).toEqual({ ask: false, message: "" });
    learner.write(inFile("return [3];"));
    expect((await bring(cell("return [2];"))).message).toContain("newer than the cell");
    expect(file()).toBe(inFile("return [3];"));
  });

  test("both after they agreed: a question; either choice settles it and loses nothing", async () => {
    await bring(cell("return [1];"));
    learner.write(inFile("return [2];"));
    expect((await bring(cell("return [3];"))).ask).toBe(true);
    await bring(cell("return [3];"), "file");
    expect(file()).toBe(inFile("return [2];"));
    expect((await bring(cell("return [3];"))).ask).toBe(false);
    expect((await bring(cell("return [4];"))).message).toContain("The cell's answer is now in");
    expect(file()).toBe(inFile("return [4];"));
    learner.write(inFile("return [5];"));
    const outcome = await bring(cell("return [6];"), "cell");
    expect(file()).toBe(inFile("return [6];"));
    expect(outcome.message).toContain(".old-1");
    expect(old(1)).toBe(inFile("return [5];"));
  });

  test("other exercises' answers in the file are no change of this one", async () => {
    await bring(cell("return [1];"));
    learner.write(learner.answer({ ...rightAnswers, "90.4": "return [1];" }));
    await bring(cell("return [2];"));
    expect(file()).toBe(learner.answer({ ...rightAnswers, "90.4": "return [2];" }));
  });
});

describe("what goes into the file", () => {
  const stub = () => learner.stubText;

  test("the function with `export`, under the task's comment; helpers before it; nothing else", () => {
    const text = `// answer 90.1
import * as tf from "@tensorflow/tfjs";
const table = { e: Math.E };
/** Half. */
function half(x: number) { return x / 2; }
function softmax(values: readonly number[]): number[] { return values.map(half); }
await check("90.1");
console.log(softmax([1]));`;
    const merged = putInto("90.1", text, stub(), stub());
    expect(merged).toContain(
      `const table = { e: Math.E };\n\n/** Half. */\nfunction half(x: number) { return x / 2; }\n\n/** Softmax of a list`,
    );
    expect(merged).toContain(
      "0.5]. */\nexport function softmax(values: readonly number[]): number[] { return values.map(half); }",
    );
    expect(merged).not.toMatch(/console|check\(/);
    const again = putInto("90.1", text.replace("x / 2", "x / 3"), merged, stub());
    expect(again).toBe(merged.replace("x / 2", "x / 3"));
  });

  test("a method goes into its class", () => {
    const text = "// answer 90.3\nclass Counter {\n  add(step: number): number {\n    return step;\n  }\n}";
    const merged = putInto("90.3", text, stub(), stub());
    expect(merged).toBe(learner.answer({ "90.3": "return step;" }));
  });

  test("a cell without the function, and a file without it, are told apart", () => {
    expect(() => putInto("90.1", "// answer 90.1\nconst x = 1;", stub(), stub())).toThrow(
      "expected `softmax` in the cell, got none",
    );
    const cellText = "// answer 90.1\nfunction softmax() { return []; }";
    expect(() => putInto("90.1", cellText, "export const other = 1;", stub())).toThrow(
      "expected `softmax` in the file, got none",
    );
  });
});

test("a cell says which exercise it answers in its first line", () => {
  expect(answeredBy("// answer 03.2\nfunction f() {}")).toBe("03.2");
  expect(answeredBy("\n  // answer 03.2\n")).toBe("03.2");
  expect(answeredBy("// answer attention/causal-mask\n")).toBe("attention/causal-mask");
  for (const other of ["function f() {}", "// the answer 03.2", "// answer 3.2", "x; // answer 03.2"])
    expect(answeredBy(other)).toBeUndefined();
});

describe("grade --cell", () => {
  const run = async (text: string, ...words: string[]) => {
    const source = path.join(learner.folder, "cell.ts");
    fs.writeFileSync(source, text);
    let printed = "";
    const print = (line: string) => {
      printed += line;
    };
    const surroundings = { print, isTerminal: false, where: learner.where, progress: learner.progress };
    const code = await gradeCommand(["90.4", "--cell", source, "--no-types", "--json", "-", ...words], surroundings);
    return { code, report: JSON.parse(printed) as GradeReport };
  };

  test("grades the cell's answer and says that the file has it", async () => {
    const { code, report } = await run(cell(rightAnswers["90.4"]));
    expect(code).toBe(0);
    expect(report.records[0]!.verdict).toBe("pass");
    expect(report.records[0]!.advice[0]).toContain("The cell's answer is now in");
    expect(file()).toBe(inFile(rightAnswers["90.4"]));
  });

  test("asks instead of grading when both changed, and takes the choice", async () => {
    learner.write(inFile("return [];"));
    const asked = await run(cell(rightAnswers["90.4"]));
    expect(asked).toMatchObject({
      code: 1,
      report: { records: [], question: expect.stringContaining("Which is yours?") },
    });
    expect((await run(cell(rightAnswers["90.4"]), "--use", "cell")).report.records[0]!.verdict).toBe("pass");
    expect(old(1)).toBe(inFile("return [];"));
  });

  test("refuses a cell for another exercise", async () => {
    await expect(run(cell("return [];").replace("90.4", "90.1"))).rejects.toThrow(
      'expected its first line to be "// answer 90.4", got 90.1',
    );
  });
});
