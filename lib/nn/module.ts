import * as tf from "@tensorflow/tfjs";

/** A trainable value. The tidy frees the initial tensor, which `tf.variable` copies and would leak. */
export function parameter<R extends tf.Rank>(initial: () => tf.Tensor<R>): tf.Variable<R> {
  return tf.tidy(() => tf.variable(initial()));
}

/** A layer or model: a tree whose leaves are the variables stored in its fields. */
export abstract class Module {
  /** Every parameter below this module, by path, e.g. `blocks.0.attention.query.weight`. A tied weight shows under each of its paths. */
  parameters(): Map<string, tf.Variable> {
    const found = new Map<string, tf.Variable>();
    for (const [name, value] of Object.entries(this)) collect(name, value, found);
    return found;
  }

  /** Frees every parameter. */
  dispose(): void {
    for (const variable of new Set(this.parameters().values())) variable.dispose();
  }
}

function collect(path: string, value: unknown, found: Map<string, tf.Variable>): void {
  if (value instanceof tf.Variable) found.set(path, value);
  else if (value instanceof Module) value.parameters().forEach((p, name) => found.set(`${path}.${name}`, p));
  else if (Array.isArray(value)) value.forEach((item, i) => collect(`${path}.${i}`, item, found));
}
