import { ARGUMENTS, parallel } from "./team";

/*
 * One Adam step (Kingma and Ba 2015) for all numbers of a weight:
 *
 *     m' = beta1 m + (1 - beta1) g        v' = beta2 v + (1 - beta2) g^2
 *     w' = keep w - rate m' / (sqrt(v') / correction + epsilon)
 *
 * The caller puts the bias corrections into `rate = learningRate / (1 - beta1^t)` and
 * `correction = sqrt(1 - beta2^t)`, and decoupled weight decay into `keep = 1 - learningRate decay`; with L2 decay in the
 * gradient, g is `gradient + decay w`.
 */

const GRAIN: i32 = 16384;
const SETTINGS: usize = ARGUMENTS + 32;

export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  w2: usize,
  m2: usize,
  v2: usize,
  n: i32,
  beta1: f32,
  beta2: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
  keep: f32,
  decay: f32,
): void {
  store<usize>(ARGUMENTS, w);
  store<usize>(ARGUMENTS, g, 4);
  store<usize>(ARGUMENTS, m, 8);
  store<usize>(ARGUMENTS, v, 12);
  store<usize>(ARGUMENTS, w2, 16);
  store<usize>(ARGUMENTS, m2, 20);
  store<usize>(ARGUMENTS, v2, 24);
  store<i32>(ARGUMENTS, n, 28);
  store<f32>(SETTINGS, beta1);
  store<f32>(SETTINGS, beta2, 4);
  store<f32>(SETTINGS, rate, 8);
  store<f32>(SETTINGS, correction, 12);
  store<f32>(SETTINGS, epsilon, 16);
  store<f32>(SETTINGS, keep, 20);
  store<f32>(SETTINGS, decay, 24);
  parallel(task, (n + 3) / 4, GRAIN / 4);
}

/** Groups of four numbers; the last group may have fewer. */
function task(begin: i32, end: i32): void {
  const n = load<i32>(ARGUMENTS, 28);
  const first = <usize>begin << 4;
  const last = <usize>min(end * 4, n) << 2;
  const beta1 = v128.load_splat<f32>(SETTINGS);
  const beta2 = v128.load_splat<f32>(SETTINGS, 4);
  const one = f32x4.splat(1);
  const rest1 = f32x4.sub(one, beta1);
  const rest2 = f32x4.sub(one, beta2);
  const rate = v128.load_splat<f32>(SETTINGS, 8);
  const correction = f32x4.div(one, v128.load_splat<f32>(SETTINGS, 12));
  const epsilon = v128.load_splat<f32>(SETTINGS, 16);
  const keep = v128.load_splat<f32>(SETTINGS, 20);
  const decay = v128.load_splat<f32>(SETTINGS, 24);
  for (let i = first; i < last; i += 16) {
    // The blocks of memory are multiples of 16 bytes, so a last group of fewer than four reads and writes only padding.
    const w = v128.load(load<usize>(ARGUMENTS) + i);
    const g = f32x4.add(v128.load(load<usize>(ARGUMENTS, 4) + i), f32x4.mul(decay, w));
    const m = f32x4.add(f32x4.mul(beta1, v128.load(load<usize>(ARGUMENTS, 8) + i)), f32x4.mul(rest1, g));
    const square = f32x4.mul(f32x4.mul(rest2, g), g);
    const v = f32x4.add(f32x4.mul(beta2, v128.load(load<usize>(ARGUMENTS, 12) + i)), square);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    v128.store(load<usize>(ARGUMENTS, 16) + i, f32x4.sub(f32x4.mul(keep, w), f32x4.div(f32x4.mul(rate, m), root)));
    v128.store(load<usize>(ARGUMENTS, 20) + i, m);
    v128.store(load<usize>(ARGUMENTS, 24) + i, v);
  }
}
