import * as fs from "node:fs";

/**
 * A vitest reporter that writes how many tests passed and failed, and the names of those that failed, into the file named
 * by `COURSE_TEST_COUNT`, for `npm test` to print. A file or suite that could not run counts as one failed test, and so
 * does an error that no test caught, a test that never ended, and (in CI) a test that was skipped.
 */
export default class CountReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env["COURSE_TEST_COUNT"];
    if (!file) return;
    const count = { passed: 0, failed: 0, skipped: 0, failures: /** @type {string[]} */ ([]) };
    const fail = (/** @type {string} */ what) => {
      count.failed++;
      count.failures.push(what);
    };
    for (const error of unhandledErrors) fail(`outside of all tests: ${firstLine(error)}`);
    for (const module of modules) {
      const groups = [module, ...module.children.allSuites()];
      for (const group of groups)
        if (group.errors().length > 0) fail(`${module.relativeModuleId}: ${firstLine(group.errors()[0])}`);
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (state === "passed") count.passed++;
        else if (state === "skipped") {
          count.skipped++;
          if (process.env["CI"]) fail(`${name}: skipped`);
        } else fail(`${name}: ${firstLine(errors?.[0])}`);
      }
    }
    fs.writeFileSync(file, JSON.stringify(count));
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function firstLine(error) {
  const message = error && typeof error === "object" && "message" in error ? error.message : error;
  return String(message ?? "it never ended").split("\n")[0] ?? "";
}
