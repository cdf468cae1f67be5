import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { AblatedGPT, type AblatedGPTConfig } from "../../lib/models/ablated-gpt";
import { valueAndGradients } from "../../lib/train/gradients";
import { crossEntropy } from "../../lib/train/losses";
import { expectNoLeak } from "../gradient";

const config: AblatedGPTConfig = {
  vocabularySize: 11,
  contextLength: 7,
  modelSize: 6,
  numHeads: 3,
  numLayers: 2,
  seed: 5,
};
const text = [3, 1, 4, 1, 5, 9];
const ids = (list: readonly number[]) => tf.tensor2d([...list], [1, list.length], "int32");

const variants: [string, Partial<AblatedGPTConfig>][] = [
  ["whole", {}],
  ["learned positions", { positions: "learned" }],
  ["relative positions", { positions: "relative" }],
  ["rotary positions", { positions: "rotary" }],
  ["no positions", { positions: "none" }],
  ["norm after the sum", { norm: "post" }],
  ["root-mean-square norm", { normalization: "rms" }],
  ["no norm", { norm: "none" }],
  ["no residual", { residual: false }],
  ["no feed-forward", { feedForward: false }],
  ["no attention", { attention: false }],
];

/** The logits at every place, as plain rows. */
function logits(change: Partial<AblatedGPTConfig>, list: readonly number[]): number[][] {
  const model = new AblatedGPT({ ...config, ...change });
  const rows = tf.tidy(() => model.forward(ids(list)).squeeze<tf.Tensor2D>([0]).arraySync());
  model.dispose();
  return rows;
}

const far = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

test.each(variants)("%s: the future changes nothing, the present does", (_, change) => {
  const [before, after] = [logits(change, text), logits(change, [...text.slice(0, -1), 2])];
  for (let t = 0; t < text.length - 1; t++) expect(far(before[t]!, after[t]!)).toBeLessThan(1e-6);
  expect(far(before.at(-1)!, after.at(-1)!)).toBeGreaterThan(1e-3);
});

test.each(variants)("%s: the gradient reaches every parameter, and no tensor is left", (_, change) => {
  const model = new AblatedGPT({ ...config, ...change });
  const silent = tf.tidy(() => {
    const loss = () =>
      crossEntropy(model.forward(ids(text)).squeeze<tf.Tensor2D>([0]), tf.tensor1d([1, 4, 1, 5, 9, 2], "int32"));
    const { gradients } = valueAndGradients(loss, model.parameters());
    return [...model.parameters().keys()].filter((name) => !(gradients.get(name)!.abs().max().dataSync()[0]! > 0));
  });
  // Adding one number to all keys changes no softmax, so the keys' biases have no gradient; rounding may leave a trace.
  expect(silent.filter((name) => !name.endsWith("key.bias"))).toEqual([]);
  expectNoLeak(() => tf.tidy(() => void model.forward(ids(text))));
  model.dispose();
});

test("without positions and mask, shuffled tokens give the same vectors, shuffled", () => {
  const order = [2, 5, 0, 4, 1, 3];
  const change = { positions: "none", causal: false } as const;
  const [straight, shuffled] = [
    logits(change, text),
    logits(
      change,
      order.map((t) => text[t]!),
    ),
  ];
  order.forEach((t, place) => expect(far(straight[t]!, shuffled[place]!)).toBeLessThan(1e-5));
});

test.each(["sinusoidal", "learned", "relative", "rotary"] as const)("with %s positions they do not", (positions) => {
  const order = [2, 5, 0, 4, 1, 3];
  const change = { positions, causal: false };
  const [straight, shuffled] = [
    logits(change, text),
    logits(
      change,
      order.map((t) => text[t]!),
    ),
  ];
  expect(Math.max(...order.map((t, place) => far(straight[t]!, shuffled[place]!)))).toBeGreaterThan(1e-3);
});

test("a part that is taken out has no parameters", () => {
  const names = (change: Partial<AblatedGPTConfig>) => {
    const model = new AblatedGPT({ ...config, ...change });
    const list = [...model.parameters().keys()].join(" ");
    model.dispose();
    return list;
  };
  expect(names({})).toContain("blocks.1.attention.query.weight");
  expect(names({ attention: false })).not.toContain("ttention");
  expect(names({ feedForward: false })).not.toContain("feedForward");
  expect(names({ norm: "none" })).not.toContain("orm");
});

test("the stream is what the blocks hand on, one tensor more than there are blocks", () => {
  const model = new AblatedGPT(config);
  const shapes = tf.tidy(() => model.stream(ids(text)).map(({ shape }) => shape));
  expect(shapes).toEqual([0, 1, 2].map(() => [1, 6, 6]));
  model.dispose();
});

test("a text that is too long is an error", () => {
  const model = new AblatedGPT(config);
  expect(() => model.forward(ids([...text, 1, 2]))).toThrow("AblatedGPT: expected at most 7 tokens, got 8");
  model.dispose();
});
