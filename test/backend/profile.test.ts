import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { profile } from "../../lib/backend/bench/profile";

test("a profile counts each kernel's calls, gives every millisecond to one kernel, and leaves the backend as it was", () => {
  const before = tf.memory().numTensors;
  const make = () => {
    const x = tf.ones([64, 64]);
    return {
      run: () =>
        tf.tidy(() => {
          x.matMul(x).matMul(x).exp().sum().dataSync();
        }),
      dispose: () => x.dispose(),
    };
  };
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const { step, kernels: found } = profile(make, { warmUp: 1, steps: 4 });
  const calls = Object.fromEntries(found.map(({ kernel, calls }) => [kernel, calls]));
  expect(calls).toMatchObject({ BatchMatMul: 2, Exp: 1, Sum: 1 });
  const total = found.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(step);
  expect(new Set(tf.getKernelsForBackend(tf.getBackend()))).toEqual(new Set(kernels));
  expect(tf.memory().numTensors).toBe(before);
});
