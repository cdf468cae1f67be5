import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { causalBatch, causalLoss, lossByPosition, randomCausalBatch } from "../../lib/models/causal";
import { GPT, type GPTConfig } from "../../lib/models/gpt";
import { Random } from "../../lib/random";

const config: GPTConfig = { vocabularySize: 11, contextLength: 7, modelSize: 12, numHeads: 3, numLayers: 2, seed: 5 };
const text = Int32Array.from({ length: 40 }, (_, i) => (i * i + 3) % 11);

test("the targets are the inputs, one token later", () => {
  const { inputs, targets } = causalBatch([10, 11, 12, 13, 14, 15], [0, 2], 3);
  expect([inputs.dtype, targets.dtype]).toEqual(["int32", "int32"]);
  expect(inputs.arraySync()).toEqual([
    [10, 11, 12],
    [12, 13, 14],
  ]);
  expect(targets.arraySync()).toEqual([
    [11, 12, 13],
    [13, 14, 15],
  ]);
  tf.dispose([inputs, targets]);
});

test("random windows come from the whole text, its last one too, and a seed repeats them", () => {
  const starts = (seed: number) => {
    const { inputs, targets } = randomCausalBatch(
      Int32Array.from({ length: 9 }, (_, i) => i),
      {
        count: 200,
        length: 4,
        random: new Random(seed),
      },
    );
    const first = inputs.arraySync().map((row) => row[0]!);
    tf.dispose([inputs, targets]);
    return first;
  };
  expect([...new Set(starts(3))].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(starts(3)).toEqual(starts(3));
  expect(starts(4)).not.toEqual(starts(3));
});

test("the loss is the mean surprise at each next token, and its mean by position is the same number", () => {
  const model = new GPT(config);
  const before = tf.memory().numTensors;
  const byPosition = lossByPosition(model, text, { batchSize: 2 });
  expect(byPosition).toHaveLength(7);

  const windows = Math.floor((text.length - 1) / 7);
  let sum = 0;
  for (let w = 0; w < windows; w++) {
    for (let t = 0; t < 7; t++) {
      const seen = [...text.slice(w * 7, w * 7 + t + 1)];
      const p = tf.tidy(() => {
        const logits = model.forward(tf.tensor2d(seen, [1, t + 1], "int32"));
        return tf
          .softmax(logits.slice([0, t, 0], [1, 1, -1]))
          .flatten()
          .arraySync();
      });
      sum -= Math.log(p[text[w * 7 + t + 1]!]!);
    }
  }
  const mean = byPosition.reduce((a, b) => a + b, 0) / 7;
  expect(mean).toBeCloseTo(sum / (7 * windows), 5);

  const loss = tf.tidy(() => {
    const starts = Array.from({ length: windows }, (_, w) => w * 7);
    return causalLoss(model, causalBatch(text, starts, 7)).dataSync()[0]!;
  });
  expect(loss).toBeCloseTo(mean, 5);
  expect([...lossByPosition(model, text, { windows: 2 })]).toEqual([
    ...lossByPosition(model, text.slice(0, 15), { windows: 9 }),
  ]);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test("a text that is too short, and a window beyond its end, get a sentence", () => {
  const model = new GPT(config);
  expect(() => lossByPosition(model, text.slice(0, 7))).toThrow("lossByPosition: expected more than 7 tokens, got 7");
  expect(() => causalBatch(text, [36], 4)).toThrow(
    "causalBatch: expected starts from 0 to 35 for windows of 4 among 40 tokens, got 36",
  );
  model.dispose();
});
