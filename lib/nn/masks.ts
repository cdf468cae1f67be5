import * as tf from "@tensorflow/tfjs";

/*
 * A mask is 1 where a key may be seen and 0 where not, and broadcasts to `[B, H, T, S]`. Masks combine by product.
 */

/**
 * The mask of a decoder: position `t` sees itself and what came before it. With more keys than queries the queries are
 * the last ones, as in cached decoding.
 *
 * Shape: `[T, S]`.
 */
export function causalMask(targets: number, sources = targets): tf.Tensor2D {
  if (sources < targets) throw new Error(`causalMask: expected at least ${targets} keys, got ${sources}`);
  const seen = new Float32Array(targets * sources);
  for (let t = 0; t < targets; t++) seen.fill(1, t * sources, t * sources + sources - targets + t + 1);
  return tf.tensor2d(seen, [targets, sources]);
}

/** Hides the keys that are padding. Shape: int32 ids `[B, S] -> [B, 1, 1, S]`. */
export function paddingMask(ids: tf.Tensor2D, padding: number): tf.Tensor4D {
  const [B, S] = ids.shape;
  return ids.notEqual(padding).cast("float32").reshape([B, 1, 1, S]);
}
