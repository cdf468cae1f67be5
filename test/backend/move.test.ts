import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { broadcastable, draw, drawShape, expectAsOnCpu, expectGradientsAsOnCpu, type Plain, plain } from "./compare";

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 33];

/** The same numbers as int32 and as bool: kernels that move numbers do not look at them. */
function typed(x: Plain): Plain[] {
  return [
    x,
    plain(
      Int32Array.from(x.values, (v) => v * 100),
      x.shape,
      "int32",
    ),
    plain(
      Uint8Array.from(x.values, (v) => +(v > 0)),
      x.shape,
      "bool",
    ),
  ];
}

function check(maths: (x: tf.Tensor) => tf.Tensor | tf.Tensor[], x: Plain, where: string): void {
  for (const version of typed(x)) expectAsOnCpu(maths as never, [version], `${where} of [${x.shape}] ${version.dtype}`);
}

function checkWithGradient(maths: (x: tf.Tensor) => tf.Tensor, x: Plain, where: string): void {
  check(maths, x, where);
  expectGradientsAsOnCpu(maths as never, [x], `${where} of [${x.shape}]`);
}

test("transpose: every order of up to five dimensions", () => {
  const random = new Random(21);
  for (let i = 0; i < 120; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(5), sizes));
    const perm = random.shuffle([...x.shape.keys()]);
    checkWithGradient((t) => t.transpose(perm), x, `transpose ${perm}`);
  }
});

test("slice", () => {
  const random = new Random(22);
  for (let i = 0; i < 80; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(4), sizes.slice(1)));
    const begin = x.shape.map((n) => random.integer(n));
    const size = x.shape.map((n, d) => (random.uniform() < 0.3 ? -1 : random.integer(n - begin[d]! + 1)));
    checkWithGradient((t) => tf.slice(t, begin, size), x, `slice ${begin} ${size}`);
  }
  expect(() => tf.slice(tf.ones([3]), [2], [4])).toThrow();
});

test("concat and stack, and back with split and unstack", () => {
  const random = new Random(23);
  for (let i = 0; i < 60; i++) {
    const shape = drawShape(random, 1 + random.integer(4), sizes);
    const axis = random.integer(shape.length);
    const parts = [0, 1, 2].map(() =>
      draw(
        random,
        shape.map((n, d) => (d === axis ? random.integer(4) : n)),
      ),
    );
    const concat = (...all: tf.Tensor[]) => tf.concat(all, axis);
    expectAsOnCpu(concat as never, parts, `concat [${shape}] along ${axis}`);
    expectGradientsAsOnCpu(concat as never, parts, `concat [${shape}] along ${axis}`);
    const equal = [0, 1, 2].map(() => draw(random, shape));
    const stack = (...all: tf.Tensor[]) => tf.stack(all, axis);
    expectAsOnCpu(stack as never, equal, `stack [${shape}] along ${axis}`);
    expectGradientsAsOnCpu(stack as never, equal, `stack [${shape}] along ${axis}`);
    check(
      (t) => tf.unstack(t, axis),
      draw(
        random,
        shape.map((n, d) => (d === axis ? 3 : n)),
      ),
      `unstack along ${axis}`,
    );
    const splittable = draw(
      random,
      shape.map((n, d) => (d === axis ? 6 : n)),
    );
    check((t) => tf.split(t, [1, 3, 2], axis), splittable, `split along ${axis}`);
    checkWithGradient((t) => tf.split(t, 3, axis)[1]!, splittable, `a third along ${axis}`);
  }
});

test("pad", () => {
  const random = new Random(24);
  for (let i = 0; i < 60; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(4), sizes));
    const paddings = x.shape.map((): [number, number] => [random.integer(3), random.integer(4)]);
    checkWithGradient((t) => tf.pad(t, paddings), x, `pad ${paddings}`);
    expectAsOnCpu(((t: tf.Tensor) => tf.pad(t, paddings, -1.5)) as never, [x], `pad ${paddings} with -1.5`);
  }
});

test("tile and broadcastTo", () => {
  const random = new Random(25);
  for (let i = 0; i < 60; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(4), [0, 1, 2, 3, 5, 8]));
    const reps = x.shape.map(() => random.integer(4));
    check((t) => tf.tile(t, reps), x, `tile ${reps}`);
    const shape = drawShape(random, 1 + random.integer(4), [1, 2, 3, 5, 8]);
    const small = draw(random, broadcastable(random, shape));
    check((t) => tf.broadcastTo(t, shape), small, `broadcast to [${shape}]`);
  }
  const x = draw(random, [3, 4]);
  expectGradientsAsOnCpu(((t: tf.Tensor) => tf.tile(t, [2, 3])) as never, [x], "tile");
});

test("reverse", () => {
  const random = new Random(26);
  for (let i = 0; i < 40; i++) {
    const x = draw(random, drawShape(random, 1 + random.integer(4), sizes));
    const axes = [...x.shape.keys()].filter(() => random.uniform() < 0.5);
    checkWithGradient((t) => tf.reverse(t, axes), x, `reverse ${axes}`);
  }
});

test("reshape, expandDims, squeeze and clone share the values", () => {
  const random = new Random(27);
  const x = draw(random, [3, 4, 5]);
  checkWithGradient((t) => t.reshape([5, -1]).expandDims(1).squeeze().clone(), x, "shapes");
  tf.tidy(() => {
    const a = tf.ones([6]);
    const buffers = tf.memory().numDataBuffers;
    const b = a.reshape([2, 3]).expandDims(0);
    expect(tf.memory().numDataBuffers).toBe(buffers);
    a.dispose();
    expect([...b.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

test("what only tfjs's cpu backend has works on our tensors", () => {
  const random = new Random(28);
  const x = draw(random, [4, 5]);
  expectAsOnCpu(((t: tf.Tensor) => tf.cumsum(t, 1)) as never, [x], "cumsum");
  expectGradientsAsOnCpu(((t: tf.Tensor) => tf.cumsum(t, 1)) as never, [x], "cumsum");
  expectAsOnCpu(((t: tf.Tensor) => Object.values(tf.topk(t, 3))) as never, [x], "topk");
  expectAsOnCpu(((t: tf.Tensor) => tf.einsum("ij,kj->ik", t, t)) as never, [x], "einsum");
  expectAsOnCpu(((t: tf.Tensor) => t.stridedSlice([0, 1], [4, 5], [2, 3])) as never, [x], "stridedSlice");
  expectAsOnCpu(
    ((t: tf.Tensor) =>
      tf.gatherND(
        t,
        tf.tensor2d(
          [
            [1, 2],
            [3, 0],
          ],
          [2, 2],
          "int32",
        ),
      )) as never,
    [x],
    "gatherND",
  );
  expectAsOnCpu(() => tf.range(2, 11, 3), [], "range");
  expectAsOnCpu(() => tf.linspace(0, 1, 7), [], "linspace");
});
