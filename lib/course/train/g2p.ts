import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { MeasuredRates, PronouncerFigures } from "../../checkpoint/pronouncer";
import { decodeSafetensors } from "../../checkpoint/safetensors";
import { type Pronunciation, pronunciations } from "../../data/pronunciations";
import { pronounce, pronouncerBatch, pronouncerConfig } from "../../models/pronouncer";
import { sequenceLoss, Transformer } from "../../models/transformer";
import { errorRates } from "../../text/edit-distance";
import { restore, saveTensors } from "../../train/checkpoint";
import { lengthBatches } from "../../train/length-batches";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import type { Training } from "./training";

const { padding } = pronouncerConfig;

interface Recipe {
  readonly name: string;
  readonly about: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly peak: number;
  readonly warmup: number;
  /** The last learning rate. */
  readonly floor: number;
  readonly dropoutRate: number;
  readonly labelSmoothing: number;
  readonly seed: number;
}

/** Lesson 10's Transformer on the CMU Pronouncing Dictionary. */
function g2pTraining({
  name,
  about,
  steps,
  batchSize,
  peak,
  warmup,
  floor,
  dropoutRate,
  labelSmoothing,
  seed,
}: Recipe): Training {
  return {
    name,
    lesson: "10",
    about,
    async run(options, modelFile) {
      const { train: words, validation, test } = pronunciations();
      const model = new Transformer({ ...pronouncerConfig, dropoutRate, seed });
      const optimizer = new AdamW(model.parameters(), {
        learningRate: peak,
        beta1: 0.9,
        beta2: 0.98,
        weightDecay: 0.01,
      });
      const lengths = words.map(({ word }) => word.length);
      const result = await train({
        ...options,
        model,
        optimizer,
        batches: lengthBatches({ lengths, batchSize, seed }, (rows) => pronouncerBatch(rows.map((i) => words[i]!))),
        steps,
        schedule: cosine({ peak, steps, warmup, floor }),
        clipNorm: 1,
        loss: ({ source, shifted, target }, { random }) =>
          sequenceLoss(model.forward(source, shifted, { dropout: random }), target, { padding, labelSmoothing }),
        seed,
        evaluate: () => {
          const { symbols, sequences } = rates(model, validation.slice(0, 1000));
          return { phonemeErrorRate: symbols, wordErrorRate: sequences };
        },
        evaluateEvery: 500,
      });
      await saveTensors(modelFile, model.parameters(), { dtype: "F16" });
      let summary: string[] = [];
      if (result.end !== "interrupted") {
        restore(model.parameters(), decodeSafetensors(await fs.readFile(modelFile)).tensors); // the figures are of what is saved
        const figures: PronouncerFigures = {
          command: `npm run train -- ${name}`,
          steps: result.steps,
          batchSize,
          seconds: Math.round(result.seconds),
          resumed: options.checkpoint.resume ?? false,
          ...finalRates(model, test.slice(0, 2000)),
          curve: result.evaluations.map(({ step, metrics }) => ({
            step,
            phonemeErrorRate: metrics["phonemeErrorRate"]!,
            wordErrorRate: metrics["wordErrorRate"]!,
          })),
          losses: meansOf(result.losses, 100),
        };
        await fs.writeFile(
          path.join(path.dirname(modelFile), "figures.json"),
          `${JSON.stringify(figures, undefined, 1)}\n`,
        );
        summary = [figures.greedy, figures.beam].map(sentence);
      }
      optimizer.dispose();
      model.dispose();
      return { result, summary };
    },
  };
}

function rates(model: Transformer, entries: readonly Pronunciation[], beams = 1) {
  const said: (readonly string[])[] = [];
  for (let i = 0; i < entries.length; i += 250) {
    const some = pronounce(
      model,
      entries.slice(i, i + 250).map((entry) => entry.word),
      { beams },
    );
    said.push(...some.map((ways) => ways[0]?.phonemes ?? []));
  }
  const first = errorRates(
    entries.map((entry) => entry.phonemes),
    said,
  );
  const accepted = entries.filter((entry, i) => entry.listed.some((way) => way.join() === said[i]!.join())).length;
  return { ...first, unlisted: 1 - accepted / entries.length };
}

function finalRates(model: Transformer, entries: readonly Pronunciation[]): Pick<PronouncerFigures, "greedy" | "beam"> {
  const measured = (beams: number) => {
    const { symbols, sequences, unlisted } = rates(model, entries, beams);
    return { beams, words: entries.length, phonemeErrorRate: symbols, wordErrorRate: sequences, unlisted };
  };
  return { greedy: measured(1), beam: measured(4) };
}

function sentence({ beams, words, phonemeErrorRate, wordErrorRate, unlisted }: MeasuredRates): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const how = beams === 1 ? "greedy" : `${beams} beams`;
  return `${how}: phoneme error rate ${percent(phonemeErrorRate)}, word error rate ${percent(wordErrorRate)} (any listed pronunciation: ${percent(unlisted)}) on ${words} test words`;
}

/** The mean of every `size` neighbours: a curve that is short enough to keep. */
function meansOf(values: Float32Array, size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const some = values.subarray(i * size, (i + 1) * size);
    return Number((some.reduce((sum, value) => sum + value, 0) / some.length).toFixed(4));
  });
}

/** The reference's budget: what PyTorch reaches in as many steps is known. */
export const g2p = g2pTraining({
  name: "g2p",
  about: "the Transformer pronounces English: 1.4 M weights on CMUdict, 3,551 steps of 64 words",
  steps: 3551,
  batchSize: 64,
  peak: 1e-3,
  warmup: 300,
  floor: 5e-5,
  dropoutRate: 0,
  labelSmoothing: 0,
  seed: 1,
});

/** As good as this size gets: longer, with dropout and label smoothing. Its weights ship with the course. */
export const g2pLong = g2pTraining({
  name: "g2p-long",
  about: "the same Transformer, trained for 32,000 steps of 128 words with dropout and label smoothing",
  steps: 32_000,
  batchSize: 128,
  peak: 2e-3,
  warmup: 1000,
  floor: 0,
  dropoutRate: 0.1,
  labelSmoothing: 0.1,
  seed: 1,
});
