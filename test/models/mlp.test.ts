import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { MLP } from "../../lib/models/mlp";
import { tanh } from "../../lib/nn/activations";
import { Random } from "../../lib/random";
import { valueAndGradients } from "../../lib/train/gradients";
import { crossEntropy } from "../../lib/train/losses";
import golden from "../golden/mlp.json";
import { expectClose, expectNoLeak } from "../gradient";

/** The golden's model (test/golden/mlp.py): ReLU between three linear layers, sizes 3, 7, 5, 2. */
function goldenMLP(): MLP {
  const mlp = new MLP(golden.sizes, { random: new Random(1) });
  for (const [path, variable] of mlp.parameters())
    tf.tidy(() => variable.assign(tf.tensor(golden.parameters[path as keyof typeof golden.parameters])));
  return mlp;
}

test("logits, loss and every gradient equal PyTorch's", () => {
  const mlp = goldenMLP();
  tf.tidy(() => {
    const logits = mlp.forward(tf.tensor2d(golden.x));
    expect(logits.shape).toEqual([11, 2]);
    expectClose(logits.dataSync(), golden.logits.flat(), { what: "logit" });
    const y = tf.tensor1d(golden.y, "int32");
    const { value, gradients } = valueAndGradients(
      () => crossEntropy(mlp.forward(tf.tensor2d(golden.x)), y),
      mlp.parameters(),
    );
    expectClose(value.dataSync(), [golden.loss], { what: "loss" });
    expect([...gradients.keys()]).toEqual(Object.keys(golden.gradients));
    for (const [path, gradient] of Object.entries(golden.gradients))
      expectClose(gradients.get(path)!.dataSync(), gradient.flat(), { what: path, absolute: 1e-7 });
  });
  mlp.dispose();
});

test("hidden gives the input and what each hidden layer made of it; the last layer reads the last of them", () => {
  const mlp = new MLP([3, 7, 5, 2], { random: new Random(2), activation: tanh });
  tf.tidy(() => {
    const x = tf.tensor2d([
      [1, -2, 3],
      [0.1, 0.2, -0.3],
    ]);
    const hidden = mlp.hidden(x);
    expect(hidden.map((h) => h.shape)).toEqual([
      [2, 3],
      [2, 7],
      [2, 5],
    ]);
    expectClose(hidden[1]!.dataSync(), mlp.layers[0]!.forward(x).tanh().dataSync());
    expectClose(mlp.forward(x).dataSync(), mlp.layers[2]!.forward(hidden[2]!).dataSync());
  });
  mlp.dispose();
});

test("dropout silences hidden entries in training only, and never the input or the logits", () => {
  const mlp = new MLP([3, 400, 2], { random: new Random(3), activation: (x) => x.abs().add(1), dropoutRate: 0.25 });
  tf.tidy(() => {
    const x = tf.tensor2d([[1, -2, 3]]);
    const [input, hidden] = mlp.hidden(x, { dropout: new Random(4) });
    const plain = mlp.hidden(x)[1]!.dataSync();
    expect([...input!.dataSync()]).toEqual([1, -2, 3]);
    const silent = hidden!.dataSync().filter((h) => h === 0).length / 400;
    expect(Math.abs(silent - 0.25)).toBeLessThan(0.08);
    hidden!.dataSync().forEach((h, i) => {
      if (h !== 0) expect(h).toBeCloseTo(plain[i]! / 0.75, 4);
    });
    expect(plain.every((h) => h !== 0)).toBe(true);
    expect([...mlp.forward(x, { dropout: new Random(4) }).dataSync()]).not.toEqual([...mlp.forward(x).dataSync()]);
  });
  mlp.dispose();
});

test("784-256-10 has 203,530 parameters, and forward leaves no tensor behind", () => {
  const mlp = new MLP([784, 256, 10], { random: new Random(5) });
  const count = [...mlp.parameters().values()].reduce((sum, p) => sum + p.size, 0);
  expect(count).toBe(784 * 256 + 256 + 256 * 10 + 10);
  const x = tf.zeros<tf.Rank.R2>([2, 784]);
  expectNoLeak(() => tf.tidy(() => mlp.forward(x).dataSync()));
  mlp.dispose();
  x.dispose();
});

test("impossible sizes and inputs are named", () => {
  expect(() => new MLP([3], { random: new Random(1) })).toThrow(
    "MLP: expected at least an input and an output size, got [3]",
  );
  const mlp = new MLP([3, 2], { random: new Random(1) });
  const wide = tf.ones<tf.Rank.R2>([5, 4]);
  expect(() => mlp.forward(wide)).toThrow("MLP: expected [B, 3], got [5, 4]");
  wide.dispose();
  mlp.dispose();
});
