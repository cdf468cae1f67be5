import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { BERTForPreTraining } from "../../lib/models/bert";
import { CLIP } from "../../lib/models/clip";
import { captionIds, digitCLIP } from "../../lib/models/digit-captions";
import { GPT } from "../../lib/models/gpt";
import { MLP } from "../../lib/models/mlp";
import { NeuralNGram } from "../../lib/models/neural-ngram";
import { pronouncerBatch, pronouncerConfig } from "../../lib/models/pronouncer";
import { T5 } from "../../lib/models/t5";
import { sequenceLoss, Transformer } from "../../lib/models/transformer";
import { ViT } from "../../lib/models/vit";
import type { Module } from "../../lib/nn/module";
import { Random } from "../../lib/random";
import { crossEntropy } from "../../lib/train/losses";
import { AdamW } from "../../lib/train/optimizers";
import { cosine } from "../../lib/train/schedules";
import { train } from "../../lib/train/train";

const V = 11;
const ids = (rows: number, columns: number, random: Random) =>
  tf.tensor2d(
    Int32Array.from({ length: rows * columns }, () => 1 + random.integer(V - 1)),
    [rows, columns],
    "int32",
  );
const classes = (count: number, limit: number, random: Random) =>
  tf.tensor1d(
    Int32Array.from({ length: count }, () => random.integer(limit)),
    "int32",
  );
const images = (count: number, side: number, random: Random) =>
  tf.tensor4d(
    Float32Array.from({ length: count * side ** 2 }, () => random.uniform()),
    [count, side, side, 1],
  );
const small = {
  vocabularySize: V,
  contextLength: 7,
  modelSize: 6,
  numHeads: 2,
  numLayers: 1,
  dropoutRate: 0.1,
  seed: 1,
};
const words = [
  { word: "LADDER", phonemes: ["L", "AE", "D", "ER"] },
  { word: "BE", phonemes: ["B", "IY"] },
];

/** A model, and the loss of a step: random data, dropout where the model has it. */
type Case = () => { model: Module; loss: (random: Random) => tf.Scalar };

function pronouncer(): { model: Transformer; loss: (random: Random) => tf.Scalar } {
  const sizes = { modelSize: 8, numHeads: 2, feedForwardSize: 9, numEncoderLayers: 1, numDecoderLayers: 1 };
  const model = new Transformer({ ...pronouncerConfig, ...sizes, dropoutRate: 0.1, seed: 1 });
  const loss = (dropout: Random) => {
    const { source, shifted, target } = pronouncerBatch(words);
    return sequenceLoss(model.forward(source, shifted, { dropout }), target, { padding: 0, labelSmoothing: 0.1 });
  };
  return { model, loss };
}

const cases: Record<string, Case> = {
  MLP: () => {
    const model = new MLP([3, 5, 4], { random: new Random(1), dropoutRate: 0.1 });
    const loss = (random: Random) =>
      crossEntropy(model.forward(tf.randomUniform([6, 3]), { dropout: random }), classes(6, 4, random));
    return { model, loss };
  },
  NeuralNGram: () => {
    const model = new NeuralNGram({ vocabularySize: V, contextLength: 3, embeddingSize: 4, hiddenSize: 5, seed: 1 });
    return { model, loss: (random) => crossEntropy(model.forward(ids(6, 3, random)), classes(6, V, random)) };
  },
  Transformer: pronouncer,
  GPT: () => {
    const model = new GPT(small);
    const loss = (random: Random) =>
      sequenceLoss(model.forward(ids(2, 7, random), { dropout: random }), ids(2, 7, random), { padding: 0 });
    return { model, loss };
  },
  BERT: () => {
    const model = new BERTForPreTraining(small);
    const loss = (random: Random) => {
      const { tokenLogits, nextSentenceLogits } = model.forward(ids(2, 7, random), { dropout: random });
      const follows = crossEntropy(nextSentenceLogits, classes(2, 2, random));
      return sequenceLoss(tokenLogits, ids(2, 7, random), { padding: 0 }).add<tf.Scalar>(follows);
    };
    return { model, loss };
  },
  T5: () => {
    const sizes = { modelSize: 6, numHeads: 2, headSize: 4, feedForwardSize: 9 };
    const layers = { numEncoderLayers: 1, numDecoderLayers: 1, version: "1.1" as const };
    const model = new T5({ vocabularySize: V, ...sizes, ...layers, dropoutRate: 0.1, seed: 1 });
    const loss = (random: Random) =>
      sequenceLoss(model.forward(ids(2, 6, random), ids(2, 5, random), { dropout: random }), ids(2, 5, random), {
        padding: 0,
      });
    return { model, loss };
  },
  ViT: () => {
    const sizes = { modelSize: 6, numHeads: 2, numLayers: 1, feedForwardSize: 7, classes: 3 };
    const model = new ViT({ imageSize: [4, 4], patchSize: 2, ...sizes, seed: 1 });
    return { model, loss: (random) => crossEntropy(model.forward(images(3, 4, random)), classes(3, 3, random)) };
  },
  CLIP: () => {
    const model = new CLIP({ ...digitCLIP, seed: 1 });
    return { model, loss: (random) => model.loss(images(2, 28, random), captionIds(["a handwritten seven", "nine"])) };
  },
};

test.each(Object.entries(cases))("three training steps of %s leave no tensor behind", async (_, make) => {
  const before = tf.memory().numTensors;
  const { model, loss } = make();
  const optimizer = new AdamW(model.parameters());
  const start = tf.memory();
  const { losses } = await train({
    model,
    optimizer,
    steps: 3,
    nextBatch: (_step, random) => random,
    loss,
    clipNorm: 1,
  });
  expect(losses).toHaveLength(3);
  const end = tf.memory();
  expect([end.numTensors, end.numBytes]).toEqual([start.numTensors, start.numBytes]);
  optimizer.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("memory is flat over 1,000 training steps, and the model learns its batch by heart", async () => {
  const model = new GPT({ ...small, dropoutRate: 0 });
  const rows = [
    [3, 1, 4, 1, 5, 9, 2],
    [2, 7, 1, 8, 2, 8, 1],
  ];
  const optimizer = new AdamW(model.parameters());
  const seen: string[] = [];
  const steps = 1000;
  const { losses } = await train({
    model,
    optimizer,
    steps,
    nextBatch: () => tf.tensor2d(rows, [2, 7], "int32"),
    schedule: cosine({ peak: 1e-2, steps, warmup: 20 }),
    loss: (batch) =>
      sequenceLoss(model.forward(batch.slice([0, 0], [2, 6])), batch.slice([0, 1], [2, 6]), { padding: 0 }),
    callbacks: {
      onStep: ({ step }) => {
        const { numTensors, numBytes } = tf.memory();
        if (step % 100 === 0) seen.push(`${numTensors} tensors, ${numBytes} bytes`);
      },
    },
  });
  expect(seen).toHaveLength(10);
  expect(new Set(seen).size).toBe(1);
  expect(losses[steps - 1]).toBeLessThan(0.5);
  expect(losses[steps - 1]).toBeLessThan(losses[0]! / 4);
  optimizer.dispose();
  model.dispose();
}, 180_000);
