import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { decodeSafetensors } from "../../../lib/checkpoint/safetensors";
import { ship } from "../../../lib/course/train/ship";
import type { TrainResult } from "../../../lib/train/train";

const losses = Float32Array.from({ length: 120 }, (_, i) => (i < 50 ? 2 : 1));
const finished: TrainResult = {
  steps: 120,
  losses,
  evaluations: [{ step: 60, metrics: { accuracy: 0.5 } }],
  end: "finished",
  weightsOf: 120,
  seconds: 3.4,
};

test("figures stand beside the weights, and are measured on the weights as they are saved", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ship-"));
  const modelFile = path.join(folder, "model.safetensors");
  const weight = tf.variable(tf.tensor1d([1 / 3, 2, 3]));
  const variables = new Map([["weight", weight]]);
  const measure = () => ({ first: weight.dataSync()[0]! });
  const figures = await ship({ name: "toy", batchSize: 7, result: finished, modelFile }, variables, measure);
  expect(figures).toEqual({
    command: "npm run train -- toy",
    parameters: 3,
    steps: 120,
    batchSize: 7,
    seconds: 3,
    curve: finished.evaluations,
    losses: [2, 1],
    first: decodeSafetensors(fs.readFileSync(modelFile)).tensors.get("weight")!.data[0],
  });
  expect(figures!.first).not.toBe(Math.fround(1 / 3)); // 16 bits are fewer than 32
  expect(JSON.parse(fs.readFileSync(path.join(folder, "figures.json"), "utf8"))).toEqual(figures);
  weight.dispose();
  fs.rmSync(folder, { recursive: true });
});

test("an interrupted training saves its weights and claims nothing", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ship-"));
  const modelFile = path.join(folder, "model.safetensors");
  const weight = tf.variable(tf.tensor1d([1]));
  const measure = () => {
    throw new Error("nothing is measured");
  };
  const result: TrainResult = { ...finished, end: "interrupted" };
  expect(
    await ship({ name: "toy", batchSize: 1, result, modelFile }, new Map([["w", weight]]), measure),
  ).toBeUndefined();
  expect(fs.readdirSync(folder)).toEqual(["model.safetensors"]);
  weight.dispose();
  fs.rmSync(folder, { recursive: true });
});
