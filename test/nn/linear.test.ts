import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { normal } from "../../lib/nn/init";
import { Linear, linear } from "../../lib/nn/linear";
import { Random } from "../../lib/random";
import golden from "../golden/linear.json";
import { expectClose, expectGradient, expectNoLeak } from "../gradient";

test("torch.nn.Linear: output and the gradients of input, weight and bias", () => {
  tf.tidy(() => {
    const layer = new Linear(5, 7, { random: new Random(1) });
    layer.weight.assign(tf.tensor2d(golden.weight));
    layer.bias!.assign(tf.tensor1d(golden.bias));
    const x = tf.tensor3d(golden.x);
    const y = layer.forward(x);
    expect(y.shape).toEqual([2, 3, 7]);
    expectClose(y.dataSync(), golden.y.flat(2), { relative: 1e-6 });
    const loss = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      linear(x, w as tf.Tensor2D, b as tf.Tensor1D).mul(tf.tensor3d(golden.direction));
    const [byX, byWeight, byBias] = tf.grads(loss)([x, layer.weight, layer.bias!]);
    expectClose(byX!.dataSync(), golden.gradients.x.flat(2), { relative: 1e-6 });
    expectClose(byWeight!.dataSync(), golden.gradients.weight.flat(), { relative: 1e-6 });
    expectClose(byBias!.dataSync(), golden.gradients.bias, { relative: 1e-6 });
    layer.dispose();
  });
});

test("the gradients match central differences", () => {
  const weight = tf.tensor2d(golden.weight);
  const x = tf.tensor3d(golden.x);
  const direction = tf.tensor3d(golden.direction);
  expectGradient(
    (v) =>
      linear(v as tf.Tensor3D, weight)
        .mul(direction)
        .sum(),
    x,
  );
  expectGradient(
    (w) =>
      linear(x, w as tf.Tensor2D)
        .square()
        .mul(direction)
        .sum(),
    weight,
  );
});

test.each([[[5]], [[3, 5]], [[2, 3, 5]], [[2, 3, 4, 5]]])("takes the shape %j and changes its last size", (shape) => {
  const layer = new Linear(5, 7, { random: new Random(1) });
  const y = tf.tidy(() => layer.forward(tf.ones(shape)));
  expect(y.shape).toEqual([...shape.slice(0, -1), 7]);
  y.dispose();
  layer.dispose();
});

test("is linear once its bias is gone", () => {
  const layer = new Linear(3, 2, { random: new Random(5), bias: false });
  expect([...layer.parameters().keys()]).toEqual(["weight"]);
  tf.tidy(() => {
    const [u, v] = [tf.tensor2d([[1, -2, 3]]), tf.tensor2d([[0.5, 4, -1]])];
    const sum = layer.forward(u.mul(3).add(v)).dataSync();
    expectClose(sum, layer.forward(u).mul(3).add(layer.forward(v)).dataSync(), { relative: 1e-5 });
  });
  layer.dispose();
});

test("starts with a bias of 0 and the initial weights it is given", () => {
  const layer = new Linear(3, 2, { random: new Random(5), init: normal });
  const expected = normal([3, 2], new Random(5));
  expect(layer.weight.dataSync()).toEqual(expected.dataSync());
  expect([...layer.bias!.dataSync()]).toEqual([0, 0]);
  tf.dispose(expected);
  layer.dispose();
});

test("leaves no tensor behind, neither in a step nor after dispose", () => {
  const before = tf.memory().numTensors;
  const layer = new Linear(5, 7, { random: new Random(1) });
  expectNoLeak(() => {
    tf.tidy(() => {
      tf.variableGrads(() => layer.forward(tf.ones([2, 3, 5])).sum(), [layer.weight, layer.bias!]);
    });
  });
  layer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("the wrong size gets a sentence", () => {
  const layer = new Linear(5, 7, { random: new Random(1) });
  expect(() => layer.forward(tf.ones([2, 3]))).toThrow("Linear: expected [..., 5], got [2, 3]");
  expect(() => layer.forward(tf.scalar(1))).toThrow("Linear: expected [..., 5], got []");
});
