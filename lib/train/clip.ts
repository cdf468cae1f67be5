import * as tf from "@tensorflow/tfjs";

/** `√(Σ g²)` over every entry of every gradient: the length of the whole gradient as one vector. */
export function globalNorm(gradients: ReadonlyMap<string, tf.Tensor>): tf.Scalar {
  if (gradients.size === 0) throw new Error("globalNorm: expected at least one gradient, got none");
  return tf.tidy(() => tf.addN([...gradients.values()].map((g) => g.square().sum<tf.Scalar>())).sqrt());
}

/**
 * Scales all gradients by the same factor so that their global norm is at most `limit` (Pascanu et al. 2013): the
 * direction stays. Returns new gradients, which the caller owns.
 */
export function clipByNorm(gradients: ReadonlyMap<string, tf.Tensor>, limit: number): Map<string, tf.Tensor> {
  if (!(limit > 0)) throw new Error(`clipByNorm: expected a limit above 0, got ${limit}`);
  const factor = tf.tidy(() => tf.scalar(limit).div(globalNorm(gradients).add(1e-6)).minimum(1)); // 1e-6 as in PyTorch
  const clipped = new Map([...gradients].map(([path, gradient]) => [path, gradient.mul(factor)]));
  factor.dispose();
  return clipped;
}
