import * as tf from "@tensorflow/tfjs";
import { fused } from "../fused";
import type { Random } from "../random";

/**
 * Inverted dropout (Srivastava et al. 2014): each entry is set to 0 with probability `rate`, and what is left is scaled
 * by `1 / (1 - rate)`, so that the expected value stays and nothing needs scaling later.
 * Without a generator (in evaluation) the input comes back as it is.
 */
export function dropout<R extends tf.Rank>(x: tf.Tensor<R>, rate: number, random?: Random): tf.Tensor<R> {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: expected a rate in [0, 1), got ${rate}`);
  if (random === undefined || rate === 0) return x;
  const [first, second] = [random.bits(), random.bits()];
  const draw = { first, second, threshold: Math.floor(rate * 2 ** 32), scale: 1 / (1 - rate) };
  return fused<tf.Tensor<R>>("Dropout", { x }, draw) ?? x.mul(tf.tensor(factors(x.size, draw), x.shape));
}

interface Draw {
  /** Two random numbers of 32 bits, which say what falls in this call. */
  readonly first: number;
  readonly second: number;
  /** An entry falls where its hash, 32 bits, is below. */
  readonly threshold: number;
  readonly scale: number;
}

/** What each entry is multiplied by: 0, or the scale. The hash is a finalizer as that of splitmix32, seeded half-way, too. */
function factors(size: number, { first, second, threshold, scale }: Draw): Float32Array {
  const all = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const place = (first + i) | 0;
    let z = Math.imul(place ^ (place >>> 16), 0x21f0aaad) ^ second;
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    if ((z ^ (z >>> 15)) >>> 0 >= threshold) all[i] = scale;
  }
  return all;
}
