import { existsSync } from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll } from "vitest";
import { projectRoot } from "../lib/root";

// Every test file runs on the backend that the lessons run on; tfjs's banner stays silent.
beforeAll(async () => {
  tf.enableProdMode();
  const backend = path.join(projectRoot, "lib", "backend", "index.ts");
  if (existsSync(backend)) {
    const { startBackend } = await import(/* @vite-ignore */ backend);
    await startBackend();
  } else await tf.setBackend("cpu");
});
