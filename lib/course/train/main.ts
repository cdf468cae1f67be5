/* Full trainings, outside notebooks: `npm run train -- NAME [--resume]`, `npm run train -- --list`. */
import * as tf from "@tensorflow/tfjs";
import { Command } from "commander";
import { ablation } from "./ablation";
import { bertHeads } from "./bert-heads";
import { bertMini, bertMiniLong } from "./bert-mini";
import { clip } from "./clip";
import { continuedPreTraining } from "./continued-pretraining";
import { digitPainter } from "./digit-painter";
import { fineTuning } from "./fine-tuning";
import { g2p, g2pLong } from "./g2p";
import { miniLMFeatures } from "./minilm-features";
import { mnistMLP } from "./mnist-mlp";
import { courseSourceGPT, mobyDickGPT } from "./moby-dick-gpt";
import { names } from "./names";
import { recall } from "./recall";
import { type RunTrainingOptions, runTraining, UsageError } from "./run-training";
import { sideBySide } from "./side-by-side";
import { t5Answer, t5Pronounce, t5Sentiment, t5Tasks } from "./t5-tasks";
import type { Training } from "./training";
import { vit } from "./vit";

const trainings: readonly Training[] = [
  mnistMLP,
  names,
  g2p,
  g2pLong,
  recall,
  ablation,
  mobyDickGPT,
  courseSourceGPT,
  vit,
  clip,
  digitPainter,
  bertMini,
  bertMiniLong,
  bertHeads,
  sideBySide,
  t5Tasks,
  t5Pronounce,
  t5Sentiment,
  t5Answer,
  miniLMFeatures,
  fineTuning,
  continuedPreTraining,
];

async function main(): Promise<void> {
  const command = new Command("npm run train --")
    .description("Trains a lesson's model in full: progress bar, checkpoints, log. Ctrl-C saves and stops.")
    .argument("[name]", "which training; --list names them")
    .option("--list", "name the trainings")
    .option("--resume", "go on from the checkpoint")
    .option("--restart", "begin again although there is a checkpoint")
    .option("--folder <folder>", "where to save, instead of .cache/train/NAME")
    .allowExcessArguments(false)
    .parse();
  const { list, ...flags } = command.opts<
    { list?: true } & Pick<RunTrainingOptions, "resume" | "restart" | "folder">
  >();
  if (list) return console.log(listed());
  const name = command.args[0];
  const training = trainings.find((training) => training.name === name);
  if (!training) throw new UsageError(`train: expected one of the names below, got ${name ?? "none"}.\n${listed()}`);

  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort()); // a second Ctrl-C ends the process at once
  tf.enableProdMode();
  const end = await runTraining(training, { ...flags, signal: interrupt.signal, say: (line) => console.log(line) });
  if (end === "interrupted") process.exitCode = 130;
}

function listed(): string {
  const width = Math.max(...trainings.map(({ name }) => name.length));
  return trainings.map(({ name, lesson, about }) => `  ${name.padEnd(width)}  lesson ${lesson}: ${about}`).join("\n");
}

main().catch((error) => {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
});
