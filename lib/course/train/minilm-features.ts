import * as fs from "node:fs";
import * as path from "node:path";
import { loadMiniLM } from "../../checkpoint/minilm";
import type { MailRow } from "../../checkpoint/minilm-features";
import { encodeSafetensors } from "../../checkpoint/safetensors";
import { replaceFile } from "../../checkpoint/weight-files";
import { mails } from "../../data/mails";
import { sentimentWords } from "../../data/sentiment-words";
import { subjectLines } from "../../data/subject-lines";
import { embedTexts } from "../../models/sentences";
import { Random } from "../../random";
import { tfIdf } from "../../text/tf-idf";
import { type Features, logisticRegression } from "../../train/logistic-regression";
import type { Training } from "./training";

/** How many mails are read: all 6,046 would take many minutes. */
const [pool, held] = [512, 300];

/**
 * What MiniLM makes of lesson 14's texts, once and for all: the vectors of the sentiment words and of the subject lines; and,
 * on whole mails, how far a classifier gets with such vectors and with TF-IDF.
 */
export const miniLMFeatures: Training = {
  name: "minilm-features",
  lesson: "14",
  about: "MiniLM-L6 reads 2,476 words, 3,759 subject lines and 812 mails; a classifier learns from what it says",
  async run({ callbacks, signal }, modelFile) {
    const started = performance.now();
    const encoder = await loadMiniLM();
    const words = sentimentWords();
    const subjects = subjectLines();
    const all = mails();
    const [some, tests] = [
      new Random(1).shuffle(all.train).slice(0, pool),
      new Random(2).shuffle(all.test).slice(0, held),
    ];
    const texts = {
      words: [...words.train, ...words.validation, ...words.test].map(({ word }) => word),
      subjects: [...subjects.train, ...subjects.test].map(({ text }) => text),
      mails: [...some, ...tests].map(({ text }) => text),
    };
    const steps = Object.values(texts).reduce((sum, list) => sum + list.length, 0);
    const vectors: Record<string, Float32Array[]> = {};
    let before = 0;
    for (const [name, list] of Object.entries(texts)) {
      vectors[name] = await embedTexts(encoder, list, {
        async onProgress(done) {
          signal.throwIfAborted();
          const report = { step: before + done, steps, loss: 0, learningRate: 0 };
          for (const { onStep } of [callbacks].flat()) await onStep?.(report);
        },
      });
      before += list.length;
    }
    const size = encoder.model.config.modelSize;
    encoder.model.dispose();
    const stored = (name: string) => {
      const data = new Float32Array(vectors[name]!.length * size);
      for (const [i, vector] of vectors[name]!.entries()) data.set(vector, i * size);
      return [name, { shape: [vectors[name]!.length, size], data }] as const;
    };
    const tensors = new Map([stored("words"), stored("subjects")]);
    replaceFile(modelFile, encodeSafetensors({ tensors, metadata: {} }, "F16"));
    const rows = [32, 256, pool].map((labels) => mailRow(labels, [...some, ...tests], vectors["mails"]!));
    const figures = { command: "npm run train -- minilm-features", mails: rows };
    fs.writeFileSync(path.join(path.dirname(modelFile), "figures.json"), `${JSON.stringify(figures, undefined, 1)}\n`);
    const seconds = (performance.now() - started) / 1000;
    const result = {
      steps,
      losses: new Float32Array(),
      evaluations: [],
      end: "finished",
      weightsOf: steps,
      seconds,
    } as const;
    const shown = (list: readonly number[]) => `${((100 * list.reduce((a, b) => a + b)) / list.length).toFixed(1)} %`;
    return {
      result,
      summary: rows.map(
        (row) => `whole mails, ${row.labels} labels: TF-IDF ${shown(row.tfIdf)}, MiniLM ${shown(row.miniLM)}`,
      ),
    };
  },
};

function mailRow(
  labels: number,
  list: readonly { text: string; spam: boolean }[],
  vectors: readonly Float32Array[],
): MailRow {
  const row: { labels: number; tfIdf: number[]; miniLM: number[] } = { labels, tfIdf: [], miniLM: [] };
  const known = Array.from({ length: pool }, (_, i) => i);
  const tests = Array.from({ length: held }, (_, i) => pool + i);
  for (let draw = 0; draw < (labels === pool ? 1 : 10); draw++) {
    const shuffled = new Random(draw).shuffle(known);
    const half = (spam: boolean) => shuffled.filter((i) => list[i]!.spam === spam).slice(0, labels / 2);
    const drawn = labels === pool ? known : [...half(true), ...half(false)];
    const table = tfIdf(
      drawn.map((i) => list[i]!.text),
      { maxTerms: 5000 },
    );
    const counted = (i: number) => table.transform(list[i]!.text);
    row.tfIdf.push(judged(drawn, tests, list, counted));
    row.miniLM.push(judged(drawn, tests, list, (i) => vectors[i]!));
  }
  return row;
}

function judged(
  drawn: readonly number[],
  tests: readonly number[],
  list: readonly { spam: boolean }[],
  features: (i: number) => Features,
) {
  const labels = drawn.map((i) => list[i]!.spam);
  const model = logisticRegression(drawn.map(features), labels, { C: 10 });
  return tests.filter((i) => model.logit(features(i)) > 0 === list[i]!.spam).length / tests.length;
}
