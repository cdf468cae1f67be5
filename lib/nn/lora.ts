import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { normal } from "./init";
import { Linear, linear } from "./linear";
import { Module, parameter } from "./module";

export interface LoRAOptions {
  /** `r`: how many directions the correction has. */
  readonly rank: number;
  /** The correction is multiplied by `alpha / r`, so that another rank needs no other learning rate. Default: `rank`. */
  readonly alpha?: number;
  readonly random: Random;
}

/**
 * A linear layer whose weight stays as it is, with a small correction that learns (Hu et al. 2022, eq. 3):
 *
 *     y = x W + b + (alpha / r) (x A) B
 *
 * `A` starts random and `B` at 0: at first the layer computes what it always did, and yet `B` has a gradient. Were both 0,
 * neither ever would.
 *
 * Shape: `[..., in] -> [..., out]`. Parameters: `weight [in, out]` and `bias [out]`, those of the layer it adapts, and
 * `down [in, r]` (A), `up [r, out]` (B), which alone are to be trained: see `trainable` in lib/train/freeze.ts.
 */
export class LoRALinear extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly down: tf.Variable<tf.Rank.R2>;
  readonly up: tf.Variable<tf.Rank.R2>;
  readonly inputs: number;
  readonly outputs: number;
  readonly scale: number;
  /** The layer in whose place this one stands. Private to JavaScript, too: else its weights would have two paths. */
  readonly #adapted: Linear;

  constructor(adapted: Linear, { rank, alpha = rank, random }: LoRAOptions) {
    super();
    const { inputs, outputs } = adapted;
    if (!Number.isInteger(rank) || rank < 1 || rank > Math.min(inputs, outputs))
      throw new Error(`LoRALinear: expected a rank from 1 to ${Math.min(inputs, outputs)}, got ${rank}`);
    this.#adapted = adapted;
    this.weight = adapted.weight;
    this.bias = adapted.bias;
    this.down = parameter(() => normal<tf.Rank.R2>([inputs, rank], random, 1 / Math.sqrt(inputs)));
    this.up = parameter(() => tf.zeros<tf.Rank.R2>([rank, outputs]));
    this.inputs = inputs;
    this.outputs = outputs;
    this.scale = alpha / rank;
  }

  forward<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    const correction = linear(linear(x, this.down), this.up).mul<tf.Tensor<R>>(this.scale);
    return linear(x, this.weight, this.bias).add(correction);
  }

  /** The adapted layer with the correction added to its weight, `W + (alpha / r) A B`: it computes the same. Frees A and B. */
  merge(): Linear {
    tf.tidy(() => this.weight.assign(this.weight.add(this.down.matMul(this.up).mul(this.scale))));
    tf.dispose([this.down, this.up]);
    return this.#adapted;
  }
}

/**
 * Gives every linear layer of `model` whose path matches a LoRA in its place; returns them by path. The default is what
 * Hu et al. adapt (section 4.2): the queries and values of attention.
 */
export function addLoRA(
  model: Module,
  { targets = /attention\.(query|value)$/, ...options }: LoRAOptions & { readonly targets?: RegExp },
): Map<string, LoRALinear> {
  const added = new Map<string, LoRALinear>();
  replaceLayers(model, "", (layer, path) => {
    if (!(layer instanceof Linear) || !targets.test(path)) return layer;
    const lora = new LoRALinear(layer, options);
    added.set(path, lora);
    return lora;
  });
  if (added.size === 0) throw new Error(`addLoRA: expected linear layers whose path matches ${targets}, got none`);
  return added;
}

/** Merges every LoRA of `model`, and puts the layers it adapts back in their places: as fast as before it was added. */
export function mergeLoRA(model: Module): void {
  replaceLayers(model, "", (layer) => (layer instanceof LoRALinear ? layer.merge() : layer));
}

/** Walks a model's fields and puts `replace(layer, path)` where a module was. */
function replaceLayers(owner: object, prefix: string, replace: (layer: Module, path: string) => Module): void {
  for (const [name, value] of Object.entries(owner)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (Array.isArray(value)) replaceLayers(value, path, replace);
    else if (value instanceof Module) {
      const layer = replace(value, path);
      if (layer !== value) (owner as Record<string, unknown>)[name] = layer;
      else replaceLayers(value, path, replace);
    }
  }
}
