/** The learning rate of a step; the first step is 0. */
export type Schedule = (step: number) => number;

export function constant(rate: number): Schedule {
  return () => rate;
}

/** `rate · factor^⌊step / every⌋`. */
export function stepDecay({ rate, factor, every }: { rate: number; factor: number; every: number }): Schedule {
  atLeast("stepDecay", "every", every, 1);
  return (step) => rate * factor ** Math.floor(step / every);
}

export interface DecayOptions {
  /** The highest rate, reached at the end of the warm-up. */
  readonly peak: number;
  /** How many steps there are in all; from there on the rate stays at the floor. */
  readonly steps: number;
  /** So many first steps climb from `peak / warmup` to `peak`. Default: 0. */
  readonly warmup?: number;
  /** The last rate. Default: 0. */
  readonly floor?: number;
}

/** Warm-up, then half a cosine wave from the peak down to the floor (Loshchilov and Hutter 2017, eq. 5). */
export function cosine(options: DecayOptions): Schedule {
  return decay("cosine", options, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);
}

/** Warm-up, then a straight line from the peak down to the floor. */
export function linear(options: DecayOptions): Schedule {
  return decay("linear", options, (progress) => 1 - progress);
}

/**
 * `size^-½ · min(n^-½, n · warmup^-1½)` with `n = step + 1` (Vaswani et al. 2017, eq. 3): a straight climb, then a
 * slow fall. The highest rate is `1 / √(size · warmup)`.
 */
export function warmupInverseSquareRoot({ size, warmup }: { size: number; warmup: number }): Schedule {
  atLeast("warmupInverseSquareRoot", "warmup", warmup, 1);
  atLeast("warmupInverseSquareRoot", "size", size, 1);
  return (step) => size ** -0.5 * Math.min((step + 1) ** -0.5, (step + 1) * warmup ** -1.5);
}

/** `share` gives how much of the way from floor to peak is left after a share of the decay's steps. */
function decay(
  where: string,
  { peak, steps, warmup = 0, floor = 0 }: DecayOptions,
  share: (progress: number) => number,
): Schedule {
  atLeast(where, "steps", steps, warmup + 1);
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const progress = Math.min(1, (step - warmup) / (steps - warmup));
    return floor + (peak - floor) * share(progress);
  };
}

function atLeast(where: string, name: string, value: number, least: number): void {
  if (!(value >= least)) throw new Error(`${where}: expected ${name} of at least ${least}, got ${value}`);
}
