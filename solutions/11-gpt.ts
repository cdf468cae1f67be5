import * as tf from "@tensorflow/tfjs";
import { causalMask } from "../lib/nn/masks";

/** What a model reads, and what it should say next at each place. */
export interface CausalExamples {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

/**
 * Windows of a text as training examples. A window of `length` tokens begins at each of `starts`; the target at every
 * place is the token that stands one place later *in the text*, so the last target lies just behind the window.
 *
 *     inputs[b][t]  = ids[starts[b] + t]
 *     targets[b][t] = ids[starts[b] + t + 1]
 *
 * Shapes: `ids` is one list of tokens; both answers are `[starts.length][length]`.
 * Example: `causalExamples([7, 8, 9, 5], [0, 1], 2)` has the inputs `[[7, 8], [8, 9]]` and the targets `[[8, 9], [9, 5]]`.
 */
export function causalExamples(ids: readonly number[], starts: readonly number[], length: number): CausalExamples {
  // BEGIN 11.1
  const window = (start: number) => ids.slice(start, start + length);
  return {
    inputs: starts.map((start) => window(start)),
    targets: starts.map((start) => window(start + 1)),
  };
  // END 11.1
}

/** The four parts of a block: each takes `[B, T, C]` and returns `[B, T, C]`. */
export interface BlockParts {
  readonly attentionNorm: (x: tf.Tensor) => tf.Tensor;
  /** `mask [T, T]` is 1 where a row (the place that looks) may see a column (the place looked at). */
  readonly attention: (x: tf.Tensor, mask: tf.Tensor) => tf.Tensor;
  readonly feedForwardNorm: (x: tf.Tensor) => tf.Tensor;
  readonly feedForward: (x: tf.Tensor) => tf.Tensor;
}

/**
 * One block of GPT-2 (Radford et al. 2019, section 2.3): the encoder block of lesson 9 with its norms in front ("pre-norm"),
 * and with a mask that lets nobody see the future.
 *
 *     h = x + attention(attentionNorm(x), causal mask)
 *     y = h + feedForward(feedForwardNorm(h))
 *
 * `causalMask(T)` makes the mask: 1 on and below the diagonal. Shape: `x [B, T, C]`, answer `[B, T, C]`.
 */
export function gptBlock(x: tf.Tensor, parts: BlockParts): tf.Tensor {
  // BEGIN 11.2
  const mask = causalMask(x.shape[1]!);
  const h = x.add(parts.attention(parts.attentionNorm(x), mask));
  return h.add(parts.feedForward(parts.feedForwardNorm(h)));
  // END 11.2
}

/** Everything of a GPT around its blocks. */
export interface GPTParts {
  /** A row for each token, `[V, C]`: read at the bottom, and used again as the head. */
  readonly tokens: tf.Tensor2D;
  /** A row for each place, `[contextLength, C]`. */
  readonly positions: tf.Tensor2D;
  readonly blocks: readonly ((x: tf.Tensor) => tf.Tensor)[];
  readonly norm: (x: tf.Tensor) => tf.Tensor;
}

/**
 * A whole GPT, from tokens to logits: the token's vector plus its place's vector, through all blocks in order, a last norm,
 * and the head. The head is the token table again, transposed ("tied"): a logit is the dot product with a token's vector.
 *
 *     x = tokens[ids] + positions[0 … T−1];   x = block(x) for every block;   logits = norm(x) · tokensᵀ
 *
 * Shape: `ids [T]` of type int32, one text; the blocks and the norm take and return `[1, T, C]`; answer `[T, V]`.
 * `tf.gather(table, ids)` looks rows up; `tokens.matMul` wants rank 2, so reshape to `[T, C]` before the head.
 */
export function gptLogits(ids: tf.Tensor1D, { tokens, positions, blocks, norm }: GPTParts): tf.Tensor {
  // BEGIN 11.2
  const [T, C] = [ids.shape[0], tokens.shape[1]];
  let x: tf.Tensor = tf
    .gather(tokens, ids)
    .add(positions.slice([0, 0], [T, C]))
    .reshape([1, T, C]);
  for (const block of blocks) x = block(x);
  return norm(x).reshape([T, C]).matMul(tokens, false, true);
  // END 11.2
}

/**
 * Probabilities at a temperature: below 1 the likely tokens gain, above 1 the unlikely ones do.
 *
 *     pᵢ = e^(zᵢ / temperature) / Σⱼ e^(zⱼ / temperature)
 *
 * At temperature 0 the formula has no value; its limit has: the token with the largest logit has probability 1 (the first
 * of them, if several are equally large). Logits may be as large as 1000, and e^1000 is Infinity for a computer.
 *
 * Shapes: `logits [V]` → `[V]`, sums to 1. Example: `atTemperature([Math.log(9), 0], 2)` is `[0.75, 0.25]`.
 */
export function atTemperature(logits: readonly number[], temperature: number): number[] {
  // BEGIN 11.3
  const highest = Math.max(...logits);
  if (temperature === 0) return logits.map((_, token) => (token === logits.indexOf(highest) ? 1 : 0));
  const powers = logits.map((z) => Math.exp((z - highest) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
  // END 11.3
}

/**
 * Top-k (Fan et al. 2018): only the `k` likeliest tokens stay; the others get 0, and what stays is divided by its sum, so
 * that it is a distribution again. Of equally likely tokens the one with the smaller id counts as the likelier.
 * `k` may be larger than the vocabulary: then all stay.
 *
 * Shapes: `probabilities [V]` → `[V]`. Example: `topK([0.5, 0.1, 0.3, 0.1], 2)` is `[0.625, 0, 0.375, 0]`.
 */
export function topK(probabilities: readonly number[], k: number): number[] {
  // BEGIN 11.4
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  const kept = new Set(order.slice(0, k));
  const left = probabilities.map((p, token) => (kept.has(token) ? p : 0));
  const total = left.reduce((sum, p) => sum + p, 0);
  return left.map((p) => p / total);
  // END 11.4
}

/**
 * Top-p, the nucleus (Holtzman et al. 2020, section 3.1): the smallest set of likeliest tokens whose probabilities sum to
 * at least `p`. Take tokens from the likeliest down; the one whose probability makes the sum reach `p` still belongs to the
 * set, those after it do not. The others get 0, and what stays is divided by its sum. Of equally likely tokens the one
 * with the smaller id comes first. `p` is above 0 and at most 1; the likeliest token always stays.
 *
 * Shapes: `probabilities [V]` → `[V]`. Example: `topP([0.1, 0.5, 0.3, 0.1], 0.7)` keeps 0.5 and 0.3: `[0, 0.625, 0.375, 0]`.
 */
export function topP(probabilities: readonly number[], p: number): number[] {
  // BEGIN 11.5
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  const left = probabilities.map(() => 0);
  let mass = 0;
  for (const token of order) {
    if (mass >= p) break;
    left[token] = probabilities[token]!;
    mass += probabilities[token]!;
  }
  return left.map((q) => q / mass);
  // END 11.5
}

/** The keys and values of all tokens so far, `[S, C]` each: a row for each place. */
export interface Cache {
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

/** One layer of causal attention with a single head: enough to see what a cache must do. */
export interface TinyAttention {
  /** A row for each token, `[V, C]`. */
  readonly tokens: tf.Tensor2D;
  /** A row for each place, `[contextLength, C]`. */
  readonly positions: tf.Tensor2D;
  /** Each `[C, C]`. */
  readonly query: tf.Tensor2D;
  readonly key: tf.Tensor2D;
  readonly value: tf.Tensor2D;
}

/**
 * One step of generation with a cache: only the newest token is computed. Its output must equal the last row of a pass over
 * the whole text.
 *
 *     x = tokens[token] + positions[S]          S tokens are in the cache, so this one stands at place S
 *     keys = cache's keys, then x · key;        values = cache's values, then x · value
 *     output = softmax(x · query · keysᵀ / √C) · values
 *
 * The first step gets no cache (`undefined`). When the cache already holds `contextLength` tokens, there is no position left:
 * throw an error instead of going on.
 *
 * Shapes: `output [1, C]`; the new cache's `keys` and `values` are `[S + 1, C]`. The old cache stays as it is.
 */
export function cachedStep(
  token: number,
  cache: Cache | undefined,
  model: TinyAttention,
): { readonly output: tf.Tensor; readonly cache: Cache } {
  // BEGIN 11.6
  const { tokens, positions, query, key, value } = model;
  const [contextLength, C] = positions.shape;
  const place = cache ? cache.keys.shape[0]! : 0;
  if (place >= contextLength) throw new Error(`cachedStep: expected fewer than ${contextLength} tokens, got ${place}`);
  const row = (table: tf.Tensor2D, i: number) => table.slice([i, 0], [1, C]);
  const x = row(tokens, token).add(row(positions, place));
  const ownKey = x.matMul(key);
  const ownValue = x.matMul(value);
  const keys = cache ? tf.concat([cache.keys, ownKey]) : ownKey;
  const values = cache ? tf.concat([cache.values, ownValue]) : ownValue;
  const scores = x.matMul(query).matMul(keys, false, true).div(Math.sqrt(C));
  return { output: tf.softmax(scores).matMul(values), cache: { keys, values } };
  // END 11.6
}

/**
 * The logarithm of the probability of a whole text, by the chain rule: each token's probability, given all before it.
 *
 *     log P(x₁ … x_N) = Σ log P(xᵢ | x₁ … xᵢ₋₁)            the natural logarithm
 *
 * `probabilities[i]` is what the model gave to the token that really came. There may be thousands of them.
 */
export function logProbability(probabilities: readonly number[]): number {
  // BEGIN 11.7
  return probabilities.reduce((sum, p) => sum + Math.log(p), 0);
  // END 11.7
}

/**
 * Perplexity per character, so that models with different tokenizers can be compared: all tokens' surprise together, spread
 * over the text's *characters*, whatever the tokens were.
 *
 *     e^(−log P(text) / characters)
 *
 * A character is a Unicode code point: `[...text]` counts 🐳 as one, `text.length` as two.
 * `logProbability` is that of the whole text, in nats. Example: `perplexityPerCharacter(-Math.log(8), "abc")` is 2.
 */
export function perplexityPerCharacter(logProbability: number, text: string): number {
  // BEGIN 11.7
  return Math.exp(-logProbability / [...text].length);
  // END 11.7
}

/** The sizes of a GPT whose matrices have no biases. */
export interface Sizes {
  /** `L`. */
  readonly numLayers: number;
  /** `C`. */
  readonly modelSize: number;
  /** `F`. */
  readonly feedForwardSize: number;
  /** `V`. */
  readonly vocabularySize: number;
}

/**
 * How many weights multiply for each token: those of all matrices.
 *
 * Each of the `L` blocks has four of `[C, C]` in its attention (query, key, value, output) and two in its feed-forward
 * layer, `[C, F]` and `[F, C]`. The head is one more, `[C, V]`. Looking up an embedding multiplies nothing, and the norms' few
 * weights are left out.
 *
 * Example: one layer with C = 2, F = 8 and V = 5 has 4·4 + 2·16 + 10 = 58.
 */
export function multiplyingWeights({ numLayers, modelSize, feedForwardSize, vocabularySize }: Sizes): number {
  // BEGIN 11.8
  const perBlock = 4 * modelSize ** 2 + 2 * modelSize * feedForwardSize;
  return numLayers * perBlock + modelSize * vocabularySize;
  // END 11.8
}

/**
 * About how many operations a training costs (Kaplan et al. 2020, section 2.1). Each weight is used for one multiplication and
 * one addition a token in the forward pass, and the backward pass costs twice the forward pass:
 *
 *     operations ≈ (2 + 4) · N · D          N multiplying weights, D tokens read in all
 *
 * D counts what all steps read: each step a batch of windows.
 * Example: `trainingOperations(10, { steps: 3, batchSize: 2, length: 5 })` is 6 · 10 · 30 = 1800.
 */
export function trainingOperations(
  weights: number,
  { steps, batchSize, length }: { readonly steps: number; readonly batchSize: number; readonly length: number },
): number {
  // BEGIN 11.8
  const tokens = steps * batchSize * length;
  return 6 * weights * tokens;
  // END 11.8
}
