import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { SHARED_WASM } from "../../lib/backend/backend";
import { Wasm } from "../../lib/backend/wasm";
import { sharedWasm } from "./compare";

function counts() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes, data: sharedWasm.numDataIds(), total: sharedWasm.wasm.size };
}

test("memory is flat over 10,000 training steps", () => {
  void tf.setBackend(SHARED_WASM);
  const weight = tf.variable(tf.randomNormal([5, 3], 0, 1, "float32", 1));
  const optimizer = tf.train.adam(0.01);
  const x = tf.randomNormal([7, 5], 0, 1, "float32", 2);
  const step = () => optimizer.minimize(() => tf.softmax(x.matMul(weight)).square().mean());
  for (let i = 0; i < 100; i++) step();
  const before = counts();
  for (let i = 0; i < 10_000; i++) step();
  expect(counts()).toEqual(before);
  tf.dispose([weight, x]);
  optimizer.dispose();
});

test("memory is flat when sizes keep changing", () => {
  const round = () => {
    for (let n = 1; n < 200; n++) {
      const kept = tf.tidy(() =>
        tf
          .ones([n, 300])
          .matMul(tf.ones([300, n]))
          .relu(),
      );
      tf.tidy(() => void kept.transpose().add(1).sum());
      kept.dispose();
    }
  };
  round();
  const before = counts();
  for (let i = 0; i < 5; i++) round();
  expect(counts()).toEqual(before);
});

test("memory grows when it must: old and new tensors stay right, on every thread", () => {
  const early = tf.range(0, 1000, 1);
  const megabytes = sharedWasm.wasm.size / 2 ** 20;
  const rows = Math.ceil(megabytes / 4) + 8; // 4 MB each: more than there is
  const all = Array.from({ length: rows }, (_, i) => tf.fill([1024, 1024], i));
  expect(sharedWasm.wasm.size).toBeGreaterThan(megabytes * 2 ** 20);
  for (const [i, x] of all.entries()) {
    const sum = tf.tidy(() => x.add(1).sum().dataSync()[0]);
    expect(sum).toBe((i + 1) * 1024 * 1024);
  }
  expect(early.dataSync()).toEqual(Float32Array.from({ length: 1000 }, (_, i) => i));
  tf.dispose([early, all]);
});

test("a tensor of more than 1 GB is refused in a sentence, and nothing is lost", () => {
  const before = counts();
  expect(() => tf.tidy(() => tf.zeros([70_000, 10]).matMul(tf.zeros([10, 70_000])))).toThrow(
    "Backend: a tensor may have at most 1 GB, got 18.3 GB",
  );
  expect(counts()).toEqual(before);
});

test("running out of memory is a sentence, and disposing helps", () => {
  const before = counts();
  const kept: tf.Tensor[] = [];
  const fill = () => {
    for (let i = 0; i < 10; i++) kept.push(sharedWasmTensor(2 ** 28 - 100));
  };
  expect(fill).toThrow(/^Backend: out of memory at \d\.\d GB; dispose tensors or make the batch smaller$/);
  tf.dispose(kept);
  expect(tf.tidy(() => tf.ones([1000, 1000]).sum().dataSync()[0])).toBe(1_000_000);
  expect({ ...counts(), total: 0 }).toEqual({ ...before, total: 0 });
});

/** A tensor whose memory is reserved and never touched. */
function sharedWasmTensor(size: number): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(sharedWasm.output([size], "float32"));
}

test("an interrupt in the middle of an allocation is found out, and nothing computes with a damaged heap", () => {
  const wasm = new Wasm(1);
  const pointer = wasm.allocate(100);
  expect(() => wasm.kernels.allocate(2 ** 32 - 100)).toThrow(); // as if it had ended inside, and nobody said why
  for (const action of [() => wasm.allocate(100), () => wasm.free(pointer)]) {
    expect(action).toThrow("Backend: an interrupt came in the middle of an allocation; restart the kernel");
  }
});

test("tensors of another backend move here when they are used, and back", () => {
  void tf.setBackend("cpu");
  const x = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  void tf.setBackend(SHARED_WASM);
  const y = x.matMul(x);
  void tf.setBackend("cpu");
  const z = y.add(1);
  expect(z.arraySync()).toEqual([
    [8, 11],
    [16, 23],
  ]);
  void tf.setBackend(SHARED_WASM);
  tf.dispose([x, y, z]);
});

test("strings are kept", () => {
  const words = tf.tensor1d(["neuron", "Überraschung"]);
  expect(words.reshape([2, 1]).arraySync()).toEqual([["neuron"], ["Überraschung"]]);
  words.dispose();
});

test("reading gives a copy that outlives the tensor", async () => {
  const x = tf.ones([3]);
  const now = x.dataSync();
  const later = await x.data();
  x.dispose();
  tf.fill([3], 7).dispose();
  expect([...now, ...later]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(now.buffer).not.toBeInstanceOf(SharedArrayBuffer);
});
