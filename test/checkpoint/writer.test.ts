import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { encodeSafetensors } from "../../lib/checkpoint/safetensors";
import { loadWriter } from "../../lib/checkpoint/writer";
import { mobyDickSplit } from "../../lib/data/moby-dick";
import { lossByPosition } from "../../lib/models/causal";
import { generate } from "../../lib/models/generate";
import { Random } from "../../lib/random";

test("the course's GPT has the weights, the vocabulary and the loss that its figures say, at most the reference's 1.84", () => {
  const { model, tokenizer, figures } = loadWriter("moby-dick-gpt");
  const weights = [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
  expect([weights, figures.parameters, tokenizer.vocabulary.size]).toEqual([807_168, 807_168, 89]);
  const ids = Int32Array.from(mobyDickSplit().validation, (character) => tokenizer.vocabulary.id(character));
  const losses = lossByPosition(model, ids, { windows: 300 });
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  expect(loss).toBeCloseTo(figures.curve.at(-1)!.loss, 2);
  expect(figures.validationLoss).toBeLessThanOrEqual(1.84);
  expect(figures.curve.at(-1)!.step).toBe(figures.steps);
  expect(figures.samples.map(({ step }) => step)).toEqual([0, 100, 200, 500, 1000, 2000]);
  model.dispose();
}, 60_000);

test("200 tokens of the course's GPT leak no tensor, and a seed repeats them", async () => {
  const { model, tokenizer } = loadWriter("moby-dick-gpt");
  const prompt = tokenizer.pieces("The whale ").map(({ id }) => id);
  const before = tf.memory().numTensors;
  const texts: string[] = [];
  for (const seed of [3, 3, 4]) {
    const ids: number[] = [];
    for await (const id of generate(model, prompt, { maxTokens: 200, random: new Random(seed) })) ids.push(id);
    expect(tf.memory().numTensors).toBe(before);
    texts.push(tokenizer.decode(ids));
  }
  expect(texts[0]).toHaveLength(200);
  expect(texts[1]).toBe(texts[0]);
  expect(texts[2]).not.toBe(texts[0]);
  model.dispose();
}, 60_000);

test("weights that are missing, or that do not fit their figures, get a sentence and leave nothing behind", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "writer-"));
  try {
    expect(() => loadWriter("moby-dick-gpt", folder)).toThrow(
      `shipped: expected moby-dick-gpt.json in ${folder}, got no such file; git checkout`,
    );
    const { figures, model } = loadWriter("moby-dick-gpt");
    model.dispose();
    const tensors = new Map([["tokenEmbedding.weight", { shape: [2], data: Float32Array.of(1, 2) }]]);
    fs.writeFileSync(path.join(folder, "moby-dick-gpt.safetensors"), encodeSafetensors({ tensors, metadata: {} }));
    fs.writeFileSync(path.join(folder, "moby-dick-gpt.json"), JSON.stringify(figures));
    const before = tf.memory().numTensors;
    expect(() => loadWriter("moby-dick-gpt", folder)).toThrow("restore: expected the parameters");
    expect(tf.memory().numTensors).toBe(before);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
