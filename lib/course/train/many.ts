import * as fs from "node:fs";
import * as path from "node:path";
import type { TrainCallbacks, TrainResult } from "../../train/train";
import type { RunOptions } from "./training";

/** What each of the trainings must hand on to `train`. */
export type PartOptions = RunOptions & { readonly steps: number };

export interface ManyTrainings<Run extends { readonly steps: number }, Row> {
  readonly runs: readonly Run[];
  readonly options: RunOptions;
  /** Where the diary goes: the rows of what is finished. */
  readonly folder: string;
  /** Trains one, and returns what is to be kept of it: plain data. */
  one(run: Run, options: PartOptions): Promise<{ readonly result: TrainResult; readonly row: Row }>;
}

/**
 * Many small trainings as one: a common progress bar, and a diary of what is finished. A resumed training begins with
 * the first that is not; `rows` are fewer than `runs` if it was interrupted.
 */
export async function trainMany<Run extends { readonly steps: number }, Row>({
  runs,
  options,
  folder,
  one,
}: ManyTrainings<Run, Row>): Promise<{ readonly result: TrainResult; readonly rows: readonly Row[] }> {
  const diary = path.join(folder, "runs.json");
  const rows: Row[] =
    options.checkpoint.resume && fs.existsSync(diary) ? JSON.parse(fs.readFileSync(diary, "utf8")) : [];
  const steps = (count: number) => runs.slice(0, count).reduce((sum, run) => sum + run.steps, 0);
  const started = performance.now();
  const losses: Float32Array[] = [];
  let end: TrainResult["end"] = "finished";
  for (const run of runs.slice(rows.length)) {
    const { result, row } = await one(run, {
      signal: options.signal,
      checkpoint: { file: options.checkpoint.file, every: run.steps },
      callbacks: shifted([options.callbacks].flat(), steps(rows.length), steps(runs.length)),
      steps: run.steps,
    });
    losses.push(result.losses);
    if (result.end === "interrupted") {
      end = result.end;
      break;
    }
    rows.push(row);
    fs.writeFileSync(diary, JSON.stringify(rows));
  }
  const done = steps(rows.length);
  const seconds = (performance.now() - started) / 1000;
  const all = Float32Array.from(losses.flatMap((some) => Array.from(some)));
  return { rows, result: { steps: done, losses: all, evaluations: [], end, weightsOf: done, seconds } };
}

/** Reports of one training as reports of all. Their evaluations are of different models and would only confuse. */
function shifted(callbacks: readonly TrainCallbacks[], before: number, all: number): TrainCallbacks[] {
  return callbacks.map((callback) => ({
    onStep: (report) => callback.onStep?.({ ...report, step: before + report.step, steps: all }),
  }));
}
