import type * as tf from "@tensorflow/tfjs";
import { Binary, Unary } from "../assembly/operations";
import type { SharedWasmBackend } from "../backend";
import { broadcast } from "./elementwise";
import { type Call, type Kernel, sizeOf, stridesOf } from "./kernel";

/*
 * Kernels that tfjs does not have: several operations in one go, and their gradients as kernels of their own.
 * `lib/fused.ts` asks for them by name and inputs; `gradients.ts` says which gradient belongs to which.
 */

const pointers = (backend: SharedWasmBackend, ...all: tf.TensorInfo[]): number[] =>
  all.map((info) => backend.pointer(info));

const widthOf = (x: tf.TensorInfo): number => x.shape.at(-1)!;

type Norm = Call<{ x: tf.TensorInfo; gain: tf.TensorInfo; bias?: tf.TensorInfo }, { epsilon: number }>;

const layerNorm: Kernel = ({ backend, inputs: { x, gain, bias }, attrs: { epsilon } }: Norm) => {
  const y = backend.output(x.shape, "float32");
  const [from, gains, to] = pointers(backend, x, gain, y) as [number, number, number];
  const rows = sizeOf(x.shape.slice(0, -1));
  backend.wasm.kernels.layerNorm(from, gains, bias ? backend.pointer(bias) : 0, to, rows, widthOf(x), epsilon);
  return y;
};

type NormGradient = Call<{ dy: tf.TensorInfo; x: tf.TensorInfo; gain: tf.TensorInfo }, { epsilon: number }>;

const layerNormGradient: Kernel = ({ backend, inputs: { dy, x, gain }, attrs: { epsilon } }: NormGradient) => {
  const gradients = [backend.output(x.shape, "float32"), ...[0, 1].map(() => backend.output(gain.shape, "float32"))];
  const [dys, xs, gains, dx, dgain, dbias] = pointers(backend, dy, x, gain, ...gradients) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const rows = sizeOf(x.shape.slice(0, -1));
  backend.wasm.kernels.layerNormGradient(dys, xs, gains, dx, dgain, dbias, rows, widthOf(x), epsilon);
  return gradients;
};

type Layer = Call<{ x: tf.TensorInfo; weight: tf.TensorInfo; bias?: tf.TensorInfo }>;

/** `x W + b` for each vector of x. */
const linear: Kernel = ({ backend, inputs: { x, weight, bias } }: Layer) => {
  const [K, N] = weight.shape as [number, number];
  const leading = x.shape.slice(0, -1);
  const y = backend.output([...leading, N], "float32");
  const rows = sizeOf(leading);
  if (rows * N === 0) return y;
  const [from, weights, to] = pointers(backend, x, weight, y) as [number, number, number];
  const biases = bias ? backend.pointer(bias) : 0;
  backend.wasm.kernels.matMul(from, weights, to, 1, rows, N, K, 0, K, 1, 0, N, 1, biases);
  return y;
};

const gelu =
  (operation: Unary): Kernel =>
  ({ backend, inputs: { x } }: Call<{ x: tf.TensorInfo }>) => {
    const y = backend.output(x.shape, "float32");
    backend.wasm.kernels.unary(operation, backend.pointer(x), backend.pointer(y), sizeOf(x.shape), 0, 0);
    return y;
  };

const geluGradient =
  (operation: Binary): Kernel =>
  ({ backend, inputs: { dy, x } }: Call<{ dy: tf.TensorInfo; x: tf.TensorInfo }>) =>
    broadcast(backend, "binaryFloat", operation, dy, x, "float32");

type Falls = Record<"first" | "second" | "threshold" | "scale", number>;

/** Its own gradient, too: what falls on the way there falls on the way back. */
const dropout: Kernel = ({ backend, inputs: { x }, attrs }: Call<{ x: tf.TensorInfo }, Falls>) => {
  const { first, second, threshold, scale } = attrs;
  const y = backend.output(x.shape, "float32");
  const [from, to] = pointers(backend, x, y) as [number, number];
  backend.wasm.kernels.dropout(from, to, sizeOf(x.shape), first, second, threshold, scale);
  return y;
};

type Entropy = Call<
  { logits: tf.TensorInfo; targets: tf.TensorInfo; weights: tf.TensorInfo; dy?: tf.TensorInfo },
  { labelSmoothing: number }
>;

const crossEntropy: Kernel = ({
  backend,
  inputs: { logits, targets, weights },
  attrs: { labelSmoothing },
}: Entropy) => {
  const [N, V] = logits.shape as [number, number];
  const losses = backend.output([N], "float32");
  const loss = backend.output([], "float32");
  const [z, classes, factors, each] = pointers(backend, logits, targets, weights, losses) as [
    number,
    number,
    number,
    number,
  ];
  backend.view(loss)[0] = backend.wasm.kernels.crossEntropy(z, classes, factors, each, N, V, labelSmoothing);
  backend.disposeData(losses.dataId);
  return loss;
};

const crossEntropyGradient: Kernel = ({ backend, inputs, attrs: { labelSmoothing } }: Entropy) => {
  const { logits, targets, weights, dy } = inputs;
  const [N, V] = logits.shape as [number, number];
  const gradient = backend.output(logits.shape, "float32");
  const [z, classes, factors, dz] = pointers(backend, logits, targets, weights, gradient) as [
    number,
    number,
    number,
    number,
  ];
  const scale = backend.view(dy!)[0]!;
  backend.wasm.kernels.crossEntropyGradient(z, classes, factors, dz, N, V, labelSmoothing, scale);
  return gradient;
};

interface Heads {
  readonly query: tf.TensorInfo;
  readonly key: tf.TensorInfo;
  readonly value: tf.TensorInfo;
  readonly mask?: tf.TensorInfo;
  readonly bias?: tf.TensorInfo;
}

/** Writes attention's sizes and strides, and pointers in the order of `assembly/attention.ts`; 0 where there is none. */
function writeAttention(
  backend: SharedWasmBackend,
  { query, key, mask, bias }: Heads,
  all: readonly (tf.TensorInfo | undefined)[],
  scale: number,
): void {
  const [B, H, T, D] = query.shape as [number, number, number, number];
  const S = key.shape[2]!;
  const place = backend.wasm.kernels.attentionArguments();
  const numbers = backend.wasm.int32(place, 32);
  numbers.set(all.map((info) => (info ? backend.pointer(info) : 0)));
  numbers.set([H, T, S, D], 16);
  backend.wasm.float32(place + 80, 1)[0] = scale;
  for (const [i, info] of [mask, bias].entries()) {
    if (info) numbers.set(spread(info.shape, [B, H, T, S]), 24 + 4 * i);
  }
}

/** How far each dimension of `shape` moves in a tensor that broadcasts to it: 0 where it repeats. */
function spread(own: readonly number[], shape: readonly number[]): number[] {
  const strides = stridesOf(own);
  const missing = shape.length - own.length;
  if (missing < 0 || own.some((n, d) => n !== 1 && n !== shape[d + missing])) {
    throw new Error(`Attention: expected a mask or bias that broadcasts to [${shape}], got [${own}]`);
  }
  return shape.map((_, d) => (d < missing || own[d - missing] === 1 ? 0 : strides[d - missing]!));
}

const attention: Kernel = ({ backend, inputs, attrs: { scale } }: Call<Heads, { scale: number }>) => {
  const { query, key, value, mask, bias } = inputs;
  const [B, H, T, D] = query.shape as [number, number, number, number];
  for (const { shape } of [key, value]) {
    const expected = [B, H, key.shape[2]!, D];
    if (`${shape}` !== `${expected}`) throw new Error(`Attention: expected [${expected}], got [${shape}]`);
  }
  const output = backend.output(query.shape, "float32");
  const weights = backend.output([B, H, T, key.shape[2]!], "float32");
  writeAttention(backend, inputs, [query, key, value, mask, bias, output, weights], scale);
  backend.wasm.kernels.attention(B * H);
  return [output, weights];
};

type HeadsGradient = Call<
  Heads & { readonly weights: tf.TensorInfo; readonly dOutput: tf.TensorInfo; readonly dWeights: tf.TensorInfo },
  { scale: number }
>;

/** The gradients of query, key, value and scores. */
const attentionGradient: Kernel = ({ backend, inputs, attrs: { scale } }: HeadsGradient) => {
  const { query, key, value, mask, weights, dOutput, dWeights } = inputs;
  const [B, H] = query.shape as [number, number, number, number];
  const gradients = [query, key, value, weights].map(({ shape }) => backend.output(shape, "float32"));
  const pointersInOrder = [query, key, value, mask, undefined, undefined, weights, dOutput, dWeights, ...gradients];
  writeAttention(backend, inputs, pointersInOrder, scale);
  backend.wasm.kernels.attentionGradient(B * H);
  return gradients;
};

type Step = Call<
  Record<"weight" | "gradient" | "average" | "square", tf.TensorInfo>,
  Record<"t" | "learningRate" | "beta1" | "beta2" | "epsilon" | "decoupledDecay" | "decay", number>
>;

/** The new weight, average and square. */
const adam: Kernel = ({ backend, inputs: { weight, gradient, average, square }, attrs }: Step) => {
  const { t, learningRate, beta1, beta2, epsilon, decoupledDecay, decay } = attrs;
  const next = [0, 1, 2].map(() => backend.output(weight.shape, "float32"));
  const [w, g, m, v, w2, m2, v2] = pointers(backend, weight, gradient, average, square, ...next) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const rate = learningRate / (1 - beta1 ** t);
  const correction = Math.sqrt(1 - beta2 ** t);
  const keep = 1 - learningRate * decoupledDecay;
  const n = sizeOf(weight.shape);
  backend.wasm.kernels.adam(w, g, m, v, w2, m2, v2, n, beta1, beta2, rate, correction, epsilon, keep, decay);
  return next;
};

/** Attention's name with every set of the inputs that may be missing. */
const attentions = ["", ",mask", ",bias", ",mask,bias"].map((more) => `Attention(query,key,value${more})`);

/** What can be switched off: library code then computes from plain operations. */
export const fusions: Record<string, Kernel> = {
  "Adam(weight,gradient,average,square)": adam,
  "CrossEntropy(logits,targets,weights)": crossEntropy,
  "Dropout(x)": dropout,
  "Gelu(x)": gelu(Unary.GELU),
  "GeluTanh(x)": gelu(Unary.GELU_TANH),
  "LayerNorm(x,gain)": layerNorm,
  "LayerNorm(x,gain,bias)": layerNorm,
  "Linear(x,weight)": linear,
  "Linear(x,weight,bias)": linear,
  ...Object.fromEntries(attentions.map((name) => [name, attention])),
};

export const fusedGradients: Record<string, Kernel> = {
  AttentionGradient: attentionGradient,
  CrossEntropyGradient: crossEntropyGradient,
  GeluGradient: geluGradient(Binary.GELU_GRADIENT),
  GeluTanhGradient: geluGradient(Binary.GELU_TANH_GRADIENT),
  LayerNormGradient: layerNormGradient,
};
