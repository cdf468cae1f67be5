import { atMost, choose, exp, multiplyAdd, sigmoid } from "./lanes";

/*
 * GELU (Hendrycks and Gimpel 2016), exact and by tanh, and their slopes, four numbers at a time.
 */

/**
 * How much of the normal distribution lies below x: `Phi(x)`. With `e^P(t) = Phi(-t)` for `t = |x|`, P a minimax fit of
 * ours up to 5.6 (off by at most 6e-8), and 0 beyond, it is `e^P(t)` for negative x and `1 - e^P(t)` for positive.
 */
@inline
function normalBelow(x: v128): v128 {
  const size = f32x4.abs(x);
  const t = atMost(size, f32x4.splat(5.6));
  let p = f32x4.splat(-1.768876600749536e-8);
  p = multiplyAdd(p, t, f32x4.splat(5.28471673533204e-7));
  p = multiplyAdd(p, t, f32x4.splat(-6.801914423704147e-6));
  p = multiplyAdd(p, t, f32x4.splat(4.7862224164418876e-5));
  p = multiplyAdd(p, t, f32x4.splat(-1.7461762763559818e-4));
  p = multiplyAdd(p, t, f32x4.splat(-4.2902542190859094e-5));
  p = multiplyAdd(p, t, f32x4.splat(0.0048710354603827));
  p = multiplyAdd(p, t, f32x4.splat(-0.03638933598995209));
  p = multiplyAdd(p, t, f32x4.splat(-0.31829386949539185));
  p = multiplyAdd(p, t, f32x4.splat(-0.7978863716125488));
  p = multiplyAdd(p, t, f32x4.splat(-0.6931471228599548));
  const beyond = f32x4.gt(size, f32x4.splat(5.6));
  const tail = v128.andnot(exp(p), beyond);
  return choose(f32x4.lt(x, f32x4.splat(0)), tail, f32x4.sub(f32x4.splat(1), tail));
}

/** `x Phi(x)`. */
@inline
export function gelu(x: v128): v128 {
  return f32x4.mul(x, normalBelow(x));
}

/** `Phi(x) + x phi(x)` with the normal density `phi(x) = e^(-x^2 / 2) / sqrt(2 pi)`. */
@inline
export function geluSlope(x: v128): v128 {
  const density = f32x4.mul(exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))), f32x4.splat(0.3989422804014327));
  return multiplyAdd(x, density, normalBelow(x));
}

/** `2 u` with `u = sqrt(2 / pi) (x + 0.044715 x^3)`. */
@inline
function twice(x: v128): v128 {
  const inner = multiplyAdd(f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.044715)), x, x);
  return f32x4.mul(inner, f32x4.splat(1.5957691216057308));
}

/** `x / 2 (1 + tanh(u))`, which is `x sigmoid(2 u)`. */
@inline
export function geluTanh(x: v128): v128 {
  return f32x4.mul(x, sigmoid(twice(x)));
}

/** With `s = sigmoid(2 u)`: `s + x s (1 - s) 2 u'`. */
@inline
export function geluTanhSlope(x: v128): v128 {
  const one = f32x4.splat(1);
  const s = sigmoid(twice(x));
  const slope = multiplyAdd(f32x4.mul(x, x), f32x4.splat(0.21406444881780073), f32x4.splat(1.5957691216057308));
  return multiplyAdd(f32x4.mul(x, slope), f32x4.mul(s, f32x4.sub(one, s)), s);
}
