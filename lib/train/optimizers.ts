import type * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import type { Parameters } from "./gradients";
import { Optimizer, type Slots } from "./optimizer";

export { Optimizer } from "./optimizer";

/*
 * Each optimiser is one update function, the formula, and a small class that keeps its memory (lib/train/optimizer.ts).
 */

export interface SGDOptions {
  readonly learningRate: number;
  /** Share of the last step's velocity that stays. Default: 0. */
  readonly momentum?: number;
  /** Look ahead: use the gradient's effect on the velocity at once. Default: false. */
  readonly nesterov?: boolean;
  /** Adds `weightDecay · w` to the gradient of `w`: L2 regularization. Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Gradient descent, stochastic when the gradient is a mini-batch's (Robbins and Monro 1951), with momentum
 * (Polyak 1964; Nesterov 1983; in the form of Sutskever et al. 2013 that PyTorch uses):
 *
 *     v = momentum v + g;    w = w - rate v            nesterov: w = w - rate (g + momentum v)
 */
export function sgdUpdate(
  weight: tf.Variable,
  gradient: tf.Tensor,
  velocity: tf.Variable | undefined,
  { learningRate, momentum = 0, nesterov = false, weightDecay = 0 }: SGDOptions,
): void {
  const g = decayed(gradient, weight, weightDecay);
  let direction = g;
  if (velocity) {
    velocity.assign(velocity.mul(momentum).add(g));
    direction = nesterov ? g.add(velocity.mul(momentum)) : velocity;
  }
  weight.assign(weight.sub(direction.mul(learningRate)));
}

export class SGD extends Optimizer {
  constructor(
    parameters: Parameters,
    private readonly options: SGDOptions,
  ) {
    const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
    expectRange("SGD", { learningRate, weightDecay });
    expectRange("SGD", { momentum }, 1);
    if (nesterov && momentum === 0) throw new Error("SGD: expected a momentum above 0 with nesterov, got 0");
    super(parameters, learningRate, momentum > 0 ? ["velocity"] : []);
  }

  protected override update(weight: tf.Variable, gradient: tf.Tensor, { velocity }: Slots): void {
    sgdUpdate(weight, gradient, velocity, { ...this.options, learningRate: this.learningRate });
  }
}

export interface RMSPropOptions {
  readonly learningRate: number;
  /** Share of the average square that stays. Default: 0.99. */
  readonly decay?: number;
  /** Default: 1e-8. */
  readonly epsilon?: number;
  /** Default: 0. */
  readonly momentum?: number;
  /** L2, as in SGD. Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Each weight has its own rate: the gradient over the root of its running average square (Tieleman and Hinton 2012).
 *
 *     s = decay s + (1 - decay) g²;    w = w - rate g / (√s + epsilon)
 */
export function rmsPropUpdate(
  weight: tf.Variable,
  gradient: tf.Tensor,
  square: tf.Variable,
  velocity: tf.Variable | undefined,
  { learningRate, decay = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 }: RMSPropOptions,
): void {
  const g = decayed(gradient, weight, weightDecay);
  square.assign(square.mul(decay).add(g.square().mul(1 - decay)));
  let direction = g.div(square.sqrt().add(epsilon));
  if (velocity) {
    velocity.assign(velocity.mul(momentum).add(direction));
    direction = velocity;
  }
  weight.assign(weight.sub(direction.mul(learningRate)));
}

export class RMSProp extends Optimizer {
  constructor(
    parameters: Parameters,
    private readonly options: RMSPropOptions,
  ) {
    const { learningRate, decay = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = options;
    expectRange("RMSProp", { learningRate, epsilon, weightDecay });
    expectRange("RMSProp", { decay, momentum }, 1);
    super(parameters, learningRate, momentum > 0 ? ["square", "velocity"] : ["square"]);
  }

  protected override update(weight: tf.Variable, gradient: tf.Tensor, { square, velocity }: Slots): void {
    rmsPropUpdate(weight, gradient, square!, velocity, { ...this.options, learningRate: this.learningRate });
  }
}

export interface AdamOptions {
  /** Default: 1e-3. */
  readonly learningRate?: number;
  /** Share of the average gradient that stays. Default: 0.9. */
  readonly beta1?: number;
  /** Share of the average square that stays. Default: 0.999. */
  readonly beta2?: number;
  /** Default: 1e-8. */
  readonly epsilon?: number;
  /** Adam: L2, added to the gradient. AdamW: `rate · weightDecay · w` is taken off the weight itself. Default: 0, AdamW 0.01. */
  readonly weightDecay?: number;
}

/**
 * Momentum over RMSProp, both without the bias of their start at 0 (Kingma and Ba 2015, algorithm 1), in step `t = 1, 2, …`:
 *
 *     m = beta1 m + (1 - beta1) g;    s = beta2 s + (1 - beta2) g²
 *     w = w - rate · m / (1 - beta1^t) / (√(s / (1 - beta2^t)) + epsilon)
 *
 * With `decoupled`, weight decay shrinks the weight before the step instead of joining the gradient
 * (Loshchilov and Hutter 2019, algorithm 2).
 */
export function adamUpdate(
  weight: tf.Variable,
  gradient: tf.Tensor,
  average: tf.Variable,
  square: tf.Variable,
  t: number,
  { learningRate, beta1, beta2, epsilon, weightDecay }: Required<AdamOptions>,
  decoupled: boolean,
): void {
  const decay = decoupled ? { decoupledDecay: weightDecay, decay: 0 } : { decoupledDecay: 0, decay: weightDecay };
  const settings = { t, learningRate, beta1, beta2, epsilon, ...decay };
  const updated = fused<tf.Tensor[]>("Adam", { weight, gradient, average, square }, settings);
  if (updated) {
    for (const [i, variable] of [weight, average, square].entries()) variable.assign(updated[i]!);
    return;
  }
  const g = decoupled ? gradient : decayed(gradient, weight, weightDecay);
  const start = decoupled && weightDecay > 0 ? weight.mul(1 - learningRate * weightDecay) : weight;
  average.assign(average.mul(beta1).add(g.mul(1 - beta1)));
  square.assign(square.mul(beta2).add(g.square().mul(1 - beta2)));
  const rootOfCorrected = square.sqrt().div(Math.sqrt(1 - beta2 ** t));
  const direction = average.div(rootOfCorrected.add(epsilon));
  weight.assign(start.sub(direction.mul(learningRate / (1 - beta1 ** t))));
}

/** Adam, with weight decay as L2 in the gradient. */
export class Adam extends Optimizer {
  private readonly options: Required<AdamOptions>;

  constructor(parameters: Parameters, options: AdamOptions = {}) {
    const complete = { ...adamDefaults, ...options };
    expectAdam("Adam", complete);
    super(parameters, complete.learningRate, ["average", "square"]);
    this.options = complete;
  }

  protected override update(weight: tf.Variable, gradient: tf.Tensor, { average, square }: Slots, t: number): void {
    const options = { ...this.options, learningRate: this.learningRate };
    adamUpdate(weight, gradient, average!, square!, t, options, false);
  }
}

export interface AdamWOptions extends AdamOptions {
  /** Whether vectors (biases, the gains of norms) are decayed, too, and not only matrices. Default: true. */
  readonly decayVectors?: boolean;
}

/** Adam with decoupled weight decay. */
export class AdamW extends Optimizer {
  private readonly options: Required<AdamWOptions>;

  constructor(parameters: Parameters, options: AdamWOptions = {}) {
    const complete = { ...adamDefaults, weightDecay: 0.01, decayVectors: true, ...options };
    expectAdam("AdamW", complete);
    super(parameters, complete.learningRate, ["average", "square"]);
    this.options = complete;
  }

  protected override update(weight: tf.Variable, gradient: tf.Tensor, { average, square }: Slots, t: number): void {
    const { decayVectors, weightDecay, ...options } = this.options;
    const decay = decayVectors || weight.rank > 1 ? weightDecay : 0;
    const now = { ...options, learningRate: this.learningRate, weightDecay: decay };
    adamUpdate(weight, gradient, average!, square!, t, now, true);
  }
}

const adamDefaults: Required<AdamOptions> = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
};

function expectAdam(where: string, { learningRate, beta1, beta2, epsilon, weightDecay }: Required<AdamOptions>): void {
  expectRange(where, { learningRate, epsilon, weightDecay });
  expectRange(where, { beta1, beta2 }, 1);
}

function expectRange(where: string, values: Readonly<Record<string, number>>, below = Infinity): void {
  for (const [name, value] of Object.entries(values)) {
    if (value >= 0 && value < below) continue;
    const range = below === Infinity ? "a number of at least 0" : `a number in [0, ${below})`;
    throw new Error(`${where}: expected ${name} to be ${range}, got ${value}`);
  }
}

/** The gradient of `loss + weightDecay / 2 · |w|²`. */
function decayed(gradient: tf.Tensor, weight: tf.Tensor, weightDecay: number): tf.Tensor {
  return weightDecay > 0 ? gradient.add(weight.mul(weightDecay)) : gradient;
}
