import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BatchOptions, gradeBatch, type SubmissionResult } from "../../../lib/course/grader/batch";
import { warnings } from "../../../lib/course/grader/batch-command";
import { bundleAnswers } from "../../../lib/course/grader/bundle";
import type { LessonFiles } from "../../../lib/course/grader/lessons";
import { renderStatistics } from "../../../lib/course/grader/statistics";
import { projectRoot } from "../../../lib/root";
import { right, softmax, wrong } from "./corpus/entry";
import { learnerCopy, loadFixture, rightAnswers } from "./fixture";
import { answerProcesses } from "./processes";

let folder: string;
let files: LessonFiles;
let answer: Awaited<ReturnType<typeof learnerCopy>>["answer"];
const submissions = () => path.join(folder, "in");
const put = (name: string, content: string | Uint8Array) => {
  const file = path.join(submissions(), name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
};
const zip = (contents: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, strToU8(text)])));
const run = (options: Partial<BatchOptions> = {}) =>
  gradeBatch({
    ...{ submissions: submissions(), out: path.join(folder, "out"), jobs: 2, seeds: [1, 2] },
    selection: [{ files, exercises: files.lesson.exercises }],
    ...options,
  });
const results = () => {
  const place = path.join(folder, "out/results");
  return fs
    .readdirSync(place)
    .sort()
    .map((name) => JSON.parse(fs.readFileSync(path.join(place, name), "utf8")) as SubmissionResult);
};
const verdicts = (id: string) =>
  results()
    .find((result) => result.submission === id)
    ?.records.map((record) => record.verdict);
const gradebook = () => fs.readFileSync(path.join(folder, "out/gradebook.csv"), "utf8").trimEnd().split("\r\n");

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "batch-"));
  files = await loadFixture();
  const learner = await learnerCopy();
  answer = learner.answer;
  learner.remove();
  fs.mkdirSync(submissions());
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
  expect(answerProcesses()).toEqual([]);
});

const name = "90-fixture.ts";
const notAttempted = new Array(4).fill("not-attempted");

test("folders, zips and files, each in the ways that they arrive", async () => {
  const full = files.solutionText;
  put(`ada/${name}`, full);
  put(`ben/exercises/${name}`, full);
  put(`cy/course-main/exercises/${name}`, full);
  put("dee.zip", zip({ [`exercises/${name}`]: full, "README.md": "x" }));
  put("eve.zip", zip({ [`course-main/exercises/${name}`]: full, [`course-main/${name}`]: "old" }));
  put(`fay-${name}`, full);
  put("gus/other.ts", full);
  put("hal/notes.txt", "");
  fs.mkdirSync(path.join(submissions(), "ida"));
  put(".hidden/x.ts", "");
  expect(await run()).toMatchObject({ all: 9, kept: 0, graded: 9, ourFault: 0 });
  for (const id of ["ada", "ben", "cy", "dee", "eve", "fay-90-fixture"])
    expect([id, verdicts(id)]).toEqual([id, new Array(4).fill("pass")]);
  for (const id of ["gus", "hal", "ida"]) expect([id, verdicts(id)]).toEqual([id, notAttempted]);
});

test("hostile and broken entries get their verdict and harm nobody (rows 53 and 66)", async () => {
  put(`aa-endless/${name}`, softmax("for (;;) {}"));
  put(`bb-right/${name}`, answer(rightAnswers));
  put(`cc-abort/${name}`, softmax("process.abort();"));
  put("dd-climbs.zip", zip({ [`../../${name}`]: files.solutionText, [`/exercises/${name}`]: files.solutionText }));
  put("ee-broken.zip", "PK not a zip");
  put("ff-bomb.zip", zip({ [`exercises/${name}`]: " ".repeat(30 << 20) }));
  put(`gg-large/${name}`, " ".repeat(2 << 20));
  fs.mkdirSync(path.join(submissions(), "hh-link"));
  fs.symlinkSync(path.join(projectRoot, files.solution), path.join(submissions(), "hh-link", name));
  fs.symlinkSync(path.join(submissions(), "bb-right"), path.join(submissions(), "ii-linked"));
  fs.mkdirSync(path.join(submissions(), "jj-folder", name), { recursive: true });
  put("kk-picture.png", "x");
  expect(await run()).toMatchObject({ all: 11, graded: 11, ourFault: 0 });
  expect(results().map(({ submission, records }) => [submission, records[0]!.verdict])).toEqual([
    ["aa-endless", "time"],
    ["bb-right", "pass"],
    ["cc-abort", "crashed"],
    ["dd-climbs", "not-attempted"],
    ["ee-broken", "rejected"],
    ["ff-bomb", "rejected"],
    ["gg-large", "rejected"],
    ["hh-link", "rejected"],
    ["ii-linked", "rejected"],
    ["jj-folder", "rejected"],
    ["kk-picture.png", "rejected"],
  ]);
});

test("notebooks: the code of answer cells, by exercise; outputs and other cells are not looked at (row 66)", async () => {
  const code = (source: string | string[], outputs: unknown[] = []) => ({
    cell_type: "code",
    id: "same",
    source,
    outputs,
    metadata: {},
  });
  const notebook = (...cells: unknown[]) => JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
  const insert = (body: string) =>
    `// answer 90.4\nfunction insert(ordered: number[], value: number): number[] { ${body} }`;
  const faked = [
    {
      output_type: "display_data",
      data: { "text/html": "<section data-verdict=pass>✓ passed</section>" },
      metadata: {},
    },
  ];
  put("ada.ipynb", notebook(
    code("const x = 1;"),
    code(["// answer 90.2\n", "function rowMeans(x: tf.Tensor2D): tf.Tensor1D {\n", "  return x.mean(1);\n", "}"]),
    code(insert("return [];")),
    code(insert("return [...ordered, value].sort((a, b) => a - b);")),
    { cell_type: "markdown", source: "// answer 90.1\nfunction softmax() {}" },
  )); // biome-ignore format: one cell a line
  put("ben.ipynb", notebook(code(insert("return [];"), faked), code('await check("90.4")', faked)));
  put("cy.ipynb", notebook(code("// answer 90.4\nfunction insert( {")));
  put("dee.ipynb", notebook(code(`// answer 90.4\nconst deep = ${"(".repeat(30_000)};`)));
  put("eve.ipynb", "{");
  put("fay.ipynb", '{ "cells": [null, 3, { "cell_type": "code" }] }');
  put("gus/notebooks/90-fixture.ipynb", notebook(code(insert(rightAnswers["90.4"]))));
  put("hal.zip", zip({ "work/90-fixture.ipynb": notebook(code(insert(rightAnswers["90.4"]))) }));
  put("ida/90-fixture.ipynb", notebook(code(insert(rightAnswers["90.4"]))));
  put(`ida/${name}`, answer({}));
  await run();
  expect(verdicts("ada")).toEqual(["not-attempted", "pass", "not-attempted", "pass"]);
  expect(verdicts("ben")![3]).toBe("wrong");
  expect(verdicts("cy")![3]).toBe("load-error");
  expect(verdicts("dee")![3]).toBe("load-error");
  expect(verdicts("eve")![3]).toBe("rejected");
  expect(verdicts("fay")).toEqual(notAttempted);
  expect(verdicts("gus")![3]).toBe("pass");
  expect(verdicts("hal")![3]).toBe("pass");
  expect(verdicts("ida")).toEqual(notAttempted);
});

test("the gradebook: points by exercise, in order, with the most there are; no cell is a formula", async () => {
  put(`zoe/${name}`, answer({ ...rightAnswers, "90.1": right.replace("value - largest", "value") }));
  put(`=HYPERLINK("x"),y/${name}`, softmax(wrong));
  await run();
  expect(gradebook()).toEqual([
    "submission,fixture/softmax,fixture/row-means,fixture/counter,fixture/insert,points,passed,note",
    "(most),4,2,2,2,10,4,",
    '"\'=HYPERLINK(""x""),y",0,0,0,0,0,0,',
    "zoe,2,2,0,2,6,2,",
  ]);
});

test("statistics: how a class did, without names", async () => {
  put(`ada/${name}`, answer(rightAnswers));
  put(`ben/${name}`, answer({ ...rightAnswers, "90.1": right.replace("value - largest", "value") }));
  put(
    `cy/${name}`,
    answer({ ...rightAnswers, "90.1": "return values.map((value) => Math.exp(value));", "90.2": "for (;;) {}" }),
  );
  put("dee/nothing.txt", "");
  const { statistics } = await run();
  expect(JSON.parse(fs.readFileSync(path.join(folder, "out/statistics.json"), "utf8"))).toEqual(statistics);
  expect(JSON.stringify(statistics)).not.toMatch(/ada|ben|dee/);
  const naive = "the largest number is not subtracted";
  expect(statistics.slice(0, 2)).toEqual([
    {
      ...{ exercise: "fixture/softmax", number: "90.1", title: "Softmax", submissions: 4, attempted: 3, passed: 1 },
      ...{ meanPoints: 2, maxPoints: 4, verdicts: { pass: 1, partial: 1, wrong: 1, "not-attempted": 1 } },
      mistakes: [{ name: naive, count: 1 }],
      failedChecks: [
        { title: "numbers whose exp is too large for a number", count: 2 },
        { title: "the shares of ordinary numbers", count: 1 },
      ],
    },
    {
      ...{
        exercise: "fixture/row-means",
        number: "90.2",
        title: "Means of rows",
        submissions: 4,
        attempted: 3,
        passed: 2,
      },
      ...{ meanPoints: 1.33, maxPoints: 2, verdicts: { pass: 2, time: 1, "not-attempted": 1 }, mistakes: [] },
      failedChecks: [{ title: "one mean for each row", count: 1 }],
    },
  ]);
  expect(renderStatistics(statistics).split("\n").slice(0, 2)).toEqual([
    "exercise  attempted  passed  points     most frequent mistake",
    `90.1              3       1   2.00 of 4    1 × ${naive}`,
  ]);
});

test("two entries of one learner are refused with a sentence", async () => {
  put(`ada/${name}`, "");
  put("ada.zip", zip({}));
  await expect(run()).rejects.toThrow(/expected one entry for each learner, got .*ada.* and .*ada/);
  await expect(run({ submissions: path.join(folder, "nowhere") })).rejects.toThrow("expected a folder, got");
});

describe("a second run", () => {
  beforeEach(() => {
    put(`ada/${name}`, files.solutionText);
    put(`ben/${name}`, softmax(wrong));
  });

  test("keeps what fits, and grades what changed or other seeds", async () => {
    await run();
    const before = results();
    expect(await run()).toMatchObject({ all: 2, kept: 2, graded: 0, ourFault: 0 });
    expect(results()).toEqual(before);
    put(`ben/${name}`, softmax(right));
    expect(await run()).toMatchObject({ all: 2, kept: 1, graded: 1, ourFault: 0 });
    expect(verdicts("ben")![0]).toBe("pass");
    expect(await run({ seeds: [1, 3] })).toMatchObject({ graded: 2 });
  });

  test("grades again only what failed by our own fault, which has no points until then", async () => {
    const broken = { ...files, drivers: "test/course/grader/definitions/no-such-drivers.ts" };
    const selection = [{ files: broken, exercises: files.lesson.exercises }];
    expect(await run({ selection })).toMatchObject({ graded: 2, ourFault: 2 });
    expect(gradebook()[2]).toBe("ada,,,,,0,0,grade again");
    expect(await run()).toMatchObject({ graded: 2, ourFault: 0 });
    expect(gradebook()[2]).toBe("ada,4,2,2,2,10,4,");
    expect(await run()).toMatchObject({ kept: 2 });
  });

  test("a half-written result counts as none", async () => {
    await run();
    const file = path.join(folder, "out/results/ada.json");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").slice(0, 500));
    fs.writeFileSync(`${file}.new`, "part");
    expect(await run()).toMatchObject({ kept: 1, graded: 1 });
    expect(fs.existsSync(`${file}.new`)).toBe(false);
  });
});

test("killed in the middle and run again: every submission once, nothing lost", { timeout: 120_000 }, async () => {
  const solution = fs.readFileSync(path.join(projectRoot, "solutions/00-welcome.ts"), "utf8");
  for (let i = 0; i < 24; i++) put(`learner-${i}/00-welcome.ts`, `${solution}\n// ${i}\n`);
  const out = path.join(folder, "out");
  const start = () => {
    const words = ["00", "--submissions", submissions(), "--out", out, "--jobs", "2"];
    return spawn(process.execPath, ["--import", "tsx", "lib/course/grader/main.ts", ...words], { cwd: projectRoot });
  };
  const count = () =>
    fs.existsSync(`${out}/results`) ? fs.readdirSync(`${out}/results`).filter((n) => n.endsWith(".json")).length : 0;
  const first = start();
  await expect.poll(count, { timeout: 60_000, interval: 20 }).toBeGreaterThan(6);
  const gone = new Promise((resolve) => first.once("exit", resolve));
  first.kill("SIGKILL");
  await gone;
  const before = results();
  expect(before.length).toBeLessThan(24);
  await expect.poll(() => answerProcesses(first.pid), { timeout: 20_000 }).toEqual([]);

  const second = start();
  expect(await new Promise((resolve) => second.once("exit", resolve))).toBe(0);
  expect(results().map((result) => result.submission)).toEqual([...Array(24).keys()].map((i) => `learner-${i}`).sort());
  for (const result of before) expect(results()).toContainEqual(result);
  expect(fs.readdirSync(`${out}/results`)).toHaveLength(24);
  expect(gradebook()).toHaveLength(26);
});

test("one file that takes esbuild too long does not harm the others", async () => {
  const source = { text: softmax(right), file: files.exercise };
  const slow = { text: `${softmax(right)}\n${"x = [[[[[[1]]]]]];\n".repeat(40_000)}`, file: files.exercise };
  const all = [
    bundleAnswers([slow], { deadlineMs: 1 }).then(
      () => "bundled",
      (problem) => problem.kind,
    ),
    ...[1, 2, 3].map(() => bundleAnswers([source]).then(([bundle]) => bundle!.code.length > 0)),
  ];
  expect(await Promise.all(all)).toEqual(["time", true, true, true]);
});

test("an instructor is warned of an old Node and of missing namespaces", () => {
  expect(warnings("24.19.0", "namespace")).toEqual([expect.stringContaining("24.22.1 or newer")]);
  for (const good of ["24.22.1", "24.23.0", "26.0.0", "27.1.0", "22.23.4"])
    expect(warnings(good, "namespace")).toEqual([]);
  expect(warnings("26.0.0", "permission")).toEqual([expect.stringContaining("network")]);
});
