import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect } from "vitest";

/** Compares `tf.grad(f)` at `x` with central differences, entry by entry. The step suits float32: 1e-6 is off by 4 % on exp. */
export function expectGradient(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  { step = 1e-2, tolerance = 2e-3 }: { step?: number; tolerance?: number } = {},
): void {
  const point = Float32Array.from(x.dataSync());
  const at = (i: number, delta: number) =>
    tf.tidy(
      () =>
        f(
          tf.tensor(
            point.map((v, j) => (j === i ? v + delta : v)),
            x.shape,
          ),
        ).dataSync()[0]!,
    );
  const analytic = tf.tidy(() => tf.grad(f)(x).dataSync());
  for (const i of point.keys()) {
    const numeric = (at(i, step) - at(i, -step)) / (2 * step);
    const error = Math.abs(analytic[i]! - numeric) / Math.max(1, Math.abs(numeric));
    expect(error, `entry ${i}: gradient ${analytic[i]}, central difference ${numeric}`).toBeLessThan(tolerance);
  }
}

/** Every number of `actual` is within `absolute + relative * max|expected|` of `expected`; says which one is not. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 0, relative = 1e-5, what = "entry" }: { absolute?: number; relative?: number; what?: string } = {},
): void {
  expect(actual.length, `${what}: how many`).toBe(expected.length);
  const scale = Math.max(0, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    const close = Math.abs(actual[i]! - expected[i]!) <= absolute + relative * scale;
    expect(close, `${what} ${i}: got ${actual[i]}, expected ${expected[i]}`).toBe(true);
  }
}

/** Runs `work` twice (the first run may fill caches) and expects that the second leaves no tensor behind. */
export function expectNoLeak(work: () => void): void {
  work();
  const before = tf.memory().numTensors;
  work();
  expect(tf.memory().numTensors - before, "tensors left behind").toBe(0);
}

/** Runs the tests on tfjs's plain JavaScript too, where the library's formulas are computed as they are written. */
export function onEachBackend(tests: () => void): void {
  const course = tf.getBackend();
  describe.each([...new Set(["cpu", course])])("on the %s backend", (name) => {
    beforeAll(() => tf.setBackend(name));
    afterAll(() => tf.setBackend(course));
    tests();
  });
}
