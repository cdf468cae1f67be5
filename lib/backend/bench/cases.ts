import * as tf from "@tensorflow/tfjs";
import { gelu } from "../../nn/activations";
import { attend } from "../../nn/attention";
import { LayerNorm } from "../../nn/layer-norm";
import { causalMask } from "../../nn/masks";
import { Random } from "../../random";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import {
  bertStep,
  gptStep,
  gptWriting,
  mnistStep,
  namesStep,
  pronunciationStep,
  pronunciationWriting,
  type Running,
  sentenceReading,
} from "./steps";

/** One thing that is timed. The same names stand in `torch-cases.py`. */
export interface Case {
  readonly name: string;
  readonly group: "matMul" | "kernels" | "steps" | "writing" | "reading" | "growth";
  /** Additions and multiplications, where they are worth comparing with the machine's peak. */
  readonly work?: number;
  readonly make: () => Running;
}

const random = new Random(7);
const draw = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform(-1, 1)),
    shape,
  );

/** A case that runs `maths` on tensors that stay. */
function pure(inputs: () => tf.Tensor[], maths: (...x: tf.Tensor[]) => unknown): () => Running {
  return () => {
    const tensors = inputs();
    return {
      run: () =>
        tf.tidy(() => {
          maths(...tensors);
        }),
      dispose: () => tf.dispose(tensors),
    };
  };
}

/** Forward and backward: the gradient of `maths` by its first `by` inputs, for a given gradient of its output. */
function withGradient(inputs: () => tf.Tensor[], maths: (...x: tf.Tensor[]) => tf.Tensor): () => Running {
  return pure(inputs, (...x) => tf.grads(maths)(x));
}

function matMul(batch: number, M: number, N: number, K: number, transposeA = false, transposeB = false): Case {
  const form = `${transposeA ? "Aᵀ" : "A"}${transposeB ? "Bᵀ" : "B"}`;
  const outer = batch > 1 ? [batch] : [];
  return {
    name: `${form} ${batch > 1 ? `${batch} × ` : ""}${M}×${N}×${K}`,
    group: "matMul",
    work: 2 * batch * M * N * K,
    make: pure(
      () => [draw(...outer, ...(transposeA ? [K, M] : [M, K])), draw(...outer, ...(transposeB ? [N, K] : [K, N]))],
      (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
    ),
  };
}

const norm = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  (Object.assign(Object.create(LayerNorm.prototype), { size: 128, gain, bias, epsilon: 1e-5 }) as LayerNorm).forward(x);

const heads = () => [0, 1, 2].map(() => draw(16, 4, 64, 32));
const ids = Int32Array.from({ length: 1024 }, () => random.integer(65));

const kernels: Case[] = [
  {
    name: "softmax 4096×64",
    group: "kernels",
    make: withGradient(
      () => [draw(4096, 64)],
      (x) => tf.softmax(x),
    ),
  },
  {
    name: "LayerNorm 1024×128",
    group: "kernels",
    make: withGradient(() => [draw(1024, 128), draw(128), draw(128)], norm as (...x: tf.Tensor[]) => tf.Tensor),
  },
  {
    name: "GELU 1024×512",
    group: "kernels",
    make: withGradient(
      () => [draw(1024, 512)],
      (x) => gelu(x!),
    ),
  },
  {
    name: "cross-entropy 288×4096",
    group: "kernels",
    make: withGradient(
      () => [draw(288, 4096)],
      (z) =>
        crossEntropy(
          z as tf.Tensor2D,
          tf.tensor1d(
            Int32Array.from({ length: 288 }, (_, i) => i),
            "int32",
          ),
        ),
    ),
  },
  {
    name: "attention 16×4×64×32, causal",
    group: "kernels",
    make: withGradient(
      heads,
      (q, k, v) => attend(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, { mask: causalMask(64) }).output,
    ),
  },
  {
    name: "embedding 1024 of 65×128",
    group: "kernels",
    make: withGradient(
      () => [draw(65, 128)],
      (table) => tf.gather(table!, tf.tensor1d(ids, "int32")),
    ),
  },
  {
    name: "AdamW 1,000,000",
    group: "kernels",
    make: () => {
      const weight = tf.variable(draw(1000, 1000));
      const gradient = draw(1000, 1000);
      const optimizer = new AdamW(new Map([["weight", weight]]), { learningRate: 1e-3 });
      return {
        run: () => optimizer.step(new Map([["weight", gradient]])),
        dispose: () => {
          optimizer.dispose();
          tf.dispose([weight, gradient]);
        },
      };
    },
  },
];

/** The GPT whose step the targets are about: batch 16, length 64, width 128, 4 layers, 4 heads, vocabulary 65. */
export const gpt = { batch: 16, length: 64, width: 128, layers: 4, heads: 4, vocabulary: 65 };

/** Six times the weights that multiply, for each token (2 forward, 4 backward), and attention's two products. */
export function gptWork({ batch, length, width, layers, vocabulary }: typeof gpt): number {
  const perToken = layers * 12 * width ** 2 + width * vocabulary + layers * 2 * length * width;
  return 6 * batch * length * perToken;
}

const steps: Case[] = [
  { name: "MNIST MLP, batch 128", group: "steps", make: mnistStep },
  { name: "names MLP, batch 32", group: "steps", make: namesStep },
  { name: "GPT 16×64, width 128", group: "steps", work: gptWork(gpt), make: () => gptStep(gpt) },
  { name: "G2P Transformer, batch 64", group: "steps", make: pronunciationStep },
  { name: "BERT-mini 32×64", group: "steps", make: bertStep },
];

/** Lesson 11's model, one text at a time: 63 tokens in so many milliseconds. Lesson 10's, 64 words of 8 tokens side by side. */
const writing: Case[] = [
  { name: "GPT writes 63 tokens, cached", group: "writing", make: () => gptWriting({ ...gpt, vocabulary: 89 }) },
  { name: "G2P says 64 words, cached", group: "writing", make: pronunciationWriting },
];

/** Lesson 14's model: 32 sentences in so many milliseconds. */
const reading: Case[] = [{ name: "MiniLM reads 32 sentences", group: "reading", make: sentenceReading }];

/** The same GPT with one size changed. */
const growth: Case[] = [
  ...[4, 8, 16, 32].map((batch) => ({ ...gpt, batch })),
  ...[16, 32, 64, 128, 256].map((length) => ({ ...gpt, length, batch: 4 })),
  ...[32, 64, 128, 256].map((width) => ({ ...gpt, width, batch: 4 })),
].map((size) => ({
  name: `GPT ${size.batch}×${size.length}, width ${size.width} (growth)`,
  group: "growth" as const,
  work: gptWork(size),
  make: () => gptStep(size),
}));

const unique = (all: Case[]) => [...new Map(all.map((one) => [one.name, one])).values()];

export const cases: Case[] = unique([
  matMul(1, 512, 512, 512),
  matMul(1, 512, 512, 512, true, false),
  matMul(1, 512, 512, 512, false, true),
  matMul(1, 512, 512, 512, true, true),
  matMul(1, 1024, 512, 128),
  matMul(1, 128, 512, 1024, true, false),
  matMul(64, 64, 64, 32, false, true),
  matMul(64, 64, 32, 64),
  matMul(1, 1, 512, 128),
  ...kernels,
  ...steps,
  ...writing,
  ...reading,
  ...growth,
]);
