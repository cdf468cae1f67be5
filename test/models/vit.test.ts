import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { digitImages, mnistViT, patches, VisionEncoder, ViT } from "../../lib/models/vit";
import { Random } from "../../lib/random";
import { valueAndGradients } from "../../lib/train/gradients";
import { crossEntropy } from "../../lib/train/losses";
import { expectClose, expectGolden, readGolden } from "../golden-case";
import { expectGradient, expectNoLeak, onEachBackend } from "../gradient";

// nn.Conv2d and nn.TransformerEncoderLayer with the same weights: test/golden/vision.py.
const golden = readGolden("vision");
const small = {
  imageSize: [4, 6],
  patchSize: 2,
  modelSize: 6,
  numHeads: 2,
  numLayers: 1,
  feedForwardSize: 7,
  classes: 3,
  seed: 4,
} as const;

function drawn(shape: [number, number, number, number], seed = 1): tf.Tensor4D {
  const random = new Random(seed);
  return tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
    shape,
  );
}

onEachBackend(() => {
  test("patches are those of PyTorch's unfold", () => {
    const { images, size, patches: expected } = golden.patches;
    tf.tidy(() => {
      const { shape, values } = images;
      expectClose("patches", patches(tf.tensor4d(values, shape), size), expected);
    });
  });

  test("logits and all gradients are PyTorch's", () => {
    const { config, ...rest } = golden.vit;
    const model = new ViT(config);
    expectGolden(model, rest, ({ images }) => ({ logits: model.forward(images as tf.Tensor4D) }), 5e-5);
    model.dispose();
  });
});

test("the lesson's model has 205,066 weights", () => {
  const model = new ViT({ ...mnistViT, seed: 1 });
  expect([...model.parameters().values()].reduce((sum, { size }) => sum + size, 0)).toBe(205_066);
  model.dispose();
});

test("patches put together again are the image", () => {
  tf.tidy(() => {
    const images = drawn([2, 6, 9, 2]);
    const cut = patches(images, 3); // [2, 6, 18]
    const rows = [0, 1].map((down) =>
      tf.concat(
        [0, 1, 2].map((across) => cut.slice([0, 3 * down + across, 0], [2, 1, 18]).reshape<tf.Tensor4D>([2, 3, 3, 2])),
        2,
      ),
    );
    expect(tf.concat(rows, 1).sub(images).abs().max().dataSync()[0]).toBe(0);
  });
});

test("without positions the order of the patches would not matter; with them it does", () => {
  const model = new VisionEncoder(small);
  tf.tidy(() => {
    const images = drawn([1, 4, 6, 1]);
    const mirrored = tf.concat([images.slice([0, 0, 4, 0], [1, 4, 2, 1]), images.slice([0, 0, 0, 0], [1, 4, 4, 1])], 2);
    const difference = () => model.forward(images).sub(model.forward(mirrored)).abs().max().dataSync()[0]!;
    expect(difference()).toBeGreaterThan(1e-3);
    model.positions.assign(tf.zerosLike(model.positions));
    expect(difference()).toBeLessThan(1e-5);
  });
  model.dispose();
});

test("each image is read alone, and every row of attention weights sums to 1", () => {
  const model = new ViT(small);
  tf.tidy(() => {
    const images = drawn([3, 4, 6, 1]);
    const alone = model.forward(images.slice([1, 0, 0, 0], [1, 4, 6, 1]));
    const together = model.forward(images).slice([1, 0], [1, 3]);
    expect(alone.sub(together).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    const [weights] = model.attentionWeights(images);
    expect(weights!.shape).toEqual([3, 2, 7, 7]);
    expect(weights!.sum(-1).sub(1).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });
  model.dispose();
});

test("the gradient by the image matches central differences, and reaches every parameter", () => {
  const model = new ViT(small);
  const images = drawn([2, 4, 6, 1]);
  const direction = tf.tensor2d([0.4, -1, 0.7, 1.2, 0.3, -0.5], [2, 3]);
  expectGradient(
    (x) =>
      model
        .forward(x as tf.Tensor4D)
        .mul(direction)
        .sum(),
    images,
  );
  tf.tidy(() => {
    const labels = tf.tensor1d([2, 0], "int32");
    const { gradients } = valueAndGradients(() => crossEntropy(model.forward(images), labels), model.parameters());
    for (const [path, gradient] of gradients)
      if (!path.endsWith("key.bias")) expect(gradient.abs().max().dataSync()[0], path).toBeGreaterThan(1e-6);
  });
  tf.dispose([images, direction]);
  model.dispose();
});

test("nothing is left behind", () => {
  expectNoLeak(() => {
    const model = new ViT(small);
    tf.tidy(() => {
      model.forward(drawn([2, 4, 6, 1]));
    });
    model.dispose();
  });
});

test("dropout acts only with a generator", () => {
  const model = new ViT({ ...small, dropoutRate: 0.5 });
  tf.tidy(() => {
    const images = drawn([2, 4, 6, 1]);
    const plain = model.forward(images);
    expect(plain.sub(model.forward(images)).abs().max().dataSync()[0]).toBe(0);
    const noisy = model.forward(images, { dropout: new Random(1) });
    expect(plain.sub(noisy).abs().max().dataSync()[0]).toBeGreaterThan(1e-2);
  });
  model.dispose();
});

test("errors say what was expected", () => {
  expect(() => tf.tidy(() => patches(tf.zeros([1, 4, 6, 1]), 4))).toThrow(
    "patches: expected a size that divides 4 and 6, got 4",
  );
  expect(() => new VisionEncoder({ ...small, patchSize: 3 })).toThrow(
    "VisionEncoder: expected a patchSize that divides 4 and 6, got 3",
  );
  const model = new ViT(small);
  expect(() => tf.tidy(() => model.forward(tf.zeros([2, 6, 4, 1])))).toThrow(
    "VisionEncoder: expected [B, 4, 6, 1], got [2, 6, 4, 1]",
  );
  model.dispose();
  expect(() => digitImages(new Float32Array(100))).toThrow("digitImages: expected images of 28 × 28, got 100 pixels");
});
