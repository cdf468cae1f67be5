import * as tf from "@tensorflow/tfjs";

/**
 * Runs a kernel that does several operations in one go, where tfjs's current backend has it (`lib/backend` brings some).
 * Elsewhere the answer is `undefined`, and the caller computes the same from plain operations, which are the definition.
 *
 * A kernel is registered under its name and the inputs it takes: `LayerNorm(x,gain,bias)`, `LayerNorm(x,gain)`.
 */
export function fused<Result extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  settings: Readonly<Record<string, number | boolean>> = {},
): Result | undefined {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, input]) => input !== undefined));
  const kernel = `${name}(${Object.keys(given)})`;
  if (!tf.getKernel(kernel, tf.getBackend())) return undefined;
  return tf.engine().runKernel(kernel, given as tf.NamedTensorMap, settings) as Result;
}
