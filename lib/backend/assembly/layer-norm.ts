import { multiplyAdd, sumOfLanes } from "./lanes";
import { sum } from "./reduce";
import { allocate, free } from "./memory";
import { ARGUMENTS, parallel } from "./team";

/*
 * Layer normalization (Ba et al. 2016) of rows of C numbers, and its gradient.
 *
 *     n = (x - mean) r,  r = 1 / sqrt(var + epsilon)           y = gain n + bias
 *     g = gain dy                                              dx = r (g - mean(g) - n mean(g n))
 *     dgain = sum over rows of dy n                            dbias = sum over rows of dy
 *
 * The gradient recomputes mean and r from x, which lies in the cache then, so that nothing needs to be kept.
 */

const GRAIN: i32 = 8192;
/** Rows whose part of dgain and dbias is summed up by itself: the same parts however many threads there are. */
const BLOCK_ROWS: i32 = 64;

/** `bias` may be 0: then there is none. */
export function layerNorm(x: usize, gain: usize, bias: usize, y: usize, rows: i32, C: i32, epsilon: f32): void {
  store<usize>(ARGUMENTS, x);
  store<usize>(ARGUMENTS, gain, 4);
  store<usize>(ARGUMENTS, bias, 8);
  store<usize>(ARGUMENTS, y, 12);
  store<i32>(ARGUMENTS, C, 16);
  store<f32>(ARGUMENTS, epsilon, 20);
  parallel(forward, rows, max(1, GRAIN / max(1, C)));
}

function forward(begin: i32, end: i32): void {
  const C = load<i32>(ARGUMENTS, 16);
  const size = <usize>C << 2;
  const whole = size & ~15;
  const epsilon = load<f32>(ARGUMENTS, 20);
  const gain = load<usize>(ARGUMENTS, 4);
  const bias = load<usize>(ARGUMENTS, 8);
  let x = load<usize>(ARGUMENTS) + <usize>begin * size;
  let y = load<usize>(ARGUMENTS, 12) + <usize>begin * size;
  for (let row = begin; row < end; row++) {
    const mean = <f32>(sum(x, C) / <f64>C);
    const r = reciprocalDeviation(x, C, mean, epsilon);
    const means = f32x4.splat(mean);
    const rs = f32x4.splat(r);
    let i: usize = 0;
    for (; i < whole; i += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + i), means), rs);
      const shift = bias ? v128.load(bias + i) : f32x4.splat(0);
      v128.store(y + i, multiplyAdd(n, v128.load(gain + i), shift));
    }
    for (; i < size; i += 4) {
      const n = (load<f32>(x + i) - mean) * r;
      store<f32>(y + i, n * load<f32>(gain + i) + (bias ? load<f32>(bias + i) : 0));
    }
    x += size;
    y += size;
  }
}

/** `1 / sqrt(mean((x - mean)^2) + epsilon)`. */
@inline
function reciprocalDeviation(x: usize, C: i32, mean: f32, epsilon: f32): f32 {
  const means = f32x4.splat(mean);
  let low = f64x2.splat(0);
  let high = low;
  let i: usize = 0;
  const size = <usize>C << 2;
  for (; i < (size & ~15); i += 16) {
    const d = f32x4.sub(v128.load(x + i), means);
    const square = f32x4.mul(d, d);
    low = f64x2.add(low, f64x2.promote_low_f32x4(square));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(square, square, 1, 1)));
  }
  const both = f64x2.add(low, high);
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < size; i += 4) {
    const d = load<f32>(x + i) - mean;
    total += <f64>(d * d);
  }
  return <f32>(1 / sqrt(total / <f64>C + <f64>epsilon));
}

/** `dgain` and `dbias` have room for C numbers each; both are always computed. */
export function layerNormGradient(
  dy: usize,
  x: usize,
  gain: usize,
  dx: usize,
  dgain: usize,
  dbias: usize,
  rows: i32,
  C: i32,
  epsilon: f32,
): void {
  const blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  const size = <usize>C << 2;
  const parts = allocate(<usize>max(1, blocks) * 2 * size);
  store<usize>(ARGUMENTS, dy);
  store<usize>(ARGUMENTS, x, 4);
  store<usize>(ARGUMENTS, gain, 8);
  store<usize>(ARGUMENTS, dx, 12);
  store<usize>(ARGUMENTS, parts, 16);
  store<i32>(ARGUMENTS, rows, 20);
  store<i32>(ARGUMENTS, C, 24);
  store<f32>(ARGUMENTS, epsilon, 28);
  parallel(backward, blocks, max(1, GRAIN / max(1, BLOCK_ROWS * C)));
  memory.fill(dgain, 0, size);
  memory.fill(dbias, 0, size);
  for (let block = 0; block < blocks; block++) {
    const part = parts + <usize>block * 2 * size;
    for (let i: usize = 0; i < size; i += 4) {
      store<f32>(dgain + i, load<f32>(dgain + i) + load<f32>(part + i));
      store<f32>(dbias + i, load<f32>(dbias + i) + load<f32>(part + size + i));
    }
  }
  free(parts);
}

function backward(begin: i32, end: i32): void {
  const C = load<i32>(ARGUMENTS, 24);
  const size = <usize>C << 2;
  const whole = size & ~15;
  const gain = load<usize>(ARGUMENTS, 8);
  const epsilon = load<f32>(ARGUMENTS, 28);
  for (let block = begin; block < end; block++) {
    const dgain = load<usize>(ARGUMENTS, 16) + <usize>block * 2 * size;
    const dbias = dgain + size;
    memory.fill(dgain, 0, 2 * size);
    const first = block * BLOCK_ROWS;
    const last = min(first + BLOCK_ROWS, load<i32>(ARGUMENTS, 20));
    for (let row = first; row < last; row++) {
      const at = <usize>row * size;
      const dy = load<usize>(ARGUMENTS) + at;
      const x = load<usize>(ARGUMENTS, 4) + at;
      const dx = load<usize>(ARGUMENTS, 12) + at;
      const mean = <f32>(sum(x, C) / <f64>C);
      const r = reciprocalDeviation(x, C, mean, epsilon);
      const means = f32x4.splat(mean);
      const rs = f32x4.splat(r);

      // First pass: the parts of dgain and dbias, sum(g) and sum(g n).
      let gs = f32x4.splat(0);
      let gns = gs;
      let i: usize = 0;
      for (; i < whole; i += 16) {
        const d = v128.load(dy + i);
        const n = f32x4.mul(f32x4.sub(v128.load(x + i), means), rs);
        const g = f32x4.mul(d, v128.load(gain + i));
        v128.store(dgain + i, multiplyAdd(d, n, v128.load(dgain + i)));
        v128.store(dbias + i, f32x4.add(d, v128.load(dbias + i)));
        gs = f32x4.add(gs, g);
        gns = multiplyAdd(g, n, gns);
      }
      let sumG = sumOfLanes(gs);
      let sumGn = sumOfLanes(gns);
      for (; i < size; i += 4) {
        const d = load<f32>(dy + i);
        const n = (load<f32>(x + i) - mean) * r;
        const g = d * load<f32>(gain + i);
        store<f32>(dgain + i, load<f32>(dgain + i) + d * n);
        store<f32>(dbias + i, load<f32>(dbias + i) + d);
        sumG += g;
        sumGn += g * n;
      }

      // Second pass: dx.
      const meanG = sumG / <f32>C;
      const meanGn = sumGn / <f32>C;
      const allG = f32x4.splat(meanG);
      const allGn = f32x4.splat(meanGn);
      for (i = 0; i < whole; i += 16) {
        const n = f32x4.mul(f32x4.sub(v128.load(x + i), means), rs);
        const g = f32x4.mul(v128.load(dy + i), v128.load(gain + i));
        v128.store(dx + i, f32x4.mul(rs, f32x4.sub(f32x4.sub(g, allG), f32x4.mul(n, allGn))));
      }
      for (; i < size; i += 4) {
        const n = (load<f32>(x + i) - mean) * r;
        const g = load<f32>(dy + i) * load<f32>(gain + i);
        store<f32>(dx + i, r * (g - meanG - n * meanGn));
      }
    }
  }
}
