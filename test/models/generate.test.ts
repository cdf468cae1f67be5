import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { type GenerateOptions, generate } from "../../lib/models/generate";
import { GPT, type GPTConfig } from "../../lib/models/gpt";
import { nextTokenDistribution, sampleToken } from "../../lib/models/sampling";
import { Random } from "../../lib/random";

const config: GPTConfig = { vocabularySize: 11, contextLength: 8, modelSize: 12, numHeads: 3, numLayers: 2, seed: 7 };
const ids = (...rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");
const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05)];
const rounded = (p: Float64Array) => Array.from(p, (v) => Math.round(v * 1e9) / 1e9);

test("temperature divides the logits: the likeliest gains below 1, and 1 changes nothing", () => {
  expect(rounded(nextTokenDistribution(logits))).toEqual([0.5, 0.3, 0.15, 0.05]);
  const squares = [0.25, 0.09, 0.0225, 0.0025].map((p) => p / 0.365);
  const half = nextTokenDistribution(logits, { temperature: 0.5 });
  for (const [i, p] of squares.entries()) expect(half[i]).toBeCloseTo(p, 12);
});

test("top-k keeps the k likeliest and makes them sum to 1", () => {
  expect(rounded(nextTokenDistribution(logits, { topK: 2 }))).toEqual([0.625, 0.375, 0, 0]);
  expect(rounded(nextTokenDistribution(logits, { topK: 9 }))).toEqual([0.5, 0.3, 0.15, 0.05]);
});

test("top-p keeps the likeliest until they reach p: the one that crosses stays", () => {
  expect(rounded(nextTokenDistribution(logits, { topP: 0.79 }))).toEqual([0.625, 0.375, 0, 0]);
  const crossing = rounded(nextTokenDistribution(logits, { topP: 0.81 }));
  expect(crossing.map((p) => p > 0)).toEqual([true, true, true, false]);
  expect(rounded(nextTokenDistribution(logits, { topP: 0.01 }))).toEqual([1, 0, 0, 0]);
});

test("after top-k, top-p counts what top-k left", () => {
  expect(rounded(nextTokenDistribution(logits, { topK: 2, topP: 0.6 }))).toEqual([1, 0, 0, 0]);
});

test("temperature 0 takes the likeliest, and a repetition penalty makes another one likelier", () => {
  const random = new Random(1);
  expect(sampleToken([1, 3, 2], [], { temperature: 0 }, random)).toBe(1);
  expect(sampleToken([1, 3, 2], [1], { temperature: 0, repetitionPenalty: 2 }, random)).toBe(2);
  expect(sampleToken([-1, -2, -3], [0], { temperature: 0, repetitionPenalty: 3 }, random)).toBe(1);
});

test("samples follow the distribution", () => {
  const random = new Random(2);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[sampleToken(logits, [], { topK: 3 }, random)]!++;
  const shares = counts.map((n) => n / 20_000);
  for (const [i, p] of [0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0].entries()) {
    expect(Math.abs(shares[i]! - p)).toBeLessThan(0.015);
  }
});

async function written(model: GPT, prompt: number[], options: Omit<GenerateOptions, "random"> & { seed: number }) {
  const tokens: number[] = [];
  for await (const token of generate(model, prompt, { ...options, random: new Random(options.seed) }))
    tokens.push(token);
  return tokens;
}

test("the cache changes nothing: greedy tokens equal those of whole passes", async () => {
  const model = new GPT(config);
  const whole = [3, 5];
  while (whole.length < 8) {
    const last = tf.tidy(() =>
      model
        .forward(ids(whole))
        .slice([0, whole.length - 1, 0], [1, 1, -1])
        .dataSync(),
    );
    whole.push(last.indexOf(Math.max(...last)));
  }
  expect(await written(model, [3, 5], { temperature: 0, maxTokens: 6, seed: 1 })).toEqual(whole.slice(2));
  model.dispose();
});

test("a seed repeats a text, generation goes on past the context, stops where asked, and leaks nothing", async () => {
  const model = new GPT(config);
  const before = tf.memory().numTensors;
  const first = await written(model, [3, 5], { maxTokens: 40, seed: 9 });
  expect(first).toHaveLength(40);
  expect(await written(model, [3, 5], { maxTokens: 40, seed: 9 })).toEqual(first);
  expect(await written(model, [3, 5], { maxTokens: 40, seed: 10 })).not.toEqual(first);
  const stop = first[11]!;
  const cut = await written(model, [3, 5], { maxTokens: 40, seed: 9, stop: [stop] });
  expect(cut).toEqual(first.slice(0, first.indexOf(stop) + 1));
  for await (const _ of generate(model, [1], { maxTokens: 9, random: new Random(1) })) break; // a reader may leave early
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test("bad input gets a sentence", async () => {
  const model = new GPT(config);
  const run = (prompt: number[]) => written(model, prompt, { maxTokens: 1, seed: 1 });
  await expect(run([])).rejects.toThrow("generate: expected a prompt of at least one token, got none");
  await expect(run([1, 2, 3, 4, 5, 6, 7, 8, 9])).rejects.toThrow(
    "generate: expected a prompt of at most 8 tokens, got 9",
  );
  expect(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow("GPT: expected at most 8 tokens, got 9");
  expect(() => nextTokenDistribution(logits, { temperature: 0 })).toThrow("expected a temperature above 0, got 0");
  expect(() => nextTokenDistribution(logits, { topP: 0 })).toThrow("expected topP in (0, 1], got 0");
  expect(() => nextTokenDistribution(logits, { topK: 0 })).toThrow("expected topK of at least 1, got 0");
  model.dispose();
});
