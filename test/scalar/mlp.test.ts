import { describe, expect, test } from "vitest";
import { Random } from "../../lib/random";
import { Layer } from "../../lib/scalar/layer";
import { MLP } from "../../lib/scalar/mlp";
import { type Activation, Neuron } from "../../lib/scalar/neuron";
import { Value } from "../../lib/scalar/value";
import { binaryCrossEntropyOf, meanSquaredErrorOf } from "../../lib/scalar/value-losses";
import losses from "../golden/losses.json";
import golden from "../golden/value.json";
import { expectClose } from "../gradient";

test.each(Object.entries(golden.networks))("a network with %s has PyTorch's loss and gradients", (activation, net) => {
  const mlp = new MLP(net.sizes, { activation: activation as Activation, random: new Random(1) });
  const parameters = mlp.parameters();
  expect(parameters.length).toBe(net.parameters.length);
  parameters.forEach((parameter, i) => {
    parameter.data = net.parameters[i]!;
  });
  const loss = meanSquaredErrorOf(
    net.x.flatMap((row) => mlp.forward(row)),
    net.y.flat(),
  );
  loss.backward();
  expectClose([loss.data], [net.loss], { relative: 1e-13 });
  const gradients = () => parameters.map((parameter) => parameter.grad);
  expectClose(gradients(), net.gradients, { relative: 1e-12 });
  mlp.zeroGrad();
  expect(gradients().every((gradient) => gradient === 0)).toBe(true);
});

test("binaryCrossEntropyOf has PyTorch's value and gradients, for extreme logits too", () => {
  for (const { x, targets, value, gradient } of losses.binaryCrossEntropy) {
    const logits = x.map((z) => new Value(z));
    const loss = binaryCrossEntropyOf(logits, targets);
    loss.backward();
    expectClose([loss.data], [value], { relative: 1e-13 });
    expectClose(
      logits.map((z) => z.grad),
      gradient,
      { relative: 1e-13 },
    );
  }
});

describe("laws", () => {
  test("a network without nonlinearity is one straight line: f((u + v) / 2) is the mean of f(u) and f(v)", () => {
    const mlp = new MLP([2, 7, 5, 1], { activation: "linear", random: new Random(3) });
    const f = (x: number, y: number) => mlp.forward([x, y])[0]!.data;
    expect(f(1, -2)).toBeCloseTo((f(3, 1) + f(-1, -5)) / 2, 12);
    const bent = new MLP([2, 7, 5, 1], { random: new Random(3) });
    const g = (x: number, y: number) => bent.forward([x, y])[0]!.data;
    expect(Math.abs(g(1, -2) - (g(3, 1) + g(-1, -5)) / 2)).toBeGreaterThan(0.01);
  });

  test("the last layer is linear, the others are not", () => {
    const mlp = new MLP([2, 3, 4, 2], { activation: "relu", random: new Random(3) });
    expect(mlp.layers.map((layer) => layer.neurons.map((neuron) => neuron.activation))).toEqual([
      ["relu", "relu", "relu"],
      ["relu", "relu", "relu", "relu"],
      ["linear", "linear"],
    ]);
  });

  test("the same seed gives the same weights, another seed others", () => {
    const weights = (seed: number) => new MLP([2, 3, 1], { random: new Random(seed) }).parameters().map((p) => p.data);
    expect(weights(5)).toEqual(weights(5));
    expect(weights(5)).not.toEqual(weights(6));
  });

  test("weights keep the scale of a signal: variance 1 / inputs, twice that for relu, biases 0", () => {
    for (const [activation, variance] of [
      ["tanh", 1 / 50],
      ["relu", 2 / 50],
    ] as const) {
      const layer = new Layer(50, 60, { activation, random: new Random(7) });
      const weights = layer.neurons.flatMap((neuron) => neuron.weights.map((weight) => weight.data));
      const square = weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length;
      expect(square / variance).toBeGreaterThan(0.93);
      expect(square / variance).toBeLessThan(1.07);
      expect(layer.neurons.every((neuron) => neuron.bias.data === 0)).toBe(true);
    }
  });
});

test("a neuron is activation(w · x + b)", () => {
  const neuron = new Neuron(2, { activation: "tanh", random: new Random(1) });
  [0.5, -1.5, 0.25].forEach((data, i) => {
    neuron.parameters()[i]!.data = data;
  });
  expect(neuron.forward([2, new Value(3)]).data).toBeCloseTo(Math.tanh(0.5 * 2 - 1.5 * 3 + 0.25), 15);
});

test("bad input gets a sentence", () => {
  const random = new Random(1);
  expect(() => new MLP([3], { random })).toThrow("MLP: expected at least two sizes, inputs and outputs, got [3]");
  expect(() => new MLP([3, 0], { random })).toThrow("Layer: expected at least 1 neuron, got 0");
  expect(() => new MLP([0, 1], { random })).toThrow("Neuron: expected at least 1 input, got 0");
  expect(() => new MLP([3, 1], { random }).forward([1, 2])).toThrow("Neuron: expected 3 inputs, got 2");
  expect(() => meanSquaredErrorOf([], [])).toThrow("expected as many targets as values, at least 1, got 0 for 0");
  expect(() => binaryCrossEntropyOf([new Value(1)], [1, 0])).toThrow("binaryCrossEntropyOf");
});
