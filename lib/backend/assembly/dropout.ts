import { loadSome, storeSome } from "./lanes";
import { ARGUMENTS, parallel } from "./team";

/*
 * y_i = x_i * scale, or 0 where entry i falls. Whether it falls is a hash of i and two seeds below a threshold, the same
 * one as in `lib/nn/dropout.ts`: nothing needs to be kept for the gradient, and each thread can begin anywhere.
 */

const GRAIN: i32 = 16384;
const FIRST_FOUR = memory.data<i32>([0, 1, 2, 3]);

export function dropout(x: usize, y: usize, n: i32, first: i32, second: i32, threshold: i32, scale: f32): void {
  store<usize>(ARGUMENTS, x);
  store<usize>(ARGUMENTS, y, 4);
  store<i32>(ARGUMENTS, first, 8);
  store<i32>(ARGUMENTS, second, 12);
  store<i32>(ARGUMENTS, threshold, 16);
  store<f32>(ARGUMENTS, scale, 20);
  parallel(task, n, GRAIN);
}

function task(begin: i32, end: i32): void {
  let x = load<usize>(ARGUMENTS) + (<usize>begin << 2);
  let y = load<usize>(ARGUMENTS, 4) + (<usize>begin << 2);
  const second = v128.load_splat<i32>(ARGUMENTS, 12);
  const threshold = v128.load_splat<i32>(ARGUMENTS, 16);
  const scale = v128.load_splat<f32>(ARGUMENTS, 20);
  const four = i32x4.splat(4);
  let place = i32x4.add(i32x4.splat(load<i32>(ARGUMENTS, 8) + begin), v128.load(FIRST_FOUR));
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(y, f32x4.mul(v128.load(x), kept(place, second, threshold, scale)));
    place = i32x4.add(place, four);
    x += 16;
    y += 16;
  }
  if (left > 0) storeSome(y, f32x4.mul(loadSome(x, left), kept(place, second, threshold, scale)), left);
}

/** The factor of four entries: 0 where the hash falls below the threshold, else the scale. */
@inline
function kept(place: v128, second: v128, threshold: v128, scale: v128): v128 {
  let z = i32x4.mul(v128.xor(place, i32x4.shr_u(place, 16)), i32x4.splat(0x21f0aaad));
  z = v128.xor(z, second);
  z = i32x4.mul(v128.xor(z, i32x4.shr_u(z, 15)), i32x4.splat(0x735a2d97));
  z = v128.xor(z, i32x4.shr_u(z, 15));
  return v128.andnot(scale, i32x4.lt_u(z, threshold));
}
