import { Value } from "./value";

export interface GradientCheck {
  /** One row for each input: `backward()`'s gradient, the central difference, and how far apart they are. */
  readonly rows: readonly { analytic: number; numeric: number; error: number }[];
  /** The largest error, relative to the gradient where that exceeds 1. */
  readonly worst: number;
}

/**
 * Central differences: `∂f/∂x_i ≈ (f(x + h e_i) - f(x - h e_i)) / 2h`, wrong by order `h²`.
 * A smaller `h` is not better: the difference then drowns in rounding. For doubles about 1e-5 is best.
 */
export function numericGradient(f: (x: number[]) => number, at: readonly number[], { step = 1e-5 } = {}): number[] {
  const moved = (i: number, by: number) => f(at.map((x, j) => (i === j ? x + by : x)));
  return at.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
}

/** Compares the gradient that `backward()` finds for `f` with central differences. */
export function checkGradient(
  f: (inputs: Value[]) => Value,
  at: readonly number[],
  { step = 1e-5 } = {},
): GradientCheck {
  const inputs = at.map((x) => new Value(x));
  f(inputs).backward();
  const numeric = numericGradient((x) => f(x.map((v) => new Value(v))).data, at, { step });
  const rows = inputs.map(({ grad }, i) => {
    const error = Math.abs(grad - numeric[i]!) / Math.max(1, Math.abs(numeric[i]!));
    return { analytic: grad, numeric: numeric[i]!, error };
  });
  return { rows, worst: Math.max(0, ...rows.map((row) => row.error)) };
}
