import * as tf from "@tensorflow/tfjs";
import type { MultiHeadAttention } from "../lib/nn/attention";
import type { FeedForward } from "../lib/nn/feed-forward";
import type { LayerNorm } from "../lib/nn/layer-norm";
import { causalMask } from "../lib/nn/masks";

/** What a decoder reads, and what it should write at each of these places. */
export interface TeacherForcing {
  readonly reads: number[][];
  readonly writes: number[][];
}

/**
 * Targets made ready for teacher forcing: at place t the decoder reads the right token before t, and should write token t.
 *
 *     reads   start  y₁  y₂  …  yₙ
 *     writes   y₁    y₂  …   yₙ  end
 *
 * The targets have different lengths. Every row, of both, is filled up on the right with `padding` to the longest row.
 * Shapes: B targets without marks → `reads [B][T]` and `writes [B][T]`, T = the longest target's length + 1.
 * Example: `shiftRight([[7, 8], [9]], { start: 1, end: 2, padding: 0 })` is
 * `{ reads: [[1, 7, 8], [1, 9, 0]], writes: [[7, 8, 2], [9, 2, 0]] }`.
 */
export function shiftRight(
  targets: readonly (readonly number[])[],
  { start, end, padding }: { readonly start: number; readonly end: number; readonly padding: number },
): TeacherForcing {
  // BEGIN 10.1
  const T = Math.max(...targets.map((target) => target.length)) + 1;
  const fill = (row: readonly number[]) => [...row, ...new Array<number>(T - row.length).fill(padding)];
  return {
    reads: targets.map((target) => fill([start, ...target])),
    writes: targets.map((target) => fill([...target, end])),
  };
  // END 10.1
}

/** The parts of one decoder layer, with their weights. */
export interface DecoderLayers {
  readonly selfAttention: MultiHeadAttention;
  readonly crossAttention: MultiHeadAttention;
  readonly feedForward: FeedForward;
  /** One for each of the three, in this order. */
  readonly norms: readonly [LayerNorm, LayerNorm, LayerNorm];
}

/**
 * One layer of a decoder, with the norms before the sublayers (pre-LN, lesson 9), as the model of this lesson has it.
 *
 *     h = x + selfAttention(norm₁(x))                 looks back: causal mask
 *     g = h + crossAttention(norm₂(h), context)       looks across: what the encoder made of the source
 *     y = g + feedForward(norm₃(g))                   thinks alone
 *
 * `context` is used as it is: the encoder has normalized it already. `sourceMask` is 1 where the source has a token and 0
 * where it is padding, and `causalMask(T)` of the library is the other mask. An attention is called like this, and asks
 * itself if no `context` is given: `attention.forward(x, { context, mask }).output`.
 *
 * Shapes: `x [B, T, C]`, `context [B, S, C]`, `sourceMask [B, 1, 1, S]` → `[B, T, C]`.
 */
export function decoderBlock(
  x: tf.Tensor3D,
  context: tf.Tensor3D,
  sourceMask: tf.Tensor4D,
  { selfAttention, crossAttention, feedForward, norms }: DecoderLayers,
): tf.Tensor3D {
  // BEGIN 10.2
  const T = x.shape[1];
  const own = selfAttention.forward(norms[0].forward(x), { mask: causalMask(T) }).output;
  const h = x.add<tf.Tensor3D>(own);
  const across = crossAttention.forward(norms[1].forward(h), { context, mask: sourceMask }).output;
  const g = h.add<tf.Tensor3D>(across);
  return g.add(feedForward.forward(norms[2].forward(g)));
  // END 10.2
}

/** All that the number of a Transformer's weights depends on. */
export interface TransformerSizes {
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  /** C, and F. */
  readonly modelSize: number;
  readonly feedForwardSize: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly norm: "post" | "pre";
  /** Which of the three big tables are one: none, the target's embedding and the output layer, or all three. */
  readonly tying: "none" | "output" | "all";
}

/**
 * How many weights a Transformer has.
 *
 * - An attention has four projections (query, key, value, output), each a matrix [C, C] with a bias [C]. The number of
 *   heads does not matter: they share these matrices.
 * - A feed-forward layer has a matrix [C, F] with a bias [F], and one [F, C] with a bias [C].
 * - A norm has a gain [C] and a bias [C].
 * - An encoder layer: one attention, one feed-forward layer, two norms. A decoder layer: two attentions, one feed-forward
 *   layer, three norms. With `norm: "pre"` each of the two stacks has one more norm at its end.
 * - Two embeddings, [source vocabulary, C] and [target vocabulary, C]. Sinusoidal positions have no weights.
 * - The output layer is a matrix [C, target vocabulary] with a bias. Where it is tied to an embedding it has no weights
 *   of its own, not even a bias. With `tying: "all"` there is one vocabulary, and one table for everything.
 *
 * Example: sizes of 1 everywhere, `norm: "post"`, `tying: "none"`: 16 in the encoder, 26 in the decoder, 4 around: 46.
 */
export function countWeights(sizes: TransformerSizes): number {
  // BEGIN 10.3
  const { sourceVocabulary, targetVocabulary, modelSize: C, feedForwardSize: F, norm, tying } = sizes;
  const attention = 4 * (C * C + C);
  const feedForward = C * F + F + F * C + C;
  const oneNorm = 2 * C;
  const encoder = sizes.encoderLayers * (attention + feedForward + 2 * oneNorm);
  const decoder = sizes.decoderLayers * (2 * attention + feedForward + 3 * oneNorm);
  const last = norm === "pre" ? 2 * oneNorm : 0;
  const embeddings = tying === "all" ? targetVocabulary * C : sourceVocabulary * C + targetVocabulary * C;
  const output = tying === "none" ? C * targetVocabulary + targetVocabulary : 0;
  return encoder + decoder + last + embeddings + output;
  // END 10.3
}

/**
 * The loss of a batch of sequences: the mean cross-entropy of the labels that are not padding.
 *
 *     loss = −1/N · Σ log softmax(logits[b, t])[labels[b, t]]        over the N places (b, t) whose label is not padding
 *
 * If all labels are padding, there is nothing to learn, and the loss is 0.
 * Useful: `tf.logSoftmax(logits)` works on the last axis; `tf.oneHot(labels, V)` is `[B, T, V]`; `labels.notEqual(padding)`.
 * Shapes: `logits [B, T, V]`, `labels [B, T]` of type int32 → a scalar.
 */
export function sequenceLoss(logits: tf.Tensor3D, labels: tf.Tensor2D, padding: number): tf.Scalar {
  // BEGIN 10.4
  const V = logits.shape[2];
  const counts = labels.notEqual(padding).toFloat(); // [B, T]
  const surprise = tf.logSoftmax(logits).mul(tf.oneHot(labels, V).toFloat()).sum(-1).neg(); // [B, T]
  return surprise.mul(counts).sum().div(tf.maximum(counts.sum(), 1));
  // END 10.4
}

/**
 * A softened target: the true class keeps most of the probability, and a share ε of it is spread evenly over *all* V
 * classes, the true one included (Szegedy et al. 2016, section 7).
 *
 *     q_v = (1 − ε) · [v = label] + ε / V
 *
 * Shape: `[V]`, summing to 1. Example: `smoothTarget(1, 4, 0.2)` is `[0.05, 0.85, 0.05, 0.05]`.
 */
export function smoothTarget(label: number, V: number, epsilon: number): number[] {
  // BEGIN 10.5
  return Array.from({ length: V }, (_, v) => (v === label ? 1 - epsilon : 0) + epsilon / V);
  // END 10.5
}

/**
 * The cross-entropy of a prediction with a softened target, and the lowest value that it can take at all.
 *
 *     loss = −Σ_v q_v · log p_v          lowest = −Σ_v q_v · log q_v   (when p = q)
 *
 * With ε = 0 the lowest is 0: a term whose q is 0 counts as 0.
 * Shapes: `logProbabilities [V]` = log p, natural logarithms; `q [V]`.
 */
export function smoothedLoss(
  logProbabilities: readonly number[],
  q: readonly number[],
): { readonly loss: number; readonly lowest: number } {
  // BEGIN 10.5
  const loss = q.reduce((sum, share, v) => sum - share * logProbabilities[v]!, 0);
  const lowest = q.reduce((sum, share) => sum - (share > 0 ? share * Math.log(share) : 0), 0);
  return { loss, lowest };
  // END 10.5
}

/**
 * The learning rate of the Transformer of 2017 (Vaswani et al., equation 3): a straight climb during the warm-up, then a
 * fall with the root of the step.
 *
 *     rate = C^−½ · min( n^−½ , n · warmup^−1½ )        n = 1 in the first step
 *
 * `step` counts the steps that are done, as the training loop does: it is 0 in the first step.
 * Example: with C = 4 and warmup = 100 the first rate is 0.0005, and the highest, in the hundredth step, is 0.05.
 */
export function warmupRate(step: number, modelSize: number, warmup: number): number {
  // BEGIN 10.6
  const n = step + 1;
  return modelSize ** -0.5 * Math.min(n ** -0.5, n * warmup ** -1.5);
  // END 10.6
}

/**
 * A model as a decoder sees it: given the tokens so far, the start first, the logarithm of the probability of each next
 * token, `[V]`.
 */
export type NextToken = (soFar: readonly number[]) => readonly number[];

/** How long to write, and where to begin and to stop. */
export interface DecodingOptions {
  readonly start: number;
  readonly end: number;
  /** At most so many tokens are written; the end, where there is one, counts as one of them. */
  readonly maxLength: number;
}

/**
 * Greedy decoding: write the likeliest token, read it again with all that came before, and so on, until the end is the
 * likeliest or `maxLength` tokens are written. On a tie take the smaller token.
 *
 * Returns the tokens without start and end. Example: if after 5 always comes 6, and after 6 the end,
 * `greedyDecode(next, { start: 5, end: 2, maxLength: 10 })` is `[6]`.
 */
export function greedyDecode(next: NextToken, { start, end, maxLength }: DecodingOptions): number[] {
  // BEGIN 10.7
  const soFar = [start];
  while (soFar.length <= maxLength) {
    const scores = next(soFar);
    const best = scores.indexOf(Math.max(...scores));
    if (best === end) break;
    soFar.push(best);
  }
  return soFar.slice(1);
  // END 10.7
}

/**
 * The smallest number of insertions, deletions and substitutions, each of one symbol, that turn `a` into `b`.
 *
 *     d(i, 0) = i        d(0, j) = j
 *     d(i, j) = min( d(i−1, j) + 1 ,  d(i, j−1) + 1 ,  d(i−1, j−1) + [aᵢ ≠ bⱼ] )
 *
 * d(i, j) is the distance of the first i symbols of a and the first j of b. Example: `["K", "AE", "T"]` and
 * `["K", "AA", "T", "S"]` have distance 2.
 */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  // BEGIN 10.8
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substituted));
    }
    row = next;
  }
  return row[b.length]!;
  // END 10.8
}

/**
 * Two error rates over many words, from the edit distance of each hypothesis (what the model said) to its reference (what
 * was right).
 *
 *     symbols = all edits / all symbols of the references        words = words that are not exactly right / words
 *
 * For pronunciations they are called phoneme error rate (PER) and word error rate (WER).
 */
export function errorRates(
  references: readonly (readonly string[])[],
  hypotheses: readonly (readonly string[])[],
  distance: (a: readonly string[], b: readonly string[]) => number,
): { readonly symbols: number; readonly words: number } {
  // BEGIN 10.8
  const edits = references.map((reference, i) => distance(reference, hypotheses[i]!));
  const length = references.reduce((sum, reference) => sum + reference.length, 0);
  const wrong = edits.filter((count) => count > 0).length;
  return { symbols: edits.reduce((sum, count) => sum + count, 0) / length, words: wrong / references.length };
  // END 10.8
}

/** A written sequence, without start and end, and the logarithm of its probability (with the end, if it has one). */
export interface Hypothesis {
  readonly ids: number[];
  readonly logProbability: number;
}

/**
 * Beam search: keep several beginnings alive, not only the likeliest.
 *
 * Begin with one empty beginning of log-probability 0. Then, in each step:
 * 1. extend every living beginning by every token; the log-probability of the longer one is the *sum* of both;
 * 2. of all of these keep the likeliest `beams − finished` ones, where `finished` counts the hypotheses that ended so far;
 * 3. those among them that wrote the end are finished: they leave the beam and are never extended. The others live on.
 *
 * Stop when nothing lives any more (so `beams` are finished), or when `maxLength` tokens are written: then the living
 * count as finished, too. Return the finished, the highest *score* first:
 *
 *     score = logProbability / length^lengthPenalty        length counts the end, if there is one
 *
 * With one beam this is greedy decoding.
 */
export function beamSearch(
  next: NextToken,
  {
    start,
    end,
    maxLength,
    beams,
    lengthPenalty,
  }: DecodingOptions & { readonly beams: number; readonly lengthPenalty: number },
): Hypothesis[] {
  // BEGIN 10.9
  let living: Hypothesis[] = [{ ids: [], logProbability: 0 }];
  const finished: (Hypothesis & { score: number })[] = [];
  const finish = (hypothesis: Hypothesis, length: number) =>
    finished.push({ ...hypothesis, score: hypothesis.logProbability / length ** lengthPenalty });
  for (let length = 1; length <= maxLength && living.length > 0; length++) {
    const longer = living.flatMap(({ ids, logProbability }) =>
      next([start, ...ids]).map((added, token) => ({ ids: [...ids, token], logProbability: logProbability + added })),
    );
    const kept = longer.sort((a, b) => b.logProbability - a.logProbability).slice(0, beams - finished.length);
    living = [];
    for (const { ids, logProbability } of kept) {
      if (ids[ids.length - 1] === end) finish({ ids: ids.slice(0, -1), logProbability }, length);
      else living.push({ ids, logProbability });
    }
  }
  for (const hypothesis of living) finish(hypothesis, maxLength);
  return finished.sort((a, b) => b.score - a.score).map(({ ids, logProbability }) => ({ ids, logProbability }));
  // END 10.9
}
