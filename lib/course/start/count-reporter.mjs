import * as fs from "node:fs";

/**
 * A vitest reporter that writes how many tests passed and failed into the file named by `COURSE_TEST_COUNT`, for
 * `npm test` to print. A file or suite that could not run counts as one failed test, and so does an error that no test
 * caught, a test that never ended, and (in CI) a test that was skipped.
 */
export default class CountReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env["COURSE_TEST_COUNT"];
    if (!file) return;
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const groups = [module, ...module.children.allSuites()];
      count.failed += groups.filter((group) => group.errors().length > 0).length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") count.passed++;
        else if (state === "skipped") count.skipped++;
        else count.failed++;
      }
    }
    if (process.env["CI"]) count.failed += count.skipped;
    fs.writeFileSync(file, JSON.stringify(count));
  }
}
