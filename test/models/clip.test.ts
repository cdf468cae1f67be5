import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { CLIP, contrastiveLoss } from "../../lib/models/clip";
import {
  caption,
  captionForms,
  captionIds,
  captionVocabulary,
  digitCLIP,
  drawGroup,
  inkMedians,
  strokeOf,
} from "../../lib/models/digit-captions";
import { Random } from "../../lib/random";
import { valueAndGradients } from "../../lib/train/gradients";
import { expectGolden, readGolden } from "../golden-case";
import { expectGradient, expectNoLeak, onEachBackend } from "../gradient";

// PyTorch with the same weights: test/golden/vision.py.
const { config, captions: rows, ...golden } = readGolden("vision").clip;
const captions = () => tf.tensor2d(rows, [3, 5], "int32");

onEachBackend(() => {
  test("both embeddings, the loss and all gradients are PyTorch's", () => {
    const model = new CLIP(config);
    const forward = ({ images }: Record<string, tf.Tensor>) => ({
      images: model.encodeImages(images as tf.Tensor4D),
      captions: model.encodeCaptions(captions()),
      loss: model.loss(images as tf.Tensor4D, captions()),
    });
    expectGolden(model, golden, forward, 5e-5);
    model.dispose();
  });
});

test("embeddings have length 1, and what stands after the end changes nothing", () => {
  const model = new CLIP(config);
  tf.tidy(() => {
    const read = model.encodeCaptions(captions());
    expect(read.square().sum(1).sub(1).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    const other = tf.tensor2d([...rows[0], 5, 10, 1, 7, 1, 8, 1, 2, 3, 4], [3, 5], "int32");
    expect(model.encodeCaptions(other).sub(read).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });
  model.dispose();
});

test("the loss is symmetric, ln N for embeddings that are all alike, and near 0 for a perfect match", () => {
  tf.tidy(() => {
    const random = new Random(2);
    const draw = () =>
      tf.tensor2d(
        Array.from({ length: 20 }, () => random.normal()),
        [4, 5],
      );
    const [a, b] = [draw(), draw()];
    const value = (x: tf.Tensor2D, y: tf.Tensor2D, scale: number) => contrastiveLoss(x, y, scale).dataSync()[0]!;
    expect(value(a, b, 3)).toBeCloseTo(value(b, a, 3), 5);
    expect(value(tf.ones([4, 5]), tf.ones([4, 5]), 3)).toBeCloseTo(Math.log(4), 5);
    expect(value(tf.eye(5), tf.eye(5), 50)).toBeLessThan(1e-6);
  });
});

test("the loss's gradient matches central differences", () => {
  const other = tf.tensor2d([0.3, -0.7, 0.2, 0.9, 0.1, 0.5], [3, 2]);
  const x = tf.tensor2d([0.5, 0.4, -0.6, 0.2, 0.8, -0.3], [3, 2]);
  expectGradient((images) => contrastiveLoss(images as tf.Tensor2D, other, 2), x);
  tf.dispose([other, x]);
});

test("the loss reaches every parameter, and nothing is left behind", () => {
  expectNoLeak(() => {
    const model = new CLIP({ ...digitCLIP, seed: 3 });
    tf.tidy(() => {
      const random = new Random(4);
      const images = tf.tensor4d(
        Float32Array.from({ length: 3 * 784 }, () => random.uniform()),
        [3, 28, 28, 1],
      );
      const ids = captionIds(["a handwritten seven", "the digit bold two", "nine"]);
      const { gradients } = valueAndGradients(() => model.loss(images, ids), model.parameters());
      const unread = new Set(captionVocabulary.tokens.map((_, id) => id));
      for (const id of ids.dataSync()) unread.delete(id);
      for (const [path, gradient] of gradients)
        if (!path.endsWith("key.bias")) expect(gradient.abs().max().dataSync()[0], path).toBeGreaterThan(1e-7);
      // Words of other captions stay: nothing but the read rows of the embedding gets a gradient.
      const words = gradients.get("captionEncoder.tokenEmbedding.weight")!.abs().max(1).dataSync();
      for (const id of unread) expect(words[id], captionVocabulary.token(id)).toBe(0);
    });
    model.dispose();
  });
});

test("a group has every caption once, each right for its image and for no other", () => {
  const labels = Int32Array.from({ length: 200 }, (_, i) => i % 10);
  const images = Float32Array.from({ length: 200 * 4 }, (_, p) => ((p * 7919) % 101) / 101);
  const strokesOfImages = strokeOf(images, labels, inkMedians(images, labels));
  for (const withStroke of [true, false]) {
    const { rows: drawn, captions: said } = drawGroup(labels, strokesOfImages, withStroke, new Random(6));
    expect(drawn.length).toBe(withStroke ? 20 : 10);
    const pairs = drawn.map((row) => `${labels[row]} ${withStroke ? strokesOfImages[row] : ""}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    drawn.forEach((row, i) => {
      const described = { digit: labels[row]!, stroke: withStroke ? strokesOfImages[row] : undefined };
      expect(captionForms.map((form) => caption(described, form))).toContain(said[i]);
    });
  }
});

test("errors say what was expected", () => {
  expect(() => tf.tidy(() => contrastiveLoss(tf.ones([3, 4]), tf.ones([2, 4]), 1))).toThrow(
    "contrastiveLoss: captions: expected [3, 4], got [2, 4]",
  );
  const model = new CLIP(config);
  expect(() => tf.tidy(() => model.encodeCaptions(tf.tensor2d([4, 1, 0, 5, 6, 7], [2, 3], "int32")))).toThrow(
    "CLIP: expected the end 1 in every caption, got none in row 1",
  );
  model.dispose();
  expect(() => captionIds(["a purple seven"])).toThrow('got "purple"');
  expect(() => captionIds(["a a a a a a a a"])).toThrow("captionIds: expected at most 7 words, got 8");
  expect(() => caption({ digit: 10 })).toThrow("caption: expected a digit from 0 to 9, got 10");
});
