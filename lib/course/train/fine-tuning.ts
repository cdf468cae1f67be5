import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { loadMiniLM } from "../../checkpoint/minilm";
import type { TuningFigures, TuningRow } from "../../checkpoint/minilm-features";
import { type SentimentWord, sentimentWords } from "../../data/sentiment-words";
import { isPolite, wordNet } from "../../data/wordnet";
import { BERT, bertInit, meanPool } from "../../models/bert";
import { padRows } from "../../models/pad-rows";
import { embedTexts, type SentenceEncoder, sentenceIds } from "../../models/sentences";
import { Linear } from "../../nn/linear";
import { addLoRA, mergeLoRA } from "../../nn/lora";
import { Module } from "../../nn/module";
import { Random } from "../../random";
import type { Tokenizer } from "../../text/tokenizer";
import { restore, type Snapshot, snapshot } from "../../train/checkpoint";
import { countWeights, trainable } from "../../train/freeze";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { linear } from "../../train/schedules";
import { train } from "../../train/train";
import { trainMany } from "./many";
import type { Training } from "./training";

type Run = Pick<TuningRow, "method" | "labels" | "seed" | "steps">;

const rates: Readonly<Record<TuningRow["method"], number>> = { scratch: 1e-4, full: 1e-4, lora: 2e-3 };
const batchSize = 32;

/** Seed by seed: a run that is stopped early has both sizes of the first one. */
function plan(): Run[] {
  const stages = [
    { labels: 32, steps: 30 },
    { labels: 256, steps: 40 },
  ];
  const methods = ["full", "lora", "scratch"] as const;
  return [1, 2, 3, 4, 5].flatMap((seed) =>
    stages.flatMap((stage) => methods.map((method) => ({ method, seed, ...stage }))),
  );
}

/** A BERT, the mean of its states, and a neuron for each class on it. */
class WordClassifier extends Module {
  readonly head: Linear;

  constructor(
    readonly bert: BERT,
    random: Random,
  ) {
    super();
    this.head = new Linear(bert.config.modelSize, 2, { random, init: bertInit });
  }

  forward(ids: tf.Tensor2D): tf.Tensor2D {
    // The vectors have length 1: times 10 they are as large as the states that heads usually read.
    return this.head.forward(meanPool(this.bert.forward(ids).states, ids).mul(10));
  }
}

/** Lesson 14's comparison: MiniLM learns the sentiment of words in three ways, with 32 and 256 labels. */
export const fineTuning: Training = {
  name: "fine-tuning",
  lesson: "14",
  about: "MiniLM-L6 learns the sentiment of words: from scratch, in full, and by LoRA, with 32 and 256 labels",
  async run(options, modelFile) {
    const words = sentimentWords();
    const tests = [...words.validation, ...words.test];
    const encoder = await loadMiniLM();
    const pretrained = snapshot(encoder.model.parameters());
    const folder = path.dirname(modelFile);
    const before = await remembered(encoder);
    const { result, rows } = await trainMany<Run, TuningRow>({
      runs: plan(),
      options,
      folder,
      async one(run, part) {
        const drawn = new Random(run.seed).shuffle(words.train).slice(0, run.labels);
        restore(encoder.model.parameters(), pretrained);
        const fresh = run.method === "scratch" ? new BERT({ ...encoder.model.config, seed: run.seed }) : undefined;
        const model = new WordClassifier(fresh ?? encoder.model, new Random(run.seed));
        if (run.method === "lora") addLoRA(model, { rank: 8, alpha: 16, random: new Random(run.seed) });
        const learning = run.method === "lora" ? /^head|\.(down|up)$/ : /^(?!bert\.pooler)/;
        const parameters = trainable(model.parameters(), learning);
        const optimizer = new AdamW(parameters, { weightDecay: 0.01 });
        const random = new Random(100 + run.seed);
        let order: SentimentWord[] = [];
        const result = await train({
          ...part,
          parameters,
          optimizer,
          schedule: linear({ peak: rates[run.method], steps: run.steps, warmup: Math.ceil(run.steps / 10) }),
          clipNorm: 1,
          seed: run.seed,
          nextBatch: () => {
            if (order.length < Math.min(batchSize, drawn.length)) order = random.shuffle(drawn);
            return order.splice(0, batchSize);
          },
          loss: (batch) => {
            const labels = tf.tensor1d(
              batch.map(({ score }) => Number(score > 0)),
              "int32",
            );
            return crossEntropy(model.forward(idsOf(encoder.tokenizer, batch)), labels);
          },
        });
        optimizer.dispose();
        const trained = countWeights(parameters);
        const accuracy = accuracyOn(model, encoder.tokenizer, tests);
        mergeLoRA(model);
        const row: TuningRow = {
          ...run,
          accuracy,
          trained,
          ...(!fresh && { moved: movement(pretrained, model.bert), remembered: await remembered(encoder) }),
        };
        model.head.dispose();
        fresh?.dispose();
        return { result, row };
      },
    });
    encoder.model.dispose();
    const figures: TuningFigures = {
      command: "npm run train -- fine-tuning",
      testWords: tests.length,
      rememberedBefore: before,
      rows,
    };
    fs.writeFileSync(path.join(folder, "figures.json"), `${JSON.stringify(figures, undefined, 1)}\n`);
    const shown = (share: number) => `${(100 * share).toFixed(1)} %`;
    const summary = rows.map(
      ({ method, labels, seed, accuracy, remembered: left }) =>
        `${method}, ${labels} labels, seed ${seed}: ${shown(accuracy)}${left === undefined ? "" : `; definitions found ${shown(left)}, before ${shown(before)}`}`,
    );
    return { result, summary };
  },
};

function idsOf(tokenizer: Tokenizer, words: readonly SentimentWord[]): tf.Tensor2D {
  return padRows(
    words.map(({ word }) => sentenceIds(tokenizer, word, 32)),
    0,
  );
}

function accuracyOn(model: WordClassifier, tokenizer: Tokenizer, words: readonly SentimentWord[]): number {
  let right = 0;
  for (let i = 0; i < words.length; i += 64) {
    const some = words.slice(i, i + 64);
    const guessed = tf.tidy(() => model.forward(idsOf(tokenizer, some)).argMax(1).dataSync());
    right += some.filter(({ score }, j) => guessed[j] === Number(score > 0)).length;
  }
  return right / words.length;
}

/** How far each part of the model went from where it was. */
function movement(before: Snapshot, model: BERT): Record<string, number> {
  const sums = new Map<string, { change: number; size: number }>();
  for (const [name, weight] of model.parameters()) {
    const part = /^(blocks\.\d+)/.exec(name)?.[1] ?? (name.startsWith("pooler") ? undefined : "embeddings");
    if (!part) continue;
    const [old, now] = [before.get(name)!.data, weight.dataSync()];
    const sum = sums.get(part) ?? { change: 0, size: 0 };
    for (let i = 0; i < old.length; i++) {
      sum.change += (now[i]! - old[i]!) ** 2;
      sum.size += old[i]! ** 2;
    }
    sums.set(part, sum);
  }
  return Object.fromEntries(
    [...sums].map(([part, { change, size }]) => [part, Number(Math.sqrt(change / size).toPrecision(4))]),
  );
}

/** What MiniLM could do before it was taught anything here: of 200 nouns, find the one that a definition is of. */
export async function remembered(encoder: SentenceEncoder): Promise<number> {
  const { nouns, definitions } = dictionary();
  const [a, b] = [await embedTexts(encoder, nouns), await embedTexts(encoder, definitions, { longest: 32 })];
  const alike = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const found = b.filter((definition, i) => {
    const likeness = a.map((noun) => alike(noun, definition));
    return likeness.indexOf(Math.max(...likeness)) === i;
  });
  return found.length / b.length;
}

/** 200 nouns with definitions that do not use them. */
function dictionary() {
  const polite = [...wordNet().synsets.values()].filter(
    (synset) =>
      /^[a-z]{4,10}$/.test(synset.words[0]!) && isPolite(synset) && !synset.definition.includes(synset.words[0]!),
  );
  const drawn = new Map(new Random(5).shuffle(polite).map((synset) => [synset.words[0]!, synset.definition]));
  const some = [...drawn].slice(0, 200);
  return { nouns: some.map(([noun]) => noun), definitions: some.map(([, definition]) => definition) };
}
