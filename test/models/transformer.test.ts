import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { beamSearch, greedySearch, type StepDecoder } from "../../lib/models/search";
import {
  sequenceLoss,
  shiftRight,
  Transformer,
  type TransformerConfig,
  transformerBase,
} from "../../lib/models/transformer";
import { Random } from "../../lib/random";
import { valueAndGradients } from "../../lib/train/gradients";
import { Adam } from "../../lib/train/optimizers";
import { expectClose, loadParameters, readGolden } from "../golden-case";

// Logits, loss and gradients from PyTorch: test/golden/transformer.py.
const golden = readGolden("transformer");
const ids = (rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");

const tiny: TransformerConfig = {
  sourceVocabularySize: 13,
  targetVocabularySize: 7,
  modelSize: 12,
  numHeads: 3,
  feedForwardSize: 17,
  numEncoderLayers: 2,
  numDecoderLayers: 2,
  norm: "pre",
  seed: 5,
};
const [start, end] = [1, 2];
const sources = [
  [5, 9, 12, 3, 2],
  [7, 4, 2, 0, 0],
];

for (const norm of ["post", "pre"] as const) {
  test(`the ${norm}-norm Transformer equals PyTorch's: context, logits, loss, every gradient`, () => {
    const { config, source, shifted, target, parameters, context, logits, loss, gradients } = golden[norm];
    const model = new Transformer(config);
    loadParameters(model, parameters);
    tf.tidy(() => {
      expectClose("context", model.encode(ids(source)).context, context);
      expectClose("logits", model.forward(ids(source), ids(shifted)), logits);
      const found = valueAndGradients(
        () => sequenceLoss(model.forward(ids(source), ids(shifted)), ids(target), { padding: 0, labelSmoothing: 0.1 }),
        model.parameters(),
      );
      expect(Math.abs(found.value.dataSync()[0]! - loss)).toBeLessThan(1e-5 * loss);
      for (const [name, gradient] of found.gradients) {
        const { values } = gradients[name];
        if (values.every((v: number) => Math.abs(v) < 1e-12)) {
          expect(gradient.abs().max().dataSync()[0], name).toBeLessThan(1e-7); // a key's bias moves all scores alike
        } else expectClose(`gradient of ${name}`, gradient, gradients[name]);
      }
    });
    model.dispose();
  });
}

function decoderFor(model: Transformer, rows: number[][]): StepDecoder & { dispose(): void } {
  const source = tf.tidy(() => model.prepare(model.encode(ids(rows))));
  return {
    step: (next, cache) => model.step(next, source, cache),
    dispose: () => tf.dispose(source),
  };
}

/** The likeliest next token again and again, by the whole pass each time. */
function uncachedGreedy(model: Transformer, source: number[], maxLength: number) {
  const written: number[] = [];
  let logProbability = 0;
  while (written.length < maxLength) {
    const scores = tf.tidy(() => {
      const logits = model.forward(ids([source]), ids([shiftRight(written, start)]));
      return tf.logSoftmax(logits).slice([0, written.length, 0], [1, 1, -1]).dataSync();
    });
    const token = scores.indexOf(Math.max(...scores));
    logProbability += scores[token]!;
    if (token === end) break;
    written.push(token);
  }
  return { ids: written, logProbability };
}

test("greedy search with a cache equals the whole pass at every step, also beside a padded row", () => {
  for (const norm of ["pre", "post"] as const) {
    const model = new Transformer({ ...tiny, norm });
    const decoder = decoderFor(model, sources);
    const found = greedySearch(decoder, { rows: 2, start, end, maxLength: 9 });
    for (const [row, source] of sources.entries()) {
      const expected = uncachedGreedy(model, source, 9);
      expect(found[row]!.ids).toEqual(expected.ids);
      expect(found[row]!.logProbability).toBeCloseTo(expected.logProbability, 4);
    }
    decoder.dispose();
    model.dispose();
  }
});

/** Every possible sentence of up to `maxLength` tokens with its score: what a beam search approximates. */
function exhaustive(table: (written: number[]) => number[], maxLength: number, lengthPenalty: number) {
  const found: { ids: number[]; score: number }[] = [];
  const grow = (written: number[], logProbability: number) => {
    const scores = table(written);
    const length = written.length + 1;
    for (const [token, score] of scores.entries()) {
      const total = logProbability + score;
      if (token === end) found.push({ ids: written, score: total / length ** lengthPenalty });
      else if (length === maxLength) found.push({ ids: [...written, token], score: total / length ** lengthPenalty });
      else grow([...written, token], total);
    }
  };
  grow([], 0);
  return found.sort((a, b) => b.score - a.score);
}

test("a beam as wide as the search space finds the best sentences, in order, and one beam is greedy", () => {
  const V = 4;
  const table = (written: readonly number[]) => {
    const random = new Random(written.reduce((seed, id) => seed * 5 + id + 1, 11));
    const logits = Array.from({ length: V }, () => random.normal(0, 2));
    const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    return logits.map((z) => z - total);
  };
  // The cache carries each row's own history: one "key" channel a step.
  const decoder: StepDecoder = {
    step(next, cache) {
      const history = next.cast("float32").reshape<tf.Tensor4D>([-1, 1, 1, 1]);
      const key = cache ? tf.concat([cache[0]!.key, history], 2) : history;
      const rows = key.squeeze<tf.Tensor2D>([1, 3]).arraySync();
      const logits = tf.tensor2d(rows.map((row) => table(row.slice(1))));
      return { logits, cache: [{ key, value: key.clone() }] };
    },
  };
  const options = { rows: 1, start, end, maxLength: 4 };
  for (const lengthPenalty of [0, 1, 2]) {
    const [found] = beamSearch(decoder, { ...options, beams: 81, lengthPenalty });
    const expected = exhaustive(table, 4, lengthPenalty).slice(0, 20);
    expect(found!.slice(0, 20).map((h) => h.ids)).toEqual(expected.map((h) => h.ids));
  }
  const [greedy] = greedySearch(decoder, options);
  const chosen: number[] = [];
  while (chosen.length < 4) {
    const scores = table(chosen);
    const token = scores.indexOf(Math.max(...scores));
    if (token === end) break;
    chosen.push(token);
  }
  expect(greedy!.ids).toEqual(chosen);
  expect(beamSearch(decoder, { ...options, beams: 1 })[0]![0]!.ids).toEqual(chosen);
});

test("searches leave no tensor behind", () => {
  const model = new Transformer(tiny);
  const before = tf.memory().numTensors;
  const decoder = decoderFor(model, [sources[0]!, sources[0]!, sources[0]!, sources[1]!, sources[1]!, sources[1]!]);
  const found = beamSearch(decoder, { rows: 2, beams: 3, start, end, maxLength: 8 });
  decoder.dispose();
  expect(found).toHaveLength(2);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before - new Set(model.parameters().values()).size);
});

test("it learns to overfit one batch, and three steps leak nothing", () => {
  const model = new Transformer(tiny);
  const target = [
    [3, 5, 6, 2],
    [4, 2, 0, 0],
  ];
  const shifted = target.map((row) => shiftRight(row.slice(0, -1), start));
  const optimizer = new Adam(model.parameters(), { learningRate: 0.02 });
  const losses: number[] = [];
  const step = () =>
    tf.tidy(() => {
      const { value, gradients } = valueAndGradients(
        () => sequenceLoss(model.forward(ids(sources), ids(shifted)), ids(target), { padding: 0 }),
        model.parameters(),
      );
      optimizer.step(gradients);
      losses.push(value.dataSync()[0]!);
    });
  step();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) step();
  expect(tf.memory().numTensors).toBe(before);
  for (let i = 0; i < 36; i++) step();
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses[losses.length - 1]).toBeLessThan(0.1);
  optimizer.dispose();
  model.dispose();
});

test("the base model has the layers of 2017", () => {
  const shape = { ...transformerBase, sourceVocabularySize: 7, targetVocabularySize: 7 };
  const small = new Transformer({ ...shape, modelSize: 16, feedForwardSize: 64, seed: 1 });
  expect(small.encoder).toHaveLength(6);
  expect(small.encoderNorm).toBeUndefined();
  expect(small.parameters().get("targetEmbedding.weight")).toBe(small.parameters().get("sourceEmbedding.weight"));
  small.dispose();
});

test("bad input gets a sentence", () => {
  expect(() => new Transformer({ ...tiny, sharedEmbeddings: true })).toThrow(
    "Transformer: expected one vocabulary for shared embeddings, got 13 source and 7 target tokens",
  );
  tf.tidy(() => {
    const model = new Transformer(tiny);
    expect(() => model.forward(ids(sources), ids([[1]]))).toThrow(
      `Transformer: expected ${sources.length} targets, one for each source, got 1`,
    );
    expect(() => model.forward(ids([[13]]), ids([[1]]))).toThrow("Embedding: expected ids from 0 to 12, got 13");
    model.dispose();
  });
});
