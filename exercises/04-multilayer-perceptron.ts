// Lesson 04, The multilayer perceptron: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 04    one exercise: npm run grade -- 04.1    a hint: npm run grade -- --hint 04.1
// As handed out: 467ba4c097bd

import type { MLP } from "../lib/scalar/mlp";
import { binaryCrossEntropyOf } from "../lib/scalar/value-losses";

/** Neurons side by side: `weights[j]` are the weights of neuron j, one for each input, and `biases[j]` is its bias. */
export interface DenseLayer {
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

/**
 * What a layer of neurons answers: every neuron sees the same inputs and gives one output.
 *
 *     hⱼ = activation( wⱼ₁x₁ + wⱼ₂x₂ + … + bⱼ )
 *
 * Shapes: `inputs [I]`, `weights [O][I]`, `biases [O]`; the answer `[O]`.
 * Example: two neurons with weights [[1, 0], [1, 1]] and biases [0, 10] on the inputs [2, 3], without an activation
 * (x => x), answer [2, 15].
 */
export function layerForward(
  layer: DenseLayer,
  inputs: readonly number[],
  activation: (z: number) => number,
): readonly number[] {
  throw new Error("TODO 04.1");
}

/**
 * What a multilayer perceptron answers: each layer's outputs are the next layer's inputs. The activation stands after
 * every layer but the last, whose sums come out as they are: logits, or the predicted numbers of a regression.
 *
 * Shapes: `inputs` as many as the first layer's neurons have weights; the answer as many as the last layer has neurons.
 * Do not call `layerForward`: if that one is wrong, this one shall not be wrong with it.
 */
export function mlpForward(
  layers: readonly DenseLayer[],
  inputs: readonly number[],
  activation: (z: number) => number,
): readonly number[] {
  throw new Error("TODO 04.2");
}

/**
 * Two layers without an activation between them are one layer. Find it: for all inputs x,
 *
 *     W₂ (W₁ x + b₁) + b₂ = W x + b
 *
 * Multiply the left side out, and read off W and b. In numbers: `W[k][i]` is the sum over j of W₂[k][j] · W₁[j][i].
 *
 * Shapes: `first` takes I inputs to J, `second` takes J to K; the answer takes I to K.
 * Example: first 2x + 3, then 5x + 7, is 10x + 22.
 */
export function mergeLinear(first: DenseLayer, second: DenseLayer): DenseLayer {
  throw new Error("TODO 04.3");
}

/**
 * How many numbers a multilayer perceptron learns. `sizes` are its inputs, then each layer's neurons.
 *
 * Example: [2, 8, 1] has 8 neurons with 2 weights and a bias, and 1 neuron with 8 weights and a bias: 8·3 + 1·9 = 33.
 */
export function countParameters(sizes: readonly number[]): number {
  throw new Error("TODO 04.4");
}

/**
 * One step of training on all the examples that it is given. In this order:
 *
 * 1. forget the gradients of the step before: `model.zeroGrad()`
 * 2. the model's answer to each example: `model.forward(inputs[n])` gives a list, here of one logit
 * 3. the loss: `binaryCrossEntropyOf(logits, targets)`
 * 4. the gradients: `loss.backward()`
 * 5. move each of `model.parameters()` against its gradient:  data ← data − learningRate · grad
 *
 * Returns the loss as a plain number: what it was *before* the step.
 *
 * Shapes: `inputs [N][D]`, `targets [N]`, each 0 or 1.
 */
export function trainingStep(
  model: MLP,
  inputs: readonly (readonly number[])[],
  targets: readonly number[],
  learningRate: number,
): number {
  throw new Error("TODO 04.5");
}

/**
 * The share of examples that a binary classifier gets right. It says class 1 where its probability σ(logit) is above ½,
 * and class 0 otherwise.
 *
 * Example: `accuracy([2, 0.3, -1], [1, 0, 0])` is 2/3: the second example is taken for class 1.
 */
export function accuracy(logits: readonly number[], targets: readonly number[]): number {
  throw new Error("TODO 04.6");
}

/** The places of the examples that go into each part. */
export interface Split {
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/**
 * Deals the examples 0, 1, …, count − 1 out at random into three parts. Each example is in exactly one part.
 * `validation` gets `Math.round(count · validationShare)` examples, `test` gets `Math.round(count · testShare)`, and
 * `training` gets the rest.
 *
 * Training moves the weights; validation decides when to stop and which model to take; test is looked at once, at the
 * end. An example that is in two parts makes the second a liar.
 *
 * `random()` gives a number in [0, 1). Shuffle as in lesson 02: for i = count − 1, …, 1 swap place i with a place j
 * drawn from 0, 1, …, i by `Math.floor(random() * (i + 1))`.
 */
export function splitExamples(count: number, validationShare: number, testShare: number, random: () => number): Split {
  throw new Error("TODO 04.7");
}

/** A model that somebody else knows how to train and to measure. */
export interface Trainable {
  /** Goes over the training examples once and moves the weights. */
  trainEpoch(): void;
  /** The loss on the training examples, as the weights are now. */
  trainingLoss(): number;
  /** The loss on the validation examples, as the weights are now. Nothing is learnt from it. */
  validationLoss(): number;
  /** A copy of the weights as they are now. */
  copyWeights(): readonly number[];
  /** Puts the weights back to a copy. */
  setWeights(weights: readonly number[]): void;
}

/** What early stopping did. */
export interface Stopped {
  /** How many epochs were trained. */
  readonly epochs: number;
  /** The epoch whose weights the model has now, counted from 1. */
  readonly bestEpoch: number;
  /** The validation loss of that epoch. */
  readonly bestLoss: number;
}

/**
 * Trains until the validation loss has not reached a new low for `patience` epochs in a row, or `maxEpochs` are over.
 * After each epoch it measures the validation loss once. At the end the model has the weights of its best epoch, not
 * those of its last.
 *
 * Example: with patience 2, the validation losses 5, 4, 4.5, 4.2 end the training after epoch 4; the model gets the
 * weights of epoch 2 back. A loss that only equals the best is no new low.
 */
export function trainWithEarlyStopping(model: Trainable, patience: number, maxEpochs: number): Stopped {
  throw new Error("TODO 04.8");
}

/**
 * L2 regularization: a price on large weights. It is added to the loss; biases cost nothing.
 *
 *     penalty = λ/2 · Σ w²        over all weights of all layers; λ (lambda) is `strength`
 *
 * Example: one layer with weights [[3, 4]] and strength 0.1 costs 0.05 · 25 = 1.25.
 */
export function l2Penalty(layers: readonly DenseLayer[], strength: number): number {
  throw new Error("TODO 04.9");
}

/**
 * The gradient of loss + penalty, from the gradient of the loss alone. `gradient` has the same form as the layer: the
 * slope of every weight and of every bias. Return a new one.
 *
 *     ∂(L + penalty)/∂w = ∂L/∂w + λ·w        ∂(L + penalty)/∂b = ∂L/∂b
 *
 * Example: weight 3, its slope 1, strength 0.1: the new slope is 1.3. A step against it makes the weight smaller than
 * the loss alone would: weight decay.
 */
export function addWeightDecay(layer: DenseLayer, gradient: DenseLayer, strength: number): DenseLayer {
  throw new Error("TODO 04.9");
}
