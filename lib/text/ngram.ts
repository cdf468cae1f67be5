/** What a language model predicts from: `predict(context)[token]` is `P(token | context)`. */
export interface LanguageModel {
  readonly vocabularySize: number;
  /** `context` is everything before; a model looks at as much of it as it can. Sums to 1. */
  predict(context: readonly number[]): Float64Array;
  /** The same for many contexts at once, where that is faster: a network sees them as one batch. */
  predictMany?(contexts: readonly (readonly number[])[]): Float64Array[];
}

export interface NGramOptions {
  /** `n`: 1 looks at nothing, 2 at one token before, … */
  readonly order: number;
  readonly vocabularySize: number;
  /** Added to every count, so that nothing is impossible (add-one: Laplace). Default: 0. */
  readonly addK?: number;
}

/**
 * Counts what follows what.
 *
 *     P(token | context) = (count(context, token) + k) / (count(context) + k V)
 *
 * Sequences are given with whatever marks their beginning and end; the first `order - 1` tokens are only context.
 * A context that was never seen is uniform with `k > 0`, and also with `k = 0`, where the formula says 0 / 0.
 */
export class NGramModel implements LanguageModel {
  readonly order: number;
  readonly vocabularySize: number;
  readonly addK: number;
  private readonly counts = new Map<string, Float64Array>();

  constructor({ order, vocabularySize, addK = 0 }: NGramOptions) {
    if (!Number.isInteger(order) || order < 1)
      throw new Error(`NGramModel: expected an order of at least 1, got ${order}`);
    this.order = order;
    this.vocabularySize = vocabularySize;
    this.addK = addK;
  }

  learn(sequences: Iterable<readonly number[]>): this {
    for (const sequence of sequences) {
      for (let i = this.order - 1; i < sequence.length; i++) {
        const token = sequence[i]!;
        if (!(token >= 0 && token < this.vocabularySize)) {
          throw new Error(`NGramModel.learn: expected ids below ${this.vocabularySize}, got ${token}`);
        }
        const key = this.key(sequence, i);
        const row = this.counts.get(key) ?? new Float64Array(this.vocabularySize);
        this.counts.set(key, row);
        row[token] = row[token]! + 1;
      }
    }
    return this;
  }

  /** How often each token followed the context. */
  count(context: readonly number[]): Float64Array {
    return this.counts.get(this.key(context, context.length)) ?? new Float64Array(this.vocabularySize);
  }

  predict(context: readonly number[]): Float64Array {
    const counts = this.count(context);
    const total = counts.reduce((sum, n) => sum + n, 0) + this.addK * this.vocabularySize;
    if (total === 0) return counts.map(() => 1 / this.vocabularySize);
    return counts.map((n) => (n + this.addK) / total);
  }

  private key(sequence: readonly number[], end: number): string {
    return sequence.slice(Math.max(0, end - this.order + 1), end).join(" ");
  }
}

/**
 * A weighted mean of models of several orders (Jelinek and Mercer 1980): the long contexts know more, the short ones
 * have seen more.
 */
export class InterpolatedModel implements LanguageModel {
  readonly vocabularySize: number;

  constructor(
    readonly models: readonly LanguageModel[],
    readonly weights: readonly number[],
  ) {
    const sum = weights.reduce((a, b) => a + b, 0);
    if (weights.length !== models.length || Math.abs(sum - 1) > 1e-9 || weights.some((w) => w < 0)) {
      throw new Error(
        `InterpolatedModel: expected ${models.length} weights that sum to 1, got [${weights.join(", ")}], which sum to ${sum}`,
      );
    }
    this.vocabularySize = models[0]?.vocabularySize ?? 0;
  }

  predict(context: readonly number[]): Float64Array {
    return this.predictMany([context])[0]!;
  }

  predictMany(contexts: readonly (readonly number[])[]): Float64Array[] {
    const mixed = contexts.map(() => new Float64Array(this.vocabularySize));
    for (const [m, model] of this.models.entries()) {
      for (const [i, distribution] of predictMany(model, contexts).entries()) {
        for (const [token, p] of distribution.entries()) mixed[i]![token]! += this.weights[m]! * p;
      }
    }
    return mixed;
  }
}

function predictMany(model: LanguageModel, contexts: readonly (readonly number[])[]): Float64Array[] {
  return model.predictMany?.(contexts) ?? contexts.map((context) => model.predict(context));
}

/** So many predictions are held at once: enough to fill a batch, few enough to fit in any memory. */
const CHUNK = 2048;

/** The mean of `-ln P(token | before)` over all tokens from position `from` on, in nats; Infinity if one was impossible. */
export function averageNegativeLogLikelihood(
  model: LanguageModel,
  sequences: Iterable<readonly number[]>,
  from = 1,
): number {
  const contexts: number[][] = [];
  const targets: number[] = [];
  for (const sequence of sequences) {
    for (let i = from; i < sequence.length; i++) {
      contexts.push(sequence.slice(0, i));
      targets.push(sequence[i]!);
    }
  }
  let sum = 0;
  for (let start = 0; start < targets.length; start += CHUNK) {
    const predictions = predictMany(model, contexts.slice(start, start + CHUNK));
    for (const [i, probabilities] of predictions.entries()) sum -= Math.log(probabilities[targets[start + i]!]!);
  }
  return sum / targets.length;
}

/** `e^nll`: between how many equally likely tokens the model hesitates on average. */
export function perplexity(averageNegativeLogLikelihood: number): number {
  return Math.exp(averageNegativeLogLikelihood);
}

/** An index drawn with the given probabilities. `random` is uniform in `[0, 1)`. */
export function sampleIndex(probabilities: ArrayLike<number>, random: () => number): number {
  let rest = random();
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i]! <= 0) continue;
    last = i;
    rest -= probabilities[i]!;
    if (rest < 0) return i;
  }
  return last;
}

/** Continues a beginning until `end` or `maxLength` tokens in all. */
export function sampleSequence(
  model: LanguageModel,
  { begin, end, maxLength, random }: { begin: readonly number[]; end: number; maxLength: number; random: () => number },
): number[] {
  const sequence = [...begin];
  while (sequence.length < maxLength) {
    const token = sampleIndex(model.predict(sequence), random);
    sequence.push(token);
    if (token === end) break;
  }
  return sequence;
}
