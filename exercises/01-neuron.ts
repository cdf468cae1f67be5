// Lesson 01, The neuron: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 01    one exercise: npm run grade -- 01.1    a hint: npm run grade -- --hint 01.1
// As handed out: 3503399cddf6

/** A neuron: one weight for each input, and one bias. */
export interface Neuron {
  readonly weights: readonly number[];
  readonly bias: number;
}

/**
 * The weighted sum: multiply each input by its weight, add up the products, and add the bias once.
 *
 *     z = w₁x₁ + w₂x₂ + … + wₙxₙ + b
 *
 * `inputs` and `weights` have the same length n, which may be any number from 1 up.
 * Example: `weightedSum([2, 3], [10, 100], 1)` is 10·2 + 100·3 + 1 = 321.
 */
export function weightedSum(inputs: readonly number[], weights: readonly number[], bias: number): number {
  throw new Error("TODO 01.1");
}

/**
 * How far the point `inputs` lies from the neuron's line, positive on the side where the neuron fires.
 *
 *     distance = (w₁x₁ + … + wₙxₙ + b) / ‖w‖        ‖w‖ = √(w₁² + … + wₙ²), the length of the weight vector
 *
 * Twice the weights and twice the bias give twice the weighted sum, and the same line: the distance does not change.
 * Example: with weights [3, 4] and bias −10 the point [2, 6] has the weighted sum 20 and lies 20 / 5 = 4 from the line.
 */
export function signedDistance(neuron: Neuron, inputs: readonly number[]): number {
  throw new Error("TODO 01.2");
}

/**
 * A neuron with two inputs that answers like a logic gate. It fires (answers 1) when w₁x₁ + w₂x₂ + b ≥ 0, else 0.
 *
 *     x₁ x₂   AND  OR  NAND
 *     0  0     0    0    1
 *     0  1     0    1    1
 *     1  0     0    1    1
 *     1  1     1    1    0
 *
 * Choose the numbers yourself; many are right. Real inputs are never exact: anything within 0.1 of 0 must count as 0
 * and anything within 0.1 of 1 as 1, so the line must keep clear of the four corners.
 * Example: `{ weights: [1, 0], bias: -0.5 }` fires exactly when x₁ is 1, whatever x₂ is.
 */
export function gateNeuron(gate: "AND" | "OR" | "NAND"): Neuron {
  throw new Error("TODO 01.3");
}

/**
 * One step of the perceptron rule (Rosenblatt 1958): look at one example, and move the neuron only if it was wrong.
 *
 *     z = w·x + b        output = 1 if z ≥ 0, else 0        error = target − output, so −1, 0 or 1
 *     wᵢ ← wᵢ + η · error · xᵢ
 *     b  ← b  + η · error
 *
 * η (eta) is `learningRate`, the size of the step. Return a new neuron and leave the old one as it is.
 * Example: weights [0.5, −1], bias 0, inputs [2, 3], target 1, rate 0.1: z = −2, so the output is 0 and the error is 1;
 * the new weights are [0.7, −0.7] and the new bias is 0.1.
 */
export function perceptronStep(
  neuron: Neuron,
  inputs: readonly number[],
  target: number,
  learningRate: number,
): Neuron {
  throw new Error("TODO 01.4");
}

/** The step: 1 if x ≥ 0, else 0. Example: `step(0)` is 1. */
export function step(x: number): number {
  throw new Error("TODO 01.5");
}

/** The rectified linear unit, ReLU: x if x is positive, else 0. Example: `relu(-2)` is 0. */
export function relu(x: number): number {
  throw new Error("TODO 01.5");
}

/** The leaky ReLU: x if x is positive, else `slope` · x. Example: `leakyRelu(-2, 0.1)` is −0.2. */
export function leakyRelu(x: number, slope: number): number {
  throw new Error("TODO 01.5");
}

/** The sigmoid σ(x) = 1 / (1 + e⁻ˣ): squashes any number into (0, 1). Example: `sigmoid(0)` is 0.5. */
export function sigmoid(x: number): number {
  throw new Error("TODO 01.5");
}

/**
 * The hyperbolic tangent (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ): squashes any number into (−1, 1). It must answer 1 for x = 1000.
 * `Math.tanh` is allowed. Example: `tanh(0)` is 0.
 */
export function tanh(x: number): number {
  throw new Error("TODO 01.5");
}

/**
 * The slope of ReLU at x: 1 for positive x, else 0. At exactly 0 there is a corner and no slope; take 0, as PyTorch does.
 * Example: `reluDerivative(3)` is 1.
 */
export function reluDerivative(x: number): number {
  throw new Error("TODO 01.6");
}

/**
 * The slope of the leaky ReLU at x: 1 for positive x, else `slope`, also at 0.
 * Example: `leakyReluDerivative(-3, 0.1)` is 0.1.
 */
export function leakyReluDerivative(x: number, slope: number): number {
  throw new Error("TODO 01.6");
}

/**
 * The slope of the sigmoid at x, where x is the number *before* squashing.
 *
 *     σ′(x) = σ(x) · (1 − σ(x))
 *
 * Example: `sigmoidDerivative(0)` is 0.5 · 0.5 = 0.25.
 */
export function sigmoidDerivative(x: number): number {
  throw new Error("TODO 01.6");
}

/**
 * The slope of tanh at x, where x is the number *before* squashing.
 *
 *     tanh′(x) = 1 − tanh(x)²
 *
 * Example: `tanhDerivative(0)` is 1.
 */
export function tanhDerivative(x: number): number {
  throw new Error("TODO 01.6");
}

/**
 * The sigmoid for every x, also far out, where eˣ or e⁻ˣ is too large for a number.
 *
 *     σ(x) = 1 / (1 + e⁻ˣ) = eˣ / (1 + eˣ)
 *
 * Both forms are right on paper. Use each one only where its exponent is not positive: then e^… lies between 0 and 1.
 * Example: `stableSigmoid(1000)` is 1, and `stableSigmoid(-720)` is about 2.0e-313, tiny but not 0.
 */
export function stableSigmoid(x: number): number {
  throw new Error("TODO 01.7");
}

/**
 * The logarithm of the sigmoid, for every x. It must not take the logarithm of a sigmoid that has become 0.
 *
 *     log σ(x) = −log(1 + e⁻ˣ) = x − log(1 + eˣ)
 *
 * `Math.log1p(e)` is log(1 + e), exact even where 1 + e would be rounded to 1.
 * Example: `logSigmoid(-1000)` is −1000, and `logSigmoid(40)` is about −4.2e-18.
 */
export function logSigmoid(x: number): number {
  throw new Error("TODO 01.7");
}

/**
 * XOR (1 when exactly one of the two inputs is 1) from three neurons. Both hidden neurons see x₁ and x₂;
 * the output neuron sees their two answers, in this order. Each neuron fires (answers 1) when its weighted sum is ≥ 0.
 *
 *     x₁ x₂   XOR
 *     0  0     0
 *     0  1     1
 *     1  0     1
 *     1  1     0
 *
 * Again many answers are right, and again x₁ and x₂ may be off by up to 0.1.
 */
export function xorNetwork(): { hidden: readonly [Neuron, Neuron]; output: Neuron } {
  throw new Error("TODO 01.8");
}
