import { exp, loadSome, storeSome, sumOfLanes } from "./lanes";
import { ARGUMENTS, parallel } from "./team";

/*
 * softmax(x)_j = e^(x_j - max) / sum of e^(x_k - max), over rows of n numbers, and its gradient.
 */

const GRAIN: i32 = 8192;

export function softmax(x: usize, y: usize, rows: i32, n: i32): void {
  store<usize>(ARGUMENTS, x);
  store<usize>(ARGUMENTS, y, 4);
  store<i32>(ARGUMENTS, n, 8);
  parallel(task, rows, max(1, GRAIN / max(1, n)));
}

function task(begin: i32, end: i32): void {
  const n = load<i32>(ARGUMENTS, 8);
  const size = <usize>n << 2;
  let x = load<usize>(ARGUMENTS) + <usize>begin * size;
  let y = load<usize>(ARGUMENTS, 4) + <usize>begin * size;
  for (let i = begin; i < end; i++) {
    softmaxRow(x, y, n);
    x += size;
    y += size;
  }
}

/** One row; `x` and `y` may be the same. */
export function softmaxRow(x: usize, y: usize, n: i32): void {
  const total = exponentials(x, y, n, f32x4.splat(largest(x, n)));
  const factor: f32 = 1 / total;
  const scale = f32x4.splat(factor);
  let left = n;
  for (; left >= 4; left -= 4) {
    v128.store(y, f32x4.mul(v128.load(y), scale));
    y += 16;
  }
  for (; left > 0; left--) {
    store<f32>(y, load<f32>(y) * factor);
    y += 4;
  }
}

/** The largest of a row. A NaN may be passed over here: its own exponential makes the sum NaN, and so the whole row. */
@inline
export function largest(x: usize, n: i32): f32 {
  let best = v128.load_splat<f32>(x);
  let other = best;
  for (; n >= 8; n -= 8) {
    best = f32x4.pmax(best, v128.load(x));
    other = f32x4.pmax(other, v128.load(x, 16));
    x += 32;
  }
  best = f32x4.pmax(best, other);
  for (; n > 0; n--) {
    best = f32x4.pmax(best, v128.load_splat<f32>(x));
    x += 4;
  }
  const left = max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1));
  return max(left, max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)));
}

/** Writes `e^(x - shift)` to y and returns the sum. */
@inline
export function exponentials(x: usize, y: usize, n: i32, shift: v128): f32 {
  let total = f32x4.splat(0);
  for (; n >= 4; n -= 4) {
    const e = exp(f32x4.sub(v128.load(x), shift));
    v128.store(y, e);
    total = f32x4.add(total, e);
    x += 16;
    y += 16;
  }
  let sum = sumOfLanes(total);
  if (n > 0) {
    const e = exp(f32x4.sub(loadSome(x, n), shift));
    storeSome(y, e, n);
    for (let i = 0; i < n; i++) sum += load<f32>(y + (<usize>i << 2));
  }
  return sum;
}

/** dx = y (dy - sum of dy y), row by row. */
export function softmaxGradient(dy: usize, y: usize, dx: usize, rows: i32, n: i32): void {
  store<usize>(ARGUMENTS, dy);
  store<usize>(ARGUMENTS, y, 4);
  store<usize>(ARGUMENTS, dx, 8);
  store<i32>(ARGUMENTS, n, 12);
  parallel(gradientTask, rows, max(1, GRAIN / max(1, n)));
}

function gradientTask(begin: i32, end: i32): void {
  const n = load<i32>(ARGUMENTS, 12);
  const size = <usize>n << 2;
  let dy = load<usize>(ARGUMENTS) + <usize>begin * size;
  let y = load<usize>(ARGUMENTS, 4) + <usize>begin * size;
  let dx = load<usize>(ARGUMENTS, 8) + <usize>begin * size;
  for (let i = begin; i < end; i++) {
    softmaxGradientRow(dy, y, dx, n);
    dy += size;
    y += size;
    dx += size;
  }
}

/** One row; `dx` may be `dy`. The sum is kept in float64, because a saturated softmax's gradient is a small difference. */
export function softmaxGradientRow(dy: usize, y: usize, dx: usize, n: i32): void {
  let low = f64x2.splat(0);
  let high = low;
  let i: usize = 0;
  const whole = <usize>(n & ~3) << 2;
  const end = <usize>n << 2;
  for (; i < whole; i += 16) {
    const product = f32x4.mul(v128.load(dy + i), v128.load(y + i));
    low = f64x2.add(low, f64x2.promote_low_f32x4(product));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(product, product, 1, 1)));
  }
  const both = f64x2.add(low, high);
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < end; i += 4) total += <f64>(load<f32>(dy + i) * load<f32>(y + i));
  const sum = <f32>total;
  const all = f32x4.splat(sum);
  for (i = 0; i < whole; i += 16) {
    v128.store(dx + i, f32x4.mul(v128.load(y + i), f32x4.sub(v128.load(dy + i), all)));
  }
  for (; i < end; i += 4) store<f32>(dx + i, load<f32>(y + i) * (load<f32>(dy + i) - sum));
}
