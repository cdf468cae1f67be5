import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoadProblem } from "../../../lib/course/grader/bundle";
import { readSubmission } from "../../../lib/course/grader/submission";

// Only an ordinary file is a submission: nothing that points elsewhere, nothing that never ends. Rows 53 and 65.
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "submission-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function problem(file: string): [string, string] | undefined {
  try {
    readSubmission(file, "exercises/90-fixture.ts");
    return undefined;
  } catch (error) {
    if (error instanceof LoadProblem) return [error.kind, error.message.replace("exercises/90-fixture.ts: ", "")];
    throw error;
  }
}

test("an ordinary file is read, without its byte order mark", () => {
  const file = path.join(folder, "a.ts");
  fs.writeFileSync(file, "\uFEFFexport {};\r\n");
  expect(readSubmission(file, "exercises/90-fixture.ts")).toEqual({
    text: "export {};\r\n",
    file: "exercises/90-fixture.ts",
  });
});

test("a missing file is a load error that says how to get it", () => {
  expect(problem(path.join(folder, "a.ts"))).toEqual(["load-error", expect.stringContaining("--write-stubs")]);
});

test("links to files and folders are refused", () => {
  const file = path.join(folder, "a.ts");
  fs.writeFileSync(file, "");
  fs.symlinkSync(file, path.join(folder, "link.ts"));
  fs.mkdirSync(path.join(folder, "real"));
  fs.writeFileSync(path.join(folder, "real/b.ts"), "");
  fs.symlinkSync(path.join(folder, "real"), path.join(folder, "linked"), "dir");
  expect(problem(path.join(folder, "link.ts"))).toEqual(["rejected", "expected an ordinary file, got a link"]);
  expect(problem(path.join(folder, "linked/b.ts"))).toEqual([
    "rejected",
    "expected an ordinary file, got one in a folder that is a link",
  ]);
  expect(problem(path.join(folder, "real/b.ts"))).toBeUndefined();
});

test("a hard link is refused", () => {
  fs.writeFileSync(path.join(folder, "a.ts"), "");
  fs.linkSync(path.join(folder, "a.ts"), path.join(folder, "b.ts"));
  expect(problem(path.join(folder, "b.ts"))).toEqual([
    "rejected",
    "expected an ordinary file, got a hard link; make a copy of it",
  ]);
});

test("a folder, a pipe and a device are refused", () => {
  fs.mkdirSync(path.join(folder, "a.ts"));
  expect(problem(path.join(folder, "a.ts"))).toEqual(["rejected", "expected an ordinary file, got a folder"]);
  expect(problem("/dev/zero")).toEqual(["rejected", "expected an ordinary file, got a pipe or device"]);
  execFileSync("mkfifo", [path.join(folder, "pipe.ts")]);
  expect(problem(path.join(folder, "pipe.ts"))).toEqual([
    "rejected",
    "expected an ordinary file, got a pipe or device",
  ]);
});

test("a file of 10 MB is refused", () => {
  fs.writeFileSync(path.join(folder, "a.ts"), " ".repeat(10 << 20));
  expect(problem(path.join(folder, "a.ts"))).toEqual([
    "rejected",
    "expected an ordinary file, got one of 10240 KB, more than 1024 KB",
  ]);
});
