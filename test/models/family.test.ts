import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { type Family, FamilyModel, families } from "../../lib/models/family";
import { familyLoss, gapLogits, gapScores, transformed, transformLoss } from "../../lib/models/family-tasks";
import { Random } from "../../lib/random";
import { Adam } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";

const config = { vocabularySize: 23, contextLength: 20, modelSize: 12, numHeads: 3, numLayers: 2 } as const;
const make = (family: Family) => new FamilyModel({ ...config, family, seed: 1 });
const weightsOf = (model: FamilyModel) =>
  [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
const ids = (rows: number[][]) => tf.tensor2d(rows, undefined, "int32");

test("all three are of one size, within 5 %", () => {
  const counts = families.map((family) => {
    const model = new FamilyModel({ ...config, vocabularySize: 2048, modelSize: 48, numLayers: 4, family, seed: 1 });
    const count = weightsOf(model);
    model.dispose();
    return count;
  });
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.05);
});

test("who may see whom: bert everything, gpt the past, t5 the source and the past", () => {
  tf.tidy(() => {
    const changedAt = (
      model: FamilyModel,
      read: number[],
      other: number[],
      written?: number[],
      otherWritten = written,
    ) => {
      const run = (a: number[], b?: number[]) => model.forward(ids([a]), b && ids([b])).arraySync()[0]!;
      const [before, after] = [run(read, written), run(other, otherWritten)];
      return before.map((row, t) => row.some((x, i) => Math.abs(x - after[t]![i]!) > 1e-6));
    };
    const [bert, gpt, t5] = families.map(make) as [FamilyModel, FamilyModel, FamilyModel];
    const [a, b] = [[5, 6, 7, 8], [5, 6, 9, 8]]; // biome-ignore format: two texts that differ at one place
    expect(changedAt(bert, a, b)).toEqual([true, true, true, true]);
    expect(changedAt(gpt, a, b)).toEqual([false, false, true, true]);
    expect(changedAt(t5, a, b, [0, 5])).toEqual([true, true]);
    expect(changedAt(t5, a, a, [0, 5, 6], [0, 7, 6])).toEqual([false, true, true]);
    for (const model of [bert, gpt, t5]) model.dispose();
  });
});

describe.each(families)("%s", (family) => {
  const windows = Array.from({ length: 6 }, (_, b) => Array.from({ length: 13 }, (_, i) => 5 + ((b + 3 * i) % 17)));

  test("three steps of pre-training and of transforming leave no tensor, and reach every weight", async () => {
    const before = tf.memory().numTensors;
    const model = make(family);
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    const start = new Map([...model.parameters()].map(([path, weight]) => [path, Array.from(weight.dataSync())]));
    const held = tf.memory().numTensors;
    const sources = windows.map((row) => row.slice(0, 4));
    const losses = [
      (_: number, random: Random) => familyLoss(model, windows, random),
      () => transformLoss(model, sources, windows.map((row) => row.slice(4, 7))), // biome-ignore format: a pair
    ];
    for (const loss of losses)
      await train({
        model,
        optimizer,
        steps: 3,
        nextBatch: (step) => step,
        loss: (step, { random }) => loss(step, random),
      });
    expect(tf.memory().numTensors).toBe(held);
    for (const [path, weight] of model.parameters())
      if (!path.endsWith("key.bias")) expect(Array.from(weight.dataSync()), path).not.toEqual(start.get(path)); // no softmax feels it
    expect(transformed(model, sources, 3).map((row) => row.length)).toEqual([3, 3, 3, 3, 3, 3]);
    const { right, nats } = gapScores(model, sources, sources, [5, 6, 7, 8, 9, 10]);
    expect(right).toBeGreaterThanOrEqual(0);
    expect(nats).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(held);
    optimizer.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("what comes after a gap counts for bert and t5, and not for gpt", () => {
    tf.tidy(() => {
      const model = make(family);
      const at = (after: number) => Array.from(gapLogits(model, [[5, 6]], [[after]]).dataSync());
      if (family === "gpt") expect(at(8)).toEqual(at(9));
      else expect(at(8)).not.toEqual(at(9));
      model.dispose();
    });
  });

  test("it learns to repeat a short text", async () => {
    const model = make(family);
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    const texts = (random: Random) => Array.from({ length: 16 }, () => [5, 6, 7].map((low) => low + random.integer(3)));
    await train({
      model,
      optimizer,
      steps: 300,
      nextBatch: (_, random) => texts(random),
      loss: (rows) => transformLoss(model, rows, rows),
    });
    const test = texts(new Random(4));
    const said = transformed(model, test, 3);
    const right = said.flatMap((row, b) => row.filter((id, i) => id === test[b]![i])).length / 48;
    expect(right).toBeGreaterThan(0.9);
    optimizer.dispose();
    model.dispose();
  });
});

test("t5 needs what was written, the others have no place for it", () => {
  tf.tidy(() => {
    const text = ids([[5, 6]]);
    const [gpt, t5] = [make("gpt"), make("t5")];
    expect(() => t5.forward(text)).toThrow("FamilyModel: expected written tokens, too for t5");
    expect(() => gpt.forward(text, text)).toThrow("FamilyModel: expected no written tokens for gpt");
    expect(() => gpt.forward(ids([new Array(21).fill(5)]))).toThrow("FamilyModel: expected at most 20 tokens, got 21");
    for (const model of [gpt, t5]) model.dispose();
  });
  expect(() => new FamilyModel({ ...config, numLayers: 3, family: "bert", seed: 1 })).toThrow(
    "FamilyModel: expected an even number of layers, got 3",
  );
});
