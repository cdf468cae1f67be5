import * as tf from "@tensorflow/tfjs";
import { firstNames } from "../../data/names";
import { NeuralNGram } from "../../models/neural-ngram";
import { averageNegativeLogLikelihood } from "../../text/ngram";
import { batches, takeRows } from "../../train/batches";
import { saveTensors } from "../../train/checkpoint";
import { crossEntropy } from "../../train/losses";
import { SGD } from "../../train/optimizers";
import { stepDecay } from "../../train/schedules";
import { train } from "../../train/train";
import type { Training } from "./training";

const seed = 1;
const steps = 20_000;
const contextLength = 3;

/** Lesson 06's neural n-gram, trained until it has little left to learn from the names. */
export const names: Training = {
  name: "names",
  lesson: "06",
  about: `a neural 4-gram on first names, ${steps.toLocaleString("en-US")} steps of 32 windows`,
  run: (options, modelFile) => trainNames(options, modelFile, seed),
};

/** The same with a seed of your own, for a mean over seeds. */
export async function trainNames(
  options: Partial<Parameters<Training["run"]>[0]>,
  modelFile: string | undefined,
  seed: number,
): ReturnType<Training["run"]> {
  const sets = firstNames();
  const model = new NeuralNGram({ vocabularySize: 27, contextLength, embeddingSize: 10, hiddenSize: 200, seed });
  const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
  const { contexts, targets } = windows(sets.train);
  const result = await train({
    ...options,
    model,
    optimizer,
    batches: batches({ size: targets.length, batchSize: 32, seed }, (rows) => ({
      x: tf.tensor2d(takeRows(contexts, contextLength, rows), [rows.length, contextLength]),
      y: tf.tensor1d(takeRows(targets, 1, rows), "int32"),
    })),
    steps,
    schedule: stepDecay({ rate: 0.1, factor: 0.1, every: steps / 2 }),
    loss: ({ x, y }) => crossEntropy(model.forward(x), y),
    seed,
    evaluate: () => ({ nll: nllOn(model, sets.validation) }),
    evaluateEvery: 2000,
  });
  if (modelFile) await saveTensors(modelFile, model.parameters());
  const line = (set: "train" | "validation" | "test") =>
    `${set}: ${nllOn(model, sets[set]).toFixed(3)} nats a letter, on ${sets[set].length} names`;
  const summary = result.end === "interrupted" ? [] : [line("train"), line("validation"), line("test")];
  optimizer.dispose();
  model.dispose();
  return { result, summary };
}

/** 0 is the mark before and after a name, a to z are 1 to 26. */
function spell(name: string): number[] {
  const marks = new Array<number>(contextLength).fill(0);
  return [...marks, ...Array.from(name, (letter) => letter.charCodeAt(0) - 96), 0];
}

function nllOn(model: NeuralNGram, names: readonly string[]): number {
  return averageNegativeLogLikelihood(model.asLanguageModel(), names.map(spell), contextLength);
}

/** All windows, flat: contexts `[N, contextLength]` and the letter that follows each, `[N]`. */
function windows(names: readonly string[]): { contexts: Int32Array; targets: Int32Array } {
  const contexts: number[] = [];
  const targets: number[] = [];
  for (const tokens of names.map(spell)) {
    for (let i = contextLength; i < tokens.length; i++) {
      contexts.push(...tokens.slice(i - contextLength, i));
      targets.push(tokens[i]!);
    }
  }
  return { contexts: Int32Array.from(contexts), targets: Int32Array.from(targets) };
}
