import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import type { Module } from "./module";

/*
 * Initial weights, drawn from a seeded generator. For a weight `[in, out]` the fans are `in` and `out`.
 */

type Shape<R extends tf.Rank> = tf.ShapeMap[R];

/** Draws the weights of one shape: what a layer is given to start from. */
export type Initializer = <R extends tf.Rank>(shape: Shape<R>, random: Random) => tf.Tensor<R>;

/** `U(-a, a)` with `a = gain √(6 / (in + out))`: keeps the scale of signals and gradients (Glorot and Bengio 2010, eq. 16). */
export function xavierUniform<R extends tf.Rank>(shape: Shape<R>, random: Random, gain = 1): tf.Tensor<R> {
  const { fanIn, fanOut } = fans("xavierUniform", shape);
  return uniform(shape, random, gain * Math.sqrt(6 / (fanIn + fanOut)));
}

/** `N(0, gain² 2 / (in + out))`. */
export function xavierNormal<R extends tf.Rank>(shape: Shape<R>, random: Random, gain = 1): tf.Tensor<R> {
  const { fanIn, fanOut } = fans("xavierNormal", shape);
  return normal(shape, random, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** `U(-a, a)` with `a = √(6 / in)`: Xavier's idea for ReLU, which silences half of the signal (He et al. 2015). */
export function heUniform<R extends tf.Rank>(shape: Shape<R>, random: Random): tf.Tensor<R> {
  return uniform(shape, random, Math.sqrt(6 / fans("heUniform", shape).fanIn));
}

/** `N(0, 2 / in)` (He et al. 2015, eq. 10). */
export function heNormal<R extends tf.Rank>(shape: Shape<R>, random: Random): tf.Tensor<R> {
  return normal(shape, random, Math.sqrt(2 / fans("heNormal", shape).fanIn));
}

/** `U(-limit, limit)`. */
export function uniform<R extends tf.Rank>(shape: Shape<R>, random: Random, limit = 1): tf.Tensor<R> {
  return draw(shape, () => random.uniform(-limit, limit));
}

/** `N(0, deviation²)`. */
export function normal<R extends tf.Rank>(shape: Shape<R>, random: Random, deviation = 1): tf.Tensor<R> {
  return draw(shape, () => random.normal(0, deviation));
}

/** `N(0, deviation²)` without the tails: what falls beyond two deviations is drawn again (BERT's initial weights). */
export function truncatedNormal<R extends tf.Rank>(shape: Shape<R>, random: Random, deviation = 1): tf.Tensor<R> {
  return draw(shape, () => {
    let z = random.normal();
    while (Math.abs(z) > 2) z = random.normal();
    return z * deviation;
  });
}

/** While a model is built whose weights others replace at once: one tensor of zeros for each size, shared by all weights. */
let blanks: Map<number, tf.Tensor> | undefined;

/**
 * Builds a model whose weights will all be replaced by those of a file. Drawing millions of numbers in vain would take
 * seconds; the weights are 0 instead, and those of one size share their memory until they are replaced.
 */
export function withoutDrawing<M>(build: () => M): M {
  const outer = blanks;
  blanks = new Map();
  try {
    return build();
  } finally {
    tf.dispose([...blanks.values()]);
    blanks = outer;
  }
}

/** A model with the weights that `fill` gives it, and none drawn before. If it cannot, nothing is left behind. */
export function filled<M extends Module>(build: () => M, fill: (model: M) => void): M {
  const model = withoutDrawing(build);
  try {
    fill(model);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function blank<R extends tf.Rank>(shape: Shape<R>, known: Map<number, tf.Tensor>): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape as number[]);
  const zeros = known.get(size) ?? tf.keep(tf.zeros([size]));
  known.set(size, zeros);
  return zeros.reshape(shape);
}

function draw<R extends tf.Rank>(shape: Shape<R>, next: () => number): tf.Tensor<R> {
  if (blanks) return blank(shape, blanks);
  const values = new Float32Array(tf.util.sizeFromShape(shape as number[]));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return tf.tensor(values, shape);
}

function fans<R extends tf.Rank>(where: string, shape: Shape<R>): { fanIn: number; fanOut: number } {
  const [fanIn, fanOut] = shape as number[];
  if (shape.length !== 2 || fanIn === undefined || fanOut === undefined) {
    throw new Error(`${where}: expected a shape [in, out], got [${shape.join(", ")}]`);
  }
  return { fanIn, fanOut };
}
