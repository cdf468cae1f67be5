import { configDefaults, defineConfig } from "vitest/config";
import { findChromium } from "./lib/course/start/chromium.mjs";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(findChromium() ? [] : ["test/browser/**"])],
    reporters: ["default", "./lib/course/start/count-reporter.mjs"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    // Most tests wait for processes of their own (kernels, answers, JupyterLab) as long as they compute.
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
