import * as tf from "@tensorflow/tfjs";

/** The ids of BERT's special tokens in the vocabularies of this lesson; ordinary tokens begin at 5. */
export const special = { padding: 0, unknown: 1, classify: 2, separate: 3, mask: 4 } as const;
export const firstOrdinary = 5;

/** What the model reads, and what it is asked. */
export interface Cloze {
  readonly input: number[];
  /** The original token where one was chosen, −1 where nothing is asked. */
  readonly targets: number[];
}

/**
 * Chooses tokens to be guessed, and hides most of them (Devlin et al. 2019, section 3.1).
 *
 * Go through the tokens from the first to the last. Leave those below `firstOrdinary` alone. For every other one:
 *
 *     u = random()    u < 0.15: the token is chosen                     else: next token
 *     v = random()    v < 0.8: it becomes special.mask
 *                     0.8 ≤ v < 0.9: it becomes firstOrdinary + ⌊random() · (V − firstOrdinary)⌋, any ordinary token
 *                     0.9 ≤ v: it stays as it is
 *
 * `random` gives numbers in [0, 1); V is `vocabularySize`. `ids` itself must not change.
 * Example: with the random numbers 0.1, 0.5, 0.7 the answer to `([2, 8, 9, 3], 100, random)` is
 * `{ input: [2, 4, 9, 3], targets: [-1, 8, -1, -1] }`: 8 was chosen and masked, 9 was not chosen.
 */
export function maskTokens(ids: readonly number[], vocabularySize: number, random: () => number): Cloze {
  // BEGIN 12.1
  const input = [...ids];
  const targets = new Array<number>(ids.length).fill(-1);
  for (const [place, id] of ids.entries()) {
    if (id < firstOrdinary) continue;
    if (random() >= 0.15) continue;
    targets[place] = id;
    const lot = random();
    if (lot < 0.8) input[place] = special.mask;
    else if (lot < 0.9) input[place] = firstOrdinary + Math.floor(random() * (vocabularySize - firstOrdinary));
  }
  return { input, targets };
  // END 12.1
}

/** Two sentences, and whether the second came next. A sentence is a list of ids. */
export interface SentencePair {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly follows: boolean;
}

/**
 * Pairs for next-sentence prediction: one for every sentence that has a next one in its document, in order.
 *
 * For each of them:
 *
 *     u = random()    u < 0.5: the second is the next sentence
 *                     else: it comes from another document, in two draws:
 *                       d = ⌊random() · (D − 1)⌋, counted among the other documents, in order
 *                       s = ⌊random() · (number of sentences in it)⌋
 *
 * D is the number of documents, at least 2. In the document itself nothing is drawn: it could be the next sentence after all.
 * Example: with D = 3 and a sentence of document 1, d = 0 means document 0 and d = 1 means document 2.
 */
export function nextSentencePairs(
  documents: readonly (readonly (readonly number[])[])[],
  random: () => number,
): SentencePair[] {
  // BEGIN 12.2
  const pairs: SentencePair[] = [];
  for (const [here, sentences] of documents.entries()) {
    for (let i = 0; i < sentences.length - 1; i++) {
      const follows = random() < 0.5;
      let second = sentences[i + 1]!;
      if (!follows) {
        const drawn = Math.floor(random() * (documents.length - 1));
        const other = documents[drawn < here ? drawn : drawn + 1]!;
        second = other[Math.floor(random() * other.length)]!;
      }
      pairs.push({ first: sentences[i]!, second, follows });
    }
  }
  return pairs;
  // END 12.2
}

/** A pair as BERT reads it, all three of the same length. */
export interface Packed {
  readonly ids: number[];
  /** 0 for the first text, 1 for the second. */
  readonly segments: number[];
  /** 1 where there is a token, 0 where there is padding. */
  readonly mask: number[];
}

/**
 * Lays out a pair of texts: `[CLS] first [SEP] second [SEP]`, then padding up to `length`.
 *
 * `[CLS]` and the first `[SEP]` belong to the first text, the last `[SEP]` to the second; padding has segment 0 and mask 0.
 * If the pair is too long, its *longer* text loses its last token, again and again until the pair fits; of two equally
 * long texts the second loses one. `length` is at least 5. The ids of the special tokens are in `special`, above.
 *
 * Example: `packPair([10, 11], [20], 8)` has the ids `[2, 10, 11, 3, 20, 3, 0, 0]`, the segments `[0, 0, 0, 0, 1, 1, 0, 0]`
 * and the mask `[1, 1, 1, 1, 1, 1, 0, 0]`.
 */
export function packPair(first: readonly number[], second: readonly number[], length: number): Packed {
  // BEGIN 12.3
  const a = [...first];
  const b = [...second];
  while (a.length + b.length + 3 > length) (a.length > b.length ? a : b).pop();
  const head = [special.classify, ...a, special.separate];
  const tail = [...b, special.separate];
  const used = head.length + tail.length;
  const padding = new Array<number>(length - used).fill(special.padding);
  return {
    ids: [...head, ...tail, ...padding],
    segments: [...head.map(() => 0), ...tail.map(() => 1), ...padding.map(() => 0)],
    mask: [...new Array<number>(used).fill(1), ...padding.map(() => 0)],
  };
  // END 12.3
}

/**
 * Labels of words, laid onto the tokens that the words were cut into (Devlin et al. 2019, section 5.3): the first
 * token of each word has its label. Its other tokens, and tokens that belong to no word, have −1: they do not count.
 *
 * `wordOf[i]` is the number of the word that token i is a part of, or null for `[CLS]`, `[SEP]` and padding.
 * Example: `alignLabels([7, 0], [null, 0, 0, 1, null])` is `[-1, 7, -1, 0, -1]`.
 */
export function alignLabels(wordLabels: readonly number[], wordOf: readonly (number | null)[]): number[] {
  // BEGIN 12.4
  return wordOf.map((word, i) => {
    if (word === null) return -1;
    if (word === wordOf[i - 1]) return -1;
    return wordLabels[word]!;
  });
  // END 12.4
}

/** A span of tokens, the end included, and how much the model likes it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * The answer that a span head means: the span with the highest score among those that are possible.
 *
 *     score(i, j) = startLogits[i] + endLogits[j]        from ≤ i ≤ j < to,   at most `longest` tokens
 *
 * The passage is the tokens from `from` to `to − 1`; before it stands the question, after it the last `[SEP]`.
 * No two spans have the same score here.
 * Example: `bestSpan([9, 1, 2, 0], [0, 8, 1, 3], 1, 4, 3)` is `{ start: 1, end: 1, score: 9 }`: token 0 belongs to the question.
 */
export function bestSpan(
  startLogits: readonly number[],
  endLogits: readonly number[],
  from: number,
  to: number,
  longest: number,
): Span {
  // BEGIN 12.5
  let best: Span = { start: from, end: from, score: -Infinity };
  for (let start = from; start < to; start++) {
    for (let end = start; end < Math.min(to, start + longest); end++) {
      const score = startLogits[start]! + endLogits[end]!;
      if (score > best.score) best = { start, end, score };
    }
  }
  return best;
  // END 12.5
}

/** The weights of a classification head: the pooler `[C, C]`, `[C]`, and the classifier `[C, K]`, `[K]`. */
export interface ClassificationHead {
  readonly poolerWeight: tf.Tensor2D;
  readonly poolerBias: tf.Tensor1D;
  readonly weight: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

/**
 * A label for a whole text, read from its first token, `[CLS]`.
 *
 *     pooled = tanh(h₀ P + p)        h₀: the state of the first token
 *     logits = pooled W + b
 *
 * Shapes: `states [B, T, C]`; the answer is `[B, K]`. P is `poolerWeight`, p `poolerBias`, W `weight`, b `bias`.
 */
export function classify(states: tf.Tensor3D, head: ClassificationHead): tf.Tensor2D {
  // BEGIN 12.6
  const [B, , C] = states.shape;
  const first = states.slice([0, 0, 0], [B, 1, C]).reshape<tf.Tensor2D>([B, C]);
  const pooled = first.matMul(head.poolerWeight).add(head.poolerBias).tanh();
  return pooled.matMul<tf.Tensor2D>(head.weight).add(head.bias);
  // END 12.6
}

/**
 * How well the asked tokens were guessed: the mean surprise and the share of right guesses, over the asked places of the
 * whole batch together. A target of −1 asks nothing.
 *
 *     loss = −1/N · Σ log softmax(logits[b, t])[targets[b][t]]        N: the number of asked places, at least 1
 *     accuracy = share of the asked places whose largest logit is the target's
 *
 * Shapes: `logits [B, T, V]`, `targets [B][T]`.
 */
export function maskedScores(
  logits: tf.Tensor3D,
  targets: readonly (readonly number[])[],
): { loss: number; accuracy: number } {
  // BEGIN 12.7
  const logProbabilities = (tf.logSoftmax(logits) as tf.Tensor3D).arraySync();
  let surprise = 0;
  let right = 0;
  let asked = 0;
  for (const [b, row] of targets.entries()) {
    for (const [t, target] of row.entries()) {
      if (target === -1) continue;
      const guesses = logProbabilities[b]![t]!;
      surprise -= guesses[target]!;
      if (guesses.indexOf(Math.max(...guesses)) === target) right++;
      asked++;
    }
  }
  return { loss: surprise / asked, accuracy: right / asked };
  // END 12.7
}
