import * as fs from "node:fs";
import { findChromium } from "./chromium.mjs";
import { courseNode } from "./course-node.mjs";
import { prepare } from "./prepare.mjs";
import { Problem } from "./problem.mjs";
import { runHere } from "./process.mjs";
import { inCache, inProject, readJson } from "./project.mjs";

/**
 * `npm test`: installs what is missing, runs vitest, names what failed, and ends with the plain line
 * `N passed, N failed`.
 * @param {string[]} args handed on to vitest: a file, `-t name`, `--project lessons`; without any, `--project course`
 */
export async function runTests(args) {
  const chromium = findChromium();
  if (!chromium && process.env["CI"]) {
    throw new Problem(
      "Browser tests: expected Chromium, got none. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.",
    );
  }
  const env = await prepare({ jupyter: true });
  const file = inCache("test-count.json");
  fs.rmSync(file, { force: true });
  const found = chromium ? { CHROMIUM: chromium } : {};
  const files = { COURSE_TEST_COUNT: file, XDG_DATA_HOME: inCache("data") }; // vitest keeps a token in the latter
  // Vite advises to write its configuration as a module; in a project of CommonJS it is bundled first, and works.
  const quiet = { VITE_CONFIG_NATIVE_IGNORE_WARNING: "true" };
  const vitest = [
    inProject("node_modules/vitest/vitest.mjs"),
    "run",
    ...(args.length > 0 ? args : ["--project", "course"]),
  ];
  const code = await runHere(courseNode(), vitest, { ...env, ...found, ...quiet, ...files });

  const count = readJson(file) ?? { passed: 0, failed: 1, skipped: 0, failures: ["vitest said nothing of its tests"] };
  if (code !== 0 && count.failed === 0) {
    count.failed = 1;
    count.failures.push(`vitest ended with exit code ${code}`);
  }
  if (!chromium) console.log("The browser tests were left out: no Chromium was found (install it, or set CHROMIUM).");
  for (const failure of count.failures) console.log(`failed: ${failure}`);
  if (count.skipped > 0) console.log(`${count.skipped} skipped.`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed > 0 ? 1 : 0;
}
