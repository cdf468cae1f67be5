import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { memories, RecallModel, recallAccuracy, recallBatch, recallConfig, recallLoss } from "../../lib/models/recall";
import { Random } from "../../lib/random";
import { Adam } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";

const config = { ...recallConfig, vocabularySize: 5, size: 8, width: 3 };

describe.each(memories)("%s", (memory) => {
  test("a later symbol changes nothing before it; an earlier one does, if it is in reach", () => {
    const model = new RecallModel({ ...config, memory, seed: 1 });
    const logits = (ids: number[]) =>
      tf.tidy(() => model.forward(tf.tensor2d([ids], undefined, "int32")).logits.arraySync()[0]!);
    const before = logits([1, 2, 3, 4, 0]);
    expect(logits([1, 2, 3, 4, 2]).slice(0, 4)).toEqual(before.slice(0, 4));
    expect(logits([1, 2, 0, 4, 0])[3]).not.toEqual(before[3]);
    const first = logits([0, 2, 3, 4, 0]);
    if (memory === "convolution")
      expect(first[3]).toEqual(before[3]); // three places wide
    else expect(first[3]).not.toEqual(before[3]);
    model.dispose();
  });

  test("the gradient reaches every weight, and a few steps leave no tensor", async () => {
    const before = tf.memory().numTensors;
    const model = new RecallModel({ ...config, memory, seed: 2 });
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    const start = new Map([...model.parameters()].map(([path, weight]) => [path, Array.from(weight.dataSync())]));
    const count = tf.memory().numTensors;
    const { losses } = await train({
      model,
      optimizer,
      steps: 3,
      nextBatch: (_, random) => recallBatch(random, 4, 7, 5),
      loss: (ids) => recallLoss(model.forward(ids).logits, ids, 2),
    });
    expect(losses).toHaveLength(3);
    expect(tf.memory().numTensors).toBe(count);
    // What is added to all keys alike changes no softmax: the key's bias stays where it was.
    for (const [path, weight] of model.parameters())
      if (path !== "memory.key.bias") expect(Array.from(weight.dataSync()), path).not.toEqual(start.get(path));
    optimizer.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("the loss and the accuracy compare each guess with the symbol so many places before", () => {
  const ids = tf.tensor2d([[0, 1, 2, 0]], undefined, "int32");
  const guesses = [2, 2, 0, 1]; // of distance 2: symbols 0 and 1 at places 2 and 3
  const logits = tf.oneHot(tf.tensor1d(guesses, "int32"), 3).toFloat().mul(30).reshape<tf.Tensor3D>([1, 4, 3]);
  expect(recallLoss(logits, ids, 2).dataSync()[0]).toBeCloseTo(0, 6);
  expect(recallLoss(logits, ids, 1).dataSync()[0]).toBeCloseTo(30, 4); // wrong at all three places
  const model = { forward: () => ({ logits }) } as unknown as RecallModel;
  expect(recallAccuracy(model, ids, 2)).toBe(1);
  expect(recallAccuracy(model, ids, 0)).toBe(0);
  expect(() => recallLoss(logits, ids, 4)).toThrow("recall: expected a distance from 0 to 3, got 4");
});

test("symbols are drawn from the generator alone, each about as often", () => {
  const draw = () => Array.from(recallBatch(new Random(3), 20, 50, 4).dataSync());
  expect(draw()).toEqual(draw());
  for (const symbol of [0, 1, 2, 3]) expect(draw().filter((id) => id === symbol).length / 1000).toBeCloseTo(0.25, 1);
});

test("attention learns to look at a distance that a narrower convolution never sees", async () => {
  const shareOf = async (memory: "attention" | "convolution") => {
    const model = new RecallModel({ ...config, size: 16, memory, seed: 1 });
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    await train({
      model,
      optimizer,
      steps: 200,
      nextBatch: (_, random) => recallBatch(random, 16, 10, 5),
      loss: (ids) => recallLoss(model.forward(ids).logits, ids, 4),
      clipNorm: 1,
    });
    const ids = recallBatch(new Random(9), 50, 10, 5);
    const share = recallAccuracy(model, ids, 4);
    tf.dispose([ids]);
    optimizer.dispose();
    model.dispose();
    return share;
  };
  expect(await shareOf("attention")).toBeGreaterThan(0.9);
  expect(await shareOf("convolution")).toBeLessThan(0.35);
});
