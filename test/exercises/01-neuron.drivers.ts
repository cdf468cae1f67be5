import type { Driver } from "../../lib/course/grader/exercise";

type Answer = typeof import("../../solutions/01-neuron");
type Neuron = import("../../solutions/01-neuron").Neuron;

function fires(neuron: Neuron, inputs: readonly number[]): number {
  if (neuron?.weights?.length !== inputs.length) {
    throw new Error(`neuron: expected ${inputs.length} weights, got ${neuron?.weights?.length ?? "none"}`);
  }
  return neuron.weights.reduce((sum, w, i) => sum + w * inputs[i]!, neuron.bias) >= 0 ? 1 : 0;
}

/** What the gate answers at each point. */
export const gateAnswers: Driver<Answer> = (
  answer,
  { gate, points }: { gate: "AND" | "OR" | "NAND"; points: [number, number][] },
) => {
  const neuron = answer.gateNeuron(gate);
  return points.map((point) => fires(neuron, point));
};

/** One step, and the neuron that was handed in as it is afterwards. */
export const stepAndOriginal: Driver<Answer> = (
  answer,
  { neuron, inputs, target, rate }: { neuron: Neuron; inputs: number[]; target: number; rate: number },
) => {
  const moved = answer.perceptronStep(neuron, inputs, target, rate);
  return { moved, original: neuron };
};

/** What the three neurons answer at each point. */
export const xorAnswers: Driver<Answer> = (answer, points: [number, number][]) => {
  const { hidden, output } = answer.xorNetwork();
  if (hidden?.length !== 2) throw new Error(`xorNetwork: expected 2 hidden neurons, got ${hidden?.length ?? "none"}`);
  return points.map((point) => {
    const answers = hidden.map((neuron) => fires(neuron, point));
    return fires(output, answers);
  });
};
