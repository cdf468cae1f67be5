import { sum } from "./reduce";
import { exponentials, largest } from "./softmax";
import { ARGUMENTS, parallel, scratch, SCRATCH_BYTES } from "./team";

/*
 * Cross-entropy of logits z [N, V] with a target class per row, and its gradient:
 *
 *     loss = sum over rows of w (log(sum e^z) - sum over v of q_v z_v)        q = (1 - s) at the target + s / V everywhere
 *     dz = dloss w (softmax(z) - q)
 *
 * with a weight w per row (1 / count, or 0 for padding) and label smoothing s.
 */

const GRAIN: i32 = 8192;

/** `losses` has room for N numbers. Returns the sum. */
export function crossEntropy(z: usize, targets: usize, weights: usize, losses: usize, N: i32, V: i32, smoothing: f32): f32 {
  store<usize>(ARGUMENTS, z);
  store<usize>(ARGUMENTS, targets, 4);
  store<usize>(ARGUMENTS, weights, 8);
  store<usize>(ARGUMENTS, losses, 12);
  store<i32>(ARGUMENTS, V, 16);
  store<f32>(ARGUMENTS, smoothing, 20);
  parallel(forward, N, max(1, GRAIN / max(1, V)));
  return <f32>sum(losses, N);
}

function forward(begin: i32, end: i32): void {
  const V = load<i32>(ARGUMENTS, 16);
  const smoothing = load<f32>(ARGUMENTS, 20);
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 2;
    const z = load<usize>(ARGUMENTS) + <usize>V * at;
    const shift = largest(z, V);
    const target = load<f32>(z + (<usize>load<i32>(load<usize>(ARGUMENTS, 4) + at) << 2)) - shift;
    let expected = target;
    if (smoothing > 0) {
      const mean = <f32>(sum(z, V) / <f64>V - <f64>shift);
      expected = (1 - smoothing) * target + smoothing * mean;
    }
    const loss = <f32>Math.log(<f64>total(z, V, shift)) - expected;
    store<f32>(load<usize>(ARGUMENTS, 12) + at, loss * load<f32>(load<usize>(ARGUMENTS, 8) + at));
  }
}

/** The sum of `e^(z - shift)`, by way of this thread's memory, a piece at a time. */
function total(z: usize, V: i32, shift: f32): f32 {
  const most = <i32>(SCRATCH_BYTES >> 2);
  let all: f32 = 0;
  for (; V > 0; V -= most) {
    all += exponentials(z, scratch(), min(V, most), f32x4.splat(shift));
    z += SCRATCH_BYTES;
  }
  return all;
}

export function crossEntropyGradient(
  z: usize,
  targets: usize,
  weights: usize,
  dz: usize,
  N: i32,
  V: i32,
  smoothing: f32,
  dloss: f32,
): void {
  store<usize>(ARGUMENTS, z);
  store<usize>(ARGUMENTS, targets, 4);
  store<usize>(ARGUMENTS, weights, 8);
  store<usize>(ARGUMENTS, dz, 12);
  store<i32>(ARGUMENTS, V, 16);
  store<f32>(ARGUMENTS, smoothing, 20);
  store<f32>(ARGUMENTS, dloss, 24);
  parallel(backward, N, max(1, GRAIN / max(1, V)));
}

function backward(begin: i32, end: i32): void {
  const V = load<i32>(ARGUMENTS, 16);
  const smoothing = load<f32>(ARGUMENTS, 20);
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 2;
    const z = load<usize>(ARGUMENTS) + <usize>V * at;
    const dz = load<usize>(ARGUMENTS, 12) + <usize>V * at;
    const scale = load<f32>(ARGUMENTS, 24) * load<f32>(load<usize>(ARGUMENTS, 8) + at);
    const factor = scale / exponentials(z, dz, V, f32x4.splat(largest(z, V)));
    const everywhere = (scale * smoothing) / <f32>V;
    let to = dz;
    let left = V;
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.sub(f32x4.mul(v128.load(to), f32x4.splat(factor)), f32x4.splat(everywhere)));
      to += 16;
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(to) * factor - everywhere);
      to += 4;
    }
    const target = dz + (<usize>load<i32>(load<usize>(ARGUMENTS, 4) + at) << 2);
    store<f32>(target, load<f32>(target) - scale * (1 - smoothing));
  }
}
