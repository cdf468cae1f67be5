import { type LiveFigure, type LiveFigureOptions, liveFigure } from "./live-figure";

/** What a training loop reports to: `train({ ..., callbacks: liveTraining() })`. */
export interface LiveTraining extends Pick<LiveFigure, "note" | "finish"> {
  onStep(report: { step: number; steps: number; loss: number; learningRate: number }): Promise<void>;
  onEvaluate(report: { step: number; metrics: Readonly<Record<string, number>> }): Promise<void>;
}

/**
 * The live figure of a training: losses above, other metrics (accuracy, error rate) below, with progress, rate and time
 * left: `const live = liveTraining({ baseline }); await train({ ..., callbacks: live }); await live.finish()`.
 */
export function liveTraining(options: LiveFigureOptions = {}): LiveTraining {
  const live = liveFigure({ lower: (name) => !/loss|nll|perplexity/i.test(name), lowerLabel: "metrics", ...options });
  return {
    onStep: ({ step, steps, loss }) => live.add({ step, loss }, { steps }),
    onEvaluate: ({ step, metrics }) => live.add({ step, ...metrics }),
    note: live.note,
    finish: live.finish,
  };
}
