import { spawnSync } from "node:child_process";
import * as path from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { Wasm } from "../../lib/backend/wasm";
import { projectRoot } from "../../lib/root";

const running: Wasm[] = [];

async function start(threads: number, patience?: number): Promise<Wasm> {
  const wasm = new Wasm(threads, patience === undefined ? {} : { patience });
  running.push(wasm);
  while (wasm.kernels.countReady() < threads - 1) await new Promise((resolve) => setTimeout(resolve, 5));
  return wasm;
}

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((wasm) => wasm.stop()));
});

/** A sum of 200,000 numbers doubled by all threads: wrong if any chunk is missing. */
function work(wasm: Wasm): number {
  const n = 200_000;
  const x = wasm.allocate(n * 4);
  const y = wasm.allocate(n * 4);
  wasm.float32(x, n).fill(3);
  wasm.kernels.binaryFloat(0, x, x, y, n, 1, 1, 0);
  const sum = wasm.float32(y, n).reduce((total, value) => total + value, 0);
  wasm.kernels.free(x);
  wasm.kernels.free(y);
  return sum;
}

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a worker that dies is reported, and the work goes on without it", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const wasm = await start(2);
  expect(work(wasm)).toBe(1_200_000);
  const [worker] = (wasm as unknown as { workers: Worker[] }).workers;
  await worker!.terminate();
  expect(work(wasm)).toBe(1_200_000);
  expect(wasm.threads).toBe(1);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/kernel thread is gone .*computes on with one thread/)]]);
});

test("while a worker is dying every result is right or an error", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  for (let i = 0; i < 5; i++) {
    const wasm = await start(2, 200);
    const [worker] = (wasm as unknown as { workers: Worker[] }).workers;
    const gone = worker!.terminate();
    for (let j = 0; j < 20; j++) {
      const results: number[] = [];
      const error = thrownBy(() => results.push(work(wasm)));
      if (error) expect(String(wasm.explain(error))).toMatch(/stopped in the middle of its work/);
      else expect(results).toEqual([1_200_000]);
    }
    await gone;
  }
});

test("a worker that fails inside a kernel makes that kernel fail, and the next one works", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const wasm = await start(2);
  const error = thrownBy(() => wasm.kernels.misbehave(1));
  expect(String(wasm.explain(error))).toMatch(/a kernel thread failed, so this result is lost; run the cell again/);
  expect(work(wasm)).toBe(1_200_000);
});

test("a worker that stops answering is an error after a while, not a hang, and stays one", async () => {
  const wasm = await start(2, 300);
  for (let i = 0; i < 2; i++) {
    const error = thrownBy(() => (i === 0 ? wasm.kernels.misbehave(2) : work(wasm)));
    expect(String(wasm.explain(error))).toMatch(/stopped in the middle of its work; restart the kernel/);
  }
});

test("three threads agree with one", async () => {
  const wasm = await start(3);
  for (let i = 0; i < 200; i++) expect(work(wasm)).toBe(1_200_000);
});

test("the process ends by itself, with workers idle or asleep", () => {
  const script = `
    require("tsx/cjs");
    const { startSharedWasm } = require("./lib/backend/shared-wasm");
    const tf = require("@tensorflow/tfjs");
    startSharedWasm(3);
    console.log(tf.ones([300, 300]).matMul(tf.ones([300, 300])).sum().dataSync()[0]);
    setTimeout(() => {}, 200);
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    cwd: path.resolve(projectRoot),
    encoding: "utf8",
    timeout: 50_000,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "27000000\n", stderr: expect.anything() });
});
