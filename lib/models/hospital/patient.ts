import * as tf from "@tensorflow/tfjs";
import { gelu } from "../../nn/activations";
import { joinHeads, splitHeads } from "../../nn/attention";
import { dropout } from "../../nn/dropout";
import { Embedding } from "../../nn/embedding";
import { normal } from "../../nn/init";
import { LayerNorm } from "../../nn/layer-norm";
import { Linear } from "../../nn/linear";
import { causalMask, paddingMask } from "../../nn/masks";
import { Module, parameter } from "../../nn/module";
import { Random } from "../../random";
import { crossEntropy } from "../../train/losses";
import type { Fault } from "./faults";

export interface PatientConfig {
  /** `V`; id 0 is padding. */
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** `C`. */
  readonly modelSize: number;
  readonly numHeads: number;
  readonly numLayers: number;
  readonly dropoutRate: number;
  /** Default: none, healthy. */
  readonly fault?: Fault | undefined;
  /** Seed of the initial weights. */
  readonly seed: number;
}

interface Treatment {
  /** Given only in training: the generator of dropout. */
  readonly dropout?: Random | undefined;
}

const padding = 0;

/**
 * A small GPT that may be ill: pre-norm blocks, a causal mask, learned positions, a tied head. Rows are padded on the left,
 * so that the newest token is always in the last column; positions count from a row's first token.
 *
 * Where a fault sits, the healthy line stands beside it. It is written out, not made of `lib/nn`'s attention and blocks,
 * because those cannot be ill.
 *
 * Shape: ids `[B, T]` -> logits `[B, T, V]`.
 */
export class Patient extends Module {
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: Embedding;
  readonly blocks: readonly PatientBlock[];
  readonly norm: LayerNorm;
  /** `[V, C]`, the token embedding itself. */
  readonly head: tf.Variable<tf.Rank.R2>;

  constructor(readonly config: PatientConfig) {
    super();
    const { vocabularySize, contextLength, modelSize, numLayers, fault, seed } = config;
    const random = new Random(seed);
    const init: typeof normal = (shape, generator) => normal(shape, generator, 0.1);
    this.tokenEmbedding = new Embedding(vocabularySize, modelSize, { random, init });
    this.positionEmbedding = new Embedding(contextLength, modelSize, { random, init });
    this.blocks = Array.from({ length: numLayers }, () => new PatientBlock(config, random));
    this.norm = new LayerNorm(modelSize);
    this.head =
      fault === "headUntied" ? parameter(() => this.tokenEmbedding.weight.clone()) : this.tokenEmbedding.weight;
  }

  forward(ids: tf.Tensor2D, treatment: Treatment = {}): tf.Tensor3D {
    const [B, T] = ids.shape;
    const { states } = this.run(ids, treatment);
    const flat = normalized(this.norm, states, this.config.fault, "last").reshape<tf.Tensor2D>([B * T, -1]);
    return flat.matMul<tf.Tensor2D>(this.head, false, true).reshape([B, T, this.config.vocabularySize]);
  }

  /** Each block's attention weights, `[B, H, T, T]`. */
  attentionWeights(ids: tf.Tensor2D): tf.Tensor4D[] {
    return this.run(ids, {}).weights;
  }

  /** How surprised the model is at each next token of the rows `[B, T]`, on average; padding does not count. */
  loss(rows: tf.Tensor2D, treatment: Treatment = {}): tf.Scalar {
    const { fault, vocabularySize } = this.config;
    const [B, T] = rows.shape;
    const read = rows.slice([0, 0], [B, T - 1]);
    const next = fault === "targetsNotShifted" ? read : rows.slice([0, 1], [B, T - 1]);
    const logits = this.forward(read, treatment).reshape<tf.Tensor2D>([B * (T - 1), vocabularySize]);
    if (fault === "paddingInLoss") return crossEntropy(logits, next.reshape([B * (T - 1)]));
    // Nothing is asked where padding is read: a row's first token follows from nothing.
    const asked = next.mul(read.notEqual(padding).cast("int32"));
    return crossEntropy(logits, asked.reshape([B * (T - 1)]), { ignoreIndex: padding });
  }

  /** What the optimiser is given. */
  trained(): Map<string, tf.Variable> {
    const all = this.parameters();
    if (this.config.fault === "positionsNotTrained") all.delete("positionEmbedding.weight");
    return all;
  }

  private run(ids: tf.Tensor2D, { dropout: random }: Treatment) {
    const { fault, contextLength } = this.config;
    const T = ids.shape[1];
    if (T > contextLength) throw new Error(`Patient: expected at most ${contextLength} tokens, got ${T}`);
    let x = this.tokenEmbedding.forward(ids); // [B, T, C]
    if (fault !== "noPositions") x = x.add(this.positionEmbedding.forward(places(ids, fault)));
    const visible = fault === "paddingVisible" ? tf.scalar(1) : paddingMask(ids, padding);
    const mask = lookBack(T, fault).mul(visible); // [B, 1, T, T]
    const weights: tf.Tensor4D[] = [];
    this.blocks.forEach((block, i) => {
      const layer = block.forward(x, mask, random);
      weights.push(layer.weights);
      x = fault === "gradientCut" && i === 0 ? detached(layer.output) : layer.output;
    });
    return { states: x, weights };
  }
}

/** A block whose parts can be looked at one by one. */
export class PatientBlock extends Module {
  readonly attentionNorm: LayerNorm;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly attentionOutput: Linear;
  readonly thoughtNorm: LayerNorm;
  readonly thought: Linear;
  readonly thoughtOutput: Linear;
  readonly noise: Random;

  constructor(
    readonly config: PatientConfig,
    random: Random,
  ) {
    super();
    const { modelSize } = config;
    const linear = (inputs: number, outputs: number) => new Linear(inputs, outputs, { random });
    this.attentionNorm = new LayerNorm(modelSize);
    this.query = linear(modelSize, modelSize);
    this.key = linear(modelSize, modelSize);
    this.value = linear(modelSize, modelSize);
    this.attentionOutput = linear(modelSize, modelSize);
    this.thoughtNorm = new LayerNorm(modelSize);
    this.thought = linear(modelSize, 4 * modelSize);
    this.thoughtOutput = linear(4 * modelSize, modelSize);
    this.noise = random.split();
  }

  forward(x: tf.Tensor3D, mask: tf.Tensor, random?: Random) {
    const { fault, numHeads } = this.config;
    const read = this.normalized(x);
    const [query, key, value] = [this.query, this.key, this.value].map((layer) =>
      splitHeads(layer.forward(read), numHeads),
    ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const { output, weights } = this.look(query, key, value, mask);
    const seen = this.dropped(this.attentionOutput.forward(joinHeads(output)), random);
    const h = fault === "noResidual" ? seen : x.add<tf.Tensor3D>(seen);
    const hidden = activate(this.thought.forward(normalized(this.thoughtNorm, h, fault)), fault);
    return { output: h.add<tf.Tensor3D>(this.dropped(this.thoughtOutput.forward(hidden), random)), weights };
  }

  /** What attention reads: each position's vector, moved and scaled. */
  normalized(x: tf.Tensor3D): tf.Tensor3D {
    return normalized(this.attentionNorm, x, this.config.fault);
  }

  /** `softmax(Q K^T / sqrt(D)) V`, where the mask allows. */
  look(query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D, mask: tf.Tensor) {
    const { fault } = this.config;
    const scale = fault === "scoresUnscaled" ? 1 : 1 / Math.sqrt(query.shape[3]);
    const scores = tf.matMul(query, key, false, true).mul<tf.Tensor4D>(scale);
    const allowed: tf.Tensor4D = tf.where(mask.cast("bool"), scores, -1e9);
    const turned = (t: tf.Tensor4D) => t.transpose<tf.Tensor4D>([0, 1, 3, 2]);
    const weights =
      fault === "softmaxOverQueries"
        ? turned(tf.softmax<tf.Tensor4D>(turned(allowed)))
        : tf.softmax<tf.Tensor4D>(allowed);
    return { output: tf.matMul<tf.Tensor4D>(weights, value), weights };
  }

  /** Dropout on what joins the stream. */
  dropped(x: tf.Tensor3D, random?: Random): tf.Tensor3D {
    const { fault, dropoutRate } = this.config;
    const generator = fault === "dropoutAtEvaluation" ? this.noise : random;
    const kept = dropout(x, dropoutRate, generator);
    return fault === "dropoutUnscaled" && generator ? kept.mul(1 - dropoutRate) : kept;
  }
}

/** Each token's place in its row, counted from the row's first token; padding has place 0. */
function places(ids: tf.Tensor2D, fault: Fault | undefined): tf.Tensor2D {
  const [B, T] = ids.shape;
  const values = ids.dataSync();
  const counted = Int32Array.from(values, (_, at) => {
    const [row, column] = [Math.floor(at / T), at % T];
    if (fault === "positionsByColumn") return column;
    let before = 0;
    for (let i = row * T; i < at; i++) if (values[i] !== padding) before++;
    return before;
  });
  return tf.tensor2d(counted, [B, T], "int32");
}

/** 1 where position `t` may look: at itself and before. Shape: `[T, T]`. */
function lookBack(T: number, fault: Fault | undefined): tf.Tensor2D {
  if (fault === "noCausalMask") return tf.ones([T, T]);
  if (fault !== "maskOneTooFar") return causalMask(T);
  return tf.tensor2d(Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, s) => (s <= t + 1 ? 1 : 0))));
}

function normalized(norm: LayerNorm, x: tf.Tensor3D, fault: Fault | undefined, place?: "last"): tf.Tensor3D {
  const axis = fault === "normOverTime" ? 1 : fault === "batchMixed" && place === "last" ? 0 : undefined;
  if (axis === undefined) return norm.forward(x);
  const { mean, variance } = tf.moments(x, axis, true);
  const scaled = x.sub<tf.Tensor3D>(mean).div<tf.Tensor3D>(variance.add(norm.epsilon).sqrt());
  return scaled.mul<tf.Tensor3D>(norm.gain).add(norm.bias!);
}

function activate(x: tf.Tensor3D, fault: Fault | undefined): tf.Tensor3D {
  if (fault !== "wrongDerivative") return gelu(x);
  const asIfReLU = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor3D, (saved: tf.Tensor[]) => void];
    save([input]);
    return { value: gelu(input), gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => dy.mul(saved[0]!.step()) };
  });
  return asIfReLU(x) as tf.Tensor3D;
}

/** The same numbers, cut off from what made them. */
function detached(x: tf.Tensor3D): tf.Tensor3D {
  return tf.tensor3d(x.dataSync() as Float32Array, x.shape);
}
