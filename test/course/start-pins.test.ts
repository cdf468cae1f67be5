import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { projectRoot } from "../../lib/root";

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), "utf8");

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test("the lock file names every platform's binaries: npm ci works on Linux, macOS and Windows", () => {
  const packages: Record<string, Entry> = JSON.parse(read("package-lock.json")).packages;
  const locked = new Set(Object.keys(packages).map((folder) => folder.split("node_modules/").at(-1)));
  const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map((name) => `${folder}: ${name}`),
  );
  expect(missing).toEqual([]);
  expect(locked.has("@esbuild/win32-x64")).toBe(true);
});

test("the lock file pins contents, and leaves the server to the learner's npm settings", () => {
  const packages: Record<string, Entry> = JSON.parse(read("package-lock.json")).packages;
  const { "": _course, ...others } = packages;
  const loose = Object.entries(others).filter(
    ([, { version, integrity, resolved }]) => !version || !integrity || resolved,
  );
  expect(loose.map(([folder]) => folder)).toEqual([]);
});

test("package.json names exact versions, and every script goes through the start script", () => {
  const { dependencies, scripts } = JSON.parse(read("package.json"));
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  for (const [name, script] of Object.entries(scripts)) expect(script).toBe(`node lib/course/run.mjs ${name}`);
});

test("requirements.txt pins every Python package", () => {
  const lines = read("requirements.txt")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[\w.]+( ; .+)?$/);
  expect(lines).toContain("jupyterlab==4.6.6");
});

test("the reporter counts what passed and what failed, and what could not even run", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reporter "));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const files = {
    "vitest.config.mjs": "export default {};",
    "good.test.js": `test("a", () => {}); describe("group", () => test("b", () => {})); test.skip("c", () => {});`,
    "bad.test.js": `test("wrong", () => { throw new Error("wrong"); }); test("right", () => {});`,
    "unloaded.test.js": `import "./nowhere"; test("never", () => {});`,
    "uncaught.test.js": `test("later", () => { setTimeout(() => { throw new Error("uncaught"); }); return new Promise((end) => setTimeout(end, 50)); });`,
    "hook.test.js": `describe("group", () => { beforeAll(() => { throw new Error("hook"); }); test("never", () => {}); });`,
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  const count = (env: NodeJS.ProcessEnv) => {
    const file = path.join(folder, "count.json");
    const reporter = path.join(projectRoot, "lib/course/start/count-reporter.mjs");
    const vitest = path.join(projectRoot, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--globals", "--root", folder, "--reporter", reporter];
    const { CI: _, ...rest } = process.env;
    const { status } = spawnSync(process.execPath, args, { env: { ...rest, ...env, COURSE_TEST_COUNT: file } });
    expect(status).toBe(1);
    return JSON.parse(fs.readFileSync(file, "utf8"));
  };
  const failures = [
    "bad.test.js > wrong: wrong",
    "hook.test.js: hook",
    "outside of all tests: uncaught",
    expect.stringMatching(/^unloaded\.test\.js: .*nowhere/),
  ];
  const sorted = (counted: { failures: string[] }) => ({ ...counted, failures: counted.failures.sort() });
  expect(sorted(count({}))).toEqual({ passed: 4, failed: 4, skipped: 2, failures });
  const skipped = ["good.test.js > c: skipped", "hook.test.js > group > never: skipped"];
  const inCI = sorted(count({ CI: "true" }));
  expect(inCI).toEqual({
    passed: 4,
    failed: 6,
    skipped: 2,
    failures: expect.arrayContaining([...failures, ...skipped]),
  });
});
