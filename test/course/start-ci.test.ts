import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { projectRoot } from "../../lib/root";

/** Runs `.ci/run` with the shell's own tools and fakes of all that it starts, which write down their calls. */
function runCI(fakes: Record<string, string>) {
  const bin = fs.mkdtempSync(path.join(os.tmpdir(), "ci "));
  onTestFinished(() => fs.rmSync(bin, { recursive: true }));
  for (const tool of ["bash", "env", "dirname", "grep", "tail", "tee", "mktemp", "rm", "id", "cat"]) {
    fs.symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), path.join(bin, tool));
  }
  const calls = path.join(bin, "calls.log");
  const root = { sudo: '"$@"', python3: "exit 0", "apt-get": "" };
  for (const [name, script] of Object.entries({ ...root, ...fakes })) {
    const text = `#!/usr/bin/env bash\necho "${name} $*" >> "${calls}"\n${script}\n`;
    fs.writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  const { status, stdout } = spawnSync(path.join(projectRoot, ".ci/run"), { encoding: "utf8", env: { PATH: bin } });
  const output = stdout.trim().split("\n");
  return { status, output, last: output.at(-1), calls: fs.readFileSync(calls, "utf8").split("\n") };
}

/** `npm test` says `tests`; asked for some folders, it says `part`. */
const npm = (check: number, tests: string, code: number, part = "5 passed, 0 failed") => `
case "$*" in
  "run --silent check") exit ${check} ;;
  "test --silent") echo "CI=$CI"; echo "${tests}"; exit ${code} ;;
  *) echo "threads=$BACKEND_THREADS fused=$BACKEND_FUSED"; echo "${part}" ;;
esac`;

test("adds the checks to the tests, and fails when anything failed", () => {
  const run = (check: number, tests: string, code: number, part?: string) => {
    const { last, status } = runCI({ chromium: "", npm: npm(check, tests, code, part) });
    return [last, status];
  };
  expect(run(0, "41 passed, 0 failed", 0)).toEqual(["62 passed, 0 failed", 0]);
  expect(run(1, "41 passed, 0 failed", 0)).toEqual(["61 passed, 1 failed", 1]);
  expect(run(0, "40 passed, 1 failed", 1)).toEqual(["61 passed, 1 failed", 1]);
  expect(run(0, "41 passed, 0 failed", 1)).toEqual(["62 passed, 1 failed", 1]);
  expect(run(0, "crashed", 1)).toEqual(["21 passed, 1 failed", 1]);
  expect(run(0, "crashed", 0)).toEqual(["21 passed, 1 failed", 1]);
  expect(run(0, "41 passed, 0 failed", 0, "4 passed, 1 failed")).toEqual(["58 passed, 4 failed", 1]);
});

test("names everything that failed once more at the end", () => {
  const named = ["failed: a.test.ts > adds: expected 3, got 4", "1 passed, 1 failed"].join("\n");
  const { output } = runCI({ chromium: "", npm: npm(1, named, 1) });
  expect(output.slice(-3)).toEqual([
    "failed: npm run check",
    "failed: a.test.ts > adds: expected 3, got 4",
    "21 passed, 2 failed",
  ]);
});

test("runs all lessons, then the book, and repeats layers, models and training with one thread, and without fused kernels", () => {
  const { calls, output } = runCI({ chromium: "", npm: npm(0, "1 passed, 0 failed", 0) });
  expect(calls.filter((call) => call.startsWith("npm test"))).toEqual([
    "npm test --silent",
    "npm test --silent -- --project lessons",
    "npm test --silent -- --project book",
    "npm test --silent -- test/nn test/models test/train",
    "npm test --silent -- test/nn test/models test/train",
  ]);
  expect(output.filter((line) => line.startsWith("threads="))).toEqual([
    "threads= fused=",
    "threads= fused=",
    "threads=1 fused=",
    "threads= fused=off",
  ]);
});

test("installs Chromium, and Python's venv, only where they are missing", () => {
  const good = npm(0, "1 passed, 0 failed", 0);
  expect(runCI({ chromium: "", npm: good }).calls.filter((call) => call.startsWith("apt-get"))).toEqual([]);
  expect(runCI({ npm: good }).calls).toContain("apt-get install -y -qq --no-install-recommends chromium");
  expect(runCI({ chromium: "", python3: "exit 1", npm: good }).calls).toContain(
    "apt-get install -y -qq --no-install-recommends python3 python3-venv",
  );
});
