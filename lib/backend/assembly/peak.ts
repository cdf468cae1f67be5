/**
 * Twelve chains of multiply-adds on registers alone: what the product's inner loop could reach if it had nothing to
 * load. Returns how many additions and multiplications that were.
 */
import { multiplyAdd, sumOfLanes } from "./lanes";
import { scratch } from "./team";

export function peak(rounds: i32): f64 {
  const from = scratch();
  memory.fill(from, 0, 256);
  const a = v128.load(from); // loaded, because the engine would make a constant anew each time
  const b = v128.load(from, 16);
  let c0 = v128.load(from, 32);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  let c8 = c0;
  let c9 = c0;
  let c10 = c0;
  let c11 = c0;
  for (let i = 0; i < rounds; i++) {
    c0 = multiplyAdd(a, b, c0);
    c1 = multiplyAdd(a, b, c1);
    c2 = multiplyAdd(a, b, c2);
    c3 = multiplyAdd(a, b, c3);
    c4 = multiplyAdd(a, b, c4);
    c5 = multiplyAdd(a, b, c5);
    c6 = multiplyAdd(a, b, c6);
    c7 = multiplyAdd(a, b, c7);
    c8 = multiplyAdd(a, b, c8);
    c9 = multiplyAdd(a, b, c9);
    c10 = multiplyAdd(a, b, c10);
    c11 = multiplyAdd(a, b, c11);
  }
  c0 = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)));
  c0 = f32x4.add(c0, f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11)));
  store<f32>(from, sumOfLanes(c0)); // so that none of it is left out
  return <f64>rounds * 12 * 8;
}
