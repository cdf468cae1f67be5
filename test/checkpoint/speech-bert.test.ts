import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, test } from "vitest";
import {
  continuedFigures,
  headFigures,
  loadEntityBERT,
  loadSpanBERT,
  loadSpeechBERT,
} from "../../lib/checkpoint/speech-bert";
import { entityLabels } from "../../lib/data/named-entities";
import { sentences, speeches, speechTokenizer } from "../../lib/data/speeches";
import { preTrainingBatch, preTrainingScores } from "../../lib/models/speech-bert";
import { Random } from "../../lib/random";
import { placesWithNext, sentencePair } from "../../lib/text/sentence-pairs";

test("the shipped BERT guesses as well as its figures say, on speeches that it has not read", () => {
  const { model, figures } = loadSpeechBERT();
  const { train, validation } = speeches();
  const tokenizer = speechTokenizer(train);
  const documents = validation.map((speech) =>
    sentences(speech.text).map((text) => tokenizer.pieces(text).map(({ id }) => id)),
  );
  const random = new Random(77);
  const some = random.shuffle(placesWithNext(documents)).slice(0, 300);
  const scores = preTrainingScores(model, [
    () =>
      preTrainingBatch(
        some.map((place) => sentencePair(documents, place, random)),
        random,
      ),
  ]);
  expect(scores.tokens).toBeGreaterThan(1500);
  expect(Math.abs(scores.maskedLoss - figures.maskedLoss)).toBeLessThan(0.2); // other words, other masks
  expect(Math.abs(scores.nextAccuracy - figures.nextAccuracy)).toBeLessThan(0.1);
  model.dispose();
});

test("after the reference's number of steps it knows far more than word frequencies, and tells neighbours from strangers", () => {
  const { model, figures } = loadSpeechBERT();
  model.dispose();
  expect([figures.steps, figures.plannedSteps, figures.batchSize]).toEqual([1890, 1890, 32]);
  expect(figures.unigramLoss).toBeCloseTo(5.969, 3); // the same words as in PyTorch's run
  expect(figures.maskedLoss).toBeLessThanOrEqual(5.25);
  expect(figures.nextAccuracy).toBeGreaterThanOrEqual(0.64);
});

test("four heads, three seeds each, with the baselines they are held against", () => {
  const figures = headFigures();
  expect(figures.map(({ head }) => head)).toEqual(["classification", "pairs", "entities", "spans"]);
  for (const { scores, baselines, examples } of figures) {
    expect(scores).toHaveLength(3);
    expect(baselines.length).toBeGreaterThan(0);
    expect(examples.test).toBeGreaterThan(50);
    expect([...scores, ...baselines.map(({ score }) => score)].every((share) => share > 0 && share < 1)).toBe(true);
  }
});

test("reading on makes the text that is read easier, and each reading is tried on the same draws of labels", () => {
  const { readings, voices, counting, unknown } = continuedFigures();
  const [before, inSpeeches, inBook] = readings;
  expect(readings.map(({ reading }) => reading)).toEqual(["speeches", "more speeches", "Moby-Dick"]);
  expect(inSpeeches!.speeches).toBeLessThan(before!.speeches);
  expect(inBook!.mobyDick).toBeLessThan(Math.min(before!.mobyDick, inSpeeches!.mobyDick));
  expect(unknown[1]).toBeLessThan(unknown[0]);
  const draws = [1, 2, 3, 4, 5].flatMap((seed) => [64, 512].map((labels) => `${labels} labels, seed ${seed}`));
  const drawn = (rows: readonly { labels: number; seed: number }[]) =>
    rows.map(({ labels, seed }) => `${labels} labels, seed ${seed}`).sort();
  for (const reading of ["nothing", "speeches", "more speeches", "Moby-Dick"])
    expect(drawn(voices.filter((row) => row.reading === reading))).toEqual([...draws].sort());
  expect(drawn(counting)).toEqual([...draws].sort());
  expect([...voices, ...counting].every(({ accuracy }) => accuracy > 0.5 && accuracy < 1)).toBe(true);
});

test("the fine-tuned models that the lesson shows load", () => {
  const [spans, entities] = [loadSpanBERT(), loadEntityBERT(entityLabels.length)];
  expect(spans.span.weight.shape).toEqual([128, 2]);
  expect(entities.classifier.weight.shape).toEqual([128, entityLabels.length]);
  spans.dispose();
  entities.dispose();
});

test("what is missing is named", () => {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), "speech-bert-"));
  expect(() => loadSpeechBERT(empty)).toThrow("expected bert-mini.json in");
  expect(() => headFigures(empty)).toThrow("expected bert-heads.json in");
  expect(() => continuedFigures(empty)).toThrow("expected continued-pretraining.json in");
  fs.rmSync(empty, { recursive: true });
});
