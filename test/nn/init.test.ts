import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as init from "../../lib/nn/init";
import { parameter } from "../../lib/nn/module";
import { Random } from "../../lib/random";
import golden from "../golden/init.json";

const { inputs, outputs } = golden;
const shape: [number, number] = [inputs, outputs];
const cases: Record<Exclude<keyof typeof golden, "inputs" | "outputs">, (random: Random) => tf.Tensor> = {
  xavierUniform: (random) => init.xavierUniform(shape, random),
  xavierNormal: (random) => init.xavierNormal(shape, random),
  heUniform: (random) => init.heUniform(shape, random),
  heNormal: (random) => init.heNormal(shape, random),
  normal: (random) => init.normal(shape, random, 0.02),
  truncatedNormal: (random) => init.truncatedNormal(shape, random, 0.02),
};

function values(tensor: tf.Tensor): Float32Array {
  const copy = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return copy;
}

describe.each(Object.entries(cases))("%s", (name, draw) => {
  const expected = golden[name as keyof typeof cases];

  test("has the mean, spread, shape and bounds of PyTorch's", () => {
    const w = values(draw(new Random(23)));
    const average = (f: (x: number) => number) => w.reduce((sum, x) => sum + f(x), 0) / w.length;
    const mean = average((x) => x);
    const deviation = Math.sqrt(average((x) => (x - mean) ** 2));
    const kurtosis = average((x) => ((x - mean) / deviation) ** 4); // 1.8 uniform, 3 normal, less without tails
    expect(Math.abs(mean)).toBeLessThan(0.015 * deviation); // four standard errors
    expect(Math.abs(deviation / expected.deviation - 1)).toBeLessThan(0.01);
    expect(Math.abs(kurtosis / expected.kurtosis - 1)).toBeLessThan(0.03);
    const largest = w.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    if (expected.kurtosis < 2.9) expect(Math.abs(largest / expected.largest - 1)).toBeLessThan(1e-3);
  });

  test("the same seed draws the same, another seed something else", () => {
    expect(values(draw(new Random(1)))).toEqual(values(draw(new Random(1))));
    expect(values(draw(new Random(1)))).not.toEqual(values(draw(new Random(2))));
  });
});

test("the gain scales Xavier's weights", () => {
  const plain = values(init.xavierUniform([3, 5], new Random(1)));
  const scaled = values(init.xavierUniform([3, 5], new Random(1), 2));
  plain.forEach((w, i) => expect(scaled[i]).toBeCloseTo(2 * w, 6));
});

test("fans need two dimensions", () => {
  expect(() => init.heNormal([3], new Random(1))).toThrow("heNormal: expected a shape [in, out], got [3]");
  expect(() => init.xavierUniform([2, 3, 5], new Random(1))).toThrow("got [2, 3, 5]");
});

test("without drawing, weights are zeros that share memory, and each can be replaced by itself", () => {
  const before = tf.memory();
  const [a, b] = init.withoutDrawing(
    () =>
      [
        parameter(() => init.normal<tf.Rank.R2>([3, 5], new Random(1))),
        parameter(() => init.xavierUniform<tf.Rank.R2>([5, 3], new Random(1))),
      ] as const,
  );
  expect(tf.memory().numTensors).toBe(before.numTensors + 2);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
  expect([...a.dataSync(), ...b.dataSync()].every((value) => value === 0)).toBe(true);
  tf.tidy(() => a.assign(tf.ones([3, 5])));
  expect(b.dataSync().every((value) => value === 0)).toBe(true);
  tf.dispose([a, b]);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  const drawn = init.normal<tf.Rank.R2>([3, 5], new Random(1));
  expect(values(drawn).some((value) => value !== 0)).toBe(true); // it ends with the function
});
