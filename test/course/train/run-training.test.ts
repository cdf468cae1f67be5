import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeSafetensors } from "../../../lib/checkpoint/safetensors";
import { runTraining } from "../../../lib/course/train/run-training";
import type { Training } from "../../../lib/course/train/training";
import { parameter } from "../../../lib/nn/module";
import { saveTensors } from "../../../lib/train/checkpoint";
import { SGD } from "../../../lib/train/optimizers";
import { train } from "../../../lib/train/train";

let folder: string;
let said: string[];
let controller: AbortController;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "training-")), "tiny");
  said = [];
  controller = new AbortController();
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true }));

/** A weight that each of ten steps raises by 1; with `interruptAt` it is interrupted after that step. */
const tiny = (interruptAt?: number): Training => ({
  name: "tiny",
  lesson: "05",
  about: "one weight",
  async run(options, modelFile) {
    const w = parameter(() => tf.scalar(0));
    const parameters = new Map<string, tf.Variable>([["w", w]]);
    const result = await train({
      ...options,
      parameters,
      optimizer: new SGD(parameters, { learningRate: 1 }),
      nextBatch: (step) => {
        if (step + 1 === interruptAt) controller.abort();
        return step;
      },
      loss: () => w.neg() as tf.Scalar,
      steps: 10,
      evaluate: () => ({ w: w.dataSync()[0]! }),
    });
    await saveTensors(modelFile, parameters);
    const summary = [`w is ${w.dataSync()[0]}`];
    w.dispose();
    return { result, summary };
  },
});

const progressTo = new PassThrough() as unknown as NodeJS.WriteStream;
const run = (training: Training, flags = {}) =>
  runTraining(training, { folder, signal: controller.signal, say: (line) => said.push(line), progressTo, ...flags });
const saved = (name: string) => fs.readFileSync(path.join(folder, name));

test("an interrupted training says how to go on; resumed, it finishes, and the log holds both parts", async () => {
  expect(await run(tiny(4))).toBe("interrupted");
  expect(said.slice(-2)).toEqual(["w is 4", "Interrupted after step 4. To go on: npm run train -- tiny --resume"]);
  controller = new AbortController();
  expect(await run(tiny(), { resume: true })).toBe("finished");
  expect(said.slice(-2)).toEqual([
    "w is 10",
    `finished after 10 steps; the model has the weights of step 10: ${folder}`,
  ]);
  const log = saved("log.txt").toString();
  for (let step = 1; step <= 10; step++) expect(log.split(`step ${step}/10 `)).toHaveLength(2);
  expect(log).toContain("after step 10: w 10");
  expect(decodeSafetensors(saved("model.safetensors")).tensors.get("w")!.data).toEqual(Float32Array.of(10));
});

test("a checkpoint is neither overwritten nor ignored without being told so", async () => {
  await run(tiny());
  const file = path.join(folder, "checkpoint.safetensors");
  await expect(run(tiny())).rejects.toThrow(
    `train: expected --resume to go on or --restart to begin again, got neither, and there is a checkpoint: ${file}`,
  );
  await expect(run(tiny(), { resume: true, restart: true })).rejects.toThrow("either --resume or --restart, got both");
  said = [];
  expect(await run(tiny(), { restart: true })).toBe("finished");
  expect(
    saved("log.txt")
      .toString()
      .match(/step 1\/10/g),
  ).toHaveLength(1);
});

test("resuming without a checkpoint is named", async () => {
  await expect(run(tiny(), { resume: true })).rejects.toThrow("train: expected a checkpoint for --resume, got none: ");
});
