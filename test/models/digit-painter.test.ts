import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadMnist } from "../../lib/data/mnist";
import { digitToken, paint, painterBatch, painterConfig, painterFormat } from "../../lib/models/digit-painter";
import { GPT } from "../../lib/models/gpt";
import { decodeImage, encodeImages, flatPatches, learnCodebook } from "../../lib/models/visual-codes";
import { Random } from "../../lib/random";

const { images, labels } = loadMnist({ train: 60, test: 0 }).train;
const patches = flatPatches(images, 28, 4);
const codebook = learnCodebook(patches, { count: 128, patchSize: 4, random: new Random(1), rounds: 5 });

/** Mean squared difference of two images. */
function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;
}

test("an image made of entries has their codes, and is what its codes stand for", () => {
  const drawn = new Random(2);
  const codes = Int32Array.from({ length: 49 }, () => drawn.integer(128));
  const image = decodeImage(codebook, codes, 28);
  const again = encodeImages(codebook, image, 28);
  expect(distance(decodeImage(codebook, again, 28), image)).toBe(0);
});

test("more rounds bring the entries nearer to the patches, and more entries nearer still", () => {
  const error = (count: number, rounds: number) => {
    const learned = learnCodebook(patches, { count, patchSize: 4, random: new Random(1), rounds });
    const codes = encodeImages(learned, images, 28);
    const back = Array.from({ length: 60 }, (_, i) => decodeImage(learned, codes.subarray(49 * i, 49 * (i + 1)), 28));
    return back.reduce((sum, image, i) => sum + distance(image, images.subarray(784 * i, 784 * (i + 1))), 0) / 60;
  };
  expect(error(16, 6)).toBeLessThan(error(16, 1));
  expect(error(64, 6)).toBeLessThan(0.75 * error(16, 6));
});

test("patches of an image lie row by row", () => {
  const counting = Float32Array.from({ length: 16 }, (_, i) => i);
  expect([...flatPatches(counting, 4, 2)]).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
});

test("a batch reads the digit first and is asked for what follows", () => {
  tf.tidy(() => {
    const codes = Int32Array.from({ length: 98 }, (_, i) => i);
    const { ids, targets } = painterBatch([7, 3], codes);
    const read = ids.arraySync();
    expect(read[0]!.slice(0, 3)).toEqual([135, 0, 1]);
    expect(read[1]!.slice(0, 3)).toEqual([131, 49, 50]);
    expect(targets.arraySync()[1]!.slice(-2)).toEqual([96, 97]);
  });
});

test("painting shows 49 pictures that fill up, the same for the same seed, and leaves nothing behind", async () => {
  const model = new GPT({ ...painterConfig, seed: 5 });
  const all = async (seed: number) => {
    const pictures: Float32Array[] = [];
    for await (const picture of paint(model, codebook, labels[0]!, { random: new Random(seed) }))
      pictures.push(picture);
    return pictures;
  };
  await all(1);
  const before = tf.memory().numTensors;
  const [one, same, other] = [await all(1), await all(1), await all(2)];
  expect(tf.memory().numTensors).toBe(before);
  expect(one.length).toBe(painterFormat.codesPerImage);
  expect(distance(one.at(-1)!, same.at(-1)!)).toBe(0);
  expect(distance(one.at(-1)!, other.at(-1)!)).toBeGreaterThan(0);
  expect(distance(one[20]!.subarray(0, 28 * 8), one.at(-1)!.subarray(0, 28 * 8))).toBe(0); // two rows of patches stand
  model.dispose();
});

test("errors say what was expected", () => {
  expect(() => learnCodebook(patches.subarray(0, 160), { count: 11, patchSize: 4, random: new Random(1) })).toThrow(
    "learnCodebook: expected at least 11 patches of 16 pixels, got 10",
  );
  expect(() => decodeImage(codebook, [1, 2], 28)).toThrow("decodeImage: expected 49 codes, got 2");
  expect(() => decodeImage(codebook, new Array(49).fill(128), 28)).toThrow(
    "decodeImage: expected codes below 128, got 128",
  );
  expect(() => flatPatches(images, 28, 5)).toThrow(
    "flatPatches: expected images of 28 × 28 and a patchSize that divides 28",
  );
  expect(() => digitToken(10)).toThrow("digitToken: expected a digit from 0 to 9, got 10");
  expect(() => painterBatch([1, 2], new Int32Array(49))).toThrow(
    "painterBatch: expected 98 codes for 2 digits, got 49",
  );
});
