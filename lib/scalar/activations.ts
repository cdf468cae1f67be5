/*
 * Activations on plain numbers, each with its derivative at the same `x` (not at the already activated value).
 * On tensors: lib/nn/activations.ts.
 */

/** 1 where `x >= 0`, else 0: the threshold of McCulloch and Pitts (1943). */
export function step(x: number): number {
  return x >= 0 ? 1 : 0;
}

/** 0 everywhere: the step is flat, which is why descent cannot train through it. (At 0 it has no derivative.) */
export function stepDerivative(_x: number): number {
  return 0;
}

/** `max(0, x)` (Nair and Hinton 2010). */
export function relu(x: number): number {
  return Math.max(0, x);
}

/** 1 where `x > 0`, else 0. ReLU has no derivative at 0; by the usual convention it is 0 there. */
export function reluDerivative(x: number): number {
  return x > 0 ? 1 : 0;
}

/** `x` where positive, else `slope * x`, so that the gradient never dies (Maas et al. 2013). */
export function leakyRelu(x: number, slope = 0.01): number {
  return x > 0 ? x : slope * x;
}

/** 1 where `x > 0`, else `slope`. */
export function leakyReluDerivative(x: number, slope = 0.01): number {
  return x > 0 ? 1 : slope;
}

/** `1 / (1 + e^-x)`, in `(0, 1)`. The exponent is never positive, so nothing overflows. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** `s (1 - s)` with `s = sigmoid(x)`; at most 1/4. */
export function sigmoidDerivative(x: number): number {
  return sigmoid(x) * sigmoid(-x); // 1 - s = sigmoid(-x), without the cancellation
}

/** Hyperbolic tangent, in `(-1, 1)`. */
export function tanh(x: number): number {
  return Math.tanh(x);
}

/** `1 - tanh(x)^2`; at most 1. */
export function tanhDerivative(x: number): number {
  return 1 - Math.tanh(x) ** 2;
}

/** `x Φ(x)` with the normal distribution's `Φ(x) = (1 + erf(x / √2)) / 2` (Hendrycks and Gimpel 2016). */
export function gelu(x: number): number {
  return x * normalCumulative(x);
}

/** `Φ(x) + x φ(x)` with the normal density `φ`. */
export function geluDerivative(x: number): number {
  return normalCumulative(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** GELU's approximation that GPT-2 uses: `x/2 (1 + tanh(√(2/π) (x + 0.044715 x^3)))`. */
export function geluTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

export function geluTanhDerivative(x: number): number {
  const t = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  const inner = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
  return (1 + t) / 2 + (x / 2) * (1 - t * t) * inner;
}

/** `e^x_i / Σ_j e^x_j`: positive and sums to 1. The maximum is subtracted first, which changes nothing but overflow. */
export function softmax(xs: readonly number[]): number[] {
  if (xs.length === 0) throw new Error("softmax: expected at least one number, got none");
  const largest = Math.max(...xs);
  const exponentials = xs.map((x) => Math.exp(x - largest));
  const total = exponentials.reduce((sum, e) => sum + e, 0);
  return exponentials.map((e) => e / total);
}

/** `∂p_i / ∂x_j = p_i ([i = j] - p_j)` as rows `i` of columns `j`. */
export function softmaxJacobian(xs: readonly number[]): number[][] {
  const p = softmax(xs);
  return p.map((pi, i) => p.map((pj, j) => pi * ((i === j ? 1 : 0) - pj)));
}

/** `Φ(x)`: how likely a standard normal draw is below `x`. */
function normalCumulative(x: number): number {
  return (1 + erf(x / Math.SQRT2)) / 2;
}

/**
 * The error function `2/√π ∫₀ˣ e^(-t²) dt`, to about 1e-15: a series of positive terms near 0 (DLMF 7.6.2),
 * a continued fraction for the rest `1 - erf(x)` further out (DLMF 7.9.3).
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x); // 1 - erf(6) = 2e-17
  if (z < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}
