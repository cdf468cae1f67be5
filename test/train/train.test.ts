import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { MLP } from "../../lib/models/mlp";
import { parameter } from "../../lib/nn/module";
import { Random } from "../../lib/random";
import { batches, takeRows } from "../../lib/train/batches";
import { crossEntropy } from "../../lib/train/losses";
import { AdamW, SGD } from "../../lib/train/optimizers";
import { cosine } from "../../lib/train/schedules";
import { type TrainOptions, train } from "../../lib/train/train";
import golden from "../golden/mlp.json";
import { expectClose } from "../gradient";

/** One weight w, loss (w - target)²/2: the gradient is w - target, so every step can be foretold. */
function onePoint(start = 0) {
  const w = parameter(() => tf.scalar(start));
  return {
    w,
    parameters: new Map<string, tf.Variable>([["w", w]]),
    loss: (target: number) => w.sub(target).square().div(2) as tf.Scalar,
    value: () => w.dataSync()[0]!,
  };
}

test("ten steps with schedule and clipping equal PyTorch's: every loss and every weight", async () => {
  const model = new MLP(golden.sizes, { random: new Random(1) });
  for (const [path, variable] of model.parameters())
    tf.tidy(() => variable.assign(tf.tensor(golden.parameters[path as keyof typeof golden.parameters])));
  const optimizer = new AdamW(model.parameters(), { weightDecay: 0.1 });
  const { steps, peak, clip } = golden.training;
  const { losses } = await train({
    model,
    optimizer,
    steps,
    schedule: cosine({ peak, steps }),
    clipNorm: clip,
    nextBatch: (step) => {
      const rows = [0, 1, 2, 3, 4].map((i) => (step + i) % 11);
      return {
        x: tf.tensor2d(rows.map((r) => golden.x[r]!)),
        y: tf.tensor1d(
          rows.map((r) => golden.y[r]!),
          "int32",
        ),
      };
    },
    loss: ({ x, y }) => crossEntropy(model.forward(x), y),
  });
  expectClose(losses, golden.training.losses, { what: "loss of step" });
  for (const [path, weights] of Object.entries(golden.training.parameters))
    expectClose(model.parameters().get(path)!.dataSync(), weights.flat(), { what: path, relative: 2e-5 });
  optimizer.dispose();
  model.dispose();
});

test("no tensor is left behind, though batches, losses and gradients are made in every step", async () => {
  const model = new MLP([4, 5, 3], { random: new Random(1), dropoutRate: 0.5 });
  const optimizer = new AdamW(model.parameters());
  const x = Float32Array.from({ length: 7 * 4 }, (_, i) => Math.sin(i));
  const options: TrainOptions<{ x: tf.Tensor2D; y: tf.Tensor1D }> = {
    model,
    optimizer,
    steps: 9,
    clipNorm: 1,
    batches: batches({ size: 7, batchSize: 3, seed: 1 }, (indices) => ({
      x: tf.tensor2d(takeRows(x, 4, indices), [indices.length, 4]),
      y: tf.tensor1d(
        indices.map((i) => i % 3),
        "int32",
      ),
    })),
    loss: ({ x, y }, { random }) => crossEntropy(model.forward(x, { dropout: random }), y),
    evaluate: () => ({ loss: 1 }),
    earlyStopping: { metric: "loss", better: "lower", patience: 100 },
  };
  await train(options);
  const before = tf.memory().numTensors;
  await train(options);
  expect(tf.memory().numTensors).toBe(before);
  optimizer.dispose();
  model.dispose();
});

test("calls back after every step and evaluation, with the steps done, and returns the history", async () => {
  const { loss, parameters, w } = onePoint();
  const seen: unknown[] = [];
  const optimizer = new SGD(parameters, { learningRate: 0 });
  const result = await train({
    parameters,
    loss,
    optimizer,
    nextBatch: (step) => step + 1,
    steps: 5,
    schedule: (step) => (step === 3 ? 1 : 0),
    evaluate: async () => ({ w: w.dataSync()[0]! }),
    evaluateEvery: 2,
    callbacks: [{ onStep: (report) => seen.push(report) }, { onEvaluate: (report) => seen.push(report) }],
  });
  expect(seen).toEqual([
    { step: 1, steps: 5, loss: 0.5, learningRate: 0 },
    { step: 2, steps: 5, loss: 2, learningRate: 0 },
    { step: 2, metrics: { w: 0 } },
    { step: 3, steps: 5, loss: 4.5, learningRate: 0 },
    { step: 4, steps: 5, loss: 8, learningRate: 1 },
    { step: 4, metrics: { w: 4 } },
    { step: 5, steps: 5, loss: 0.5, learningRate: 0 },
    { step: 5, metrics: { w: 4 } },
  ]);
  expect(result).toMatchObject({ steps: 5, end: "finished", weightsOf: 5 });
  expect([...result.losses]).toEqual([0.5, 2, 4.5, 8, 0.5]);
  expect(result.evaluations.map(({ step }) => step)).toEqual([2, 4, 5]);
  w.dispose();
});

test("early stopping puts back the best weights, not the last", async () => {
  const { loss, parameters, w, value } = onePoint();
  const result = await train({
    parameters,
    loss,
    optimizer: new SGD(parameters, { learningRate: 1 }), // so w is the batch's number after each step
    nextBatch: (step) => [5, 3, 1, 2, 4, 0][step]!,
    steps: 6,
    evaluate: () => ({ distance: value() }),
    evaluateEvery: 1,
    earlyStopping: { metric: "distance", better: "lower", patience: 2 },
  });
  expect(result).toMatchObject({ steps: 5, end: "stopped early", weightsOf: 3 });
  expect(value()).toBe(1);
  w.dispose();
});

test("an epoch count means that many passes, and evaluation comes after each", async () => {
  const { loss, parameters, w } = onePoint();
  const shown: number[] = [];
  const result = await train({
    parameters,
    loss: (indices) => {
      shown.push(...indices);
      return loss(0);
    },
    optimizer: new SGD(parameters, { learningRate: 0.1 }),
    batches: batches({ size: 7, batchSize: 3, seed: 2 }, (indices) => indices),
    epochs: 2,
    evaluate: () => ({}),
  });
  expect(result.steps).toBe(6);
  expect(result.evaluations.map(({ step }) => step)).toEqual([3, 6]);
  for (const half of [shown.slice(0, 7), shown.slice(7)]) expect(half.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  w.dispose();
});

test("the loss's randomness depends on seed and step only", async () => {
  const draws = async (seed?: number) => {
    const { loss, parameters, w } = onePoint();
    const drawn: number[] = [];
    await train({
      parameters,
      loss: (_, { random }) => {
        drawn.push(random.uniform());
        return loss(0);
      },
      optimizer: new SGD(parameters, { learningRate: 0.1 }),
      nextBatch: () => 0,
      steps: 3,
      ...(seed === undefined ? {} : { seed }),
    });
    w.dispose();
    return drawn;
  };
  expect(new Set(await draws(5)).size).toBe(3);
  expect(await draws(5)).toEqual(await draws(5));
  expect(await draws(5)).not.toEqual(await draws(6));
});

test("a signal ends training after the step in hand; what was learnt stays", async () => {
  const { loss, parameters, w, value } = onePoint();
  const controller = new AbortController();
  const result = await train({
    parameters,
    loss,
    optimizer: new SGD(parameters, { learningRate: 1 }),
    nextBatch: (step) => step + 1,
    steps: 1000,
    signal: controller.signal,
    callbacks: { onStep: ({ step }) => step === 17 && controller.abort() },
  });
  expect(result).toMatchObject({ steps: 17, end: "interrupted", weightsOf: 17 });
  expect(value()).toBe(17);
  w.dispose();
});

test("timers and messages are served while it runs", async () => {
  const { loss, parameters, w } = onePoint();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5); // would wait for ever if the loop never rested
  const result = await train({
    parameters,
    loss,
    optimizer: new SGD(parameters, { learningRate: 0.1 }),
    nextBatch: () => 0,
    steps: 1e7,
    signal: controller.signal,
  });
  expect(result.end).toBe("interrupted");
  w.dispose();
});

test("a loss that is not finite stops training before it spoils the weights", async () => {
  const { parameters, w, value } = onePoint(3);
  const before = tf.memory().numTensors;
  const training = train({
    parameters,
    loss: () => w.sub(4).log() as tf.Scalar,
    optimizer: new SGD(parameters, { learningRate: 0.5 }),
    nextBatch: () => 0,
    steps: 9,
  });
  await expect(training).rejects.toThrow("train: expected a finite loss, got NaN after 0 steps, at learning rate 0.5");
  expect(value()).toBe(3);
  expect(tf.memory().numTensors).toBe(before);
  w.dispose();
});

test("options that are missing or contradict each other are named", async () => {
  const { loss, parameters, w } = onePoint();
  const fine = { parameters, loss, optimizer: new SGD(parameters, { learningRate: 1 }), nextBatch: () => 0, steps: 3 };
  const refused: [Partial<TrainOptions<number>>, string][] = [
    [{ parameters: undefined } as never, "train: expected either model or parameters, got neither"],
    [{ model: { parameters: () => parameters } }, "train: expected either model or parameters, got both"],
    [{ nextBatch: undefined } as never, "train: expected either batches or nextBatch, got neither"],
    [{ epochs: 2 }, "train: expected either steps or epochs, got both"],
    [{ steps: undefined, epochs: 2 } as never, "train: expected batches with epochs, got nextBatch; give steps"],
    [{ steps: 0 }, "train: expected steps to be a whole number of at least 1, got 0"],
    [{ evaluateEvery: 1.5 }, "train: expected evaluateEvery to be a whole number of at least 1, got 1.5"],
    [
      { earlyStopping: { metric: "loss", better: "lower", patience: 1 } },
      "train: expected evaluate with earlyStopping, got none",
    ],
  ];
  for (const [change, message] of refused) await expect(train({ ...fine, ...change })).rejects.toThrow(message);
  w.dispose();
});
