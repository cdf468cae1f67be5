import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { BERTForPreTraining } from "../../lib/models/bert";
import {
  bertBatch,
  preTrainingBatch,
  preTrainingLoss,
  preTrainingScores,
  speechBERTConfig,
} from "../../lib/models/speech-bert";
import { Random } from "../../lib/random";
import { AdamW } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";

const sentence = (random: Random, length: number) => Array.from({ length }, () => 5 + random.integer(40));
/** Pairs whose second sentence uses other words if it does not follow. */
function pairs(random: Random, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const follows = i % 2 === 0;
    return {
      first: sentence(random, 7),
      second: sentence(random, 5).map((id) => (follows ? id : id + 1000)),
      follows,
    };
  });
}

test("1,363,714 weights", () => {
  const model = new BERTForPreTraining({ ...speechBERTConfig, seed: 1 });
  const sizes = [...new Set(model.parameters().values())].map((weight) => weight.size);
  expect(sizes.reduce((a, b) => a + b)).toBe(1_363_714);
  model.dispose();
});

test("a batch: padded to its longest row, places into the whole batch, class 0 for what followed", () => {
  tf.tidy(() => {
    const rows = pairs(new Random(3), 6);
    const batch = preTrainingBatch([...rows, { ...rows[0]!, second: [9] }], new Random(4));
    expect(batch.ids.shape).toEqual([7, 15]);
    expect(batch.segments.shape).toEqual([7, 15]);
    expect(Array.from(batch.next.dataSync())).toEqual([0, 1, 0, 1, 0, 1, 0]);
    const plain = bertBatch([...rows, { ...rows[0]!, second: [9] }]).ids.dataSync();
    const places = batch.places.dataSync();
    expect(Array.from(places, (place) => plain[place])).toEqual(Array.from(batch.originals.dataSync()));
  });
});

test("a first sentence leaves room for a second one", () => {
  tf.tidy(() => {
    const long = new Array<number>(200).fill(9);
    const { ids, segments } = bertBatch([{ first: long, second: long }], 30);
    expect(ids.shape).toEqual([1, 64]);
    expect(segments.sum().dataSync()[0]).toBe(32);
    expect(bertBatch([{ first: long }]).ids.shape).toEqual([1, 64]);
  });
});

test("it learns: both losses fall, and nothing leaks", async () => {
  const model = new BERTForPreTraining({ ...speechBERTConfig, modelSize: 32, numLayers: 1, seed: 1 });
  const scores = () => preTrainingScores(model, [() => preTrainingBatch(pairs(new Random(8), 50), new Random(9))]);
  const before = scores();
  const optimizer = new AdamW(model.parameters(), { learningRate: 5e-3 });
  const tensors = tf.memory().numTensors;
  await train({
    model,
    optimizer,
    steps: 60,
    nextBatch: (_, random) => preTrainingBatch(pairs(random, 16), random),
    loss: (batch) => preTrainingLoss(model, batch),
    seed: 2,
  });
  expect(tf.memory().numTensors).toBe(tensors);
  const after = scores();
  expect(before.maskedLoss).toBeGreaterThan(8);
  expect(after.maskedLoss).toBeLessThan(5);
  expect(after.nextAccuracy).toBeGreaterThan(0.9);
  expect([after.pairs, after.tokens]).toEqual([before.pairs, before.tokens]);
  optimizer.dispose();
  model.dispose();
});
