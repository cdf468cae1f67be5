import { afterAll, beforeAll, expect, test } from "vitest";
import { type Kernel, pause, startKernel } from "./kernel-client";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.execute(`
    import * as tf from "@tensorflow/tfjs";
    let step = 0;
    function count() {
      if (++step === 2) console.log("counting");
    }
    const weights = tf.variable(tf.tensor1d([1, 2, 3]));
    async function train() {
      for (;;) {
        count();
        await tf.nextFrame();
      }
    }`);
}, 120_000);
afterAll(() => kernel.shutdown());

/** Runs a cell that never ends, interrupts it, and expects it to stand still and all else to live on. */
async function interruptAfterTheFirstSteps(code: string) {
  const cell = kernel.submit(`step = 0;\n${code}`);
  await kernel.until(() => cell.outputs()[0]);
  await pause(200);
  kernel.interrupt();
  const { reply, error, stdout } = await cell.done;
  expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  expect(error?.name).toBe("KeyboardInterrupt");

  const steps = async () => Number((await kernel.execute("step")).stdout);
  const before = await steps();
  expect(before).toBeGreaterThan(1);
  await pause(1000);
  expect(await steps()).toBe(before);
  expect((await kernel.execute("tf.tidy(() => Array.from(weights.mul(2).dataSync()))")).stdout).toBe("[ 2, 4, 6 ]\n");
  return { line: `cell [${reply.execution_count}], line 2`, error, stdout };
}

test("a loop that awaits is stopped, and its line is shown", async () => {
  const { error, line } = await interruptAfterTheFirstSteps("for (;;) { count(); await tf.nextFrame(); }");
  expect(error?.traceback).toContain(line);
});

test("a loop in a function that the cell awaits is stopped", async () => {
  const { error, line } = await interruptAfterTheFirstSteps("await train();");
  expect(error?.traceback).toContain("at train (cell [");
  expect(error?.traceback).toContain(line);
});

test("a loop of the library is stopped", async () => {
  const { error } = await interruptAfterTheFirstSteps(`
    import { SGD, train as fit } from "./lib/train";
    const parameters = new Map([["weight", tf.variable(tf.scalar(3))]]);
    await fit({
      parameters,
      optimizer: new SGD(parameters, { learningRate: 1e-9 }),
      nextBatch: () => undefined,
      steps: 10_000_000,
      loss: () => {
        count();
        return parameters.get("weight").square() as tf.Scalar;
      },
    });`);
  expect(error?.traceback).toContain("lib/train/");
});

test("several loops side by side are all stopped", async () => {
  await interruptAfterTheFirstSteps("await Promise.all([train(), train(), train()]);");
});

test("a loop that the cell does not even wait for is stopped", async () => {
  await interruptAfterTheFirstSteps("void train(); await new Promise(() => {});");
});

test("an async iteration is stopped", async () => {
  await interruptAfterTheFirstSteps(`
    async function* frames() { for (;;) yield await tf.nextFrame(); }
    for await (const _ of frames()) count();`);
});

test("finally blocks run, and can still print", async () => {
  const { stdout } = await interruptAfterTheFirstSteps(
    `try { for (;;) { count(); await tf.nextFrame(); } } finally { console.log("closed"); }`,
  );
  expect(stdout).toContain("closed");
});

test.each([
  ["for", "for (;;) count();"],
  ["while", "while (true) count();"],
  ["do", "do count(); while (true);"],
  ["for of", "function* all() { while (true) yield 1; }\nfor (const _ of all()) count();"],
  ["labelled", "outer: for (;;) for (;;) { count(); continue outer; }"],
])("a synchronous endless loop (%s) is stopped, and its line is shown", async (_, code) => {
  const { error } = await interruptAfterTheFirstSteps(code);
  expect(error?.traceback).toContain(code.split("\n").at(-1));
});

test("after a synchronous loop, finally blocks run: they may loop, wait and print", async () => {
  const { stdout } = await interruptAfterTheFirstSteps(`
    try { for (;;) count(); }
    finally { for (const word of ["closed", "too"]) console.log(word); }`);
  expect(stdout).toContain("closed\ntoo\n");
});

test("a synchronous loop that catches what happens in it is stopped", async () => {
  await interruptAfterTheFirstSteps("for (;;) { try { for (;;) count(); } catch {} }");
});

test("a synchronous loop of the library is stopped", async () => {
  const { error } = await interruptAfterTheFirstSteps(`
    import { sampleSequence } from "./lib/text";
    const model = { predict: () => (count(), [1]) };
    sampleSequence(model as any, { begin: [], end: 1, maxLength: Infinity, random: () => 2 });`);
  expect(error?.traceback).toContain("sampleSequence (lib/text/");
});

test("a synchronous endless loop after an await is stopped", async () => {
  await interruptAfterTheFirstSteps("await tf.nextFrame(); for (;;) count();");
});

test("a synchronous endless loop in a timer is stopped", async () => {
  await interruptAfterTheFirstSteps("setTimeout(() => { for (;;) count(); }, 1); await new Promise(() => {});");
});

test("a loop that only computes, and asks nobody, is stopped", async () => {
  await interruptAfterTheFirstSteps("count(); count();\nlet sum = 0; for (let i = 0; ; i++) sum += i % 7;");
});

test("a synchronous loop in a package is stopped", async () => {
  await interruptAfterTheFirstSteps(`new Function("count", "for (;;) count();")(count);`);
});

test("a loop that awaits nothing but settled promises is stopped", async () => {
  await interruptAfterTheFirstSteps("for (;;) { count(); await null; }");
});

test("a loop inside tf.tidy is stopped, and leaves no tensors behind nor tfjs in the middle of it", async () => {
  const state = `console.log(tf.memory().numTensors, (tf.engine() as any).state.scopeStack.length);`;
  const before = (await kernel.execute(state)).stdout;
  await interruptAfterTheFirstSteps("tf.tidy(() => { for (;;) { count(); tf.ones([2]).square().dispose(); } });");
  expect((await kernel.execute(state)).stdout).toBe(before);
});

test("large products that were stopped in the middle leave the backend and its threads in order", async () => {
  await kernel.execute("const big = tf.ones<tf.Rank.R2>([600, 600]);");
  for (let time = 0; time < 3; time++) {
    // As a package would, which does not ask: V8 ends it in the middle of a product.
    const endless = "for (;;) { count(); big.matMul(big).dispose(); }";
    await interruptAfterTheFirstSteps(`new Function("count", "big", "${endless}")(count, big);`);
    const { stdout } = await kernel.execute(
      "tf.tidy(() => [big.matMul(big).min(), big.sum()].map((x) => x.dataSync()[0]))",
    );
    expect(stdout).toBe("[ 600, 360000 ]\n");
  }
});

test("a gradient inside which a loop was stopped leaves no tensors behind, and the next gradient alone", async () => {
  const tensors = async () => Number((await kernel.execute("tf.memory().numTensors")).stdout);
  const before = await tensors();
  await interruptAfterTheFirstSteps(
    "tf.tidy(() => { tf.grad((x) => { for (;;) { count(); x.square(); } })(tf.scalar(1)); });",
  );
  expect(await tensors()).toBe(before);
  expect((await kernel.execute("tf.tidy(() => tf.grad((x) => x.square())(tf.scalar(3)).dataSync()[0])")).stdout).toBe(
    "6\n",
  );
});

test("a timer that comes again and again is stopped", async () => {
  await interruptAfterTheFirstSteps("setInterval(() => count(), 5); await new Promise(() => {});");
});

test("a loop in a package, which no guard of ours is in, is stopped", async () => {
  await interruptAfterTheFirstSteps(`
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await model.fit(tf.ones([4, 1]), tf.ones([4, 1]), {
      epochs: 1_000_000,
      batchSize: 1,
      yieldEvery: "batch",
      verbose: 0,
      callbacks: { onBatchEnd: () => void count() },
    });`);
});

test("waiting for what never comes is stopped", async () => {
  const cell = kernel.submit(`console.log("begun"); await new Promise(() => {});`);
  await kernel.until(() => cell.outputs()[0]);
  kernel.interrupt();
  expect((await cell.done).reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
});

test("cells that are queued behind an interrupted one do not run", async () => {
  const cell = kernel.submit(`console.log("begun"); await train();`);
  const queued = kernel.submit(`console.log("not run")`);
  await kernel.until(() => cell.outputs()[0]);
  kernel.interrupt();
  expect((await cell.done).reply.status).toBe("error");
  expect((await queued.done).reply.status).toBe("aborted");
});

test("an interrupt when nothing runs changes nothing", async () => {
  kernel.interrupt();
  await pause(1000);
  expect((await kernel.execute(`console.log("here")`)).stdout).toBe("here\n");
});
