// Lesson 02, Loss and descent: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 02    one exercise: npm run grade -- 02.1    a hint: npm run grade -- --hint 02.1
// As handed out: ec5123b6164c

/**
 * The mean squared error: the average of the squared differences between N predictions and N targets.
 *
 *     L = 1/N · Σₙ (pₙ − yₙ)²
 *
 * Example: `meanSquaredError([1, 5], [2, 2])` is (1 + 9) / 2 = 5.
 */
export function meanSquaredError(predictions: readonly number[], targets: readonly number[]): number {
  throw new Error("TODO 02.1");
}

/** How fast a loss grows with each weight and with the bias. */
export interface LinearGradient {
  readonly weights: readonly number[];
  readonly bias: number;
}

/**
 * The gradient of the mean squared error for the linear model pₙ = w·xₙ + b: one slope for each weight, one for the bias.
 *
 *     ∂L/∂wⱼ = 2/N · Σₙ (pₙ − yₙ) · xₙⱼ
 *     ∂L/∂b  = 2/N · Σₙ (pₙ − yₙ)
 *
 * Shapes: `inputs [N][D]` (N examples, D inputs each), `targets [N]`, `weights [D]`; the answer's weights `[D]`.
 * Example: one example x = [1, 2] with target 3, weights [1, 1], bias 1: p = 4, the error is 1, the gradient is
 * `{ weights: [2, 4], bias: 2 }`.
 */
export function regressionGradient(
  inputs: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
  bias: number,
): LinearGradient {
  throw new Error("TODO 02.1");
}

/**
 * One step of gradient descent: every parameter moves a little against its slope.
 *
 *     θ ← θ − η · ∂L/∂θ
 *
 * θ (theta) stands for any parameter, η (eta) is `learningRate`. Return a new array and leave the old one as it is.
 * Example: `descend([1, 2], [10, -10], 0.1)` is [0, 3].
 */
export function descend(
  parameters: readonly number[],
  gradient: readonly number[],
  learningRate: number,
): readonly number[] {
  throw new Error("TODO 02.2");
}

/**
 * The entropy of a distribution `p`, in nats: the surprise −log pₖ that you meet on average when outcomes follow p.
 *
 *     H(p) = −Σₖ pₖ · log pₖ        log is the natural logarithm; an outcome with pₖ = 0 adds 0
 *
 * Example: `entropy([0.5, 0.5])` is log 2 ≈ 0.693, and `entropy([1, 0])` is 0.
 */
export function entropy(p: readonly number[]): number {
  throw new Error("TODO 02.3");
}

/**
 * The cross-entropy of a prediction `q` for outcomes that follow `p`: the surprise −log qₖ that q meets on average.
 *
 *     H(p, q) = −Σₖ pₖ · log qₖ        an outcome with pₖ = 0 adds 0, whatever qₖ is
 *
 * Example: `crossEntropy([1, 0], [0.25, 0.75])` is −log 0.25 ≈ 1.386.
 */
export function crossEntropy(p: readonly number[], q: readonly number[]): number {
  throw new Error("TODO 02.3");
}

/**
 * The Kullback–Leibler divergence of `q` from `p`: the surprise that q meets above what p itself would meet.
 *
 *     KL(p ‖ q) = H(p, q) − H(p) = Σₖ pₖ · log(pₖ / qₖ)        an outcome with pₖ = 0 adds 0
 *
 * Example: `klDivergence([0.5, 0.5], [0.5, 0.5])` is 0.
 */
export function klDivergence(p: readonly number[], q: readonly number[]): number {
  throw new Error("TODO 02.3");
}

/**
 * Binary cross-entropy from logits, averaged over N examples. A logit z is the number before the sigmoid;
 * p = σ(z) is the predicted probability of class 1, and y is the target, 0 or 1.
 *
 *     L = 1/N · Σₙ −( yₙ · log pₙ + (1 − yₙ) · log(1 − pₙ) )
 *       = 1/N · Σₙ ( max(zₙ, 0) − zₙ · yₙ + log(1 + e^(−|zₙ|)) )
 *
 * Both lines are equal on paper. Only the second keeps its numbers when |z| is large: its exponent is never positive.
 * Example: `binaryCrossEntropyFromLogits([0], [1])` is log 2 ≈ 0.693, and `binaryCrossEntropyFromLogits([-1000], [1])`
 * is 1000.
 */
export function binaryCrossEntropyFromLogits(logits: readonly number[], targets: readonly number[]): number {
  throw new Error("TODO 02.4");
}

/**
 * Cross-entropy from logits for K classes, averaged over N examples. Softmax turns the logits z of one example into
 * probabilities pₖ = e^(zₖ) / Σⱼ e^(zⱼ); the loss is −log of the probability that the true class y receives.
 *
 *     −log p_y = log( Σⱼ e^(zⱼ) ) − z_y
 *     log( Σⱼ e^(zⱼ) ) = m + log( Σⱼ e^(zⱼ − m) )        m = the largest of the zⱼ: the log-sum-exp trick
 *
 * Shapes: `logits [N][K]`, `targets [N]`, each a class number from 0 to K − 1.
 * Example: `crossEntropyFromLogits([[0, 0, 0]], [1])` is log 3 ≈ 1.099, and
 * `crossEntropyFromLogits([[1000, 0]], [1])` is 1000.
 */
export function crossEntropyFromLogits(logits: readonly (readonly number[])[], targets: readonly number[]): number {
  throw new Error("TODO 02.5");
}

/** Some examples to learn from in one step: `inputs[i]` belongs to `targets[i]`. */
export interface Batch<X, Y> {
  readonly inputs: readonly X[];
  readonly targets: readonly Y[];
}

/**
 * One epoch: all examples in a random order, cut into batches. Every example is in exactly one batch, every input keeps
 * its own target, every order is equally likely, and the last batch is shorter when `batchSize` does not divide N.
 *
 * Shuffle as Fisher and Yates do: for i = N − 1, N − 2, …, 1 swap place i with a place j drawn from 0, 1, …, i.
 * `random()` gives a number in [0, 1), so `Math.floor(random() * n)` is one of 0, 1, …, n − 1; draw from nothing else.
 * Leave the arrays that you were given as they are.
 *
 * Example: 5 examples and `batchSize` 2 make batches of 2, 2 and 1.
 */
export function miniBatches<X, Y>(
  inputs: readonly X[],
  targets: readonly Y[],
  batchSize: number,
  random: () => number,
): readonly Batch<X, Y>[] {
  throw new Error("TODO 02.6");
}

/**
 * One step with momentum (Polyak 1964, written as PyTorch does): the velocity v remembers earlier gradients g.
 *
 *     v ← μ · v + g
 *     θ ← θ − η · v        with the new v
 *
 * μ (mu) is `momentum`, η (eta) is `learningRate`. Return new arrays.
 * Example: `momentumStep([1], [2], [10], 0.1, 0.5)`: v = 0.5·10 + 2 = 7 and θ = 1 − 0.1·7 = 0.3, so
 * `{ parameters: [0.3], velocity: [7] }`.
 */
export function momentumStep(
  parameters: readonly number[],
  gradient: readonly number[],
  velocity: readonly number[],
  learningRate: number,
  momentum: number,
): { parameters: readonly number[]; velocity: readonly number[] } {
  throw new Error("TODO 02.7");
}

/** What Adam remembers: `m` and `v`, one number for each parameter, and `t`, the number of steps made so far. */
export interface AdamState {
  readonly m: readonly number[];
  readonly v: readonly number[];
  readonly t: number;
}

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1). Before the first step m and v are all zeros and t is 0.
 *
 *     t ← t + 1
 *     m ← β₁ · m + (1 − β₁) · g          the average gradient, of late
 *     v ← β₂ · v + (1 − β₂) · g²         the average squared gradient, of late
 *     m̂ = m / (1 − β₁ᵗ)    v̂ = v / (1 − β₂ᵗ)        bias correction: both averages began at 0, too low
 *     θ ← θ − η · m̂ / (√v̂ + ε)
 *
 * All of it for each parameter on its own. The state keeps m and v themselves, not m̂ and v̂. Return new objects.
 * Example: the very first step moves every parameter by about η, however steep its slope:
 * from θ = 5 with g = 200 and η = 0.1 to about 4.9.
 */
export function adamStep(
  parameters: readonly number[],
  gradient: readonly number[],
  state: AdamState,
  options: AdamOptions,
): { parameters: readonly number[]; state: AdamState } {
  throw new Error("TODO 02.8");
}

/** What the learning-rate finder tried: `losses[i]` is the loss that `rates[i]` reached, and `best` is the best rate. */
export interface RateSearch {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly best: number;
}

/**
 * A learning-rate finder: trains once with each of `count` rates and says which rate reached the lowest loss.
 *
 * The rates run from `lowest` to `highest`, both included, each the same *factor* above the one before:
 *
 *     rateᵢ = lowest · (highest / lowest)^(i / (count − 1))        i = 0, 1, …, count − 1
 *
 * `train(rate)` trains from the same start with that rate and returns the loss that it reached. Call it once for each
 * rate, in rising order. A run that explodes returns Infinity or NaN: keep it in `losses`, but it can never be the best.
 * Example: lowest 0.001, highest 1 and count 4 try 0.001, 0.01, 0.1 and 1.
 */
export function findLearningRate(
  train: (rate: number) => number,
  lowest: number,
  highest: number,
  count: number,
): RateSearch {
  throw new Error("TODO 02.9");
}
