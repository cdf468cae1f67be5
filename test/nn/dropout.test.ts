import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { dropout } from "../../lib/nn/dropout";
import { Random } from "../../lib/random";
import { expectClose } from "../gradient";

test("drops the share it is told to, scales the rest, and keeps the mean", () => {
  tf.tidy(() => {
    const y = Array.from(dropout(tf.fill([200, 300], 3), 0.4, new Random(3)).dataSync());
    const dropped = y.filter((v) => v === 0).length / y.length;
    expect(Math.abs(dropped - 0.4)).toBeLessThan(0.01);
    const pairs = y.filter((v, i) => v === 0 && y[i + 1] === 0).length / y.length;
    expect(Math.abs(pairs - 0.4 ** 2)).toBeLessThan(0.01); // a neighbour's fate tells nothing
    const kept = y.filter((v) => v !== 0);
    expectClose(kept, new Array(kept.length).fill(5), { relative: 1e-6 });
    expect(Math.abs(y.reduce((sum, v) => sum + v, 0) / y.length - 3)).toBeLessThan(0.05);
  });
});

test("the gradient flows through what was kept, with the same scale", () => {
  tf.tidy(() => {
    const x = tf.randomNormal([7, 5], 0, 1, "float32", 1);
    const y = dropout(x, 0.5, new Random(9));
    const gradient = tf.grad((v) => dropout(v, 0.5, new Random(9)))(x);
    expectClose(gradient.mul(x).dataSync(), y.dataSync());
    expect(gradient.dataSync().includes(0)).toBe(true);
  });
});

test("each entry falls as often as it is told to, whichever call it is, and no two entries fall together", () => {
  const size = 64;
  const fell = Array.from({ length: size }, () => 0);
  let [near, far] = [0, 0];
  const random = new Random(11);
  const calls = 4000;
  for (let call = 0; call < calls; call++) {
    const y = tf.tidy(() => dropout(tf.ones([size]), 0.25, random).dataSync());
    for (let i = 0; i < size; i++) if (y[i] === 0) fell[i]!++;
    if (y[5] === 0 && y[6] === 0) near++;
    if (y[5] === 0 && y[37] === 0) far++;
  }
  const spread = (share: number) => 4.5 * Math.sqrt((share * (1 - share)) / calls);
  for (const count of fell) expect(Math.abs(count / calls - 0.25)).toBeLessThan(spread(0.25));
  for (const both of [near, far]) expect(Math.abs(both / calls - 0.0625)).toBeLessThan(spread(0.0625));
});

test("every entry has its own fate, and the next call another", () => {
  tf.tidy(() => {
    const random = new Random(3);
    const [first, second] = [1, 2].map(() => [...dropout(tf.ones([40]), 0.5, random).dataSync()]);
    expect(first).not.toEqual(second);
    expect([...dropout(tf.ones([40]), 0.5, new Random(3)).dataSync()]).toEqual(first);
  });
});

test("without a generator, or with rate 0, the input comes back as it is", () => {
  const x = tf.tensor1d([1, -2, 3]);
  expect(dropout(x, 0.5)).toBe(x);
  expect(dropout(x, 0, new Random(1))).toBe(x);
  x.dispose();
});

test("a rate outside [0, 1) gets a sentence", () => {
  const x = tf.tensor1d([1]);
  expect(() => dropout(x, 1, new Random(1))).toThrow("dropout: expected a rate in [0, 1), got 1");
  expect(() => dropout(x, -0.1)).toThrow("got -0.1");
  x.dispose();
});
