import type { TrainOptions, TrainResult } from "../../train/train";

/** What a run of `npm run train` gives to a training: where to save, who watches, how to be stopped. */
export type RunOptions = Required<Pick<TrainOptions<unknown>, "checkpoint" | "callbacks" | "signal">>;

/** A lesson's full training, longer than its notebook has time for. */
export interface Training {
  readonly name: string;
  readonly lesson: string;
  /** What is trained, on what, how long. */
  readonly about: string;
  /** Trains, and describes what came out of it: measured figures, one a line (none if interrupted). Saves the model beside the checkpoint. */
  run(
    options: RunOptions,
    modelFile: string,
  ): Promise<{ readonly result: TrainResult; readonly summary: readonly string[] }>;
}
