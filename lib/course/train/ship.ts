import * as fs from "node:fs/promises";
import * as path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { decodeSafetensors } from "../../checkpoint/safetensors";
import { restore, saveTensors } from "../../train/checkpoint";
import type { TrainResult } from "../../train/train";

/** Figures of a training that every lesson tells the same way. */
export interface TrainingFigures {
  /** The command that trains it again. */
  readonly command: string;
  /** Numbers that were learned. */
  readonly parameters: number;
  readonly steps: number;
  readonly batchSize: number;
  /** Of the last run: not the whole time if it was resumed. */
  readonly seconds: number;
  readonly curve: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  /** The mean training loss of every 50 steps. */
  readonly losses: readonly number[];
}

/**
 * Saves a model as the course ships it: 16-bit floats, and figures beside them. The model takes on the rounded weights, so
 * that what `measure` finds is true of what is saved. Returns the figures, or nothing of an interrupted training.
 */
export async function ship<F extends object>(
  { name, batchSize, result, modelFile }: { name: string; batchSize: number; result: TrainResult; modelFile: string },
  variables: ReadonlyMap<string, tf.Variable>,
  measure: () => F,
): Promise<(TrainingFigures & F) | undefined> {
  await saveTensors(modelFile, variables, { dtype: "F16" });
  if (result.end === "interrupted") return undefined;
  restore(variables, decodeSafetensors(await fs.readFile(modelFile)).tensors);
  const losses = Array.from({ length: Math.floor(result.losses.length / 50) }, (_, i) => {
    const some = result.losses.subarray(50 * i, 50 * (i + 1));
    return Number((some.reduce((sum, loss) => sum + loss, 0) / 50).toFixed(4));
  });
  const figures = {
    command: `npm run train -- ${name}`,
    parameters: [...new Set(variables.values())].reduce((sum, { size }) => sum + size, 0),
    steps: result.steps,
    batchSize,
    seconds: Math.round(result.seconds),
    curve: result.evaluations,
    losses,
    ...measure(),
  };
  const file = path.join(path.dirname(modelFile), "figures.json");
  await fs.writeFile(file, `${JSON.stringify(figures, undefined, 1)}\n`);
  return figures;
}
