import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { BERT } from "../../lib/models/bert";
import { Linear } from "../../lib/nn/linear";
import { addLoRA, LoRALinear, mergeLoRA } from "../../lib/nn/lora";
import { Random } from "../../lib/random";
import { trainable } from "../../lib/train/freeze";
import { valueAndGradients } from "../../lib/train/gradients";
import { AdamW } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";
import { expectClose } from "../gradient";

const config = {
  vocabularySize: 13,
  contextLength: 7,
  modelSize: 15,
  numHeads: 3,
  numLayers: 2,
  feedForwardSize: 11,
  seed: 3,
};
const ids = () =>
  tf.tensor2d(
    [
      [2, 7, 9, 3, 0],
      [2, 5, 12, 4, 3],
    ],
    [2, 5],
    "int32",
  );
const states = (model: BERT) => tf.tidy(() => model.forward(ids()).states.dataSync().slice());

/** A layer with a correction that does something. */
function layer({ rank = 2, alpha = 6 } = {}) {
  const plain = new Linear(5, 3, { random: new Random(1) });
  const lora = new LoRALinear(plain, { rank, alpha, random: new Random(2) });
  tf.tidy(() => lora.up.assign(tf.randomNormal([rank, 3], 0, 1, "float32", 4)));
  return { plain, lora };
}

test("y = x W + b + alpha / r (x A) B, written out", () => {
  const { lora } = layer();
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R3>([2, 4, 5], 0, 1, "float32", 5);
    const flat = x.reshape<tf.Tensor2D>([8, 5]);
    const weight = lora.weight.add<tf.Tensor2D>(lora.down.matMul(lora.up).mul(3)); // 6 / 2
    const expected = flat.matMul(weight).add(lora.bias!);
    const got = lora.forward(x);
    expect(got.shape).toEqual([2, 4, 3]);
    expectClose(got.dataSync(), expected.dataSync(), { relative: 1e-5 });
  });
});

test("at first it computes what the layer did, and yet B has a gradient; A gets one when B has moved", () => {
  const plain = new Linear(5, 3, { random: new Random(1) });
  const lora = new LoRALinear(plain, { rank: 2, random: new Random(2) });
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R2>([7, 5], 0, 1, "float32", 5);
    expect(lora.forward(x).dataSync()).toEqual(plain.forward(x).dataSync());
    const loss = () => lora.forward(x).square().mean() as tf.Scalar;
    const learning = trainable(lora.parameters(), /^(down|up)$/);
    const largest = () =>
      [...valueAndGradients(loss, learning).gradients.values()].map((g) => g.abs().max().dataSync()[0]!);
    const [down, up] = largest();
    expect(down).toBe(0);
    expect(up).toBeGreaterThan(0.01);
    lora.up.assign(tf.ones([2, 3]));
    expect(largest()[0]).toBeGreaterThan(0.01);
  });
});

test("merged equals unmerged, and frees A and B", () => {
  const { plain, lora } = layer();
  const x = tf.randomNormal<tf.Rank.R2>([7, 5], 0, 1, "float32", 5);
  const before = tf.tidy(() => lora.forward(x).dataSync());
  const tensors = tf.memory().numTensors;
  const merged = lora.merge();
  expect(merged).toBe(plain);
  expect(tf.memory().numTensors).toBe(tensors - 2);
  tf.tidy(() => expectClose(merged.forward(x).dataSync(), before, { relative: 1e-5 }));
  x.dispose();
});

test("a rank that makes no sense is named", () => {
  const plain = new Linear(5, 3, { random: new Random(1) });
  for (const rank of [0, 4, 1.5])
    expect(() => new LoRALinear(plain, { rank, random: new Random(2) })).toThrow(
      `LoRALinear: expected a rank from 1 to 3, got ${rank}`,
    );
  plain.dispose();
});

describe("in a model", () => {
  test("queries and values get one; the names of the weights stay", () => {
    const model = new BERT(config);
    const names = [...model.parameters().keys()];
    const before = states(model);
    const added = addLoRA(model, { rank: 2, random: new Random(5) });
    expect([...added.keys()]).toEqual(
      [0, 1].flatMap((i) => [`blocks.${i}.attention.query`, `blocks.${i}.attention.value`]),
    );
    const after = [...model.parameters().keys()];
    expect(after.filter((name) => !/\.(down|up)$/.test(name)).sort()).toEqual(names.sort());
    expect(after.length).toBe(names.length + 8);
    expect(states(model)).toEqual(before);
    expect(() => addLoRA(model, { rank: 2, random: new Random(5), targets: /nowhere/ })).toThrow(
      "whose path matches /nowhere/, got none",
    );
    model.dispose();
  });

  test("training moves A and B and nothing else, weight decay or not; merging changes no output", async () => {
    const model = new BERT(config);
    const tensors = tf.memory().numTensors;
    addLoRA(model, { rank: 2, alpha: 4, random: new Random(5) });
    const frozen = [...model.parameters()].filter(([name]) => !/\.(down|up)$/.test(name));
    const before = new Map(frozen.map(([name, weight]) => [name, weight.dataSync().slice()]));
    const first = states(model);
    const parameters = trainable(model.parameters(), /\.(down|up)$/);
    const optimizer = new AdamW(parameters, { learningRate: 0.01, weightDecay: 0.5 });
    const loss = () =>
      model.forward(ids()).states.square().mul(model.tokenEmbedding.forward(ids())).mean() as tf.Scalar;
    const { losses } = await train({ parameters, optimizer, loss, nextBatch: () => undefined, steps: 8 });
    optimizer.dispose();
    expect(losses[7]).toBeLessThan(losses[0]!);
    for (const [name, weight] of frozen) expect(weight.dataSync(), name).toEqual(before.get(name));
    const learnt = states(model);
    expect(learnt).not.toEqual(first);
    mergeLoRA(model);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(model.blocks[0]!.attention.query).toBeInstanceOf(Linear);
    expectClose(states(model), learnt, { relative: 1e-5 });
    model.dispose();
  });
});
