import { choose } from "./lanes";
import { Convert } from "./operations";
import { ARGUMENTS, parallel } from "./team";

/* Filling, choosing and converting, entry by entry. */

const GRAIN: i32 = 32768;

/** Sets `n` entries of 4 bytes to the same bits. */
export function fill(y: usize, bits: i32, n: i32): void {
  const value = i32x4.splat(bits);
  for (; n >= 4; n -= 4) {
    v128.store(y, value);
    y += 16;
  }
  for (; n > 0; n--) {
    store<i32>(y, bits);
    y += 4;
  }
}

/** `y = condition ? a : b`; the condition is one byte an entry, a and b four. */
export function select(condition: usize, a: usize, b: usize, y: usize, n: i32): void {
  store<usize>(ARGUMENTS, condition);
  store<usize>(ARGUMENTS, a, 4);
  store<usize>(ARGUMENTS, b, 8);
  store<usize>(ARGUMENTS, y, 12);
  parallel(selectTask, n, GRAIN);
}

function selectTask(begin: i32, end: i32): void {
  let condition = load<usize>(ARGUMENTS) + begin;
  let a = load<usize>(ARGUMENTS, 4) + (<usize>begin << 2);
  let b = load<usize>(ARGUMENTS, 8) + (<usize>begin << 2);
  let y = load<usize>(ARGUMENTS, 12) + (<usize>begin << 2);
  let n = end - begin;
  for (; n >= 4; n -= 4) {
    const bytes = v128.load_zero<u32>(condition);
    const lanes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
    v128.store(y, choose(i32x4.ne(lanes, i32x4.splat(0)), v128.load(a), v128.load(b)));
    condition += 4;
    a += 16;
    b += 16;
    y += 16;
  }
  for (; n > 0; n--) {
    store<u32>(y, load<u8>(condition) ? load<u32>(a) : load<u32>(b));
    condition += 1;
    a += 4;
    b += 4;
    y += 4;
  }
}

/** Rounds towards zero and keeps the low 32 bits, as JavaScript does; NaN becomes 0. */
export function convert(operation: i32, x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const wide = i << 2;
    if (operation == Convert.FLOAT_TO_INT) store<i32>(y + wide, <i32><i64>load<f32>(x + wide));
    else if (operation == Convert.INT_TO_FLOAT) store<f32>(y + wide, <f32>load<i32>(x + wide));
    else if (operation == Convert.BOOL_TO_FLOAT) store<f32>(y + wide, <f32>load<u8>(x + i));
    else if (operation == Convert.BOOL_TO_INT) store<i32>(y + wide, <i32>load<u8>(x + i));
    else if (operation == Convert.FLOAT_TO_BOOL) store<u8>(y + i, u8(load<f32>(x + wide) != 0));
    else if (operation == Convert.INT_TO_BOOL) store<u8>(y + i, u8(load<i32>(x + wide) != 0));
  }
}
