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
  const mask = new Float32Array(x.size).fill(1 / (1 - rate));
  // Drawn is how many entries stay before the next one falls (a geometric distribution): one draw an entry that falls.
  const stayBeforeNext = () => Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - rate));
  for (let i = stayBeforeNext(); i < mask.length; i += 1 + stayBeforeNext()) mask[i] = 0;
  return x.mul(tf.tensor(mask, x.shape));
}
