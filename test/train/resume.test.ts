import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../lib/root";
import { loadCheckpoint } from "../../lib/train/checkpoint";

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "resume-"));
});
afterAll(() => fs.rm(folder, { recursive: true }));

const command = (script: string, ...args: string[]) => ["--import", "tsx", path.join("test/train", script), ...args];

/** Runs the training of resume-run.ts in a process of its own. */
function run(file: string, ...args: string[]): Promise<{ signal: string | null; printed: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      command("resume-run.ts", file, ...args),
      { cwd: projectRoot },
      (error, printed, stderr) => {
        if (error && !error.signal) throw new Error(stderr);
        resolve({ signal: error?.signal ?? null, printed });
      },
    ),
  );
}

test("a run that is killed twice and resumed ends with exactly the weights and history of one that is not", async () => {
  const whole = run(path.join(folder, "whole"));
  const file = path.join(folder, "killed");
  expect(await run(file, "17")).toEqual({ signal: "SIGKILL", printed: "" });
  expect(await run(file, "47")).toEqual({ signal: "SIGKILL", printed: "" });
  const resumed = JSON.parse((await run(file)).printed);
  const expected = JSON.parse((await whole).printed);
  expect(expected.firstStep).toBe(1);
  expect(resumed.firstStep).toBe(43); // saved every 7 steps, killed after 47; the best weights (step 40) come from the file
  expect(resumed.end).toEqual(expected.end);
  // The best weights are not the last, and were found before the second kill.
  expect(expected.end.weightsOf).toBeLessThanOrEqual(42);
});

test("a finished run that is resumed does nothing and gives the same again", async () => {
  const file = path.join(folder, "finished");
  const first = JSON.parse((await run(file)).printed);
  const again = JSON.parse((await run(file)).printed);
  expect(again.firstStep).toBeUndefined();
  expect(again.end).toEqual(first.end);
});

test("whenever the process is killed, the file is one whole checkpoint", async () => {
  const file = path.join(folder, "overwritten");
  for (const delay of [0, 3, 7, 12, 20]) {
    const child = spawn(process.execPath, command("save-run.ts", file), { cwd: projectRoot });
    await once(child.stdout, "data");
    await wait(delay);
    child.kill("SIGKILL");
    await once(child, "exit");
    const { step, parameters } = (await loadCheckpoint(file))!;
    const { data } = parameters.get("weight")!;
    expect(data).toHaveLength(500_000);
    expect(step).toBeGreaterThanOrEqual(2);
    expect(data.every((value) => value === step)).toBe(true);
    expect((await fs.readdir(folder)).filter((name) => name.startsWith("overwritten")).length).toBeLessThanOrEqual(2);
  }
});
