import { afterAll, expect, test } from "vitest";
import { Unary } from "../../lib/backend/assembly/operations";
import { Wasm } from "../../lib/backend/wasm";
import { Random } from "../../lib/random";

/*
 * The kernels are compiled twice: with multiply-add as one instruction, and for engines without it. The other tests run
 * on what this engine has; here both are held against each other, because they share all but `lanes.ts`.
 */
const [relaxed, plain] = [new Wasm(1, { relaxedSimd: true }), new Wasm(1, { relaxedSimd: false })];
afterAll(() => Promise.all([relaxed.stop(), plain.stop()]));

/** Runs a kernel on the same random numbers in both, and compares `size` results. */
function compare(inputs: number[], size: number, run: (wasm: Wasm, at: number[], out: number) => void, where: string) {
  const [a, b] = [relaxed, plain].map((wasm) => {
    const random = new Random(51);
    const at = inputs.map((n) => {
      const pointer = wasm.allocate(n * 4);
      wasm.float32(pointer, n).set(Float32Array.from({ length: n }, () => random.uniform(-3, 3)));
      return pointer;
    });
    const out = wasm.allocate(size * 4);
    run(wasm, at, out);
    const result = wasm.float32(out, size).slice();
    for (const pointer of [...at, out]) wasm.free(pointer);
    return result;
  }) as [Float32Array, Float32Array];
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
  for (const [i, value] of a.entries()) {
    if (Number.isNaN(value) && Number.isNaN(b[i])) continue;
    expect(Math.abs(value - b[i]!), `${where} at ${i}`).toBeLessThanOrEqual(2e-6 * largest);
  }
}

test("products, packed and thin", () => {
  for (const [M, N, K] of [
    [97, 65, 300],
    [3, 65, 40],
    [6, 8, 1],
  ] as const) {
    const run = (wasm: Wasm, [a, b]: number[], c: number) =>
      void wasm.kernels.matMul(a!, b!, c, 1, M, N, K, 0, K, 1, 0, N, 1);
    compare([M * K, K * N], M * N, run, `${M} × ${N} × ${K}`);
  }
});

test("every function of one number", () => {
  for (const [name, operation] of Object.entries(Unary)) {
    if (typeof operation !== "number") continue;
    compare([1003], 1003, (wasm, [x], y) => void wasm.kernels.unary(operation, x!, y, 1003, -1, 1), name);
  }
});

test("rows: softmax, LayerNorm and its gradient", () => {
  compare([60 * 33], 60 * 33, (wasm, [x], y) => void wasm.kernels.softmax(x!, y, 60, 33), "softmax");
  compare(
    [60 * 33, 33, 33],
    60 * 33,
    (wasm, [x, gain, bias], y) => void wasm.kernels.layerNorm(x!, gain!, bias!, y, 60, 33, 1e-5),
    "LayerNorm",
  );
  compare(
    [60 * 33, 60 * 33, 33],
    60 * 33 + 66,
    (wasm, [dy, x, gain], out) => {
      const [dgain, dbias] = [out + 60 * 33 * 4, out + 60 * 33 * 4 + 132];
      wasm.kernels.layerNormGradient(dy!, x!, gain!, out, dgain, dbias, 60, 33, 1e-5);
    },
    "LayerNorm's gradient",
  );
});
