import * as tf from "@tensorflow/tfjs";

/**
 * Runs a kernel that does several operations in one go, where tfjs's current backend has it (`lib/backend` brings some).
 * Elsewhere, and for a first input that is not float32, the answer is `undefined`, and the caller computes the same from
 * plain operations, which are the definition.
 *
 * A kernel is registered under its name and the inputs it takes: `LayerNorm(x,gain,bias)`, `LayerNorm(x,gain)`.
 */
export function fused<Result extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  settings: Readonly<Record<string, number | boolean>> = {},
): Result | undefined {
  const given: tf.NamedTensorMap = {};
  for (const [input, tensor] of Object.entries(inputs)) if (tensor) given[input] = tensor;
  const kernel = `${name}(${Object.keys(given)})`;
  if (Object.values(given)[0]?.dtype !== "float32" || !tf.getKernel(kernel, tf.getBackend())) return undefined;
  return tf.engine().runKernel(kernel, given, settings) as Result;
}
