import { configDefaults, defineConfig } from "vitest/config";
import { findChromium } from "./lib/course/start/chromium.mjs";

const lessons = "test/browser/lessons.test.ts";
const book = "test/browser/book.test.ts";
const course = [...configDefaults.exclude, lessons, book, ...(findChromium() ? [] : ["test/browser/**"])];

export default defineConfig({
  test: {
    reporters: ["default", "./lib/course/start/count-reporter.mjs"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    // Most tests wait for processes of their own (kernels, answers, JupyterLab) as long as they compute.
    maxWorkers: 2,
    maxConcurrency: 2,
    // `npm test` runs the course's; CI the others, too. The book is made from the lessons that were run, so it comes last.
    projects: [
      { extends: true, test: { name: "course", include: ["test/**/*.test.ts"], exclude: course } },
      { extends: true, test: { name: "lessons", include: [lessons] } },
      { extends: true, test: { name: "book", include: [book] } },
    ],
  },
});
