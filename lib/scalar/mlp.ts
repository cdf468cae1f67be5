import type { Random } from "../random";
import { Layer } from "./layer";
import type { Activation } from "./neuron";
import { type Value, zeroGrad } from "./value";

/**
 * A multilayer perceptron: layers in a row, each fed by the one before.
 * `sizes` are the inputs, then each layer's neurons: `[2, 8, 1]` is 2 inputs, 8 hidden neurons, 1 output.
 * The last layer is linear: its outputs are logits, or the predicted numbers of a regression.
 */
export class MLP {
  readonly layers: readonly Layer[];

  constructor(
    readonly sizes: readonly number[],
    { activation = "tanh", random }: { activation?: Activation; random: Random },
  ) {
    if (sizes.length < 2) {
      throw new Error(`MLP: expected at least two sizes, inputs and outputs, got [${sizes.join(", ")}]`);
    }
    const last = sizes.length - 2;
    this.layers = sizes
      .slice(1)
      .map((size, i) => new Layer(sizes[i]!, size, { activation: i === last ? "linear" : activation, random }));
  }

  /** The outputs, one `Value` for each neuron of the last layer. */
  forward(inputs: readonly (Value | number)[]): Value[] {
    let signal: readonly (Value | number)[] = inputs;
    for (const layer of this.layers.slice(0, -1)) signal = layer.forward(signal);
    return this.layers[this.layers.length - 1]!.forward(signal);
  }

  parameters(): Value[] {
    return this.layers.flatMap((layer) => layer.parameters());
  }

  zeroGrad(): void {
    zeroGrad(this.parameters());
  }
}
