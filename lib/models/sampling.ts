import type { Random } from "../random";
import { sampleIndex } from "../text/ngram";

/** How the next token is chosen from its logits. The steps are taken in the order in which they stand here. */
export interface SamplingOptions {
  /** Logits of tokens that are already there are divided by this, negative ones multiplied (Keskar et al. 2019). Default: 1. */
  readonly repetitionPenalty?: number;
  /** Logits are divided by it: below 1 sharper, above 1 flatter, 0 always the likeliest token. Default: 1. */
  readonly temperature?: number;
  /** Only the `topK` likeliest tokens (Fan et al. 2018). Default: all. */
  readonly topK?: number;
  /** Only the likeliest tokens that together reach this probability (nucleus, Holtzman et al. 2020). Default: 1, all. */
  readonly topP?: number;
}

/** Draws the next token. `before` are the ids that are already there. */
export function sampleToken(
  logits: ArrayLike<number>,
  before: readonly number[],
  options: SamplingOptions,
  random: Random,
): number {
  const penalized = penalizeRepetition(logits, before, options.repetitionPenalty ?? 1);
  const { temperature = 1 } = options;
  if (temperature === 0) return likeliest(penalized);
  return sampleIndex(nextTokenDistribution(penalized, options), () => random.uniform());
}

/** The distribution that is drawn from: temperature, top-k, top-p, in this order. */
export function nextTokenDistribution(
  logits: ArrayLike<number>,
  { temperature = 1, topK, topP = 1 }: SamplingOptions = {},
): Float64Array {
  if (!(temperature > 0)) throw new Error(`nextTokenDistribution: expected a temperature above 0, got ${temperature}`);
  if (!(topP > 0 && topP <= 1)) throw new Error(`nextTokenDistribution: expected topP in (0, 1], got ${topP}`);
  if (topK !== undefined && !(topK >= 1))
    throw new Error(`nextTokenDistribution: expected topK of at least 1, got ${topK}`);
  const scaled = Float64Array.from(logits, (z) => z / temperature);
  const order = Uint32Array.from(scaled.keys()).sort((a, b) => scaled[b]! - scaled[a]!);
  const kept = order.subarray(0, topK ?? order.length);
  const highest = scaled[order[0]!]!;
  const probabilities = new Float64Array(scaled.length);
  let total = 0;
  for (const token of kept) total += probabilities[token] = Math.exp(scaled[token]! - highest);
  // The token that crosses the threshold stays.
  let mass = 0;
  let keptMass = 0;
  for (const token of kept) {
    if (mass >= topP * total) probabilities[token] = 0;
    else keptMass += probabilities[token]!;
    mass += probabilities[token]!;
  }
  return probabilities.map((p) => p / keptMass);
}

function penalizeRepetition(logits: ArrayLike<number>, before: readonly number[], penalty: number): Float64Array {
  const penalized = Float64Array.from(logits);
  for (const token of new Set(before)) {
    penalized[token] = penalized[token]! > 0 ? penalized[token]! / penalty : penalized[token]! * penalty;
  }
  return penalized;
}

function likeliest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}
