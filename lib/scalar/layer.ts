import type { Random } from "../random";
import { type Activation, Neuron } from "./neuron";
import { toValue, type Value } from "./value";

/** Neurons side by side, all with the same inputs. */
export class Layer {
  readonly neurons: readonly Neuron[];

  constructor(inputs: number, outputs: number, options: { activation: Activation; random: Random }) {
    if (!Number.isInteger(outputs) || outputs < 1) throw new Error(`Layer: expected at least 1 neuron, got ${outputs}`);
    this.neurons = Array.from({ length: outputs }, () => new Neuron(inputs, options));
  }

  forward(inputs: readonly (Value | number)[]): Value[] {
    const values = inputs.map(toValue); // each input is one node of the graph, whichever neurons use it
    return this.neurons.map((neuron) => neuron.forward(values));
  }

  parameters(): Value[] {
    return this.neurons.flatMap((neuron) => neuron.parameters());
  }
}
