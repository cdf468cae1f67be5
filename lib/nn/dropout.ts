import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";

/**
 * Inverted dropout (Srivastava et al. 2014): each entry is set to 0 with probability `rate`, and what is left is scaled
 * by `1 / (1 - rate)`, so that the expected value stays and nothing needs scaling later.
 * Without a generator (in evaluation) the input comes back as it is.
 */
export function dropout<R extends tf.Rank>(x: tf.Tensor<R>, rate: number, random?: Random): tf.Tensor<R> {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: expected a rate in [0, 1), got ${rate}`);
  if (random === undefined || rate === 0) return x;
  const scale = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  const mask = new Float32Array(x.size);
  for (let i = 0; i < mask.length; i++) mask[i] = random.bits() < threshold ? 0 : scale;
  return x.mul(tf.tensor(mask, x.shape));
}
