import * as tf from "@tensorflow/tfjs";
import type { KeyValue } from "../nn/attention";

/**
 * A decoder that writes one token at a time. `N` rows are written side by side; the cache has a row for each on its first
 * axis, and so has whatever the decoder keeps of the sources.
 */
export interface StepDecoder {
  /** Shape: ids `[N, 1]` -> logits `[N, V]`. */
  step(ids: tf.Tensor2D, cache?: KeyValue[]): { logits: tf.Tensor2D; cache: KeyValue[] };
}

export interface SearchOptions {
  /** How many rows are written. */
  readonly rows: number;
  readonly start: number;
  readonly end: number;
  /** At most so many tokens, the end included. */
  readonly maxLength: number;
}

/** One written row, without start and end. */
export interface Hypothesis {
  readonly ids: readonly number[];
  /** `log P(ids, end | source)`. */
  readonly logProbability: number;
}

/** Takes the likeliest token at every step. */
export function greedySearch(decoder: StepDecoder, options: SearchOptions): Hypothesis[] {
  return beamSearch(decoder, { ...options, beams: 1 }).map((found) => found[0]!);
}

export interface BeamOptions extends SearchOptions {
  /** How many unfinished hypotheses a row keeps. The decoder works on `rows * beams` rows, a row's beams side by side. */
  readonly beams: number;
  /** Finished hypotheses are compared by `logProbability / length ^ lengthPenalty`: above 0 favours long ones. Default: 1. */
  readonly lengthPenalty?: number;
}

/**
 * Beam search: keeps the `beams` likeliest beginnings of every row, and returns its finished hypotheses, best first.
 * A row is done when it has `beams` finished ones and no beginning can still beat the worst of them. With one beam it is
 * greedy search. Length and stopping rule are those of Hugging Face's generation (`early_stopping=False`).
 */
export function beamSearch(decoder: StepDecoder, options: BeamOptions): Hypothesis[][] {
  const { rows, beams, start, end, maxLength, lengthPenalty = 1 } = options;
  if (!(Number.isInteger(beams) && beams >= 1 && maxLength >= 1)) {
    throw new Error(`beamSearch: expected at least 1 beam and 1 token, got ${beams} beams and ${maxLength} tokens`);
  }
  const searches = Array.from({ length: rows }, () => new RowSearch(beams, end, lengthPenalty));
  let ids = new Int32Array(rows * beams).fill(start);
  let cache: KeyValue[] | undefined;
  try {
    for (let length = 1; length <= maxLength && searches.some((s) => !s.done); length++) {
      const step = tf.tidy(() => {
        const { logits, cache: longer } = decoder.step(tf.tensor2d(ids, [rows * beams, 1], "int32"), cache);
        return { scores: tf.logSoftmax(logits), longer };
      });
      tf.dispose(cache ?? []);
      cache = step.longer;
      const vocabularySize = step.scores.shape[1];
      const logProbabilities = step.scores.dataSync();
      step.scores.dispose();
      const parents = new Int32Array(rows * beams);
      const next = new Int32Array(rows * beams);
      for (const [row, search] of searches.entries()) {
        const first = row * beams;
        const scores = logProbabilities.subarray(first * vocabularySize, (first + beams) * vocabularySize);
        search.extend(scores, vocabularySize, length);
        for (const [i, beam] of search.live.entries()) {
          parents[first + i] = first + beam.parent;
          next[first + i] = beam.ids[beam.ids.length - 1] ?? end;
        }
      }
      ids = next;
      if (beams > 1) cache = reorder(cache, parents);
    }
    return searches.map((search) => search.finish(maxLength));
  } finally {
    tf.dispose(cache ?? []);
  }
}

/** The cache with row `i` taken from row `parents[i]`; the old one is disposed. */
function reorder(cache: KeyValue[], parents: Int32Array): KeyValue[] {
  const reordered = tf.tidy(() => {
    const rows = tf.tensor1d(parents, "int32");
    return cache.map(({ key, value }) => ({ key: tf.gather(key, rows), value: tf.gather(value, rows) }));
  });
  tf.dispose(cache);
  return reordered;
}

interface Beam extends Hypothesis {
  /** Which of the row's beams it continues. */
  readonly parent: number;
}

/** The search of one row. */
class RowSearch {
  /** Unfinished hypotheses, best first. All begin alike, so at first only one may grow. */
  live: Beam[];
  done = false;
  private finished: (Hypothesis & { score: number })[] = [];

  constructor(
    private readonly beams: number,
    private readonly end: number,
    private readonly lengthPenalty: number,
  ) {
    const begin = (i: number) => ({ ids: [], logProbability: i === 0 ? 0 : Number.NEGATIVE_INFINITY, parent: i });
    this.live = Array.from({ length: beams }, (_, i) => begin(i));
  }

  /** Grows every beam by one token, given `log P(token)` by beam, `[beams, V]`. `length` counts the new token. */
  extend(logProbabilities: Float32Array | Int32Array | Uint8Array, vocabularySize: number, length: number): void {
    if (this.done) return;
    // Twice as many as beams: even if half of them end here, enough go on.
    const candidates = best(this.live, logProbabilities, vocabularySize, 2 * this.beams);
    const live: Beam[] = [];
    for (const [rank, { parent, token, logProbability }] of candidates.entries()) {
      const before = this.live[parent]!;
      if (token === this.end) {
        if (rank < this.beams) this.keep({ ids: before.ids, logProbability }, length);
      } else live.push({ ids: [...before.ids, token], logProbability, parent });
      if (live.length === this.beams) break;
    }
    const attainable = (candidates[0]?.logProbability ?? Number.NEGATIVE_INFINITY) / length ** this.lengthPenalty;
    this.live = live;
    this.done = this.finished.length >= this.beams && this.finished[this.finished.length - 1]!.score >= attainable;
  }

  /** The finished hypotheses, best first; what is still unfinished at the longest length counts as finished there. */
  finish(maxLength: number): Hypothesis[] {
    if (!this.done) for (const { ids, logProbability } of this.live) this.keep({ ids, logProbability }, maxLength);
    return this.finished.map(({ ids, logProbability }) => ({ ids, logProbability }));
  }

  private keep(hypothesis: Hypothesis, length: number): void {
    const score = hypothesis.logProbability / length ** this.lengthPenalty;
    if (score === Number.NEGATIVE_INFINITY) return;
    this.finished.push({ ...hypothesis, score });
    this.finished.sort((a, b) => b.score - a.score);
    this.finished.length = Math.min(this.finished.length, this.beams);
  }
}

function best(live: readonly Beam[], scores: ArrayLike<number>, vocabularySize: number, count: number) {
  const found: { parent: number; token: number; logProbability: number }[] = [];
  for (const [parent, beam] of live.entries()) {
    for (let token = 0; token < vocabularySize; token++) {
      const logProbability = beam.logProbability + scores[parent * vocabularySize + token]!;
      const last = found[count - 1];
      if (logProbability === Number.NEGATIVE_INFINITY || (last && logProbability <= last.logProbability)) continue;
      let place = Math.min(found.length, count - 1);
      while (place > 0 && found[place - 1]!.logProbability < logProbability) {
        found[place] = found[place - 1]!;
        place--;
      }
      found[place] = { parent, token, logProbability };
    }
  }
  return found;
}
