import { expect, test } from "vitest";
import { loadMnist } from "../../lib/data/mnist";

test("all of MNIST: 60,000 and 10,000 digits, pixels from 0 to 1, the known class counts", () => {
  const { train, test } = loadMnist();
  expect([train.count, train.images.length, train.labels.length]).toEqual([60000, 60000 * 784, 60000]);
  expect([test.count, test.images.length, test.labels.length]).toEqual([10000, 10000 * 784, 10000]);
  const counts = (labels: Int32Array) => Array.from({ length: 10 }, (_, d) => labels.filter((l) => l === d).length);
  expect(counts(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  expect(counts(test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  expect([...train.labels.slice(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
  let sum = 0;
  let largest = 0;
  for (const pixel of train.images) {
    sum += pixel;
    if (pixel > largest) largest = pixel;
  }
  expect(sum / train.images.length).toBeCloseTo(0.1306604762, 8); // the mean that PyTorch's examples normalize by
  expect(largest).toBe(1);
});

test("the first few are the first of all, image by image", () => {
  const few = loadMnist({ train: 3, test: 2 });
  const more = loadMnist({ train: 5, test: 2 });
  expect(few.train.images).toEqual(more.train.images.slice(0, 3 * 784));
  expect(few.test.labels).toEqual(Int32Array.of(7, 2));
  const ink = few.train.images.slice(0, 784).filter((pixel) => pixel > 0).length;
  expect(ink).toBe(166); // the first image, a 5, has 166 pixels of ink
});

test("refuses more digits than there are", () => {
  expect(() => loadMnist({ train: 60_001, test: 0 })).toThrow(
    "loadMnist(train-images-idx3-ubyte): expected a whole number of items from 0 to 60000, got 60001",
  );
});
