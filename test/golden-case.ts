import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import type { Module } from "../lib/nn/module";
import { projectRoot } from "../lib/root";

interface Plain {
  readonly shape: number[];
  readonly values: number[];
}

/** What a golden script recorded of one layer or model: see test/golden/transformer-layers.py. */
export interface GoldenCase {
  readonly inputs: Record<string, Plain>;
  readonly parameters: Record<string, Plain>;
  readonly directions: Record<string, Plain>;
  readonly outputs: Record<string, Plain>;
  readonly gradients: Record<string, Plain>;
}

/** The contents of `test/golden/NAME.json`. */
// biome-ignore lint/suspicious/noExplicitAny: each golden file has a form of its own, said in its script
export function readGolden(name: string): any {
  return JSON.parse(readFileSync(path.join(projectRoot, "test", "golden", `${name}.json`), "utf8"));
}

export function asTensor({ shape, values }: Plain): tf.Tensor {
  return tf.tensor(values, shape);
}

/** Gives a module the golden's parameters; both must name the same ones. */
export function loadParameters(module: Module, parameters: GoldenCase["parameters"]): void {
  const own = module.parameters();
  expect([...own.keys()].sort()).toEqual(Object.keys(parameters).sort());
  for (const [name, variable] of own) tf.tidy(() => variable.assign(asTensor(parameters[name]!)));
}

/** `max|a - b| <= tolerance * max|b|`, per tensor, and the same shape. */
export function expectClose(where: string, actual: tf.Tensor, expected: Plain, tolerance = 1e-5): void {
  expect(actual.shape, where).toEqual(expected.shape);
  const values = actual.dataSync();
  let largest = 0;
  let error = 0;
  expected.values.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(values[i]! - value);
    error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  });
  expect(error, `${where}: largest difference, of values up to ${largest}`).toBeLessThanOrEqual(tolerance * largest);
}

/**
 * Holds a module to a golden: outputs, and the gradients of the sum of outputs times directions at every input that has
 * one and at every parameter.
 */
export function expectGolden(
  module: Module,
  golden: GoldenCase,
  forward: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  tolerance = 1e-5,
): void {
  loadParameters(module, golden.parameters);
  tf.tidy(() => {
    const inputs: Record<string, tf.Variable> = {};
    for (const [name, plain] of Object.entries(golden.inputs)) inputs[name] = tf.variable(asTensor(plain));
    const parameters = module.parameters();
    const reached = { ...inputs, ...Object.fromEntries(parameters) };
    const names = Object.keys(golden.gradients);
    expect(names.sort()).toEqual(Object.keys(reached).sort());

    const outputs = forward(inputs);
    for (const [name, plain] of Object.entries(golden.outputs)) expectClose(name, outputs[name]!, plain, tolerance);

    const { grads } = tf.variableGrads(() => {
      const results = forward(inputs);
      const terms = Object.entries(golden.directions).map(([name, plain]) => results[name]!.mul(asTensor(plain)).sum());
      return tf.addN(terms) as tf.Scalar;
    }, Object.values(reached));
    // A key's bias moves all scores of a query alike, so its gradient is 0: compare with the largest gradient's scale.
    for (const name of names) {
      const expected = golden.gradients[name]!;
      const vanishing = expected.values.every((v) => Math.abs(v) < 1e-12);
      if (vanishing) expect(grads[reached[name]!.name]!.abs().max().dataSync()[0], name).toBeLessThan(1e-4);
      else expectClose(`gradient of ${name}`, grads[reached[name]!.name]!, expected, tolerance);
    }
    for (const input of Object.values(inputs)) input.dispose();
  });
}
