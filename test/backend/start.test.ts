import { spawnSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackend } from "../../lib/backend";
import { SHARED_WASM } from "../../lib/backend/backend";
import { startTfjsWasm } from "../../lib/backend/tfjs-wasm";
import { projectRoot } from "../../lib/root";

test("the backend is started once and is tfjs's current one", async () => {
  const report = await startBackend();
  expect(report).toBe(await startBackend());
  expect(tf.getBackend()).toBe(report.name);
  expect(report.note).toMatch(/^tfjs computes .*\.$/);
});

test("a tensor is usable at once, without a banner", () => {
  expect(tf.tidy(() => tf.tensor([1, 2]).add(1).arraySync())).toEqual([2, 3]);
});

describe.each([SHARED_WASM, "wasm"])("%s trains", (name) => {
  const course = tf.getBackend();
  beforeAll(() => (name === "wasm" ? startTfjsWasm() : void tf.setBackend(name)));
  afterAll(() => tf.setBackend(course));

  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const)
    test(`matMul in batches: transposeA ${transposeA}, transposeB ${transposeB}`, () => {
      tf.tidy(() => {
        const a = tf.randomNormal(transposeA ? [2, 3, 7, 5] : [2, 3, 5, 7], 0, 1, "float32", 1);
        const b = tf.randomNormal(transposeB ? [2, 3, 11, 7] : [2, 3, 7, 11], 0, 1, "float32", 2);
        const left = transposeA ? a.transpose([0, 1, 3, 2]) : a;
        const right = transposeB ? b.transpose([0, 1, 3, 2]) : b;
        const expected = left.expandDims(4).mul(right.expandDims(2)).sum(3);
        const product = tf.matMul(a, b, transposeA, transposeB);
        expect(product.shape).toEqual([2, 3, 5, 11]);
        expect(product.sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-5);
      });
    });

  test("an embedding's gradient adds up the rows that were looked up twice", () => {
    tf.tidy(() => {
      const table = tf.ones([3, 2]);
      const rows = tf.tensor1d([2, 0, 2], "int32");
      const gradient = tf.grad((t: tf.Tensor) =>
        tf
          .gather(t, rows)
          .mul(
            tf.tensor2d([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
          )
          .sum(),
      )(table);
      expect(gradient.arraySync()).toEqual([
        [3, 4],
        [0, 0],
        [6, 8],
      ]);
    });
  });

  test("nothing leaks from a borrowed kernel or an explicit matMul", () => {
    const count = () => [tf.memory().numTensors, tf.memory().numDataBuffers, tf.engine().backend.numDataIds()];
    const before = count();
    tf.tidy(() => {
      tf.einsum("bij,bjk->bik", tf.ones([2, 3, 4]), tf.ones([2, 4, 5]));
      tf.matMul(tf.ones([2, 4, 3]), tf.ones([2, 5, 4]), true, true);
      tf.unsortedSegmentSum(tf.ones([4, 2]), tf.tensor1d([0, 1, 0, 1], "int32"), 2);
    });
    expect(count()).toEqual(before);
  });
});

/** The report of `startBackend` in a process of its own, and what it wrote beside it. */
function startIn(environment: Record<string, string>, flags: string[] = [], before = "") {
  const script = `
    ${before}
    require("tsx/cjs");
    require("./lib/backend").startBackend().then((report) => {
      const tf = require("@tensorflow/tfjs");
      const sum = tf.tidy(() => tf.ones([20, 30]).matMul(tf.ones([30, 20])).sum().dataSync()[0]);
      console.log(JSON.stringify({ ...report, current: tf.getBackend(), sum }));
    }, (error) => console.log(JSON.stringify({ error: error.message })));`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", script], {
    cwd: projectRoot,
    encoding: "utf8",
    env: { ...process.env, BACKEND: "", BACKEND_THREADS: "", ...environment },
  });
  return { ...(JSON.parse(stdout) as Record<string, unknown>), stderr };
}

describe("every platform gets one sentence and a backend that computes", () => {
  test("all there is", () => {
    const note = "tfjs computes with the course's own kernels on 2 threads.";
    const expected = {
      name: "shared-wasm",
      threads: 2,
      simd: true,
      note,
      current: "shared-wasm",
      sum: 12000,
      stderr: "",
    };
    expect(startIn({ BACKEND_THREADS: "2" })).toMatchObject(expected);
  });

  test("one thread, without fused kernels", () => {
    const note = "tfjs computes with the course's own kernels on one thread, without fused kernels.";
    expect(startIn({ BACKEND_THREADS: "1", BACKEND_FUSED: "off" })).toMatchObject({ note, threads: 1, sum: 12000 });
  });

  /** Node with an engine that rejects what uses an instruction group. */
  const without = (prefix: number, opcode: string) => `
    const { validate } = WebAssembly;
    WebAssembly.validate = (bytes) => !bytes.some((b, i) => b === ${prefix} && (${opcode})(bytes, i)) && validate(bytes);`;

  test("without relaxed SIMD", () => {
    const note = "tfjs computes with the course's own kernels on 2 threads, without relaxed SIMD.";
    const before = without(0xfd, "(bytes, i) => bytes[i + 1] === 0x85 && bytes[i + 2] === 2");
    expect(startIn({ BACKEND_THREADS: "2" }, [], before)).toMatchObject({
      note,
      relaxedSimd: false,
      sum: 12000,
      stderr: "",
    });
  });

  test("without SIMD", () => {
    const reason = "shared-wasm did not start: this engine has no WebAssembly with SIMD and threads";
    const note = `tfjs computes with its WebAssembly backend, without SIMD (${reason}).`;
    const expected = { name: "wasm", simd: false, note, sum: 12000, stderr: "" };
    expect(startIn({}, [], without(0xfd, "() => true"))).toMatchObject(expected);
  });

  test("without shared memory", () => {
    const reason = "shared-wasm did not start: this engine has no WebAssembly with SIMD and threads";
    const note = `tfjs computes with its WebAssembly backend (${reason}).`;
    expect(startIn({}, [], without(0xfe, "() => true"))).toMatchObject({ name: "wasm", note, sum: 12000, stderr: "" });
  });

  test("without WebAssembly", () => {
    const note = /^tfjs computes in plain JavaScript, which is slow \(shared-wasm did not start: .*\)\.$/;
    const before = "delete globalThis.WebAssembly;";
    expect(startIn({}, [], before)).toMatchObject({
      name: "cpu",
      note: expect.stringMatching(note),
      sum: 12000,
      stderr: "",
    });
  });

  test("without the compiler: the kernels cannot be built", () => {
    const before = `
      const fs = require("node:fs");
      const { existsSync } = fs;
      fs.existsSync = (file) => !/kernels-[0-9a-f]+\\.wasm$/.test(file) && existsSync(file);
      require("node:child_process").execFileSync = () => { throw new Error("no compiler here"); };`;
    const note = "tfjs computes with its WebAssembly backend (shared-wasm did not start: no compiler here).";
    expect(startIn({}, [], before)).toMatchObject({ name: "wasm", note, sum: 12000 });
  });

  test("what is asked for and not installed", () => {
    const missing = "it needs packages that are not installed: npm install webgpu @tensorflow/tfjs-backend-webgpu";
    const { note, name } = startIn({ BACKEND: "webgpu" }) as Record<string, unknown>;
    expect(name).toBe("shared-wasm");
    expect(String(note)).toContain(`(webgpu did not start: ${missing})`);
  });

  test("a setting that is not one", () => {
    const names = "webgpu, tensorflow, shared-wasm, wasm, cpu";
    expect(startIn({ BACKEND: "cuda" })).toMatchObject({
      error: `startBackend: expected a backend of ${names}, got cuda`,
    });
    const error = "BACKEND_THREADS: expected a whole number of at least 1, got many";
    expect(startIn({ BACKEND_THREADS: "many" })).toMatchObject({ error });
  });
});
