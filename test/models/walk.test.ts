import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadWriter } from "../../lib/checkpoint/writer";
import { GPT, type GPTConfig } from "../../lib/models/gpt";
import { type WalkStep, walk } from "../../lib/models/walk";
import { causalMask } from "../../lib/nn/masks";

const config: GPTConfig = { vocabularySize: 11, contextLength: 7, modelSize: 15, numHeads: 3, numLayers: 2, seed: 5 };
const tokens = Array.from("abcdefghijk");
const ids = [3, 1, 4, 1, 5];

function expectClose(actual: WalkStep["values"], expected: number[][], tolerance = 1e-6) {
  expect(actual.length).toBe(expected.length);
  actual.forEach((row, t) => {
    expect(row.length).toBe(expected[t]!.length);
    for (const [c, value] of row.entries()) {
      expect(Math.abs(value - expected[t]![c]!), `row ${t}, column ${c}`).toBeLessThan(tolerance);
    }
  });
}

const titled = (steps: readonly WalkStep[], title: string) => steps.find((step) => step.title === title)!;
const logitsOf = (model: GPT, ids: readonly number[]) =>
  tf.tidy(() =>
    model
      .forward(tf.tensor2d([...ids], [1, ids.length], "int32"))
      .squeeze<tf.Tensor2D>([0])
      .arraySync(),
  );

/** A model whose weights are all away from where they start: norms have gains and biases. */
function shaken(changes: Partial<GPTConfig> = {}): GPT {
  const model = new GPT({ ...config, ...changes });
  for (const [i, weight] of [...model.parameters().values()].entries()) {
    tf.tidy(() => weight.assign(weight.add(tf.randomNormal(weight.shape, 0, 0.3, "float32", i + 1))));
  }
  return model;
}

test("the logits at the end of the walk are the model's, whichever block is walked through", () => {
  const model = shaken();
  for (const block of [0, 1]) {
    expectClose(titled(walk(model, ids, { tokens, block }), "logits").values, logitsOf(model, ids));
  }
  model.dispose();
});

test("so are those of the trained writer", () => {
  const { model, tokenizer } = loadWriter("moby-dick-gpt");
  const text = [..."the White Whale"].map((character) => tokenizer.vocabulary.id(character));
  const steps = walk(model, text, { tokens: tokenizer.vocabulary.tokens });
  expectClose(titled(steps, "logits").values, logitsOf(model, text));
  model.dispose();
});

test("every partial has its shape, and a table with a row for each token", () => {
  const model = shaken({ activation: "gelu", bias: false });
  const steps = walk(model, ids, { tokens, likeliest: 4 });
  const [T, C, H, F, V] = [5, 15, 3, 60, 11];
  const inBlock = {
    norm: [T, C],
    queries: [H, T, C / H],
    keys: [H, T, C / H],
    values: [H, T, C / H],
    "attention of head 1": [T, T],
    "attention of head 2": [T, T],
    "attention of head 3": [T, T],
    "heads joined": [T, C],
    projected: [T, C],
    "first sum": [T, C],
    "second norm": [T, C],
    "feed-forward, hidden": [T, F],
    "feed-forward, output": [T, C],
    "second sum": [T, C],
  };
  expect(steps.map(({ title, shape }) => [title, shape])).toEqual([
    ["token", [T, C]],
    ["token + place", [T, C]],
    ...Object.entries(inBlock).map(([title, shape]) => [`block 1: ${title}`, shape]),
    ["block 2, as a whole", [T, C]],
    ["last norm", [T, C]],
    ["logits", [T, V]],
    ["next token", [T, 4]],
  ]);
  for (const { title, shape, values } of steps) {
    expect(values, title).toHaveLength(T);
    expect(values.flat(), title).toHaveLength(shape.reduce((a, b) => a * b));
  }
  model.dispose();
});

test("the block's partials are what the layers give: its weights, its sums, its output", () => {
  const model = shaken();
  const steps = walk(model, ids, { tokens });
  const at = (title: string) => titled(steps, title).values.map((row) => [...row]);
  const sum = (a: number[][], b: number[][]) => a.map((row, t) => row.map((v, c) => v + b[t]![c]!));
  expectClose(at("block 1: first sum"), sum(at("token + place"), at("block 1: projected")), 1e-5);
  expectClose(at("block 1: second sum"), sum(at("block 1: first sum"), at("block 1: feed-forward, output")), 1e-5);

  const { weights, output } = tf.tidy(() => {
    const x = tf.tensor3d([at("token + place")]);
    const layer = model.blocks[0]!.forward(x, { mask: causalMask(5, 5) });
    return { weights: layer.weights.arraySync()[0]!, output: layer.output.arraySync()[0]! };
  });
  weights.forEach((head, h) => {
    expectClose(at(`block 1: attention of head ${h + 1}`), head, 1e-5);
  });
  expectClose(at("block 1: second sum"), output, 1e-5);
  model.dispose();
});

test("queries, keys, weights and values of a head fit together", () => {
  const model = shaken();
  const steps = walk(model, ids, { tokens });
  const D = 5;
  const head = (title: string) => titled(steps, title).values.map((row) => row.slice(D, 2 * D)); // the second of three
  const [q, k, v] = ["block 1: queries", "block 1: keys", "block 1: values"].map(head) as [
    number[][],
    number[][],
    number[][],
  ];
  const weights = titled(steps, "block 1: attention of head 2").values;
  const dot = (a: number[], b: number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
  q.forEach((query, t) => {
    const powers = k.slice(0, t + 1).map((key) => Math.exp(dot(query, key) / Math.sqrt(D)));
    const total = powers.reduce((a, b) => a + b);
    powers.forEach((power, s) => {
      expect(weights[t]![s]).toBeCloseTo(power / total, 5);
    });
    expect(weights[t]!.slice(t + 1).every((weight) => weight === 0)).toBe(true);
  });
  const mixed = weights.map((row) => v[0]!.map((_, d) => row.reduce((total, w, s) => total + w * v[s]![d]!, 0)));
  expectClose(head("block 1: heads joined"), mixed, 1e-5);
  model.dispose();
});

test("the next tokens are the likeliest of the logits, in order", () => {
  const model = shaken();
  const steps = walk(model, ids, { tokens, likeliest: 3 });
  const { values, cells } = titled(steps, "next token");
  titled(steps, "logits").values.forEach((row, t) => {
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    const order = tokens.map((_, v) => v).sort((a, b) => row[b]! - row[a]!);
    expect(cells![t]).toEqual(order.slice(0, 3).map((v) => tokens[v]));
    order.slice(0, 3).forEach((v, place) => {
      expect(values[t]![place]).toBeCloseTo(Math.exp(row[v]!) / total, 5);
    });
  });
  model.dispose();
});

test("a walk leaves no tensors behind", () => {
  const model = new GPT(config);
  const before = tf.memory().numTensors;
  walk(model, ids, { tokens });
  expect(() => walk(model, [99], { tokens: ["a"] })).toThrow();
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test("no text, one too long, a block that is not there and other names get a sentence", () => {
  const model = new GPT(config);
  expect(() => walk(model, [], { tokens })).toThrow("walk: expected 1 to 7 tokens, got 0");
  expect(() => walk(model, Array(8).fill(1), { tokens })).toThrow("walk: expected 1 to 7 tokens, got 8");
  expect(() => walk(model, ids, { tokens, block: 2 })).toThrow("walk: expected a block from 0 to 1, got 2");
  expect(() => walk(model, ids, { tokens: ["a"] })).toThrow("walk: expected the names of 11 tokens, got 1");
  model.dispose();
});
