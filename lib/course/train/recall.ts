import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  type Memory,
  memories,
  RecallModel,
  recallAccuracy,
  recallBatch,
  recallConfig,
  recallLoss,
} from "../../models/recall";
import { Random } from "../../random";
import { valueAndGradients } from "../../train/gradients";
import { Adam } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import { type PartOptions, trainMany } from "./many";
import type { Training } from "./training";

const distances = [1, 4, 8, 16, 24];
const seeds = [1, 2, 3];
const length = 32;
const batchSize = 32;
const steps = 400;
const peak = 5e-3;
const timedLengths = [16, 32, 64, 128, 256];

/** What the training leaves: all that lesson 08 says about it. */
export interface RecallTable {
  readonly command: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly length: number;
  readonly vocabularySize: number;
  /** How many positions the convolution sees. */
  readonly width: number;
  readonly seeds: readonly number[];
  readonly distances: readonly number[];
  readonly timedLengths: readonly number[];
  readonly rows: readonly {
    readonly memory: Memory;
    readonly weights: number;
    /** By distance, then by seed: the share of right answers on sequences that are not trained on. */
    readonly accuracy: readonly (readonly number[])[];
    /** By length: milliseconds of a training step of 8 sequences, the median of several, on the machine that trained. */
    readonly milliseconds: readonly number[];
  }[];
}

const runs = memories.flatMap((memory) =>
  distances.flatMap((distance) => seeds.map((seed) => ({ memory, distance, seed, steps }))),
);
type Run = (typeof runs)[number];

/** Lesson 08's table: four ways to remember, asked for the symbol that stood so many places before. */
export const recall: Training = {
  name: "recall",
  lesson: "08",
  about: `RNN, LSTM, convolution and attention on the recall task, ${distances.length} distances, ${seeds.length} seeds`,
  async run(options, modelFile) {
    const folder = path.dirname(modelFile);
    const { rows: shares, result } = await trainMany({ runs, options, folder, one });
    if (result.end === "interrupted") return { result, summary: [] };

    const rows = memories.map((memory) => {
      const shareOf = (distance: number, seed: number) =>
        shares[runs.findIndex((run) => run.memory === memory && run.distance === distance && run.seed === seed)]!;
      return {
        memory,
        weights: weightsOf(memory),
        accuracy: distances.map((distance) => seeds.map((seed) => shareOf(distance, seed))),
        milliseconds: timedLengths.map((length) => Number(stepTime(memory, length).toFixed(2))),
      };
    });
    const { vocabularySize, width } = recallConfig;
    const command = "npm run train -- recall";
    const table: RecallTable = {
      ...{ command, steps, batchSize, length, vocabularySize, width, seeds, distances, timedLengths, rows },
    };
    const file = path.join(folder, "recall.json");
    fs.writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
    const percent = (list: readonly number[]) => list.map((share) => `${Math.round(100 * share)} %`).join(" ");
    const summary = rows.map(
      ({ memory, accuracy }) =>
        `${memory}: ${accuracy.map((list, i) => `${distances[i]} back ${percent(list)}`).join(" · ")}`,
    );
    return { result, summary: [...summary, `right answers by distance and seed: ${file}`] };
  },
};

async function one({ memory, distance, seed }: Run, options: PartOptions) {
  const model = new RecallModel({ ...recallConfig, memory, seed });
  const optimizer = new Adam(model.parameters(), { learningRate: peak });
  const result = await train({
    ...options,
    model,
    optimizer,
    nextBatch: (_, random) => recallBatch(random, batchSize, length, recallConfig.vocabularySize),
    schedule: cosine({ peak, steps: options.steps, warmup: 20, floor: 0.05 * peak }),
    clipNorm: 1,
    loss: (ids) => recallLoss(model.forward(ids).logits, ids, distance),
    seed,
  });
  const test = recallBatch(new Random(1000 + seed), 200, length, recallConfig.vocabularySize);
  const row = Number(recallAccuracy(model, test, distance).toFixed(4));
  test.dispose();
  optimizer.dispose();
  model.dispose();
  return { result, row };
}

function weightsOf(memory: Memory): number {
  const model = new RecallModel({ ...recallConfig, memory, seed: 1 });
  const weights = [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
  model.dispose();
  return weights;
}

/** Milliseconds of a step, forward and backward, on 8 sequences: the median of nine, after two that warm up. */
function stepTime(memory: Memory, length: number): number {
  const model = new RecallModel({ ...recallConfig, memory, seed: 1 });
  const ids = recallBatch(new Random(1), 8, length, recallConfig.vocabularySize);
  const times = Array.from({ length: 11 }, () => {
    const started = performance.now();
    tf.tidy(() => {
      const { value } = valueAndGradients(() => recallLoss(model.forward(ids).logits, ids, 1), model.parameters());
      value.dataSync();
    });
    return performance.now() - started;
  });
  ids.dispose();
  model.dispose();
  return times.slice(2).sort((a, b) => a - b)[4]!;
}
