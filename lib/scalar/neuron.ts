import type { Random } from "../random";
import { Value } from "./value";

export type Activation = "linear" | "relu" | "sigmoid" | "tanh";

/** One neuron: `activation(w · x + b)`. */
export class Neuron {
  /** One weight an input, drawn from `N(0, gain / inputs)` so that the sum keeps the inputs' scale (He et al. 2015: gain 2 for ReLU). */
  readonly weights: readonly Value[];
  /** Starts at 0. */
  readonly bias: Value;
  readonly activation: Activation;

  constructor(inputs: number, { activation, random }: { activation: Activation; random: Random }) {
    if (!Number.isInteger(inputs) || inputs < 1) throw new Error(`Neuron: expected at least 1 input, got ${inputs}`);
    const deviation = Math.sqrt((activation === "relu" ? 2 : 1) / inputs);
    this.weights = Array.from({ length: inputs }, (_, i) => new Value(random.normal(0, deviation), `w${i + 1}`));
    this.bias = new Value(0, "b");
    this.activation = activation;
  }

  forward(inputs: readonly (Value | number)[]): Value {
    if (inputs.length !== this.weights.length) {
      throw new Error(`Neuron: expected ${this.weights.length} inputs, got ${inputs.length}`);
    }
    const sum = this.weights.reduce((sum, weight, i) => sum.add(weight.mul(inputs[i]!)), this.bias);
    return this.activation === "linear" ? sum : sum[this.activation]();
  }

  parameters(): Value[] {
    return [...this.weights, this.bias];
  }
}
