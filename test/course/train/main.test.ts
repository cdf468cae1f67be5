import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { projectRoot } from "../../../lib/root";

function command(...args: string[]) {
  const line = ["--import", "tsx", "lib/course/train/main.ts", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: projectRoot, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("--list names every training with its lesson", () => {
  const { status, stdout, stderr } = command("--list");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^ {2}mnist-mlp {2,}lesson 05: .+\n/);
});

test("a name that is unknown or missing, and an unknown flag, get a sentence and exit code 1", () => {
  const unknown = command("mnist");
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toMatch(/^train: expected one of the names below, got mnist\.\n {2}mnist-mlp {2,}lesson 05/);
  expect(command().stderr).toMatch(/^train: expected one of the names below, got none\./);
  const flag = command("mnist-mlp", "--fast");
  expect({ status: flag.status, stderr: flag.stderr }).toMatchObject({ status: 1 });
  expect(flag.stderr).toContain("unknown option '--fast'");
});
