import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { attend, joinHeads, MultiHeadAttention, splitHeads } from "../../lib/nn/attention";
import { DecoderBlock, type DecoderCache, EncoderBlock } from "../../lib/nn/blocks";
import { Embedding } from "../../lib/nn/embedding";
import { FeedForward } from "../../lib/nn/feed-forward";
import { normal } from "../../lib/nn/init";
import { LayerNorm, RMSNorm } from "../../lib/nn/layer-norm";
import { causalMask, paddingMask } from "../../lib/nn/masks";
import type { Module } from "../../lib/nn/module";
import { RelativePositionBias, rotate, sinusoidalPositions } from "../../lib/nn/positions";
import { Random } from "../../lib/random";
import { expectGradient } from "../gradient";

const [B, T, S, H, C, F] = [2, 5, 7, 3, 12, 11];
const random = new Random(3);
const draw = <R extends tf.Rank>(...shape: tf.ShapeMap[R]) => normal<R>(shape as tf.ShapeMap[R], random);
const config = { size: C, heads: H, feedForwardSize: F, random, norm: "pre" } as const;

function difference(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return a.sub(b).abs().max().dataSync()[0]!;
}

/** `x [B, T, C]` with everything from position `from` on replaced. */
function changedFrom(x: tf.Tensor3D, from: number): tf.Tensor3D {
  const [batch, length, size] = x.shape;
  return tf.concat([x.slice([0, 0, 0], [batch, from, size]), draw<tf.Rank.R3>(batch, length - from, size)], 1);
}

test("causality: with a causal mask the future changes nothing before it", () => {
  tf.tidy(() => {
    const block = new EncoderBlock(config);
    const x = draw<tf.Rank.R3>(B, T, C);
    for (let from = 1; from < T; from++) {
      const before = (v: tf.Tensor3D) =>
        block.forward(v, { mask: causalMask(T) }).output.slice([0, 0, 0], [B, from, C]);
      expect(difference(before(x), before(changedFrom(x, from)))).toBe(0);
    }
    const last = (v: tf.Tensor3D) => block.forward(v).output.slice([0, 0, 0], [B, 1, C]);
    expect(difference(last(x), last(changedFrom(x, T - 1)))).toBeGreaterThan(1e-3);
    block.dispose();
  });
});

test("padding: what a hidden key holds does not matter", () => {
  tf.tidy(() => {
    const block = new DecoderBlock(config);
    const x = draw<tf.Rank.R3>(B, T, C);
    const context = draw<tf.Rank.R3>(B, S, C);
    const ids = tf.tensor2d([9, 9, 9, 9, 0, 0, 0, 9, 9, 9, 9, 0, 0, 0], [B, S], "int32");
    const run = (source: tf.Tensor3D) => block.forward(x, source, { contextMask: paddingMask(ids, 0) }).output;
    expect(difference(run(context), run(changedFrom(context, 4)))).toBe(0);
    expect(difference(run(context), run(changedFrom(context, 3)))).toBeGreaterThan(1e-3);
    block.dispose();
  });
});

test("equivariance: without positions a shuffled sentence gives the same outputs, shuffled", () => {
  tf.tidy(() => {
    const block = new EncoderBlock({ ...config, norm: "post" });
    const x = draw<tf.Rank.R3>(B, T, C);
    const order = tf.tensor1d([3, 0, 4, 1, 2], "int32");
    const shuffledAfter = tf.gather(block.forward(x).output, order, 1);
    const shuffledBefore = block.forward(tf.gather(x, order, 1)).output;
    expect(difference(shuffledAfter, shuffledBefore)).toBeLessThan(1e-5);
    block.dispose();
  });
});

test("attention weights sum to 1, and a query that may see nothing attends to all keys alike", () => {
  tf.tidy(() => {
    const [q, k, v] = [draw<tf.Rank.R4>(B, H, T, 4), draw<tf.Rank.R4>(B, H, S, 4), draw<tf.Rank.R4>(B, H, S, 4)];
    const mask = tf.tensor2d([0, 1, 0, 1, 1, 0, 1], [1, S]);
    const { weights } = attend(q, k, v, { mask });
    expect(difference(weights.sum(-1), tf.ones([B, H, T]))).toBeLessThan(1e-6);
    expect(weights.mul(tf.sub(1, mask)).max().dataSync()[0]).toBe(0);
    const blind = attend(q, k, v, { mask: tf.zeros([T, S]) });
    expect(difference(blind.weights, tf.fill([B, H, T, S], 1 / S))).toBeLessThan(1e-6);
    expect(difference(blind.output, v.mean(2, true).tile([1, 1, T, 1]))).toBeLessThan(1e-6);
  });
});

test("heads: joining undoes splitting, and a head is a run of neighbouring channels", () => {
  tf.tidy(() => {
    const x = draw<tf.Rank.R3>(B, T, C);
    expect(difference(joinHeads(splitHeads(x, H)), x)).toBe(0);
    expect(
      difference(splitHeads(x, H).slice([0, 1, 0, 0], [B, 1, T, 4]).squeeze([1]), x.slice([0, 0, 4], [B, T, 4])),
    ).toBe(0);
  });
});

test("cached decoding equals the whole pass: encoder block with a causal mask", () => {
  tf.tidy(() => {
    for (const norm of ["pre", "post"] as const) {
      const block = new EncoderBlock({ ...config, norm });
      const x = draw<tf.Rank.R3>(B, T, C);
      const whole = block.forward(x, { mask: causalMask(T) }).output;
      let cache: ReturnType<typeof block.step>["cache"] | undefined;
      for (let t = 0; t < T; t++) {
        const step = block.step(x.slice([0, t, 0], [B, 1, C]), cache);
        cache = step.cache;
        expect(difference(step.output, whole.slice([0, t, 0], [B, 1, C]))).toBeLessThan(1e-5);
      }
      expect(cache!.key.shape).toEqual([B, H, T, C / H]);
      block.dispose();
    }
  });
});

test("cached decoding equals the whole pass: decoder block, two positions and then three", () => {
  tf.tidy(() => {
    const block = new DecoderBlock(config);
    const x = draw<tf.Rank.R3>(B, T, C);
    const context = draw<tf.Rank.R3>(B, S, C);
    const whole = block.forward(x, context, { mask: causalMask(T) }).output;
    let cache: DecoderCache = { cross: block.crossAttention.project(context) };
    for (const [start, length] of [
      [0, 2],
      [2, 3],
    ] as const) {
      const mask = causalMask(length, start + length);
      const step = block.step(x.slice([0, start, 0], [B, length, C]), cache, { mask });
      cache = step.cache;
      expect(difference(step.output, whole.slice([0, start, 0], [B, length, C]))).toBeLessThan(1e-5);
    }
    block.dispose();
  });
});

test("normalization: LayerNorm ignores scale and shift of its input, RMSNorm ignores scale", () => {
  tf.tidy(() => {
    const x = draw<tf.Rank.R3>(B, T, C);
    const [layer, rms] = [new LayerNorm(C, { epsilon: 1e-9 }), new RMSNorm(C, { epsilon: 1e-9 })];
    expect(difference(layer.forward(x.mul(3).add(5)), layer.forward(x))).toBeLessThan(1e-4);
    expect(difference(rms.forward(x.mul(3)), rms.forward(x))).toBeLessThan(1e-5);
    expect(difference(rms.forward(x.add(5)), rms.forward(x))).toBeGreaterThan(0.1);
    const direction = draw<tf.Rank.R3>(B, T, C);
    const gradient = tf.grad((v) => layer.forward(v).mul(direction).sum())(x);
    expect(gradient.sum(-1).abs().max().dataSync()[0]).toBeLessThan(1e-4); // a shift changes nothing
    layer.dispose();
    rms.dispose();
  });
});

test("rotary positions: a dot product depends on the distance alone", () => {
  tf.tidy(() => {
    const [q, k] = [draw<tf.Rank.R4>(1, 1, 1, 6), draw<tf.Rank.R4>(1, 1, 1, 6)];
    const product = (i: number, j: number) => rotate(q, i).mul(rotate(k, j)).sum().dataSync()[0]!;
    expect(product(9, 4)).toBeCloseTo(product(105, 100), 4);
    expect(Math.abs(product(9, 4) - product(9, 5))).toBeGreaterThan(1e-2);
  });
});

test("sinusoidal positions: the same distance has the same similarity everywhere", () => {
  tf.tidy(() => {
    const table = sinusoidalPositions(40, 16);
    const similar = table.matMul<tf.Tensor2D>(table, false, true).arraySync() as number[][];
    for (let t = 0; t < 30; t++) expect(similar[t]![t + 7]).toBeCloseTo(similar[0]![7]!, 4);
  });
});

test("a relative position bias is the same for equal distances, and a decoder's looks only back", () => {
  tf.tidy(() => {
    const two = new RelativePositionBias({ heads: H, random, bidirectional: true, buckets: 8, maxDistance: 20 });
    const bias = two.forward(4, 9);
    expect(bias.shape).toEqual([1, H, 4, 9]);
    const at = (t: number, s: number) => bias.slice([0, 0, t, s], [1, H, 1, 1]);
    expect(difference(at(0, 2), at(3, 5))).toBe(0);
    expect(difference(two.forward(9).slice([0, 0, 5, 0], [1, H, 4, 9]), bias)).toBe(0); // the queries are the last ones
    const one = new RelativePositionBias({ heads: H, random, bidirectional: false, buckets: 8, maxDistance: 20 });
    const row = one.forward(5).slice([0, 0, 0, 0], [1, 1, 1, 5]);
    expect(difference(row, row.slice([0, 0, 0, 0], [1, 1, 1, 1]).tile([1, 1, 1, 5]))).toBe(0);
    two.dispose();
    one.dispose();
  });
});

test("an embedding is a one-hot vector times its table, in value and gradient", () => {
  tf.tidy(() => {
    const embedding = new Embedding(7, 3, { random });
    const ids = tf.tensor2d([6, 0, 3, 3, 1, 6], [2, 3], "int32");
    const direction = draw<tf.Rank.R3>(2, 3, 3);
    const oneHot = tf.oneHot(ids.flatten(), 7).cast("float32");
    const product = oneHot.matMul(embedding.weight).reshape([2, 3, 3]);
    expect(difference(embedding.forward(ids), product)).toBe(0);
    const { grads } = tf.variableGrads(() => embedding.forward(ids).mul(direction).sum(), [embedding.weight]);
    const expected = oneHot.matMul(direction.reshape([6, 3]), true);
    expect(difference(grads[embedding.weight.name]!, expected)).toBeLessThan(1e-6);
    embedding.dispose();
  });
});

test("gradients match central differences: gated feed-forward, relative bias in attention", () => {
  tf.tidy(() => {
    const layer = new FeedForward(4, { hiddenSize: 5, random, activation: "geluTanh", gated: true, bias: false });
    const direction = draw<tf.Rank.R3>(1, 2, 4);
    expectGradient(
      (v) =>
        layer
          .forward(v as tf.Tensor3D)
          .mul(direction)
          .sum(),
      draw<tf.Rank.R3>(1, 2, 4),
    );
    expect([...layer.parameters().keys()]).toEqual(["input.weight", "gate.weight", "output.weight"]);
    const [q, k, v] = [draw<tf.Rank.R4>(1, 2, 3, 4), draw<tf.Rank.R4>(1, 2, 3, 4), draw<tf.Rank.R4>(1, 2, 3, 4)];
    const toward = draw<tf.Rank.R4>(1, 2, 3, 4);
    expectGradient(
      (bias) => attend(q, k, v, { positionBias: bias, scale: 1 }).output.mul(toward).sum(),
      draw<tf.Rank.R4>(1, 2, 3, 3),
    );
    layer.dispose();
  });
});

test("dropout is on only with a generator, and the same seed drops the same", () => {
  tf.tidy(() => {
    const block = new EncoderBlock({ ...config, dropoutRate: 0.5 });
    const x = draw<tf.Rank.R3>(B, T, C);
    const run = (seed?: number) => block.forward(x, seed === undefined ? {} : { dropout: new Random(seed) }).output;
    expect(difference(run(), run())).toBe(0);
    expect(difference(run(1), run(1))).toBe(0);
    expect(difference(run(1), run(2))).toBeGreaterThan(1e-2);
    expect(difference(run(1), run())).toBeGreaterThan(1e-2);
    block.dispose();
  });
});

test("the gradient reaches every parameter, and nothing leaks", () => {
  const makers: [Module, () => tf.Tensor][] = [];
  const encoder = new EncoderBlock(config);
  const decoder = new DecoderBlock({ ...config, activation: "gelu" });
  makers.push([encoder, () => encoder.forward(draw<tf.Rank.R3>(B, T, C), { mask: causalMask(T) }).output]);
  makers.push([decoder, () => decoder.forward(draw<tf.Rank.R3>(B, T, C), draw<tf.Rank.R3>(B, S, C)).output]);
  for (const [module, forward] of makers) {
    const parameters = module.parameters();
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => forward().square().sum(), [...parameters.values()]);
      for (const [name, variable] of parameters) {
        if (!name.endsWith("key.bias"))
          expect(grads[variable.name]!.abs().max().dataSync()[0], name).toBeGreaterThan(1e-6);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
    module.dispose();
    expect(tf.memory().numTensors).toBe(before - parameters.size);
  }
});

test("bad input gets a sentence", () => {
  const attention = new MultiHeadAttention(C, { heads: H, random });
  expect(() => new MultiHeadAttention(10, { heads: 3, random })).toThrow(
    "MultiHeadAttention: expected a size that 3 heads divide, got 10",
  );
  expect(() => attention.forward(tf.zeros([2, 5, 9]))).toThrow(
    "MultiHeadAttention: expected [B, S, 12], got [2, 5, 9]",
  );
  expect(() => new LayerNorm(4).forward(tf.zeros([2, 3]))).toThrow("LayerNorm: expected [..., 4], got [2, 3]");
  expect(() => causalMask(4, 3)).toThrow("causalMask: expected at least 4 keys, got 3");
  expect(() => sinusoidalPositions(4, 5)).toThrow("sinusoidalPositions: expected an even size, got 5");
  expect(() => rotate(tf.zeros([1, 1, 2, 3]))).toThrow("rotate: expected an even head size, got 3");
  expect(() => new Embedding(3, 2, { random }).forward(tf.zeros([2, 2]))).toThrow(
    "Embedding: expected int32 ids, got float32",
  );
  for (const id of [3, -1]) {
    expect(() => new Embedding(3, 2, { random }).forward(tf.tensor1d([0, id], "int32"))).toThrow(
      `Embedding: expected ids from 0 to 2, got ${id}; the text was encoded with another vocabulary`,
    );
  }
});
