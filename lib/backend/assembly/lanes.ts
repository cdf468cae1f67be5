/*
 * Functions of four numbers at a time. Each is good to about one unit in the last place of a float32, and NaN and
 * Infinity go through as they do in JavaScript's Math. Polynomials for exp, log and tanh: Moshier's Cephes library.
 */

/** `a * b + c`: one instruction where the engine has relaxed SIMD, else two. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `where mask ? a : b`, lane by lane. */
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** The larger of two numbers and NaN where `x` is NaN. */
@inline
export function atLeast(x: v128, low: v128): v128 {
  return f32x4.pmax(x, low);
}

/** The smaller of two numbers and NaN where `x` is NaN. */
@inline
export function atMost(x: v128, high: v128): v128 {
  return f32x4.pmin(x, high);
}

/** `2^n` for the integers -126 … 127. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** `e^x = 2^n e^r` with `n = round(x / ln 2)` and `|r| <= ln 2 / 2`. */
@inline
export function exp(x: v128): v128 {
  const clamped = atLeast(atMost(x, f32x4.splat(89)), f32x4.splat(-104));
  // Adding 1.5 * 2^23 leaves no bits for a fraction: the sum's low bits are n.
  const magic = f32x4.splat(12582912);
  const shifted = multiplyAdd(clamped, f32x4.splat(1.44269504), magic);
  const n = f32x4.sub(shifted, magic);
  const whole = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), clamped);
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = multiplyAdd(f32x4.mul(r, r), p, f32x4.add(r, f32x4.splat(1)));
  // In two factors, because n reaches 128 where the result is still finite, and -150 where it is not yet 0.
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** `ln x = e ln 2 + ln m` with `x = m 2^e` and `m` between `sqrt(1/2)` and `sqrt 2`. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = choose(tiny, f32x4.mul(x, f32x4.splat(8388608)), x);
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  let e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  e = f32x4.sub(e, v128.and(tiny, f32x4.splat(23)));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const square = f32x4.mul(f, f);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, f, f32x4.splat(-1.1514610310e-1));
  p = multiplyAdd(p, f, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, f, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, f, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, f, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, f, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, f, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, f, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, f), square);
  p = multiplyAdd(e, f32x4.splat(-2.12194440e-4), p);
  p = multiplyAdd(square, f32x4.splat(-0.5), p);
  let result = multiplyAdd(e, f32x4.splat(0.693359375), f32x4.add(f, p));
  const zero = f32x4.splat(0);
  result = choose(f32x4.eq(x, zero), f32x4.splat(-Infinity), result);
  result = choose(f32x4.eq(x, f32x4.splat(Infinity)), x, result);
  return choose(f32x4.ge(x, zero), result, f32x4.splat(NaN)); // false for negative numbers and NaN
}

/** `ln(1 + x)` without losing a small x: what rounding `1 + x` lost is put back as a factor. */
@inline
export function log1p(x: v128): v128 {
  const one = f32x4.splat(1);
  const sum = f32x4.add(x, one);
  const kept = f32x4.sub(sum, one);
  const result = f32x4.mul(log(sum), f32x4.div(x, kept));
  const exact = v128.or(f32x4.eq(kept, f32x4.splat(0)), f32x4.eq(x, f32x4.splat(Infinity)));
  return choose(exact, x, result);
}

@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** A polynomial near 0, `1 - 2 / (e^(2|x|) + 1)` with x's sign elsewhere. */
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp(f32x4.add(size, size)), one)));
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, square, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, square, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, square, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, square, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, square), x, x);
  return choose(f32x4.lt(size, f32x4.splat(0.625)), near, signed);
}

/**
 * The error function: `x + x P(x^2)` below 0.925, `1 - e^(-Q(|x|))` above; P and Q are minimax fits of ours,
 * off by at most 1e-7 of the result.
 */
@inline
export function erf(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(8.377593621844426e-5);
  p = multiplyAdd(p, square, f32x4.splat(-8.145078900270164e-4));
  p = multiplyAdd(p, square, f32x4.splat(5.201304797083139e-3));
  p = multiplyAdd(p, square, f32x4.splat(-0.02685953862965107));
  p = multiplyAdd(p, square, f32x4.splat(0.11283698678016663));
  p = multiplyAdd(p, square, f32x4.splat(-0.37612634897232056));
  p = multiplyAdd(p, square, f32x4.splat(0.12837916612625122));
  const near = multiplyAdd(p, x, x);
  const size = atMost(f32x4.abs(x), f32x4.splat(4));
  let q = f32x4.splat(-1.943792012752965e-4);
  q = multiplyAdd(q, size, f32x4.splat(3.028095467016101e-3));
  q = multiplyAdd(q, size, f32x4.splat(-0.02216734178364277));
  q = multiplyAdd(q, size, f32x4.splat(0.10380955785512924));
  q = multiplyAdd(q, size, f32x4.splat(0.6373193860054016));
  q = multiplyAdd(q, size, f32x4.splat(1.12759530544281));
  q = multiplyAdd(q, size, f32x4.splat(2.148172934539616e-4));
  const far = f32x4.sub(f32x4.splat(1), exp(f32x4.neg(q)));
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  return choose(f32x4.lt(f32x4.abs(x), f32x4.splat(0.925)), near, signed);
}

/** The sum of the four lanes. */
@inline
export function sumOfLanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** The first `count` (1 to 3) numbers from `pointer`; 0 in the other lanes. */
@inline
export function loadSome(pointer: usize, count: i32): v128 {
  if (count == 1) return v128.load_zero<f32>(pointer);
  const two = v128.load_zero<f64>(pointer);
  return count == 2 ? two : v128.load_lane<f32>(pointer + 8, two, 2);
}

/** Stores the first `count` (1 to 3) lanes. */
@inline
export function storeSome(pointer: usize, x: v128, count: i32): void {
  if (count == 1) v128.store_lane<f32>(pointer, x, 0);
  else {
    v128.store_lane<f64>(pointer, x, 0);
    if (count == 3) v128.store_lane<f32>(pointer + 8, x, 2);
  }
}
