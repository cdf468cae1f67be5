import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { firstNames } from "../../lib/data/names";
import { NeuralNGram } from "../../lib/models/neural-ngram";
import { averageNegativeLogLikelihood, InterpolatedModel, type LanguageModel, NGramModel } from "../../lib/text/ngram";
import { batches } from "../../lib/train/batches";
import { valueAndGradients } from "../../lib/train/gradients";
import { crossEntropy } from "../../lib/train/losses";
import { Adam, SGD } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";
import golden from "../golden/neural-ngram.json";
import { expectClose, expectNoLeak, onEachBackend } from "../gradient";

/** The golden's model (test/golden/neural-ngram.py): 11 tokens, 3 before the next, vectors of 5, 7 hidden neurons. */
function goldenModel(): NeuralNGram {
  const model = new NeuralNGram({ ...golden.config, seed: 1 });
  expect([...model.parameters().keys()]).toEqual(Object.keys(golden.parameters));
  for (const [path, variable] of model.parameters())
    tf.tidy(() => variable.assign(tf.tensor(golden.parameters[path as keyof typeof golden.parameters])));
  return model;
}

const contexts = () => tf.tensor2d(golden.contexts, undefined, "int32");
const targets = () => tf.tensor1d(golden.targets, "int32");

onEachBackend(() => {
  test("logits, loss and every gradient equal PyTorch's", () => {
    const model = goldenModel();
    tf.tidy(() => {
      const logits = model.forward(contexts());
      expect(logits.shape).toEqual([13, 11]);
      expectClose(logits.dataSync(), golden.logits.flat(), { what: "logit" });
      const loss = () => crossEntropy(model.forward(contexts()), targets());
      const { value, gradients } = valueAndGradients(loss, model.parameters());
      expectClose(value.dataSync(), [golden.loss], { what: "loss" });
      expect([...gradients.keys()]).toEqual(Object.keys(golden.gradients));
      for (const [path, gradient] of Object.entries(golden.gradients))
        expectClose(gradients.get(path)!.dataSync(), gradient.flat(), { what: path });
    });
    model.dispose();
  });
});

test("the place of a token matters: each place has weights of its own", () => {
  const model = goldenModel();
  const [forward, backward] = model.asLanguageModel().predictMany!([
    [1, 2, 3],
    [3, 2, 1],
  ]);
  expect(Math.max(...forward!.map((p, token) => Math.abs(p - backward![token]!)))).toBeGreaterThan(0.05);
  model.dispose();
});

test("as a language model it predicts PyTorch's probabilities, alone and in a batch, from the last tokens only", () => {
  const model = goldenModel();
  const language = model.asLanguageModel();
  expect(language.vocabularySize).toBe(11);
  const together = language.predictMany!(golden.contexts);
  for (const [i, context] of golden.contexts.entries()) {
    expectClose(together[i]!, golden.probabilities[i]!, { what: "probability" });
    expectClose(language.predict([9, 4, ...context]), golden.probabilities[i]!, { what: "probability of one" });
  }
  model.dispose();
});

test("its loss over sequences is the mean over their windows, as it is for any model", () => {
  const model = goldenModel();
  const sequences = golden.contexts.map((context, i) => [...context, golden.targets[i]!]);
  const language = model.asLanguageModel();
  expect(averageNegativeLogLikelihood(language, sequences, 3)).toBeCloseTo(golden.loss, 5);
  const oneByOne = { vocabularySize: 11, predict: language.predict };
  expect(averageNegativeLogLikelihood(oneByOne, sequences, 3)).toBeCloseTo(golden.loss, 5);
  model.dispose();
});

test("many sequences are measured in few batches", () => {
  const sequences = Array.from({ length: 5000 }, (_, i) => [0, 0, 0, i % 11]);
  const sizes: number[] = [];
  const spy = {
    vocabularySize: 11,
    predict: () => expect.unreachable("one context at a time"),
    predictMany: (contexts: readonly (readonly number[])[]) => {
      sizes.push(contexts.length);
      return contexts.map(() => new Float64Array(11).fill(1 / 11));
    },
  };
  expect(averageNegativeLogLikelihood(spy, sequences, 3)).toBeCloseTo(Math.log(11), 12);
  expect(sizes).toEqual([2048, 2048, 904]);
});

test("it votes together with counts", () => {
  const model = goldenModel();
  const language = model.asLanguageModel();
  const counts = new NGramModel({ order: 2, vocabularySize: 11, addK: 1 }).learn([[1, 2, 2, 5]]);
  const mixed = new InterpolatedModel([counts, language], [0.3, 0.7]);
  const expected = counts.predict([1, 2]).map((p, token) => 0.3 * p + 0.7 * language.predict([0, 1, 2])[token]!);
  expectClose(mixed.predict([0, 1, 2]), expected, { what: "mixed" });
  model.dispose();
});

test("the gradient reaches every parameter but the vectors of tokens that were not seen", () => {
  const model = new NeuralNGram({ vocabularySize: 5, contextLength: 2, embeddingSize: 3, hiddenSize: 7, seed: 2 });
  tf.tidy(() => {
    const seen = tf.tensor2d([[1, 4]], undefined, "int32");
    const loss = () => crossEntropy(model.forward(seen), tf.tensor1d([2], "int32"));
    const { gradients } = valueAndGradients(loss, model.parameters());
    for (const [path, gradient] of gradients) expect(gradient.abs().max().dataSync()[0], path).toBeGreaterThan(0);
    const rows = gradients.get("embedding.weight")!.abs().sum(1).dataSync();
    expect(Array.from(rows, (sum) => sum > 0)).toEqual([false, true, false, false, true]);
  });
  model.dispose();
});

test("at the beginning it guesses evenly, and the seed decides the weights", () => {
  const config = { vocabularySize: 27, contextLength: 3, embeddingSize: 10, hiddenSize: 200 };
  const models = [1, 1, 2].map((seed) => new NeuralNGram({ ...config, seed }));
  const count = [...models[0]!.parameters().values()].reduce((sum, p) => sum + p.size, 0);
  expect(count).toBe(27 * 10 + 30 * 200 + 200 + 200 * 27 + 27);
  const [first, same, other] = models.map((model) => model.asLanguageModel().predict([0, 3, 1]));
  for (const p of first!) expect(Math.abs(p * 27 - 1)).toBeLessThan(0.6);
  expect([...same!]).toEqual([...first!]);
  expect([...other!]).not.toEqual([...first!]);
  for (const model of models) model.dispose();
});

test("training steps and predictions leave no tensor behind", () => {
  const before = tf.memory().numTensors;
  const model = goldenModel();
  const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
  expectNoLeak(() =>
    tf.tidy(() => {
      const loss = () => crossEntropy(model.forward(contexts()), targets());
      optimizer.step(valueAndGradients(loss, model.parameters()).gradients);
    }),
  );
  const language = model.asLanguageModel();
  expectNoLeak(() => language.predictMany!(golden.contexts));
  optimizer.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("contexts that are too short, of another length, or of unknown tokens are named", () => {
  const model = goldenModel();
  const language = model.asLanguageModel();
  expect(() => language.predict([0, 1])).toThrow(
    "NeuralNGram: expected at least 3 tokens before the next one, got 2; begin a sequence with its mark, so many times",
  );
  expect(() => language.predict([0, 11, 1])).toThrow("NeuralNGram: expected ids below 11, got 11");
  const long = tf.tensor2d([[1, 2, 3, 4]], undefined, "int32");
  expect(() => model.forward(long)).toThrow("NeuralNGram: expected [B, 3], got [1, 4]");
  const floats = tf.tensor2d([[1, 2, 3]]);
  expect(() => model.forward(floats)).toThrow("Embedding: expected int32 ids, got float32");
  tf.dispose([long, floats]);
  model.dispose();
});

// A short run of what lesson 06 does in 2,500 steps.
test("400 steps on first names predict new names better than counted pairs do", async () => {
  const names = firstNames();
  const spell = (name: string) => [0, 0, 0, ...Array.from(name, (letter) => letter.charCodeAt(0) - 96), 0];
  const nll = (model: LanguageModel) => averageNegativeLogLikelihood(model, names.validation.map(spell), 3);
  const pairs = new NGramModel({ order: 2, vocabularySize: 27, addK: 1 }).learn(
    names.train.map((n) => spell(n).slice(2)),
  );
  const windows = names.train.flatMap((name) => {
    const tokens = spell(name);
    return tokens.slice(3).map((target, i) => ({ context: tokens.slice(i, i + 3), target }));
  });
  const model = new NeuralNGram({ vocabularySize: 27, contextLength: 3, embeddingSize: 10, hiddenSize: 64, seed: 1 });
  const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
  const { losses } = await train({
    model,
    optimizer,
    batches: batches({ size: windows.length, batchSize: 128, seed: 1 }, (rows) => ({
      x: tf.tensor2d(
        rows.map((row) => windows[row]!.context),
        undefined,
        "int32",
      ),
      y: tf.tensor1d(
        rows.map((row) => windows[row]!.target),
        "int32",
      ),
    })),
    steps: 400,
    loss: ({ x, y }) => crossEntropy(model.forward(x), y),
  });
  expect(Math.abs(losses[0]! - Math.log(27))).toBeLessThan(0.1);
  expect(nll(pairs)).toBeGreaterThan(2.4);
  expect(nll(model.asLanguageModel())).toBeLessThan(2.3);
  optimizer.dispose();
  model.dispose();
});
