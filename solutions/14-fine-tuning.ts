import * as tf from "@tensorflow/tfjs";

/**
 * One vector for each text of a batch: the mean of its tokens' states, padding left out.
 *
 *     vₙ = Σₜ maskₙₜ · statesₙₜ / Σₜ maskₙₜ
 *
 * The texts of a batch have different lengths; the shorter ones are filled up with padding, and `mask` is 1 where a real
 * token stands and 0 where padding does. The padding has states, too: numbers that mean nothing.
 * Shapes: `states [N, T, C]`, `mask [N, T]` → `[N, C]`. Every text has at least one token.
 * Example: states [[[1], [3], [50]]] with mask [[1, 1, 0]] gives [[2]].
 */
export function meanPooling(states: tf.Tensor3D, mask: tf.Tensor2D): tf.Tensor2D {
  // BEGIN 14.1
  const weights = mask.expandDims<tf.Tensor3D>(2); // [N, T, 1]
  const sum: tf.Tensor2D = states.mul(weights).sum(1); // [N, C]
  return sum.div(weights.sum(1)); // divided by [N, 1]
  // END 14.1
}

/**
 * Semantic search: which `k` of the `vectors` point most nearly in the direction of `query`? Return their places in
 * `vectors`, the most alike first.
 *
 *     cos(a, b) = a · b / (|a| |b|)        a · b = Σᵢ aᵢ bᵢ        |a| = √(a · a)
 *
 * The cosine is 1 for the same direction, 0 for directions that have nothing to do with each other, −1 for opposite ones,
 * and does not care how long the vectors are. Of two that are equally alike the earlier comes first. If there are fewer than
 * `k` vectors, return all. Example: `search([1, 0], [[0, 2], [5, 1], [3, 0]], 2)` is [2, 1].
 */
export function search(
  query: readonly number[],
  vectors: readonly (readonly number[])[],
  k: number,
): readonly number[] {
  // BEGIN 14.2
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));
  const alike = vectors.map((vector) => dot(query, vector) / (norm(query) * norm(vector)));
  const places = vectors.map((_, place) => place);
  places.sort((i, j) => alike[j]! - alike[i]! || i - j);
  return places.slice(0, k);
  // END 14.2
}

/** Parameters by their path, such as `blocks.0.attention.query.weight`; here each is a list of numbers. */
export type Weights = Readonly<Record<string, readonly number[]>>;

/**
 * One step of descent with decoupled weight decay (as in AdamW), for everything that is not frozen:
 *
 *     w ← w − rate · (g + decay · w)
 *
 * `frozen` names parts of the model: a path is frozen if it is one of them or lies below one, `blocks.1` and all that begins
 * with `blocks.1.`. Frozen weights come out as they went in. `gradients` has an entry for every path, frozen or not.
 * Return all weights, under the same paths.
 * Example: weights { a: [2], b: [2] }, gradients { a: [1], b: [1] }, frozen ["b"], rate 0.1 and decay 0.5 give
 * { a: [1.8], b: [2] }.
 */
export function stepUnfrozen(
  weights: Weights,
  gradients: Weights,
  { frozen, rate, decay }: { readonly frozen: readonly string[]; readonly rate: number; readonly decay: number },
): Weights {
  // BEGIN 14.3
  const after: Record<string, readonly number[]> = {};
  for (const [path, values] of Object.entries(weights)) {
    const isAtOrBelow = (part: string) => path === part || path.startsWith(`${part}.`);
    const isFrozen = frozen.some(isAtOrBelow);
    after[path] = isFrozen ? values : values.map((w, i) => w - rate * (gradients[path]![i]! + decay * w));
  }
  return after;
  // END 14.3
}

/** A linear probe: one neuron on frozen features. */
export interface Probe {
  readonly weights: readonly number[];
  readonly bias: number;
}

/**
 * One step of training a *linear probe*: a single neuron with a sigmoid, which reads features that no longer change.
 *
 *     pₙ = σ(w · xₙ + b)        σ(z) = 1 / (1 + e^(−z))
 *     ∂L/∂wⱼ = 1/N · Σₙ (pₙ − yₙ) xₙⱼ + decay · wⱼ
 *     ∂L/∂b  = 1/N · Σₙ (pₙ − yₙ)
 *
 * and then every number goes `rate` times its slope downhill. L is the mean binary cross-entropy of lesson 2 plus
 * decay/2 · |w|²; the bias is not decayed. `features` has N rows, `labels` N numbers 0 or 1.
 * Example: features [[2]], labels [1], weights [0] and bias 0 give p = ½; with rate 1 and decay 0 the new weights are [1],
 * the new bias is ½.
 */
export function probeStep(
  probe: Probe,
  features: readonly (readonly number[])[],
  labels: readonly number[],
  { rate, decay }: { readonly rate: number; readonly decay: number },
): Probe {
  // BEGIN 14.4
  const { weights, bias } = probe;
  const errors = features.map((x, n) => {
    const z = x.reduce((sum, value, j) => sum + value * weights[j]!, bias);
    return 1 / (1 + Math.exp(-z)) - labels[n]!;
  });
  const N = features.length;
  const slopes = weights.map(
    (w, j) => errors.reduce((sum, error, n) => sum + error * features[n]![j]!, 0) / N + decay * w,
  );
  const biasSlope = errors.reduce((sum, error) => sum + error, 0) / N;
  return { weights: weights.map((w, j) => w - rate * slopes[j]!), bias: bias - rate * biasSlope };
  // END 14.4
}

/**
 * A linear layer with a LoRA (low-rank adaptation): the frozen weight W, and beside it a narrow path through r numbers.
 *
 *     Y = X W + (α / r) · (X A) B
 *
 * α is a number that says how loud the correction is; r, the *rank*, is how wide the path is: find it in A's shape.
 * Shapes: `x [N, in]`, `weight [in, out]`, `down` (A) `[in, r]`, `up` (B) `[r, out]` → `[N, out]`.
 * Example: x = [[1]], weight = [[10]], A = [[2, 0]], B = [[3], [0]], α = 4: r is 2, so the answer is [[10 + 2 · 6]] = [[22]].
 */
export function loraForward(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  down: tf.Tensor2D,
  up: tf.Tensor2D,
  alpha: number,
): tf.Tensor2D {
  // BEGIN 14.5
  const rank = down.shape[1];
  const correction = x.matMul<tf.Tensor2D>(down).matMul<tf.Tensor2D>(up);
  return x.matMul<tf.Tensor2D>(weight).add(correction.mul(alpha / rank));
  // END 14.5
}

/** The two matrices of a LoRA. */
export interface LoRAPair {
  /** A, `[in, r]`. */
  readonly down: tf.Tensor2D;
  /** B, `[r, out]`. */
  readonly up: tf.Tensor2D;
}

/**
 * A new LoRA: B starts at 0, so that at first nothing changes; A starts with draws from the normal distribution of
 * deviation 1/√in. `normal()` draws from the one of deviation 1.
 * (Why not both 0? Work out the gradients of A and of B when both are.)
 * Shapes: A `[inputs, rank]`, B `[rank, outputs]`, both float32.
 */
export function newLoRA(inputs: number, outputs: number, rank: number, normal: () => number): LoRAPair {
  // BEGIN 14.6
  const draws = Array.from({ length: inputs * rank }, () => normal() / Math.sqrt(inputs));
  return { down: tf.tensor2d(draws, [inputs, rank]), up: tf.zeros([rank, outputs]) };
  // END 14.6
}

/**
 * Merges a LoRA into the weight it corrects, so that using it costs nothing any more: return the matrix V with
 *
 *     X V = X W + (α / r) · (X A) B        for every X
 *
 * Shapes: `weight [in, out]`, A `[in, r]`, B `[r, out]` → `[in, out]`. Leave `weight` as it is.
 * Example: weight = [[10]], A = [[2]], B = [[3]], α = 2 gives [[22]].
 */
export function mergeLoRA(weight: tf.Tensor2D, { down, up }: LoRAPair, alpha: number): tf.Tensor2D {
  // BEGIN 14.7
  const rank = down.shape[1];
  return weight.add(down.matMul<tf.Tensor2D>(up).mul(alpha / rank));
  // END 14.7
}

/**
 * A learning rate for each part of a pre-trained model: the nearer to the text, the smaller, because what lower layers know
 * serves every task (Howard and Ruder 2018, section 3.2, divide by 2.6 from layer to layer).
 *
 *     the head, and everything that is neither block nor embedding: base
 *     block i of `numBlocks`, counted from 0:                       base · factor^(numBlocks − i)
 *     everything whose path begins with `embeddings.`:              base · factor^(numBlocks + 1)
 *
 * Paths of blocks begin with `blocks.` and their number: `blocks.3.attention.query.weight`.
 * Example: with base 1, factor ½ and 2 blocks: `head.weight` has 1, `blocks.1.norm.gain` ½, `blocks.0.norm.gain` ¼,
 * `embeddings.token.weight` ⅛.
 */
export function learningRateOf(
  path: string,
  { base, factor, numBlocks }: { readonly base: number; readonly factor: number; readonly numBlocks: number },
): number {
  // BEGIN 14.8
  const block = /^blocks\.(\d+)\./.exec(path);
  if (block) return base * factor ** (numBlocks - Number(block[1]));
  return path.startsWith("embeddings.") ? base * factor ** (numBlocks + 1) : base;
  // END 14.8
}

/** What was measured of one way to fine-tune: accuracies between 0 and 1. */
export interface Tuned {
  readonly name: string;
  readonly training: number;
  readonly validation: number;
  readonly test: number;
  /** On what the model could do before: after this fine-tuning. */
  readonly oldTask: number;
}

/**
 * Which way to fine-tune is the best one, how good is it on new data, and what did it cost? Choose by the validation
 * accuracy (of equal ones the first), report the test accuracy of the chosen one, and say how much of the old task's accuracy
 * `before` was lost by it: a positive number if something was forgotten, a negative one if the old task even gained.
 *
 * Example: of { validation: 0.8, test: 0.7, oldTask: 0.5 } and { validation: 0.7, test: 0.9, oldTask: 0.6 } with `before`
 * 0.6, the first is chosen: test 0.7, forgotten 0.1.
 */
export function reportBest(
  tuned: readonly Tuned[],
  before: number,
): { readonly name: string; readonly test: number; readonly forgotten: number } {
  // BEGIN 14.9
  let best = tuned[0]!;
  for (const one of tuned) if (one.validation > best.validation) best = one;
  return { name: best.name, test: best.test, forgotten: before - best.oldTask };
  // END 14.9
}
