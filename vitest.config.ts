import { configDefaults, defineConfig } from "vitest/config";
import { findChromium } from "./lib/course/start/chromium.mjs";

const book = "test/browser/book.test.ts";
const everythingElse = { include: ["test/**/*.test.ts"], exclude: [...configDefaults.exclude, book] };

export default defineConfig({
  test: {
    reporters: ["default", "./lib/course/start/count-reporter.mjs"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    // Most tests wait for processes of their own (kernels, answers, JupyterLab) as long as they compute.
    maxWorkers: 2,
    maxConcurrency: 2,
    // The book is made from the lessons that the other browser test has run, so it comes last.
    projects: findChromium()
      ? [
          { extends: true, test: { name: "course", ...everythingElse, sequence: { groupOrder: 0 } } },
          { extends: true, test: { name: "book", include: [book], sequence: { groupOrder: 1 } } },
        ]
      : [
          {
            extends: true,
            test: { name: "course", ...everythingElse, exclude: [...everythingElse.exclude, "test/browser/**"] },
          },
        ],
  },
});
