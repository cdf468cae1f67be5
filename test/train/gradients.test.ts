import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { parameter } from "../../lib/nn/module";
import { clipByNorm, globalNorm } from "../../lib/train/clip";
import { valueAndGradients } from "../../lib/train/gradients";
import { expectClose, expectNoLeak } from "../gradient";

function weights() {
  const a = parameter(() => tf.tensor1d([2, -3]));
  const b = parameter(() => tf.scalar(5));
  return { a, b, dispose: () => tf.dispose([a, b]) };
}

test("the value, and each gradient under its path", () => {
  const { a, b, dispose } = weights();
  tf.tidy(() => {
    const loss = () => a.square().sum().mul(b).asScalar(); // 13 · 5
    const { value, gradients } = valueAndGradients(
      loss,
      new Map<string, tf.Variable>([
        ["x.a", a],
        ["x.b", b],
      ]),
    );
    expect(value.dataSync()[0]).toBe(65);
    expect([...gradients.keys()]).toEqual(["x.a", "x.b"]);
    expect([...gradients.get("x.a")!.dataSync()]).toEqual([20, -30]);
    expect([...gradients.get("x.b")!.dataSync()]).toEqual([13]);
  });
  dispose();
});

test("a tied variable stands once, under its first path, with its whole gradient", () => {
  const { a, dispose } = weights();
  tf.tidy(() => {
    const loss = () => a.sum().add(a.square().sum()).asScalar();
    const { gradients } = valueAndGradients(
      loss,
      new Map([
        ["first", a],
        ["second", a],
      ]),
    );
    expect([...gradients.keys()]).toEqual(["first"]);
    expect([...gradients.get("first")!.dataSync()]).toEqual([5, -5]);
  });
  dispose();
});

test("leaves only what it returns", () => {
  const { a, dispose } = weights();
  expectNoLeak(() => {
    const { value, gradients } = valueAndGradients(() => a.square().mean(), new Map([["a", a]]));
    tf.dispose([value, ...gradients.values()]);
  });
  dispose();
});

test("bad input gets a sentence and leaves nothing behind", () => {
  const { a, b, dispose } = weights();
  const all = new Map<string, tf.Variable>([
    ["body.a", a],
    ["head.b", b],
    ["tied.b", b],
  ]);
  const cases: [() => unknown, string][] = [
    [
      () => valueAndGradients(() => a.sum().asScalar(), all),
      "valueAndGradients: expected a loss that depends on every parameter, got one that ignores head.b",
    ],
    [() => valueAndGradients(() => tf.scalar(1), all), "got one that ignores body.a, head.b"],
    [
      () => valueAndGradients(() => a.square() as unknown as tf.Scalar, new Map([["a", a]])),
      "valueAndGradients: expected a scalar loss, got shape [2]",
    ],
    [() => valueAndGradients(() => tf.scalar(1), new Map()), "expected at least one parameter, got none"],
  ];
  for (const [work, message] of cases) expectNoLeak(() => expect(work).toThrow(message));
  dispose();
});

test("clipping shortens a long gradient to the limit, keeps its direction, and leaves a short one", () => {
  tf.tidy(() => {
    const gradients = new Map<string, tf.Tensor>([
      ["a", tf.tensor1d([3, 0])],
      ["b", tf.tensor2d([[-4]])],
    ]);
    expectClose(globalNorm(gradients).dataSync(), [5]);
    const flat = (limit: number) => [...clipByNorm(gradients, limit).values()].flatMap((g) => [...g.dataSync()]);
    expectClose(flat(1), [0.6, 0, -0.8], { relative: 1e-6 });
    expect(flat(7)).toEqual([3, 0, -4]);
  });
});

test("clipping leaves only what it returns, and survives a gradient of 0", () => {
  const gradients = new Map([["a", tf.zeros([3])]]);
  expectNoLeak(() => {
    const clipped = clipByNorm(gradients, 1);
    expect([...clipped.get("a")!.dataSync()]).toEqual([0, 0, 0]);
    tf.dispose([...clipped.values()]);
  });
  tf.dispose([...gradients.values()]);
  expect(() => clipByNorm(gradients, 0)).toThrow("clipByNorm: expected a limit above 0, got 0");
  expect(() => globalNorm(new Map())).toThrow("globalNorm: expected at least one gradient, got none");
});
