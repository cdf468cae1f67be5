import { loadSome } from "./lanes";
import { Reduce } from "./operations";
import { ARGUMENTS, parallel, scratch } from "./team";

/*
 * x [outer, n, inner] is reduced over n to y [outer, inner]. Sums are kept in float64, as JavaScript does, so that a
 * long sum loses nothing. With inner = 1 a row is one piece; else the columns are walked side by side, a block at a time.
 */

const GRAIN: i32 = 16384;
/** Columns whose sums are kept at a time. */
const BLOCK: i32 = 256;

export function reduce(operation: i32, x: usize, y: usize, outer: i32, n: i32, inner: i32): void {
  store<usize>(ARGUMENTS, x);
  store<usize>(ARGUMENTS, y, 4);
  store<i32>(ARGUMENTS, operation, 8);
  store<i32>(ARGUMENTS, n, 12);
  store<i32>(ARGUMENTS, inner, 16);
  if (inner == 1) parallel(rowsTask, outer, max(1, GRAIN / max(1, n)));
  else {
    const blocks = (inner + BLOCK - 1) / BLOCK;
    parallel(columnsTask, outer * blocks, max(1, GRAIN / max(1, n * min(inner, BLOCK))));
  }
}

function rowsTask(begin: i32, end: i32): void {
  const operation = load<i32>(ARGUMENTS, 8);
  const n = load<i32>(ARGUMENTS, 12);
  let x = load<usize>(ARGUMENTS) + (<usize>(begin * n) << 2);
  let y = load<usize>(ARGUMENTS, 4) + (<usize>begin << 2);
  for (let i = begin; i < end; i++) {
    if (operation == Reduce.SUM) store<f32>(y, <f32>sum(x, n));
    else if (operation == Reduce.MEAN) store<f32>(y, <f32>(sum(x, n) / <f64>n));
    else store<f32>(y, fold(operation, x, n));
    x += <usize>n << 2;
    y += 4;
  }
}

/** The sum of `n` numbers, four float64 sums side by side. */
@inline
export function sum(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  for (; n >= 4; n -= 4) {
    const four = v128.load(x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1)));
    x += 16;
  }
  if (n > 0) {
    const rest = loadSome(x, n);
    low = f64x2.add(low, f64x2.promote_low_f32x4(rest));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(rest, rest, 1, 1)));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** The product (in float64), largest or smallest of `n` numbers; NaN if one is NaN. */
function fold(operation: i32, x: usize, n: i32): f32 {
  if (operation == Reduce.PRODUCT) {
    let product: f64 = 1;
    for (; n > 0; n--) {
      product *= <f64>load<f32>(x);
      x += 4;
    }
    return <f32>product;
  }
  const largest = operation == Reduce.MAX;
  let best = v128.load_splat<f32>(x);
  for (; n >= 4; n -= 4) {
    best = largest ? f32x4.max(best, v128.load(x)) : f32x4.min(best, v128.load(x));
    x += 16;
  }
  for (; n > 0; n--) {
    const one = v128.load_splat<f32>(x);
    best = largest ? f32x4.max(best, one) : f32x4.min(best, one);
    x += 4;
  }
  const a = f32x4.extract_lane(best, 0);
  const b = f32x4.extract_lane(best, 1);
  const c = f32x4.extract_lane(best, 2);
  const d = f32x4.extract_lane(best, 3);
  return largest ? max(max(a, b), max(c, d)) : min(min(a, b), min(c, d));
}

function columnsTask(begin: i32, end: i32): void {
  const operation = load<i32>(ARGUMENTS, 8);
  const n = load<i32>(ARGUMENTS, 12);
  const inner = load<i32>(ARGUMENTS, 16);
  const blocks = (inner + BLOCK - 1) / BLOCK;
  for (let i = begin; i < end; i++) {
    const outer = i / blocks;
    const first = (i % blocks) * BLOCK;
    const width = min(BLOCK, inner - first);
    const x = load<usize>(ARGUMENTS) + (<usize>(outer * n * inner + first) << 2);
    const y = load<usize>(ARGUMENTS, 4) + (<usize>(outer * inner + first) << 2);
    if (operation == Reduce.SUM || operation == Reduce.MEAN) {
      sumColumns(x, y, n, inner, width, operation == Reduce.MEAN ? <f64>n : 1);
    } else foldColumns(operation, x, y, n, inner, width);
  }
}

/** Four columns at a time for the whole height would jump; a whole block of rows at a time stays in the cache. */
function sumColumns(x: usize, y: usize, n: i32, inner: i32, width: i32, divisor: f64): void {
  const sums = scratch();
  memory.fill(sums, 0, <usize>width << 3);
  for (let row = 0; row < n; row++) {
    let from = x;
    let to = sums;
    let left = width;
    for (; left >= 4; left -= 4) {
      const four = v128.load(from);
      v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(four)));
      v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1))), 16);
      from += 16;
      to += 32;
    }
    for (; left > 0; left--) {
      store<f64>(to, load<f64>(to) + <f64>load<f32>(from));
      from += 4;
      to += 8;
    }
    x += <usize>inner << 2;
  }
  for (let j: usize = 0; j < <usize>width; j++) store<f32>(y + (j << 2), <f32>(load<f64>(sums + (j << 3)) / divisor));
}

function foldColumns(operation: i32, x: usize, y: usize, n: i32, inner: i32, width: i32): void {
  for (let j: usize = 0; j < <usize>width; j++) {
    let from = x + (j << 2);
    let value: f64 = operation == Reduce.PRODUCT ? 1 : <f64>load<f32>(from);
    for (let row = 0; row < n; row++) {
      const next = <f64>load<f32>(from);
      if (operation == Reduce.PRODUCT) value *= next;
      else value = operation == Reduce.MAX ? max(value, next) : min(value, next);
      from += <usize>inner << 2;
    }
    store<f32>(y + (j << 2), <f32>value);
  }
}

/** The place of the first largest (or smallest) of each row; NaN never wins. */
export function argument(largest: i32, x: usize, y: usize, outer: i32, n: i32, inner: i32): void {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      let from = x + (<usize>(i * n * inner + j) << 2);
      let best = load<f32>(from);
      let place = 0;
      for (let k = 0; k < n; k++) {
        const value = load<f32>(from);
        if (largest ? value > best : value < best) {
          best = value;
          place = k;
        }
        from += <usize>inner << 2;
      }
      store<i32>(y, place);
      y += 4;
    }
  }
}
