// Lesson 05, Tensors: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 05    one exercise: npm run grade -- 05.1    a hint: npm run grade -- --hint 05.1
// As handed out: b933fb056fb9

import * as tf from "@tensorflow/tfjs";
import { valueAndGradients } from "../lib/train/gradients";
import { crossEntropy } from "../lib/train/losses";

/**
 * The shape that two shapes make together when their tensors are added, multiplied, compared … entry by entry.
 *
 * The rule: write the shapes below each other, aligned at their *last* axis; a missing axis counts as 1. Along every axis
 * the two sizes must be equal, or one of them is 1: that one is used again and again, as often as the other is long.
 *
 *       [8, 1, 5]            [4, 3]                 [2]
 *          [6, 5]               [1]              [3, 1]
 *     →  [8, 6, 5]         →  [4, 3]          →  [3, 2]
 *
 * Where the sizes differ and neither is 1, throw an error. Example: `broadcastShape([2, 3], [3])` is [2, 3], and
 * `broadcastShape([2, 3], [2])` throws.
 */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  throw new Error("TODO 05.1");
}

/**
 * The product C = A B of two matrices that lie in memory as tfjs keeps them: flat, one row after the other.
 *
 *     Cᵢⱼ = Σₖ Aᵢₖ · Bₖⱼ
 *
 * Shapes: A `[N, K]`, B `[K, M]`, C `[N, M]`, given as `sizes`. A's entry [i, k] is `a[i * K + k]`.
 * Return C's entries, flat and in the same order. Example: `matrixProduct([1, 2], [3, 4], [1, 2, 1])` is [11], and
 * `matrixProduct([1, 2], [3, 4], [2, 1, 2])` is [3, 4, 6, 8].
 */
export function matrixProduct(
  a: readonly number[],
  b: readonly number[],
  sizes: readonly [N: number, K: number, M: number],
): readonly number[] {
  throw new Error("TODO 05.2");
}

/**
 * A layer of neurons for a whole batch at once, without activation:
 *
 *     Y = X W + b
 *
 * Row n of X is example n; column j of W holds the weights of neuron j; b has one bias for each neuron.
 * Shapes: `x [N, in]`, `weight [in, out]`, `bias [out]` → `[N, out]`.
 * Example: x = [[1, 2]], weight = [[10], [100]], bias = [3] gives [[213]].
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  throw new Error("TODO 05.3");
}

/** What a linear layer passes back: the loss's gradient by its input, its weights and its biases. */
export interface LinearGradients {
  readonly x: tf.Tensor;
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
}

/**
 * The backward pass of Y = X W + b, by hand. You get `dy`, how fast the loss L grows with each entry of Y, and return how
 * fast it grows with each entry of X, of W and of b. Each answer has the shape of what it belongs to.
 *
 *     Yₙⱼ = Σᵢ Xₙᵢ · Wᵢⱼ + bⱼ
 *     ∂L/∂Xₙᵢ = Σⱼ ∂L/∂Yₙⱼ · Wᵢⱼ        a sum over the neurons that read this input
 *     ∂L/∂Wᵢⱼ = Σₙ Xₙᵢ · ∂L/∂Yₙⱼ        a sum over the examples that this weight served
 *     ∂L/∂bⱼ  = Σₙ ∂L/∂Yₙⱼ
 *
 * Each of the first two sums is one matrix product. Which one? Let the shapes tell you.
 * `a.matMul(b, true)` is AᵀB and `a.matMul(b, false, true)` is ABᵀ.
 * Shapes: `x [N, in]`, `weight [in, out]`, `dy [N, out]`.
 */
export function linearBackward(x: tf.Tensor2D, weight: tf.Tensor2D, dy: tf.Tensor2D): LinearGradients {
  throw new Error("TODO 05.4");
}

/**
 * The gradient of softmax and cross-entropy together, averaged over N examples: the prettiest formula of the course.
 *
 *     L = 1/N · Σₙ −log pₙ,yₙ        pₙ = softmax(zₙ)
 *     ∂L/∂zₙₖ = (pₙₖ − [k = yₙ]) / N
 *
 * [k = yₙ] is 1 where k is example n's true class and 0 elsewhere. So the push on every logit is simply *probability
 * minus truth*. Shapes: `logits [N, K]`, `labels [N]` of type int32, answer `[N, K]`.
 * Example: logits [[0, 0]] with label 1: p is [½, ½], so the answer is [[0.5, −0.5]].
 */
export function crossEntropyGradient(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D {
  throw new Error("TODO 05.5");
}

/**
 * How widely initial weights should scatter (their standard deviation) so that signals neither die nor explode on their
 * way through many layers.
 *
 *     "xavier" (Glorot and Bengio 2010), for tanh:    σ = √( 2 / (in + out) )
 *     "he"     (He et al. 2015), for ReLU:            σ = √( 2 / in )
 *
 * `inputs` is how many inputs a neuron reads (fan-in), `outputs` how many neurons the layer has (fan-out).
 * Example: `initialDeviation(8, 24, "xavier")` is 0.25 and `initialDeviation(8, 24, "he")` is 0.5.
 */
export function initialDeviation(inputs: number, outputs: number, scheme: "xavier" | "he"): number {
  throw new Error("TODO 05.6");
}

/**
 * The limit a of a uniform distribution on (−a, a) that scatters with the given standard deviation.
 * The variance of that distribution is a² / 3. Example: `uniformLimit(1)` is √3 ≈ 1.732.
 */
export function uniformLimit(deviation: number): number {
  throw new Error("TODO 05.6");
}

/**
 * Initial weights `[inputs, outputs]`: every entry is its own draw of `normal` times the deviation. `normal()` gives the
 * next number of a normal distribution with mean 0 and deviation 1.
 */
export function initialWeights(inputs: number, outputs: number, deviation: number, normal: () => number): tf.Tensor2D {
  throw new Error("TODO 05.6");
}

/**
 * Inverted dropout (Srivastava et al. 2014). In training every entry of x is silenced, set to 0, with probability `rate`,
 * each by its own draw; what is left is scaled by 1 / (1 − rate), so that the expected value of every entry stays what it
 * was. In evaluation x passes as it is.
 *
 * Draw from `random`, which gives uniform numbers in [0, 1). Shape: `x` may have any shape; the answer has the same.
 * Example: with rate 0.5, half of the entries become 0 and the other half double.
 */
export function dropout(x: tf.Tensor, rate: number, training: boolean, random: () => number): tf.Tensor {
  throw new Error("TODO 05.7");
}

/**
 * Class numbers as rows of zeros with a single 1, ready for arithmetic.
 * Shapes: `labels [N]` of type int32 → `[N, classes]` of type float32.
 * Example: labels [2, 0] with 3 classes give [[0, 0, 1], [1, 0, 0]].
 */
export function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  throw new Error("TODO 05.8");
}

/**
 * The share of examples whose largest logit is that of their true class: a number from 0 to 1, not a tensor.
 * Every tensor made on the way is freed: `tf.tidy(() => …)` does it. Read a tensor's only number with `.dataSync()[0]`.
 * Shapes: `logits [N, K]`, `labels [N]` of type int32.
 * Example: logits [[1, 5], [2, 0]] with labels [1, 1]: the first is right, the second wrong, so 0.5.
 */
export function accuracy(logits: tf.Tensor2D, labels: tf.Tensor1D): number {
  throw new Error("TODO 05.8");
}

/**
 * One epoch of mini-batch gradient descent on a softmax classifier with a single linear layer, logits = X W + b.
 *
 * `order` holds the numbers of all examples in this epoch's random order. Take them `batchSize` at a time (the last batch
 * may be short), gather these rows of `images` and these entries of `labels` (`tensor.gather(indices)`, with indices of
 * type int32), get loss and gradients from the library, and move both variables against their gradients:
 *
 *     const { value, gradients } = valueAndGradients(() => crossEntropy(logits, labels), new Map([["weight", weight], …]));
 *     weight.assign(…);
 *
 * Return the epoch's mean loss: the average over *examples* of what each batch's loss was when its turn came.
 * No tensor may be left behind: let every batch run in its own `tf.tidy`. (Variables survive it.)
 *
 * Shapes: `weight [D, K]`, `bias [K]`, `images [N, D]`, `labels [N]` of type int32.
 */
export function trainEpoch(
  weight: tf.Variable<tf.Rank.R2>,
  bias: tf.Variable<tf.Rank.R1>,
  images: tf.Tensor2D,
  labels: tf.Tensor1D,
  order: readonly number[],
  { batchSize, learningRate }: { readonly batchSize: number; readonly learningRate: number },
): number {
  throw new Error("TODO 05.9");
}
