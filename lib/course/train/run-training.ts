import * as fs from "node:fs";
import * as path from "node:path";
import { startBackend } from "../../backend";
import { projectRoot } from "../../root";
import { lineProgress, terminalProgress } from "../../train/progress";
import type { Training } from "./training";

/** A mistake in the command line, told in a sentence. */
export class UsageError extends Error {}

export interface RunTrainingOptions {
  /** Go on from the checkpoint; or begin again although there is one. Without either there must be none. */
  readonly resume?: boolean;
  readonly restart?: boolean;
  /** Where `checkpoint.safetensors`, `model.safetensors` and `log.txt` go. Default: `.cache/train/NAME`. */
  readonly folder?: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Where progress is shown. Default: the terminal's error output. */
  readonly progressTo?: NodeJS.WriteStream;
}

/** Runs a training with a progress bar, checkpoints and a log. Returns how it ended. */
export async function runTraining(training: Training, options: RunTrainingOptions) {
  const { resume = false, restart = false, signal } = options;
  const folder = options.folder ?? path.join(projectRoot, ".cache", "train", training.name);
  const file = path.join(folder, "checkpoint.safetensors");
  checkFlags(file, resume, restart);

  fs.mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, "log.txt");
  if (!resume) fs.rmSync(logFile, { force: true });
  const log = (line: string) => fs.appendFileSync(logFile, `${line}\n`);
  const say = (line: string) => {
    options.say(line);
    log(line);
  };

  const { note } = await startBackend();
  say(`${training.name}, lesson ${training.lesson}: ${training.about}`);
  say(note);
  const progress = terminalProgress(options.progressTo);
  const checkpoint = { file, every: 200, resume };
  const callbacks = [progress, lineProgress(log)];
  const { result, summary } = await training
    .run({ checkpoint, callbacks, signal }, path.join(folder, "model.safetensors"))
    .finally(() => progress.stop());
  for (const line of summary) say(line);
  if (result.end === "interrupted")
    say(`Interrupted after step ${result.steps}. To go on: npm run train -- ${training.name} --resume`);
  else
    say(
      `${result.end} after ${result.steps} steps; the model has the weights of step ${result.weightsOf}: ${shown(folder)}`,
    );
  return result.end;
}

function checkFlags(file: string, resume: boolean, restart: boolean): void {
  const exists = fs.existsSync(file);
  if (resume && restart) throw new UsageError("train: expected either --resume or --restart, got both.");
  if (exists && !resume && !restart)
    throw new UsageError(
      `train: expected --resume to go on or --restart to begin again, got neither, and there is a checkpoint: ${shown(file)}`,
    );
  if (!exists && resume)
    throw new UsageError(`train: expected a checkpoint for --resume, got none: ${shown(file)}. Leave --resume out.`);
}

/** A path as a learner types it in the project's folder. */
function shown(file: string): string {
  const relative = path.relative(projectRoot, file);
  return relative.startsWith("..") ? file : relative;
}
