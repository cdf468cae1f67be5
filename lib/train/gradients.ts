import * as tf from "@tensorflow/tfjs";

export type Parameters = ReadonlyMap<string, tf.Variable>;

/**
 * The loss and its gradient by every parameter, keyed by path. A tied variable, which has several paths, stands once,
 * under its first. Run it in a `tidy`, or dispose the value and the gradients.
 */
export function valueAndGradients(
  loss: () => tf.Scalar,
  parameters: Parameters,
): { value: tf.Scalar; gradients: Map<string, tf.Tensor> } {
  const paths = pathsByVariable(parameters);
  if (paths.size === 0) throw new Error("valueAndGradients: expected at least one parameter, got none");
  // tf.variableGrads would name only one case: that the loss depends on no variable at all.
  const { value, grads } = tf.engine().gradients(loss, [...paths.keys()], undefined, true);
  const gradients = new Map<string, tf.Tensor>();
  const missing: string[] = [];
  for (const [i, [path]] of [...paths.values()].entries()) {
    if (grads[i]) gradients.set(path, grads[i]);
    else missing.push(path);
  }
  if (value.rank === 0 && missing.length === 0) return { value, gradients };
  tf.dispose([value, ...gradients.values()]);
  throw new Error(
    value.rank !== 0
      ? `valueAndGradients: expected a scalar loss, got shape [${(value as tf.Tensor).shape.join(", ")}]`
      : `valueAndGradients: expected a loss that depends on every parameter, got one that ignores ${missing.join(", ")}`,
  );
}

/** Every path of each variable, in the order of the map: several for a tied one. */
export function pathsByVariable(parameters: Parameters): Map<tf.Variable, [string, ...string[]]> {
  const paths = new Map<tf.Variable, [string, ...string[]]>();
  for (const [path, variable] of parameters) {
    const known = paths.get(variable);
    if (known) known.push(path);
    else paths.set(variable, [path]);
  }
  return paths;
}
