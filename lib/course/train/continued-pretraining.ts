import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { decodeSafetensors } from "../../checkpoint/safetensors";
import {
  type ContinuedFigures,
  loadSpeechBERT,
  type Reading,
  type ReadingRow,
  type VoiceRow,
} from "../../checkpoint/speech-bert";
import { mobyDickChapters, mobyDickVoices, type Voice } from "../../data/moby-dick";
import { sentences, speeches, speechTokenizer } from "../../data/speeches";
import { BERTForPreTraining, BERTForSequenceClassification } from "../../models/bert";
import {
  bertBatch,
  preTrainingBatch,
  preTrainingLoss,
  preTrainingScores,
  speechBERTConfig,
  unknown,
} from "../../models/speech-bert";
import { Random } from "../../random";
import { placesWithNext, type Sentences, sentencePair } from "../../text/sentence-pairs";
import { tfIdf } from "../../text/tf-idf";
import { batches, randomAt } from "../../train/batches";
import { restore, type Snapshot, saveTensors, snapshot } from "../../train/checkpoint";
import { logisticRegression } from "../../train/logistic-regression";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { linear } from "../../train/schedules";
import { train } from "../../train/train";
import { type PartOptions, trainMany } from "./many";
import type { Training } from "./training";

const newWords = 2048;
const batchSize = 32;
const readingSteps = 1000;
const taskSteps = 120;
const config = { ...speechBERTConfig, vocabularySize: speechBERTConfig.vocabularySize + newWords, seed: 1 };

/** A text to read on in, or a task to learn after some reading. */
type Run =
  | { readonly reading: Reading; readonly steps: number }
  | { readonly reading: Reading; readonly labels: number; readonly seed: number; readonly steps: number };
type Row = ReadingRow | VoiceRow;

/** Seed by seed: a run that is stopped early has every reading with both sizes of the first one. */
function plan(): Run[] {
  const readings = ["speeches", "more speeches", "Moby-Dick"] as const;
  const tasks = [1, 2, 3, 4, 5].flatMap((seed) =>
    [64, 512].flatMap((labels) =>
      (["nothing", ...readings] as const).map((reading) => ({ reading, labels, seed, steps: taskSteps })),
    ),
  );
  return [...readings.slice(1).map((reading) => ({ reading, steps: readingSteps })), ...tasks];
}

/**
 * Lesson 14's test of continued pre-training (Gururangan et al. 2020): the BERT that read speeches reads on, in speeches
 * or in Moby-Dick, as long in either; then it learns to tell what is spoken in Moby-Dick from what is told.
 */
export const continuedPreTraining: Training = {
  name: "continued-pretraining",
  lesson: "14",
  about: "the BERT of lesson 12 reads on, in speeches or in Moby-Dick, and learns a task about Moby-Dick",
  async run(options, modelFile) {
    const folder = path.dirname(modelFile);
    const split = speeches();
    const chapters = mobyDickChapters();
    const known = speechTokenizer(split.train);
    const book = chapters.train.join("\n");
    const tokenizer = known.extended(book, newWords);
    const idsOf = (text: string) => tokenizer.pieces(text).map(({ id }) => id);
    const toSentences = (texts: readonly string[]): Sentences[] => texts.map((text) => sentences(text).map(idsOf));
    const texts = {
      speeches: toSentences(split.train.map(({ text }) => text)),
      mobyDick: toSentences(chapters.train),
    };
    const held = {
      speeches: toSentences(split.validation.map(({ text }) => text)),
      mobyDick: toSentences(chapters.test),
    };
    const voices = mobyDickVoices();
    const stateFile = (reading: Reading) => path.join(folder, `${reading.replace(" ", "-").toLowerCase()}.safetensors`);

    const start = grown(known.vocabulary.size);
    const before = await keep("speeches", start);
    start.dispose();
    const { result, rows } = await trainMany<Run, Row>({
      runs: plan(),
      options,
      folder,
      one: (run, part) =>
        "labels" in run
          ? learnVoices(run, part, voices, idsOf, run.reading === "nothing" ? undefined : stateFile(run.reading))
          : readOn(run, part),
    });

    async function readOn({ reading }: { reading: Reading }, part: PartOptions) {
      const model = grown(known.vocabulary.size);
      const documents = reading === "Moby-Dick" ? texts.mobyDick : texts.speeches;
      const places = placesWithNext(documents);
      const optimizer = new AdamW(model.parameters(), { beta2: 0.98, weightDecay: 0.01 });
      const result = await train({
        ...part,
        model,
        optimizer,
        batches: batches({ size: places.length, batchSize, seed: 1 }, (rows) => rows),
        schedule: linear({ peak: 5e-4, steps: part.steps, warmup: Math.round(part.steps / 10) }),
        clipNorm: 1,
        loss: (rows, { random }) => {
          const pairs = rows.map((i) => sentencePair(documents, places[i]!, random));
          return preTrainingLoss(model, preTrainingBatch(pairs, random, config));
        },
        seed: 1,
      });
      optimizer.dispose();
      const row = await keep(reading, model);
      model.dispose();
      return { result, row };
    }

    /** Saves what has been read, for the tasks to start from, and says how well it guesses. */
    async function keep(reading: Reading, model: BERTForPreTraining): Promise<ReadingRow> {
      await saveTensors(stateFile(reading), model.parameters());
      return { reading, speeches: maskedLoss(model, held.speeches), mobyDick: maskedLoss(model, held.mobyDick) };
    }

    const figures: ContinuedFigures = {
      command: "npm run train -- continued-pretraining",
      readingSteps,
      taskSteps,
      testSentences: voices.test.length,
      newWords,
      unknown: [known, tokenizer].map((words) => {
        const pieces = words.pieces(book);
        return pieces.filter(({ id }) => id === unknown).length / pieces.length;
      }) as [number, number],
      readings: [before, ...rows.filter((row): row is ReadingRow => "mobyDick" in row)],
      voices: rows.filter((row): row is VoiceRow => "accuracy" in row),
      counting: counted(voices),
    };
    fs.writeFileSync(path.join(folder, "figures.json"), `${JSON.stringify(figures, undefined, 1)}\n`);
    const summary = [
      ...figures.readings.map(
        ({ reading, speeches, mobyDick }) =>
          `after ${reading}: masked words of speeches ${speeches.toFixed(3)} nats, of Moby-Dick ${mobyDick.toFixed(3)}`,
      ),
      ...[...figures.voices, ...figures.counting.map((row) => ({ reading: "counting", ...row }))].map(
        ({ reading, labels, seed, accuracy }) =>
          `${reading}, ${labels} labels, seed ${seed}: ${(100 * accuracy).toFixed(1)} %`,
      ),
    ];
    return { result, summary };
  },
};

/**
 * The BERT that read speeches, and room for new words after the `words` that it knows. A new one starts near the mean of
 * all known ones (J. Hewitt, "Initializing new word embeddings for pretrained language models", 2021): from random rows,
 * two thousand of them took almost a nat from the words of the speeches.
 */
function grown(words: number): BERTForPreTraining {
  const { model: before } = loadSpeechBERT();
  const known = snapshot(before.parameters());
  before.dispose();
  const model = new BERTForPreTraining(config);
  const larger: Snapshot = snapshot(model.parameters());
  for (const [name, { data, shape }] of known) {
    const place = larger.get(name)!;
    if (shape[0] !== words && data.length !== place.data.length)
      throw new Error(`grown: expected ${name} of [${place.shape.join(", ")}], got [${shape.join(", ")}]`);
    place.data.set(data as never);
    const means = tf.tidy(() =>
      tf
        .tensor(data, [...shape])
        .mean(0)
        .dataSync(),
    );
    for (let i = data.length; i < place.data.length; i++) place.data[i]! += means[i % means.length]!;
  }
  restore(model.parameters(), larger);
  return model;
}

function maskedLoss(model: BERTForPreTraining, documents: readonly Sentences[]): number {
  const places = new Random(9).shuffle(placesWithNext(documents)).slice(0, 1000);
  const held = Array.from({ length: Math.ceil(places.length / 100) }, (_, i) => () => {
    const random = randomAt(9, i);
    const pairs = places.slice(100 * i, 100 * (i + 1)).map((place) => sentencePair(documents, place, random));
    return preTrainingBatch(pairs, random, config);
  });
  return preTrainingScores(model, held).maskedLoss;
}

/** As many sentences of either kind, the same ones whatever was read before. */
function draw(voices: readonly Voice[], labels: number, seed: number): Voice[] {
  const shuffled = new Random(seed).shuffle(voices);
  return [true, false].flatMap((spoken) => shuffled.filter((voice) => voice.spoken === spoken).slice(0, labels / 2));
}

async function learnVoices(
  { reading, labels, seed }: Omit<VoiceRow, "accuracy">,
  part: PartOptions,
  voices: ReturnType<typeof mobyDickVoices>,
  idsOf: (text: string) => number[],
  stateFile?: string,
) {
  const preTrained = new BERTForPreTraining({ ...config, seed });
  if (stateFile) restore(preTrained.parameters(), decodeSafetensors(fs.readFileSync(stateFile)).tensors);
  const model = new BERTForSequenceClassification(preTrained.bert, 2, new Random(seed));
  const drawn = draw(voices.train, labels, seed);
  const logits = (some: readonly Voice[]) =>
    model.forward(bertBatch(some.map(({ text }) => ({ first: idsOf(text) }))).ids);
  const optimizer = new AdamW(model.parameters(), { beta2: 0.98, weightDecay: 0.01 });
  const result = await train({
    ...part,
    model,
    optimizer,
    batches: batches({ size: drawn.length, batchSize, seed }, (rows) => rows.map((i) => drawn[i]!)),
    schedule: linear({ peak: 5e-4, steps: part.steps, warmup: Math.round(part.steps / 10) }),
    clipNorm: 1,
    loss: (some) => {
      const spoken = tf.tensor1d(
        some.map((voice) => Number(voice.spoken)),
        "int32",
      );
      return crossEntropy(logits(some), spoken);
    },
    seed,
  });
  optimizer.dispose();
  let right = 0;
  for (let i = 0; i < voices.test.length; i += 64) {
    const some = voices.test.slice(i, i + 64);
    const guessed = tf.tidy(() => logits(some).argMax(1).dataSync());
    right += some.filter(({ spoken }, j) => guessed[j] === Number(spoken)).length;
  }
  model.classifier.dispose();
  preTrained.dispose();
  return { result, row: { reading, labels, seed, accuracy: right / voices.test.length } };
}

/** TF-IDF of words and a neuron on it, on the same draws. */
function counted({ train: known, test }: ReturnType<typeof mobyDickVoices>): ContinuedFigures["counting"] {
  return [1, 2, 3, 4, 5].flatMap((seed) =>
    [64, 512].map((labels) => {
      const drawn = draw(known, labels, seed);
      const table = tfIdf(drawn.map(({ text }) => text));
      const judge = logisticRegression(
        drawn.map(({ text }) => table.transform(text)),
        drawn.map(({ spoken }) => spoken),
        { C: 10 },
      );
      const right = test.filter(({ text, spoken }) => judge.logit(table.transform(text)) > 0 === spoken).length;
      return { labels, seed, accuracy: right / test.length };
    }),
  );
}
