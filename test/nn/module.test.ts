import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { Linear } from "../../lib/nn/linear";
import { Module, parameter } from "../../lib/nn/module";
import { assertShape } from "../../lib/nn/shape";
import { Random } from "../../lib/random";

class Block extends Module {
  readonly scale = parameter(() => tf.ones<tf.Rank.R1>([3]));
  readonly layers: readonly Linear[];
  readonly first: Linear;
  readonly name = "block";
  constructor() {
    super();
    const random = new Random(1);
    this.layers = [new Linear(3, 3, { random }), new Linear(3, 2, { random, bias: false })];
    this.first = this.layers[0]!; // a tied layer
  }
}

test("parameters are found by their path, a tied one under each of its paths", () => {
  const block = new Block();
  const parameters = block.parameters();
  expect([...parameters.keys()].sort()).toEqual([
    "first.bias",
    "first.weight",
    "layers.0.bias",
    "layers.0.weight",
    "layers.1.weight",
    "scale",
  ]);
  expect(parameters.get("first.weight")).toBe(parameters.get("layers.0.weight"));
  block.dispose();
});

test("making and disposing a module leaves no tensor behind", () => {
  const before = tf.memory().numTensors;
  const block = new Block();
  expect(tf.memory().numTensors).toBe(before + 4);
  block.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("assertShape says what was expected and what came", () => {
  const x = tf.zeros([2, 3, 5]);
  expect(() => assertShape("Norm", x, ["B", "T", 5])).not.toThrow();
  expect(() => assertShape("Norm", x, ["B", "T", 4])).toThrow("Norm: expected [B, T, 4], got [2, 3, 5]");
  expect(() => assertShape("Norm", x, ["B", 5])).toThrow("Norm: expected [B, 5], got [2, 3, 5]");
  expect(() => assertShape("Square", x, ["B", "T", "T"])).toThrow("Square: expected [B, T, T], got [2, 3, 5]");
  x.dispose();
});
