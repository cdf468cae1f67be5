import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as activations from "../../lib/nn/activations";
import golden from "../golden/activations.json";
import { expectClose, expectGradient, expectNoLeak, onEachBackend } from "../gradient";

const cases = {
  relu: activations.relu,
  leakyRelu: activations.leakyRelu,
  "leakyRelu 0.2": (x: tf.Tensor) => activations.leakyRelu(x, 0.2),
  sigmoid: activations.sigmoid,
  tanh: activations.tanh,
  gelu: activations.gelu,
  geluTanh: activations.geluTanh,
};

onEachBackend(() => {
  describe.each(Object.entries(cases))("%s", (name, f) => {
    const { value, derivative } = golden[name as keyof typeof cases];

    test("has PyTorch's values and derivatives", () => {
      tf.tidy(() => {
        const x = tf.tensor1d(golden.points);
        const y = f(x).dataSync();
        const gradient = tf.grad(f)(x).dataSync();
        golden.points.forEach((point, i) => {
          expectClose([y[i]!], [value[i]!], { absolute: 1e-6, relative: 1e-6, what: `${name}(${point})` });
          expectClose([gradient[i]!], [derivative[i]!], { absolute: 2e-6, what: `${name}'(${point})` });
        });
      });
    });

    test("leaves no tensor behind", () => {
      const x = tf.tensor2d([0.5, -1.5, 0.25], [3, 1]);
      expectNoLeak(() => tf.tidy(() => tf.grad(f)(x)).dispose());
      x.dispose();
    });
  });

  describe("softmax", () => {
    const { x, direction, value, gradient } = golden.softmaxRows;

    test("has PyTorch's values and gradient along the last axis", () => {
      tf.tidy(() => {
        const weighted = (logits: tf.Tensor) => activations.softmax(logits).mul(tf.tensor(direction));
        expectClose(activations.softmax(tf.tensor(x)).dataSync(), value.flat(2), { relative: 1e-6 });
        expectClose(tf.grad(weighted)(tf.tensor(x)).dataSync(), gradient.flat(2), { relative: 2e-6 });
      });
      expectGradient((logits) => activations.softmax(logits).mul(tf.tensor(direction)).sum(), tf.tensor(x));
    });

    test("rows sum to 1, and a shift changes nothing", () => {
      tf.tidy(() => {
        const logits = tf.tensor(x);
        const sums = activations.softmax(logits).sum(-1).dataSync();
        expectClose(sums, new Array(6).fill(1), { relative: 1e-6 });
        expectClose(activations.softmax(logits.add(100)).dataSync(), activations.softmax(logits).dataSync(), {
          relative: 1e-5,
        });
        expect([...activations.softmax(tf.tensor1d([1000, 0, -1000])).dataSync()]).toEqual([1, 0, 0]);
      });
    });
  });
});
