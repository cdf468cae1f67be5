import { minimize } from "./minimize";

/** What is known of one example: numbers, or only those that are not 0 (as `lib/text/tf-idf` makes them). */
export type Features = Float32Array | { readonly indices: readonly number[]; readonly values: readonly number[] };

export interface LogisticRegressionOptions {
  /** How much the examples count against small weights: the larger, the closer the fit. Default: 1. */
  readonly C?: number;
  /** Default: 300. */
  readonly maxIterations?: number;
}

/** One neuron with a sigmoid. */
export interface LogisticRegression {
  readonly weights: Float64Array;
  readonly bias: number;
  /** Above 0: the first class is more likely. */
  logit(features: Features): number;
}

/**
 * One neuron, trained until its loss cannot fall any more: the usual judge of features, because nothing in it depends on
 * patience or luck. The loss has one minimum, and L-BFGS finds it.
 *
 *     |w|² / 2 + C Σ ln(1 + e^(-y (w·x + b)))        y = 1 for true, -1 for false; b is not kept small
 */
export function logisticRegression(
  examples: readonly Features[],
  labels: readonly boolean[],
  { C = 1, maxIterations = 300 }: LogisticRegressionOptions = {},
): LogisticRegression {
  if (examples.length === 0 || examples.length !== labels.length)
    throw new Error(
      `logisticRegression: expected one label an example, got ${examples.length} examples and ${labels.length} labels`,
    );
  const size = sizeOf(examples);
  const objective = (point: Float64Array) => {
    const gradient = new Float64Array(size + 1);
    let value = 0;
    for (let j = 0; j < size; j++) {
      value += point[j]! ** 2 / 2;
      gradient[j] = point[j]!;
    }
    for (const [i, features] of examples.entries()) {
      const sign = labels[i] ? 1 : -1;
      const margin = sign * (dot(point, features) + point[size]!);
      value += C * (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
      const slope = (-C * sign) / (1 + Math.exp(margin));
      addScaled(gradient, slope, features);
      gradient[size]! += slope;
    }
    return { value, gradient };
  };
  const point = minimize(objective, new Float64Array(size + 1), { maxIterations });
  const [weights, bias] = [point.subarray(0, size), point[size]!];
  return { weights, bias, logit: (features) => dot(weights, features) + bias };
}

function sizeOf(examples: readonly Features[]): number {
  const first = examples[0]!;
  const dense = first instanceof Float32Array;
  let size = dense ? first.length : 0;
  for (const features of examples) {
    const fits = dense
      ? features instanceof Float32Array && features.length === size
      : !(features instanceof Float32Array);
    if (!fits) throw new Error("logisticRegression: expected examples of one kind and size, got several");
    if (!(features instanceof Float32Array)) for (const index of features.indices) size = Math.max(size, index + 1);
  }
  return size;
}

function dot(weights: Float64Array, features: Features): number {
  let sum = 0;
  if (features instanceof Float32Array) {
    for (let j = 0; j < features.length; j++) sum += weights[j]! * features[j]!;
    return sum;
  }
  const { indices, values } = features;
  // A term beyond the weights is one that training never saw: it says nothing.
  for (let k = 0; k < indices.length; k++) sum += (weights[indices[k]!] ?? 0) * values[k]!;
  return sum;
}

function addScaled(to: Float64Array, scale: number, features: Features): void {
  if (features instanceof Float32Array) for (let j = 0; j < features.length; j++) to[j]! += scale * features[j]!;
  else for (let k = 0; k < features.indices.length; k++) to[features.indices[k]!]! += scale * features.values[k]!;
}
