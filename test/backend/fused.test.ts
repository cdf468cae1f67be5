import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { SHARED_WASM } from "../../lib/backend/backend";
import { useFused } from "../../lib/backend/kernels";
import { fused } from "../../lib/fused";
import { gelu, geluTanh } from "../../lib/nn/activations";
import { attend } from "../../lib/nn/attention";
import { dropout } from "../../lib/nn/dropout";
import { LayerNorm } from "../../lib/nn/layer-norm";
import { linear } from "../../lib/nn/linear";
import { Random } from "../../lib/random";
import { crossEntropy } from "../../lib/train/losses";
import { adamUpdate } from "../../lib/train/optimizers";
import { draw, drawShape, drawSize, expectAsOnCpu, expectClose, expectGradientsAsOnCpu, plain, runOn } from "./compare";

/*
 * On the cpu backend the library computes from plain operations; on ours it uses the fused kernels.
 * So equality holds definition and kernel together.
 */

test("the fused kernels are in use here, and not on the cpu backend", () => {
  void tf.setBackend("cpu");
  expect(fused("Gelu", { x: tf.scalar(1) })).toBeUndefined();
  void tf.setBackend(SHARED_WASM);
  expect(fused("Gelu", { x: tf.scalar(1) })).toBeDefined();
});

test("GELU, exact and tanh, with gradients", () => {
  const random = new Random(41);
  for (let i = 0; i < 60; i++) {
    const x = draw(random, drawShape(random), -1.5, 4); // of -4 the plain form has lost half its digits
    for (const maths of [gelu, geluTanh]) {
      expectAsOnCpu(maths as never, [x], `${maths.name} of [${x.shape}]`);
      expectGradientsAsOnCpu(maths as never, [x], `${maths.name} of [${x.shape}]`);
    }
  }
  const extremes = plain(Float32Array.of(0, -0, 9, -9, 50, -50, Number.NaN, 3e4, -3e4, Infinity), [10]);
  for (const maths of [gelu, geluTanh]) {
    expectAsOnCpu(maths as never, [extremes], maths.name);
    expectGradientsAsOnCpu(maths as never, [plain(extremes.values.slice(0, 7), [7])], maths.name);
  }
});

test("dropout: the same entries fall, of any number, and on the way back", () => {
  const random = new Random(47);
  const shapes = [...Array.from({ length: 60 }, () => drawShape(random)), [70_001], [3, 5, 40_000]];
  for (const [seed, shape] of shapes.entries()) {
    const rate = random.uniform(0.01, 0.99);
    const maths = (x: tf.Tensor) => dropout(x, rate, new Random(seed));
    expectAsOnCpu(maths as never, [draw(random, shape)], `dropout ${rate} of [${shape}]`);
    expectGradientsAsOnCpu(maths as never, [draw(random, shape)], `dropout ${rate} of [${shape}]`);
  }
  const extremes = plain(Float32Array.of(Number.NaN, Infinity, -Infinity, 0, -0, 1e38, -1e38), [7]);
  expectAsOnCpu(((x: tf.Tensor) => dropout(x, 0.5, new Random(1))) as never, [extremes], "dropout of extremes");
});

test("a linear layer of any rank, with and without bias, with gradients by input, weight and bias", () => {
  const random = new Random(48);
  for (let i = 0; i < 160; i++) {
    const [inputs, outputs] = [drawSize(random, [1, 2, 3, 7, 16, 65]), drawSize(random, [1, 2, 3, 8, 13, 33, 64])];
    const leading = drawShape(random, random.integer(3), [0, 1, 2, 3, 5, 31]);
    const tensors = [draw(random, [...leading, inputs]), draw(random, [inputs, outputs])];
    if (random.uniform() < 0.7) tensors.push(draw(random, [outputs]));
    const where = `[${leading}] rows, ${inputs} -> ${outputs}${tensors.length > 2 ? " with bias" : ""}`;
    expectAsOnCpu(linear as never, tensors, where);
    expectGradientsAsOnCpu(linear as never, tensors, where);
  }
  const large = [draw(random, [3, 101, 300]), draw(random, [300, 203]), draw(random, [203])];
  expectAsOnCpu(linear as never, large, "large enough for two threads and two blocks of depth");
  const thin = [draw(random, [2, 2, 700]), draw(random, [700, 901]), draw(random, [901])];
  expectAsOnCpu(linear as never, thin, "few rows, shared out by columns");
});

test("whole numbers are no bit patterns: they go the plain way", () => {
  const weight = tf.tensor2d([[1], [10]]);
  const x = tf.tensor2d([[1, 2]], [1, 2], "int32");
  expect([...linear(x, weight, tf.tensor1d([0.5])).dataSync()]).toEqual([21.5]);
});

test("LayerNorm with and without bias, with gradients by input, gain and bias", () => {
  const random = new Random(42);
  for (let i = 0; i < 120; i++) {
    const size = drawSize(random, [2, 3, 4, 5, 8, 13, 16, 33, 65]);
    const rows = drawShape(random, random.integer(3), [0, 1, 2, 3, 5, 67]);
    const withBias = random.uniform() < 0.5;
    const maths = (x: tf.Tensor, gain: tf.Tensor, bias?: tf.Tensor) => {
      const norm = Object.assign(Object.create(LayerNorm.prototype), { size, gain, bias, epsilon: 1e-5 }) as LayerNorm;
      return norm.forward(x);
    };
    const inputs = [draw(random, [...rows, size], -3, 5), draw(random, [size])];
    if (withBias) inputs.push(draw(random, [size]));
    const where = `[${rows}] rows of ${size}${withBias ? " with bias" : ""}`;
    expectAsOnCpu(maths as never, inputs, where);
    if (size > 4) expectGradientsAsOnCpu(maths as never, inputs, where); // of fewer numbers it is a difference of equals
  }
});

test("LayerNorm: NaN stays in its row, and equal numbers become the bias", () => {
  const norm = new LayerNorm(5);
  const x = plain(Float32Array.of(1, 2, Number.NaN, 4, 5, 7, 7, 7, 7, 7, 1, 2, 3, 4, 5), [3, 5]);
  const [y] = runOn(SHARED_WASM, (t) => norm.forward(t!), [x]);
  expect([...y!.values.slice(0, 5)]).toEqual(Array(5).fill(Number.NaN));
  expect([...y!.values.slice(5, 10)]).toEqual([0, 0, 0, 0, 0]);
  norm.dispose();
});

test("cross-entropy with label smoothing and padding, with its gradient", () => {
  const random = new Random(43);
  for (let i = 0; i < 80; i++) {
    const [N, V] = [drawSize(random, [1, 2, 3, 7, 17]), drawSize(random, [2, 3, 5, 8, 65, 131])];
    const ignoreIndex = random.uniform() < 0.5 ? 0 : undefined;
    const targets = Int32Array.from({ length: N }, () => random.integer(V));
    const options = { labelSmoothing: random.choice([0, 0.1, 1]), ...(ignoreIndex !== undefined && { ignoreIndex }) };
    const maths = (z: tf.Tensor) => crossEntropy(z as tf.Tensor2D, tf.tensor1d(targets, "int32"), options);
    const where = `[${N}, ${V}] ${JSON.stringify(options)}`;
    const z = draw(random, [N, V], -5, 5);
    expectAsOnCpu(maths as never, [z], where);
    expectGradientsAsOnCpu(maths as never, [z], where, 2e-5);
  }
});

test("attention with mask and position bias in every broadcast form, with gradients through output and weights", () => {
  const random = new Random(44);
  const sizes = [1, 2, 3, 5, 8, 13, 17];
  for (let i = 0; i < 120; i++) {
    const [B, H] = [drawSize(random, [1, 2, 3]), drawSize(random, [1, 2])];
    const [T, S, D] = [drawSize(random, sizes), drawSize(random, sizes), drawSize(random, sizes)];
    const inputs = [draw(random, [B, H, T, D]), draw(random, [B, H, S, D]), draw(random, [B, H, S, D])];
    const shape = random.choice([[T, S], [B, 1, 1, S], [B, 1, T, S], [1, H, T, S], [B, H, T, S], [S], []]);
    const mask = draw(random, shape, 0, 1).values.map((v) => (v > 0.3 ? 1 : 0));
    const masked = random.uniform() < 0.7;
    const biased = random.uniform() < 0.5;
    const biasShape = random.choice([
      [1, H, T, S],
      [H, T, S],
      [T, S],
      [B, H, T, S],
    ]);
    if (biased) inputs.push(draw(random, biasShape));
    const outWeight = draw(random, [B, H, T, S]);
    const maths = (...[query, key, value, positionBias]: tf.Tensor4D[]) => {
      const { output, weights } = attend(query!, key!, value!, {
        mask: masked ? tf.tensor(mask as never, shape) : undefined,
        positionBias,
      });
      return tf.concat([output, weights.mul(tf.tensor(outWeight.values as never, outWeight.shape as number[]))], 3);
    };
    const where = `attention ${JSON.stringify({ B, H, T, S, D, mask: masked && shape, bias: biased && biasShape })}`;
    expectAsOnCpu(maths as never, inputs, where);
    expectGradientsAsOnCpu(maths as never, inputs, where);
  }
});

test("attention: a query that may see nothing attends to all alike; long and wide heads", () => {
  const random = new Random(45);
  const inputs = [draw(random, [1, 1, 3, 4]), draw(random, [1, 1, 5, 4]), draw(random, [1, 1, 5, 4])];
  const blind = (...[q, k, v]: tf.Tensor4D[]) => attend(q!, k!, v!, { mask: tf.zeros([3, 5]) }).weights;
  const [weights] = runOn(SHARED_WASM, blind as never, inputs);
  for (const weight of weights!.values) expect(weight).toBeCloseTo(0.2, 6);
  const long = [draw(random, [1, 1, 300, 20]), draw(random, [1, 1, 1100, 20]), draw(random, [1, 1, 1100, 20])];
  expectAsOnCpu(((...[q, k, v]: tf.Tensor4D[]) => attend(q!, k!, v!).output) as never, long, "long");
  const wide = [0, 1, 2].map(() => draw(random, [1, 2, 5, 700]));
  expectGradientsAsOnCpu(((...[q, k, v]: tf.Tensor4D[]) => attend(q!, k!, v!).output) as never, wide, "wide");
  const q = tf.ones<tf.Rank.R4>([1, 1, 2, 3]);
  expect(() => attend(q, q, q, { mask: tf.ones([3, 2]) })).toThrow(
    "Attention: expected a mask or bias that broadcasts to [1,1,2,2], got [3,2]",
  );
});

test("Adam and AdamW over several steps", () => {
  const random = new Random(46);
  for (let i = 0; i < 30; i++) {
    const shape = drawShape(random, 1 + random.integer(2), [0, 1, 2, 3, 5, 17, 65]);
    const [start, ...gradients] = Array.from({ length: 4 }, () => draw(random, shape));
    const decoupled = random.uniform() < 0.5;
    const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: random.choice([0, 0.1]) };
    const maths = (first: tf.Tensor, ...all: tf.Tensor[]) => {
      const [weight, average, square] = [first, tf.zeros(shape), tf.zeros(shape)].map((x) => tf.variable(x)) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      for (const [t, gradient] of all.entries()) {
        adamUpdate(weight, gradient, average, square, t + 1, options, decoupled);
      }
      return [weight, average, square];
    };
    expectAsOnCpu(maths as never, [start!, ...gradients], `Adam [${shape}] ${JSON.stringify(options)}`);
  }
});

test("a clone of a weight keeps its values when the optimizer moves the weight", () => {
  tf.tidy(() => {
    const [weight, average, square] = [1, 0, 0].map((v) => tf.variable(tf.fill([4], v))) as tf.Variable[];
    const before = weight!.clone();
    const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 };
    adamUpdate(weight!, tf.ones([4]), average!, square!, 1, options, false);
    expect([...before.dataSync()]).toEqual([1, 1, 1, 1]);
    expect(weight!.dataSync()[0]).toBeCloseTo(0.9, 5);
  });
});

test("nothing leaks, forward or backward", () => {
  const norm = new LayerNorm(6);
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers];
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 3, 4, 6], 0, 1, "float32", 1);
    tf.grad((x4) => {
      const t = x4 as tf.Tensor4D;
      const { output } = attend(norm.forward(gelu(t)), t, t, { mask: tf.ones([4, 4]) });
      return crossEntropy(output.reshape([24, 6]), tf.zeros([24], "int32"));
    })(x);
  });
  const y = norm.forward(tf.tidy(() => tf.ones([2, 6])));
  tf.dispose(y);
  expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual([before[0]! + 1, before[1]! + 1]); // tidy's ones
  norm.dispose();
});

test("switched off, the same comes from plain operations", () => {
  const random = new Random(47);
  const x = draw(random, [5, 7]);
  const [quick] = runOn(SHARED_WASM, (t) => gelu(t!), [x]);
  useFused(false);
  expect(fused("Gelu", { x: tf.scalar(1) })).toBeUndefined();
  const [slow] = runOn(SHARED_WASM, (t) => gelu(t!), [x]);
  useFused(true);
  expectClose(quick!, slow!, "gelu", 1e-6);
});
