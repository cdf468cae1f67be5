// Lesson 06, Counting words, then embedding them: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 06    one exercise: npm run grade -- 06.1    a hint: npm run grade -- --hint 06.1
// As handed out: f003bf5bd03d

/**
 * How often each token follows each other token. Tokens are numbers from 0 to `vocabularySize − 1`, and 0 is the mark
 * that stands before the first and after the last token of every sequence: beginnings and ends are counted like anything else.
 *
 *     counts[a][b] = how often b stands directly after a
 *
 * Shapes: `sequences` are lists of tokens from 1 up, without the mark; the answer is `[vocabularySize][vocabularySize]`.
 * Example: `bigramCounts([[1, 2], [1]], 3)` counts 0→1 twice, 1→2 once, 2→0 once and 1→0 once: `[[0, 2, 0], [1, 0, 1], [1, 0, 0]]`.
 */
export function bigramCounts(sequences: readonly (readonly number[])[], vocabularySize: number): number[][] {
  throw new Error("TODO 06.1");
}

/**
 * Probabilities from counts, with `k` added to every count so that nothing is impossible.
 *
 *     P(b | a) = (counts[a][b] + k) / (Σ_c counts[a][c] + k · V)        V is the number of columns
 *
 * A row without any count and with k = 0 knows nothing: it is uniform, 1 / V everywhere.
 * Example: `smoothedProbabilities([[3, 1], [0, 0]], 1)` is `[[4/6, 2/6], [1/2, 1/2]]`.
 */
export function smoothedProbabilities(counts: readonly (readonly number[])[], k: number): number[][] {
  throw new Error("TODO 06.2");
}

/**
 * Draws a token: lay the probabilities side by side on a line from 0 to 1, and see in whose piece `u` falls.
 * A piece includes its left end and not its right one.
 *
 *     the smallest i with u < p₀ + p₁ + … + pᵢ
 *
 * `u` is a random number in [0, 1). Rounding may leave the sum a little below 1: then the answer is the last token with a
 * probability above 0. A token with probability 0 is never drawn.
 * Example: `sampleToken([0.2, 0.5, 0.3], 0.6)` is 1.
 */
export function sampleToken(probabilities: readonly number[], u: number): number {
  throw new Error("TODO 06.3");
}

/**
 * How surprised a bigram model is by sequences, on average per prediction, in nats.
 *
 *     nll = −1/N · Σ log P(next | before)        log is the natural logarithm
 *
 * Each sequence has the mark 0 before its first and after its last token, as in 06.1: a sequence of n tokens has n + 1
 * predictions, the last one being that it ends. N counts the predictions of all sequences together.
 * Sequences may be thousands of tokens long: a product of so many probabilities is 0 for a computer.
 *
 * Shape: `probabilities[a][b]` is P(b | a).
 */
export function averageNegativeLogLikelihood(
  probabilities: readonly (readonly number[])[],
  sequences: readonly (readonly number[])[],
): number {
  throw new Error("TODO 06.4");
}

/**
 * The perplexity: between how many equally likely tokens the model hesitates on average.
 *
 *     perplexity = e^nll
 *
 * Example: `perplexity(Math.log(8))` is 8.
 */
export function perplexity(nll: number): number {
  throw new Error("TODO 06.4");
}

/**
 * A weighted mean of distributions, token by token: the long memory and the short one vote together.
 *
 *     P(b) = Σ_m weights[m] · distributions[m][b]        the weights sum to 1
 *
 * Shapes: `distributions [M][V]`, `weights [M]`; the answer is `[V]`.
 * Example: `interpolate([[1, 0], [0.5, 0.5]], [0.2, 0.8])` is `[0.6, 0.4]`.
 */
export function interpolate(distributions: readonly (readonly number[])[], weights: readonly number[]): number[] {
  throw new Error("TODO 06.5");
}

/** What a model sees, and what it should say. */
export interface Window {
  readonly context: readonly number[];
  readonly target: number;
}

/**
 * The training examples in one sequence: for every token, and for the mark 0 at the end, the `size` tokens before it.
 * Where there is nothing before, the mark 0 stands.
 *
 * Example: `contextWindows([5, 3], 2)` is
 * `[{ context: [0, 0], target: 5 }, { context: [0, 5], target: 3 }, { context: [5, 3], target: 0 }]`.
 */
export function contextWindows(sequence: readonly number[], size: number): Window[] {
  throw new Error("TODO 06.6");
}

/**
 * An embedding: the rows of a table, looked up by token. It is a one-hot vector times the table, without the zeros.
 *
 * Shapes: `tokens [N]`, `table [V][D]`; the answer is `[N][D]`.
 * Example: `embed([2, 0], [[1, 1], [2, 2], [3, 3]])` is `[[3, 3], [1, 1]]`.
 */
export function embed(tokens: readonly number[], table: readonly (readonly number[])[]): number[][] {
  throw new Error("TODO 06.7");
}

/**
 * The gradient of the loss at the table, given the gradient at what `embed` returned: each row of the table gets the sum
 * of the gradients of all places where it was used, and 0 if it was not.
 *
 * Shapes: `tokens [N]`, `gradient [N][D]`, `vocabularySize` V; the answer is `[V][D]`.
 * Example: `embeddingGradient([1, 1], [[1, 2], [10, 20]], 3)` is `[[0, 0], [11, 22], [0, 0]]`.
 */
export function embeddingGradient(
  tokens: readonly number[],
  gradient: readonly (readonly number[])[],
  vocabularySize: number,
): number[][] {
  throw new Error("TODO 06.7");
}
