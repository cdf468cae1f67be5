/** When to stop: a metric of `evaluate` has not improved on its best for `patience` evaluations in a row. */
export interface EarlyStopping {
  readonly metric: string;
  readonly better: "lower" | "higher";
  readonly patience: number;
}

/** What early stopping remembers between evaluations; plain, so that a checkpoint can keep it. */
export interface BestSoFar {
  /** How many steps were done at the best evaluation; 0 before the first. */
  readonly step: number;
  readonly value: number;
  /** Evaluations since then. */
  readonly misses: number;
}

export const nothingYet: BestSoFar = { step: 0, value: Number.NaN, misses: 0 };

/** The next memory after an evaluation. It is the best so far exactly if `misses` is 0; NaN never is. */
export function nextBest(
  { metric, better }: EarlyStopping,
  best: BestSoFar,
  { step, metrics }: { readonly step: number; readonly metrics: Readonly<Record<string, number>> },
): BestSoFar {
  const value = metrics[metric];
  if (value === undefined)
    throw new Error(
      `earlyStopping: expected evaluate to return "${metric}", got ${Object.keys(metrics).join(", ") || "no metrics"}`,
    );
  const improved = best.step === 0 || (better === "lower" ? value < best.value : value > best.value);
  return improved && !Number.isNaN(value) ? { step, value, misses: 0 } : { ...best, misses: best.misses + 1 };
}
