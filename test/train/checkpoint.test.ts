import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeSafetensors } from "../../lib/checkpoint/safetensors";
import { loadCheckpoint, restore, saveCheckpoint, snapshot, type TrainingState } from "../../lib/train/checkpoint";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "checkpoint-"));
});
afterEach(() => fs.rm(folder, { recursive: true }));

const state: TrainingState = {
  step: 12,
  parameters: new Map([
    ["layers.0.weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["layers.0.bias", { shape: [3], data: Float32Array.of(0.1, 0.2, 0.3) }],
  ]),
  optimizer: new Map([["steps", { shape: [], data: Float32Array.of(12) }]]),
  losses: Float32Array.of(3, 2, 1.5),
  evaluations: [{ step: 12, metrics: { loss: 0.1, accuracy: 2 / 3 } }],
  best: { step: 12, value: 2 / 3, misses: 0 },
  bestParameters: new Map([["layers.0.bias", { shape: [3], data: Float32Array.of(7, 8, 9) }]]),
};

test("what is saved is loaded, and nothing else is left in the folder", async () => {
  const file = path.join(folder, "a folder that is not there yet", "checkpoint.safetensors");
  await saveCheckpoint(file, { ...state, step: 11 });
  await saveCheckpoint(file, state);
  expect(await loadCheckpoint(file)).toEqual(state);
  expect(await fs.readdir(path.dirname(file))).toEqual(["checkpoint.safetensors"]);
});

test("no file is no checkpoint; another file is named", async () => {
  expect(await loadCheckpoint(path.join(folder, "none"))).toBeUndefined();
  const other = path.join(folder, "model.safetensors");
  await fs.writeFile(other, encodeSafetensors({ tensors: new Map(), metadata: {} }));
  await expect(loadCheckpoint(other)).rejects.toThrow(
    `loadCheckpoint: expected a training checkpoint, version 1 in ${other}, got other tensors`,
  );
});

test("a snapshot is a copy: later changes of the variable do not reach it, and restoring brings it back", () => {
  const weight = tf.tidy(() => tf.variable(tf.tensor2d([[1, 2, 3]])));
  const before = tf.memory().numTensors;
  const copy = snapshot(new Map([["weight", weight]]));
  tf.tidy(() => weight.assign(weight.mul(10)));
  expect([...copy.get("weight")!.data]).toEqual([1, 2, 3]);
  restore(new Map([["weight", weight]]), copy);
  expect([...weight.dataSync()]).toEqual([1, 2, 3]);
  expect(tf.memory().numTensors).toBe(before);
  weight.dispose();
});

test("a checkpoint of another model is named", () => {
  const variables = new Map(
    [...state.parameters].map(([name, { shape }]) => [name, tf.tidy(() => tf.variable(tf.zeros([...shape])))]),
  );
  const without = new Map([["layers.0.bias", state.parameters.get("layers.0.bias")!]]);
  expect(() => restore(variables, without)).toThrow(
    "restore: expected the parameters layers.0.weight, layers.0.bias; missing layers.0.weight",
  );
  expect(() =>
    restore(variables, new Map([...state.parameters, ["gain", { shape: [], data: new Float32Array(1) }]])),
  ).toThrow("not in the model gain");
  const wide = new Map([...state.parameters, ["layers.0.bias", { shape: [1, 3], data: new Float32Array(3) }]] as const);
  expect(() => restore(variables, wide)).toThrow(
    "restore: expected layers.0.bias [3], got [1, 3]; these weights are of",
  );
  for (const variable of variables.values()) expect([...variable.dataSync()].every((value) => value === 0)).toBe(true); // nothing was overwritten
  tf.dispose([...variables.values()]);
  const flags = tf.tensor1d([1, 0], "bool");
  expect(() => snapshot(new Map([["flags", flags]]))).toThrow(
    "snapshot: expected flags to be float32 or int32, got bool",
  );
  flags.dispose();
});
