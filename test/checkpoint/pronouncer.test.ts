import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadPronouncer } from "../../lib/checkpoint/pronouncer";
import { encodeSafetensors } from "../../lib/checkpoint/safetensors";
import { shippedFolder } from "../../lib/checkpoint/shipped";
import { pronunciations } from "../../lib/data/pronunciations";
import { pronounce, pronouncerConfig } from "../../lib/models/pronouncer";
import { Transformer } from "../../lib/models/transformer";
import { errorRates } from "../../lib/text/edit-distance";
import { snapshot } from "../../lib/train/checkpoint";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pronouncer-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A folder with these bytes as weights, beside the figures that ship. */
function withWeights(name: string, bytes: Uint8Array): string {
  const inside = path.join(folder, name);
  fs.mkdirSync(inside);
  fs.writeFileSync(path.join(inside, "g2p.safetensors"), bytes);
  fs.copyFileSync(path.join(shippedFolder, "g2p.json"), path.join(inside, "g2p.json"));
  return inside;
}

test("the weights that ship say new words as their figures claim", () => {
  const { model, figures } = loadPronouncer();
  const words = pronunciations().test.slice(0, 500);
  const said = pronounce(
    model,
    words.map(({ word }) => word),
  ).map((ways) => ways[0]!.phonemes);
  const { symbols, sequences } = errorRates(
    words.map(({ phonemes }) => phonemes),
    said,
  );
  // 500 of the 2,000 words: two standard errors of a share are below 0.045
  expect(Math.abs(sequences - figures.greedy.wordErrorRate)).toBeLessThan(0.045);
  expect(Math.abs(symbols - figures.greedy.phonemeErrorRate)).toBeLessThan(0.02);
  expect(figures.greedy.wordErrorRate).toBeLessThanOrEqual(0.32);
  model.dispose();
});

test("a file that is cut off, of another model, or missing, gets a sentence, and no tensor is left behind", () => {
  const before = tf.memory().numTensors;
  const bytes = fs.readFileSync(path.join(shippedFolder, "g2p.safetensors"));
  expect(() => loadPronouncer(withWeights("cut", bytes.subarray(0, bytes.length - 1000)))).toThrow(/bytes.*cut off/);
  expect(() => loadPronouncer(withWeights("header", bytes.subarray(0, 300)))).toThrow(/cut off/);

  const other = new Transformer({ ...pronouncerConfig, targetVocabularySize: 70, seed: 1 });
  const tensors = snapshot(other.parameters());
  other.dispose();
  expect(() => loadPronouncer(withWeights("other", encodeSafetensors({ tensors, metadata: {} })))).toThrow(
    "restore: expected targetEmbedding.weight [42, 128], got [70, 128]; these weights are of a model with other sizes",
  );
  expect(() => loadPronouncer(path.join(folder, "none"))).toThrow("shipped: expected g2p.json in");
  expect(tf.memory().numTensors).toBe(before);
});
