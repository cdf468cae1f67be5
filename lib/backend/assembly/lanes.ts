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

/** `mask ? a : b`, lane by lane; a lane of the mask is all ones or all zeros. */
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(a, b, mask);
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

/**
 * One number in all four lanes, read from a table in memory. Written as `f32x4.splat(0.5)` it would cost the engine
 * about five instructions each time round a loop, a read costs one.
 */
@inline
export function constant(table: usize, index: usize): v128 {
  return v128.load_splat<f32>(table + (index << 2));
}

/**
 * `c0 + c1 x + … + c_degree x^degree`, degree 2 to 11, by Estrin's scheme: pairs, pairs of pairs and so on side by side.
 * Horner's rule would need fewer instructions, but each would wait for the one before.
 */
@inline
export function polynomial(table: usize, degree: usize, x: v128): v128 {
  const x2 = f32x4.mul(x, x);
  const x4 = f32x4.mul(x2, x2);
  const low = eight(table, degree, 0, x, x2, x4);
  return degree < 8 ? low : multiplyAdd(eight(table, degree, 8, x, x2, x4), f32x4.mul(x4, x4), low);
}

@inline
function eight(table: usize, degree: usize, i: usize, x: v128, x2: v128, x4: v128): v128 {
  const low = four(table, degree, i, x, x2);
  return degree < i + 4 ? low : multiplyAdd(four(table, degree, i + 4, x, x2), x4, low);
}

@inline
function four(table: usize, degree: usize, i: usize, x: v128, x2: v128): v128 {
  const low = two(table, degree, i, x);
  return degree < i + 2 ? low : multiplyAdd(two(table, degree, i + 2, x), x2, low);
}

@inline
function two(table: usize, degree: usize, i: usize, x: v128): v128 {
  const low = constant(table, i);
  return degree < i + 1 ? low : multiplyAdd(constant(table, i + 1), x, low);
}

/** 1 in all lanes. */
@inline
export function one(): v128 {
  return constant(ONE, 0);
}

const ONE = memory.data<f32>([1]);

/** -104, 89, 1.5 * 2^23, 1 / ln 2, ln 2 in two parts. */
const EXP = memory.data<f32>([-104, 89, 12582912, 1.44269504, -0.693359375, 2.1219444e-4]);
const EXP_POLYNOMIAL = memory.data<f32>([
  5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4,
]);
/** The bits of 1.5 * 2^23, and the exponent of 1. */
const EXP_BITS = memory.data<i32>([0x4b400000, 127]);

/** `e^x = 2^n e^r` with `n = round(x / ln 2)` and `|r| <= ln 2 / 2`. */
@inline
export function exp(x: v128): v128 {
  const clamped = atLeast(atMost(x, constant(EXP, 1)), constant(EXP, 0));
  // Adding 1.5 * 2^23 leaves no bits for a fraction: the sum's low bits are n.
  const shifted = multiplyAdd(clamped, constant(EXP, 3), constant(EXP, 2));
  const n = f32x4.sub(shifted, constant(EXP, 2));
  const whole = i32x4.sub(shifted, constant(EXP_BITS, 0));
  let r = multiplyAdd(n, constant(EXP, 4), clamped);
  r = multiplyAdd(n, constant(EXP, 5), r);
  const p = multiplyAdd(f32x4.mul(r, r), polynomial(EXP_POLYNOMIAL, 5, r), f32x4.add(r, one()));
  // In two factors, because n reaches 128 where the result is still finite, and -150 where it is not yet 0.
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** `2^n` for the integers -126 … 127. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(EXP_BITS, 1)), 23);
}

/** The smallest normal number, 2^23, 23, ln 2 in two parts, -1/2, -Infinity, Infinity, NaN. */
const LOG = memory.data<f32>([
  1.17549435e-38, 8388608, 23, 0.693359375, -2.1219444e-4, -0.5, -Infinity, Infinity, NaN,
]);
const LOG_POLYNOMIAL = memory.data<f32>([
  3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
  1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
]);
/** The bits of sqrt(1/2), and of all fractions. */
const LOG_BITS = memory.data<i32>([0x3f3504f3, 0x7fffff]);

/** `ln x = e ln 2 + ln m` with `x = m 2^e` and `m` between `sqrt(1/2)` and `sqrt 2`. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, constant(LOG, 0));
  const scaled = choose(tiny, f32x4.mul(x, constant(LOG, 1)), x);
  const bits = i32x4.sub(scaled, constant(LOG_BITS, 0));
  let e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  e = f32x4.sub(e, v128.and(tiny, constant(LOG, 2)));
  const m = i32x4.add(v128.and(bits, constant(LOG_BITS, 1)), constant(LOG_BITS, 0));
  const f = f32x4.sub(m, one());
  const square = f32x4.mul(f, f);
  let p = f32x4.mul(f32x4.mul(polynomial(LOG_POLYNOMIAL, 8, f), f), square);
  p = multiplyAdd(e, constant(LOG, 4), p);
  p = multiplyAdd(square, constant(LOG, 5), p);
  let result = multiplyAdd(e, constant(LOG, 3), f32x4.add(f, p));
  const zero = f32x4.splat(0);
  result = choose(f32x4.eq(x, zero), constant(LOG, 6), result);
  result = choose(f32x4.eq(x, constant(LOG, 7)), x, result);
  return choose(f32x4.ge(x, zero), result, constant(LOG, 8)); // false for negative numbers and NaN
}

/** `ln(1 + x)` without losing a small x: what rounding `1 + x` lost is put back as a factor. */
@inline
export function log1p(x: v128): v128 {
  const sum = f32x4.add(x, one());
  const kept = f32x4.sub(sum, one());
  const result = f32x4.mul(log(sum), f32x4.div(x, kept));
  const exact = v128.or(f32x4.eq(kept, f32x4.splat(0)), f32x4.eq(x, constant(LOG, 7)));
  return choose(exact, x, result);
}

@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(one(), f32x4.add(one(), exp(f32x4.neg(x))));
}

/** Where the polynomial ends, 2, and the bit of the sign. */
const TANH = memory.data<f32>([0.625, 2, -0.0]);
const TANH_POLYNOMIAL = memory.data<f32>([
  -3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3,
]);

/** A polynomial near 0, `1 - 2 / (e^(2|x|) + 1)` with x's sign elsewhere. */
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.sub(one(), f32x4.div(constant(TANH, 1), f32x4.add(exp(f32x4.add(size, size)), one())));
  const signed = v128.or(far, v128.and(x, constant(TANH, 2)));
  const square = f32x4.mul(x, x);
  const near = multiplyAdd(f32x4.mul(polynomial(TANH_POLYNOMIAL, 4, square), square), x, x);
  return choose(f32x4.lt(size, constant(TANH, 0)), near, signed);
}

/** Where P ends and Q begins, where Q ends, and the bit of the sign. */
const ERF = memory.data<f32>([0.925, 4, -0.0]);
const ERF_P = memory.data<f32>([
  0.12837916612625122, -0.37612634897232056, 0.11283698678016663, -0.02685953862965107, 5.201304797083139e-3,
  -8.145078900270164e-4, 8.377593621844426e-5,
]);
const ERF_Q = memory.data<f32>([
  2.148172934539616e-4, 1.12759530544281, 0.6373193860054016, 0.10380955785512924, -0.02216734178364277,
  3.028095467016101e-3, -1.943792012752965e-4,
]);

/**
 * The error function: `x + x P(x^2)` below 0.925, `1 - e^(-Q(|x|))` above; P and Q are minimax fits of ours,
 * off by at most 1e-7 of the result.
 */
@inline
export function erf(x: v128): v128 {
  const size = f32x4.abs(x);
  const near = multiplyAdd(polynomial(ERF_P, 6, f32x4.mul(x, x)), x, x);
  const q = polynomial(ERF_Q, 6, atMost(size, constant(ERF, 1)));
  const far = f32x4.sub(one(), exp(f32x4.neg(q)));
  const signed = v128.or(far, v128.and(x, constant(ERF, 2)));
  return choose(f32x4.lt(size, constant(ERF, 0)), near, signed);
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
