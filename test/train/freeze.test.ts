import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { Linear } from "../../lib/nn/linear";
import { Module } from "../../lib/nn/module";
import { Random } from "../../lib/random";
import { countWeights, trainable } from "../../lib/train/freeze";
import { AdamW } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";

class Two extends Module {
  readonly body = new Linear(3, 5, { random: new Random(1) });
  readonly head = new Linear(5, 2, { random: new Random(2) });
  readonly tied = this.head.weight;
}

test("parameters are picked by path, with a pattern or a function; flags of a pattern do not matter", () => {
  const model = new Two();
  expect([...trainable(model.parameters(), /^head\./).keys()]).toEqual(["head.weight", "head.bias"]);
  expect([...trainable(model.parameters(), /weight|tied/g).keys()]).toEqual(["body.weight", "head.weight", "tied"]);
  expect([...trainable(model.parameters(), (path) => path === "body.bias").keys()]).toEqual(["body.bias"]);
  expect(() => trainable(model.parameters(), /^tail/)).toThrow(
    "trainable: expected at least one of the 5 paths (body.weight, body.bias, head.weight, …) to be picked, got none",
  );
  expect(countWeights(model.parameters())).toBe(15 + 5 + 10 + 2); // the tied one once
  model.dispose();
});

test("what is not picked does not move, weight decay included", async () => {
  const model = new Two();
  const [weight, bias, head] = [model.body.weight, model.body.bias!, model.head.weight].map((w) =>
    w.dataSync().slice(),
  );
  const parameters = trainable(model.parameters(), /^head/);
  const optimizer = new AdamW(parameters, { learningRate: 0.1, weightDecay: 0.9 });
  const x = tf.randomNormal<tf.Rank.R2>([4, 3], 0, 1, "float32", 3);
  const loss = () => model.head.forward(model.body.forward(x).tanh()).square().mean() as tf.Scalar;
  await train({ parameters, optimizer, loss, nextBatch: () => undefined, steps: 5 });
  expect(model.body.weight.dataSync()).toEqual(weight);
  expect(model.body.bias!.dataSync()).toEqual(bias);
  expect(model.head.weight.dataSync()).not.toEqual(head);
  tf.dispose(x);
  optimizer.dispose();
  model.dispose();
});
