import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import {
  alignment,
  letters,
  phonemes,
  pronounce,
  pronouncerBatch,
  pronouncerConfig,
} from "../../lib/models/pronouncer";
import { Transformer } from "../../lib/models/transformer";

const tiny = {
  ...pronouncerConfig,
  modelSize: 12,
  numHeads: 2,
  feedForwardSize: 17,
  numEncoderLayers: 1,
  numDecoderLayers: 1,
};

test("the course's model has 1,403,562 weights, as the reference has", () => {
  const model = new Transformer({ ...pronouncerConfig, seed: 1 });
  expect([...model.parameters().values()].reduce((sum, p) => sum + p.size, 0)).toBe(1_403_562);
  expect([letters.size, phonemes.size]).toEqual([29, 42]);
  model.dispose();
});

test("a batch: letters and an end, phonemes after a start, phonemes and an end, all padded", () => {
  tf.tidy(() => {
    const batch = pronouncerBatch([
      { word: "be", phonemes: ["B", "IY"] },
      { word: "A", phonemes: ["AH"] },
    ]);
    const [B, IY, AH] = ["B", "IY", "AH"].map((p) => phonemes.id(p));
    expect(batch.source.arraySync()).toEqual([
      [letters.id("B"), letters.id("E"), 2],
      [letters.id("A"), 2, 0],
    ]);
    expect(batch.shifted.arraySync()).toEqual([
      [1, B, IY],
      [1, AH, 0],
    ]);
    expect(batch.target.arraySync()).toEqual([
      [B, IY, 2],
      [AH, 2, 0],
    ]);
  });
});

test("words are said one by one as in a batch, more beams find nothing less likely, and nothing leaks", () => {
  const model = new Transformer({ ...tiny, seed: 4 });
  const before = tf.memory().numTensors;
  const words = ["LADDER", "A", "breeding"];
  const together = pronounce(model, words, { maxLength: 9 });
  for (const [i, word] of words.entries()) {
    const [alone] = pronounce(model, [word], { maxLength: 9 });
    expect(alone![0]!.phonemes).toEqual(together[i]![0]!.phonemes);
    const [ways] = pronounce(model, [word], { maxLength: 9, beams: 4, lengthPenalty: 0 });
    expect(ways![0]!.logProbability).toBeGreaterThanOrEqual(alone![0]!.logProbability - 1e-4);
  }
  expect(pronounce(model, [])).toEqual([]);
  const seen = alignment(model, { word: "LADDER", phonemes: ["L", "AE", "D", "ER"] });
  expect([seen.length, seen[0]!.length]).toEqual([5, 7]);
  for (const row of seen) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test("bad input gets a sentence", () => {
  const model = new Transformer({ ...tiny, seed: 4 });
  expect(() => pronounce(model, ["naïve"])).toThrow('pronounce: expected a word of the letters A to Z, got "naïve"');
  expect(() => pronounce(model, [""])).toThrow('pronounce: expected a word of the letters A to Z, got ""');
  expect(() => pronouncerBatch([])).toThrow("pronouncerBatch: expected at least one word, got none");
  expect(() => pronouncerBatch([{ word: "A", phonemes: ["QQ"] }])).toThrow('got "QQ"');
  const before = tf.memory().numTensors;
  expect(() => pronounce(model, ["A"], { beams: 0 })).toThrow(
    "beamSearch: expected at least 1 beam and 1 token, got 0",
  );
  expect(tf.memory().numTensors).toBe(before);
  // Sinusoids have no end: a word of any length is said.
  expect(pronounce(model, ["A".repeat(300)], { maxLength: 3 })[0]![0]!.phonemes).toHaveLength(3);
  model.dispose();
});
