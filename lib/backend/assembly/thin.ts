import { multiplyAdd, sumOfLanes } from "./lanes";

/*
 * Products with few rows, up to `THIN`: one token's step through a model. Each number of B is used once a row, so
 * packing B would cost more than the product; it is read as it lies, in whole lines.
 */

/** The most rows for which this pays. */
export const THIN: i32 = 4;

/**
 * Columns `begin` to `end` of c [M, N] = a b. Strides are in bytes; b's step or b's column stride is 4, and so is a's step
 * when b's step is. `c` is C's first number, `cRow` the bytes from row to row.
 */
export function thin(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  M: i32,
  K: i32,
  begin: i32,
  end: i32,
): void {
  if (bColumn == 4) {
    for (let m = 0; m < M; m++) {
      sumOfRows(a, aStep, b + (<usize>begin << 2), bStep, c + (<usize>begin << 2), K, end - begin);
      a += aRow;
      c += cRow;
    }
  } else {
    for (let n = begin; n < end; n += 4) {
      for (let m = 0; m < M; m++) {
        const from = b + <usize>n * bColumn;
        const to = c + <usize>m * cRow + (<usize>n << 2);
        if (n + 4 <= end) fourDots(a + <usize>m * aRow, from, bColumn, to, K);
        else for (let j = 0; j < end - n; j++) dot(a + <usize>m * aRow, from + <usize>j * bColumn, to + (<usize>j << 2), K);
      }
    }
  }
}

/** c = the sum over k of a[k] times row k of b, four rows of b at a time; c stays in the first-level cache. */
@inline
function sumOfRows(a: usize, aStep: usize, b: usize, bStep: usize, c: usize, K: i32, n: i32): void {
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    const x0 = v128.load_splat<f32>(a);
    const x1 = v128.load_splat<f32>(a + aStep);
    const x2 = v128.load_splat<f32>(a + 2 * aStep);
    const x3 = v128.load_splat<f32>(a + 3 * aStep);
    const b1 = b + bStep;
    const b2 = b1 + bStep;
    const b3 = b2 + bStep;
    const whole = <usize>(n & ~3) << 2;
    for (let i: usize = 0; i < whole; i += 16) {
      let sum = k == 0 ? f32x4.splat(0) : v128.load(c + i);
      sum = multiplyAdd(x0, v128.load(b + i), sum);
      sum = multiplyAdd(x1, v128.load(b1 + i), sum);
      sum = multiplyAdd(x2, v128.load(b2 + i), sum);
      sum = multiplyAdd(x3, v128.load(b3 + i), sum);
      v128.store(c + i, sum);
    }
    for (let i = whole; i < <usize>n << 2; i += 4) {
      let sum: f32 = k == 0 ? 0 : load<f32>(c + i);
      sum += load<f32>(a) * load<f32>(b + i) + load<f32>(a + aStep) * load<f32>(b1 + i);
      sum += load<f32>(a + 2 * aStep) * load<f32>(b2 + i) + load<f32>(a + 3 * aStep) * load<f32>(b3 + i);
      store<f32>(c + i, sum);
    }
    a += 4 * aStep;
    b = b3 + bStep;
  }
  for (; k < K; k++) {
    for (let i: usize = 0; i < <usize>n << 2; i += 4) {
      store<f32>(c + i, (k == 0 ? 0 : load<f32>(c + i)) + load<f32>(a) * load<f32>(b + i));
    }
    a += aStep;
    b += bStep;
  }
}

/** Four columns of b, each in one piece: four dot products with a, which is in one piece too. */
@inline
function fourDots(a: usize, b: usize, bColumn: usize, c: usize, K: i32): void {
  const b1 = b + bColumn;
  const b2 = b1 + bColumn;
  const b3 = b2 + bColumn;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const whole = <usize>(K & ~3) << 2;
  const size = <usize>K << 2;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const x = v128.load(a + i);
    s0 = multiplyAdd(x, v128.load(b + i), s0);
    s1 = multiplyAdd(x, v128.load(b1 + i), s1);
    s2 = multiplyAdd(x, v128.load(b2 + i), s2);
    s3 = multiplyAdd(x, v128.load(b3 + i), s3);
  }
  let t0 = sumOfLanes(s0);
  let t1 = sumOfLanes(s1);
  let t2 = sumOfLanes(s2);
  let t3 = sumOfLanes(s3);
  for (; i < size; i += 4) {
    const x = load<f32>(a + i);
    t0 += x * load<f32>(b + i);
    t1 += x * load<f32>(b1 + i);
    t2 += x * load<f32>(b2 + i);
    t3 += x * load<f32>(b3 + i);
  }
  store<f32>(c, t0);
  store<f32>(c, t1, 4);
  store<f32>(c, t2, 8);
  store<f32>(c, t3, 12);
}

function dot(a: usize, b: usize, c: usize, K: i32): void {
  let sums = f32x4.splat(0);
  for (; K >= 4; K -= 4) {
    sums = multiplyAdd(v128.load(a), v128.load(b), sums);
    a += 16;
    b += 16;
  }
  let total = sumOfLanes(sums);
  for (; K > 0; K--) {
    total += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  store<f32>(c, total);
}
