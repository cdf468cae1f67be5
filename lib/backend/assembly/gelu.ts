import { choose, constant, exp, multiplyAdd, one, polynomial, sigmoid } from "./lanes";

/*
 * GELU (Hendrycks and Gimpel 2016), exact and by tanh, and their slopes, four numbers at a time.
 */

const TAIL = memory.data<f32>([
  0.13217324018478394, 0.12477147579193115, 0.154945507645607, -0.020707448944449425, 0.2261272668838501,
  -0.12630824744701385, -4.260511777829379e-4, 0.0094242999330163,
]);
/** Of the tail: 0.33 and -1/2. Of the density: 1 / sqrt(2 pi). */
const EXACT = memory.data<f32>([0.33, -0.5, 0.3989422804014327]);
/** Of `2 u`: the factor of x^3 within the brackets, the factor before them, and 3 times both. */
const TANH = memory.data<f32>([0.044715, 1.5957691216057308, 0.21406444881780073]);

/**
 * How much of the normal distribution lies below x, `Phi(x)`, given `bell = e^(-x^2 / 2)`. The tail beyond `t = |x|` is
 * `bell s P(s)` with `s = 1 / (1 + 0.33 t)` (the form of Hastings 1955; P is a minimax fit of ours), off by at most 1.2e-7.
 */
@inline
function normalBelow(x: v128, bell: v128): v128 {
  const s = f32x4.div(one(), multiplyAdd(f32x4.abs(x), constant(EXACT, 0), one()));
  const tail = f32x4.mul(f32x4.mul(bell, s), polynomial(TAIL, 7, s));
  return choose(f32x4.lt(x, f32x4.splat(0)), tail, f32x4.sub(one(), tail));
}

@inline
function bellOf(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), constant(EXACT, 1)));
}

/** `x Phi(x)`. */
@inline
export function gelu(x: v128): v128 {
  return f32x4.mul(x, normalBelow(x, bellOf(x)));
}

/** `Phi(x) + x phi(x)` with the normal density `phi(x) = e^(-x^2 / 2) / sqrt(2 pi)`. */
@inline
export function geluSlope(x: v128): v128 {
  const bell = bellOf(x);
  return multiplyAdd(x, f32x4.mul(bell, constant(EXACT, 2)), normalBelow(x, bell));
}

/** `2 u` with `u = sqrt(2 / pi) (x + 0.044715 x^3)`. */
@inline
function twice(x: v128): v128 {
  const inner = multiplyAdd(f32x4.mul(f32x4.mul(x, x), constant(TANH, 0)), x, x);
  return f32x4.mul(inner, constant(TANH, 1));
}

/** `x / 2 (1 + tanh(u))`, which is `x sigmoid(2 u)`. */
@inline
export function geluTanh(x: v128): v128 {
  return f32x4.mul(x, sigmoid(twice(x)));
}

/** With `s = sigmoid(2 u)`: `s + x s (1 - s) 2 u'`. */
@inline
export function geluTanhSlope(x: v128): v128 {
  const s = sigmoid(twice(x));
  const slope = multiplyAdd(f32x4.mul(x, x), constant(TANH, 2), constant(TANH, 1));
  return multiplyAdd(f32x4.mul(x, slope), f32x4.mul(s, f32x4.sub(one(), s)), s);
}
