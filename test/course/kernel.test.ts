import * as fs from "node:fs";
import * as path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../lib/root";
import { isAlive, type Kernel, pause, startKernel } from "./kernel-client";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
}, 120_000);
afterAll(() => kernel.shutdown());

describe("a cell", () => {
  test("prints, and shows its last expression as Node does", async () => {
    const { stdout, stderr, reply } = await kernel.execute(
      `console.log("one"); console.error("two"); ({ three: [3] })`,
    );
    expect(stdout).toBe("one\n{ three: [ 3 ] }\n");
    expect(stderr).toBe("two\n");
    expect(reply).toMatchObject({ status: "ok", execution_count: expect.any(Number), user_expressions: {} });
  });

  test("awaits at its top level, and hands its variables, functions and types on", async () => {
    await kernel.execute(`
      const early = await Promise.resolve(2);
      interface Pair { readonly left: number; readonly right: number }
      const add = ({ left, right }: Pair) => left + right;`);
    const { stdout } = await kernel.execute(`const pair: Pair = { left: early, right: 3 }; add(pair)`);
    expect(stdout).toBe("5\n");
  });

  test("may use earlier variables in the short form of a property, and assign to them by it", async () => {
    await kernel.execute(`let rate = 3; let spare: number | undefined; import { sep } from "node:path";`);
    const { stdout } = await kernel.execute(
      `const own = 1; ({ rate, spare = 5 } = { rate: rate + 1 } as { rate: number; spare?: number });
      console.log({ rate, spare, own, sep, nested: [{ rate }] })`,
    );
    const expected = { rate: 4, spare: 5, own: 1, sep: path.sep, nested: [{ rate: 4 }] };
    expect(stdout).toBe(`${inspect(expected)}\n`);
  });

  test("may take apart by name what a function of an earlier cell gives", async () => {
    await kernel.execute(`const batchOf = (size: number) => ({ x: size, y: { z: [2 * size] } });`);
    const { stdout, error } = await kernel.execute(`const { x: inputs, y: { z: [target] } } = batchOf(3);
      const area = ({ x: width }: { x: number }) => width * width;
      console.log(inputs, target, area(batchOf(4)))`);
    expect(error).toBeUndefined();
    expect(stdout).toBe("3 6 16\n");
  });

  test("shares its variables: what a later cell assigns, its functions see", async () => {
    await kernel.execute(`let speed = 1; let [left, { right = 2 } = {}] = [3]; var old = 4;
      const state = () => [speed, left, right, old];
      const faster = () => { speed++; };`);
    const { stdout } = await kernel.execute(`speed = 10; left += 10; old = 0; faster(); right++;
      console.log(speed, left, right, old, state());`);
    expect(stdout).toBe("11 13 3 0 [ 11, 13, 3, 0 ]\n");
  });

  test("leaves earlier functions their variables when it declares such names again", async () => {
    await kernel.execute("let wheel = 1; const first = () => wheel;");
    await kernel.execute("let wheel = 2; const second = () => wheel;");
    await kernel.execute(`const wheel = "3";`);
    expect((await kernel.execute("[first(), second(), wheel]")).stdout).toBe("[ 1, 2, '3' ]\n");
  });

  test("may declare a name again, with another type, and import a name again", async () => {
    await kernel.execute(`const again = 1; import { join } from "node:path";`);
    const { stdout } = await kernel.execute(`const again = "text"; import { join } from "node:path"; join(again, "b")`);
    expect(stdout).toBe(`${path.join("text", "b")}\n`);
  });

  test("imports tfjs with a backend that has started, without a word of it", async () => {
    const { outputs, stdout } = await kernel.execute(`
      import * as tf from "@tensorflow/tfjs";
      console.log(tf.getBackend(), tf.tidy(() => tf.ones([2, 3]).matMul(tf.ones([3, 2])).dataSync().join()));`);
    expect(stdout).toMatch(/^(shared-)?wasm 3,3,3,3\n$/);
    expect(outputs).toHaveLength(1);
  });

  test("gets the tfjs that the library uses", async () => {
    const { stdout, error } = await kernel.execute(`
      import * as tf from "@tensorflow/tfjs";
      import { Linear } from "./lib/nn";
      import { Random } from "./lib/random";
      new Linear(2, 3, { random: new Random(1) }).parameters().get("weight") instanceof tf.Variable`);
    expect(error).toBeUndefined();
    expect(stdout).toBe("true\n");
  });

  test("runs silently when asked to", async () => {
    const before = (await kernel.execute("1")).reply.execution_count;
    const { reply } = await kernel.execute("1", { silent: true });
    expect(reply.execution_count).toBe(before);
  });

  test("can be empty, or only a comment", async () => {
    for (const code of ["", "// nothing yet", "\n\n"]) {
      const { reply, outputs } = await kernel.execute(code);
      expect(reply.status).toBe("ok");
      expect(outputs).toEqual([]);
    }
  });
});

describe("output", () => {
  test("of several mime types is one message, and is replaced in place", async () => {
    const { outputs } = await kernel.execute(`
      import { display } from "./lib/plot/display";
      display({ "text/html": "<b>1</b>", "text/plain": "1" }, { id: "figure" });`);
    expect(outputs.map(({ type, content }) => ({ type, content }))).toEqual([
      {
        type: "display_data",
        content: {
          data: { "text/html": "<b>1</b>", "text/plain": "1" },
          metadata: {},
          transient: { display_id: "figure" },
        },
      },
    ]);
    const later = await kernel.execute(
      `display({ "text/html": "<b>2</b>", "text/plain": "2" }, { id: "figure", update: true });`,
    );
    expect(later.outputs).toHaveLength(1);
    expect(later.outputs[0]).toMatchObject({
      type: "update_display_data",
      content: { data: { "text/plain": "2" }, transient: { display_id: "figure" } },
    });
  });

  test("without an id has none on the wire", async () => {
    const { outputs } = await kernel.execute(`display({ "text/plain": "alone" });`);
    expect(outputs[0]?.content.transient).toEqual({});
  });

  test("keeps its order between what is printed and what is shown", async () => {
    const { outputs } = await kernel.execute(`console.log("a"); display({ "text/plain": "b" }); console.log("c");`);
    expect(outputs.map(({ type }) => type)).toEqual(["stream", "display_data", "stream"]);
  });

  test("appears while a cell computes without a pause", async () => {
    const { outputs, done } = kernel.submit(
      `console.log("begun"); { const end = Date.now() + 1500; while (Date.now() < end); } console.log("ended");`,
    );
    await kernel.until(() => outputs()[0]);
    expect(outputs().map(({ content }) => content.text)).toEqual(["begun\n"]);
    expect((await done).stdout).toBe("begun\nended\n");
  });

  test("of a cell that goes on after its end stays with that cell", async () => {
    const first = kernel.submit(`void setTimeout(() => console.log("late"), 300);`);
    await first.done;
    const second = await kernel.execute(
      `await new Promise((resolve) => setTimeout(resolve, 600)); console.log("mine")`,
    );
    expect(second.stdout).toBe("mine\n");
    await kernel.until(() => first.outputs()[0]);
    expect(first.outputs().map(({ content }) => content.text)).toEqual(["late\n"]);
  });

  test("of thousands of lines comes in few messages", async () => {
    const { outputs, stdout } = await kernel.execute(`for (let line = 0; line < 5000; line++) console.log(line);`);
    expect(stdout.split("\n")).toHaveLength(5001);
    expect(outputs.length).toBeLessThan(100);
  });

  test("shows no warnings of Node", async () => {
    const { outputs } = await kernel.execute(`process.emitWarning("old"); await tf.nextFrame();`);
    expect(outputs).toEqual([]);
  });
});

describe("a failing cell", () => {
  test("shows name, message and the learner's own frames, with their lines", async () => {
    const { error, reply } = await kernel.execute(`interface Shape { readonly sides: number }

function area(shape: Shape | null) {
  return shape.sides;
}
class Canvas {
  draw() {
    return area(null);
  }
}

new Canvas().draw();`);
    const cell = `cell [${reply.execution_count}]`;
    expect(error).toMatchObject({ name: "TypeError", message: "Cannot read properties of null (reading 'sides')" });
    expect(error?.traceback.split("\n")).toEqual([
      "TypeError: Cannot read properties of null (reading 'sides')",
      `  at area (${cell}, line 4)`,
      "      4 |   return shape.sides;",
      `  at Canvas.draw (${cell}, line 8)`,
      "      8 |     return area(null);",
      `  at ${cell}, line 12`,
      "      12 | new Canvas().draw();",
    ]);
    expect(reply).toMatchObject({ status: "error", ename: "TypeError", evalue: error?.message });
  });

  test("has a red heading", async () => {
    const { reply } = await kernel.execute(`throw new RangeError("too far")`);
    expect(reply.traceback[0]).toBe("\u001b[1;31mRangeError\u001b[0m: too far");
  });

  test("names lines of earlier cells, and the lines of callers after an await", async () => {
    const first = await kernel.execute(`async function later() {
  await tf.nextFrame();
  throw new Error("after a frame");
}`);
    const { error, reply } = await kernel.execute(`// a comment\nawait later();`);
    expect(error?.traceback).toBe(
      [
        "Error: after a frame",
        `  at later (cell [${first.reply.execution_count}], line 3)`,
        `      3 |   throw new Error("after a frame");`,
        `  at cell [${reply.execution_count}], line 2`,
        "      2 | await later();",
      ].join("\n"),
    );
  });

  test("names files of the library by their TypeScript lines, and no frame of tfjs or of the kernel", async () => {
    const { error } = await kernel.execute(`
      import { assertShape } from "./lib/nn/shape";
      tf.tidy(() => assertShape("Here", tf.ones([2]), [3]));`);
    const source = fs.readFileSync(path.join(projectRoot, "lib/nn/shape.ts"), "utf8").split("\n");
    const line = Number(/at assertShape \(lib\/nn\/shape\.ts:(\d+)\)/.exec(error?.traceback ?? "")?.[1]);
    expect(source[line - 1]).toContain("throw new Error");
    expect(error?.traceback).not.toMatch(/node_modules|lib\/course|node:|engine/);
  });

  test("in tfjs shows only where the learner called it", async () => {
    const { error, reply } = await kernel.execute(`tf.ones([2, 3]).matMul(tf.ones([2, 3]));`);
    expect(error?.message).toContain("inner shapes (3) and (2)");
    expect(error?.traceback.split("\n").slice(1)).toEqual([
      `  at cell [${reply.execution_count}], line 1`,
      "      1 | tf.ones([2, 3]).matMul(tf.ones([2, 3]));",
    ]);
  });

  test("shows what caused it", async () => {
    const { error } = await kernel.execute(`throw new Error("outer", { cause: new TypeError("inner") })`);
    expect(error?.traceback).toContain("Caused by TypeError: inner");
  });

  test.each([
    [`throw "text"`, "'text'"],
    ["throw null", "null"],
    ["throw { code: 3 }", "{ code: 3 }"],
    [`throw Object.create(null)`, "[Object: null prototype] {}"],
  ])("may throw anything: %s", async (code, message) => {
    const { error } = await kernel.execute(code);
    expect(error).toMatchObject({ name: "Thrown", message });
  });

  test("has its lines in a printed stack, too", async () => {
    const { stdout, reply } = await kernel.execute(`const mapped: Error = new Error("shown");\nconsole.log(mapped);`);
    expect(stdout).toBe(`Error: shown\n    at cell [${reply.execution_count}], line 1\n`);
  });

  test("leaves what it has declared", async () => {
    await kernel.execute(`const declared = 7; throw new Error("then");`);
    expect((await kernel.execute("declared")).stdout).toBe("7\n");
  });

  test("aborts the cells that are queued behind it, and no later one", async () => {
    const failing = kernel.submit(`await tf.nextFrame(); throw new Error("first")`);
    const queued = [`console.log("second")`, `console.log("third")`].map((code) => kernel.submit(code));
    expect((await failing.done).reply.status).toBe("error");
    for (const { done } of queued) {
      expect(await done).toMatchObject({ reply: { status: "aborted" }, outputs: [] });
    }
    expect(await kernel.execute(`console.log("fourth")`)).toMatchObject({
      reply: { status: "ok" },
      stdout: "fourth\n",
    });
  });

  test("aborts queued cells also for a type error, and none when the client does not want it", async () => {
    const failing = kernel.submit(`const wrong: number = "1"`);
    const queued = kernel.submit(`console.log("not run")`);
    expect((await failing.done).reply.status).toBe("error");
    expect((await queued.done).reply.status).toBe("aborted");

    const tolerated = kernel.submit(`throw new Error()`, { stop_on_error: false });
    const next = kernel.submit(`console.log("run")`);
    expect((await tolerated.done).reply.status).toBe("error");
    expect((await next.done).stdout).toBe("run\n");
  });

  test("does not stop when only a promise that nobody awaits, or a timer, fails: that is printed", async () => {
    const { stderr, reply } = await kernel.execute(`
      Promise.reject(new Error("lonely"));
      setTimeout(() => { throw new Error("timed") }, 10);
      await new Promise((resolve) => setTimeout(resolve, 200));`);
    expect(reply.status).toBe("ok");
    expect(stderr).toContain("A promise has failed that nothing awaits.");
    expect(stderr).toContain(`cell [${reply.execution_count}], line 2`);
    expect(stderr).toContain("Code that a cell has started has failed.");
    expect(stderr).toContain(`cell [${reply.execution_count}], line 3`);
  });
});

describe("a cell that does not compile", () => {
  test("shows each error with the line and the offending part underlined", async () => {
    const { error, reply } = await kernel.execute(`const first = 1;
const second: number = "two";
const third = missing + first;`);
    expect(error).toMatchObject({ name: "TypeScript", message: "Type 'string' is not assignable to type 'number'." });
    expect(error?.traceback.split("\n")).toEqual([
      "TypeScript: Type 'string' is not assignable to type 'number'.",
      `  at cell [${reply.execution_count}], line 2`,
      "      1 | const first = 1;",
      `    > 2 | const second: number = "two";`,
      "        |       ~~~~~~",
      "      3 | const third = missing + first;",
      "TypeScript: Cannot find name 'missing'.",
      `  at cell [${reply.execution_count}], line 3`,
      `      2 | const second: number = "two";`,
      "    > 3 | const third = missing + first;",
      "        |               ~~~~~~~",
    ]);
  });

  test("says what is wrong with its syntax", async () => {
    const { error } = await kernel.execute("const x = ;");
    expect(error?.traceback).toContain("Expression expected.");
  });

  test("shows the whole chain of a long explanation, once", async () => {
    const { error } = await kernel.execute(`const shape: { size: { width: number } } = { size: { width: "wide" } };
      const other: { size: { width: number } } = JSON.parse("1") as { size: { width: string } };`);
    expect(error?.traceback).toContain("The types of 'size.width' are incompatible between these types.");
    expect(error?.traceback.match(/at cell/g)).toHaveLength(2);
  });

  test("shows five errors of many", async () => {
    const { error } = await kernel.execute(Array.from({ length: 8 }, (_, i) => `unknown${i}();`).join("\n"));
    expect(error?.traceback.match(/Cannot find name/g)).toHaveLength(5);
    expect(error?.traceback.split("\n").at(-1)).toBe("… and 3 more");
  });

  test("runs nothing, and leaves earlier variables alone", async () => {
    await kernel.execute("let untouched = 1;");
    await kernel.execute(`untouched = 2; const wrong: number = "1";`);
    expect((await kernel.execute("untouched")).stdout).toBe("1\n");
  });
});

describe("TypeScript files", () => {
  const folder = path.join(projectRoot, ".cache/kernel-test");
  const write = (name: string, source: string) => fs.writeFileSync(path.join(folder, name), source);
  beforeAll(() => fs.mkdirSync(folder, { recursive: true }));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("are read again after an edit, and so is what imports them", async () => {
    write("inner.ts", "export const value: number = 1;");
    write("outer.ts", `import { value } from "./inner";\nexport const double = () => 2 * value;`);
    const cell = `import { double } from "./.cache/kernel-test/outer"; double()`;
    expect((await kernel.execute(cell)).stdout).toBe("2\n");
    write("inner.ts", "export const value: number = 21;");
    expect((await kernel.execute(cell)).stdout).toBe("42\n");
  });

  test("keep their state when nothing has changed", async () => {
    write("state.ts", "let calls = 0;\nexport const call = () => ++calls;");
    const cell = `import { call } from "./.cache/kernel-test/state"; call()`;
    expect((await kernel.execute(cell)).stdout).toBe("1\n");
    expect((await kernel.execute(cell)).stdout).toBe("2\n");
  });

  test("are checked: a type error is shown with file and line, and mending it is noticed", async () => {
    write("checked.ts", `export function half(x: number): number {\n  return x / 2;\n}\n`);
    const cell = `import { half } from "./.cache/kernel-test/checked"; half(4)`;
    expect((await kernel.execute(cell)).stdout).toBe("2\n");
    write("checked.ts", `export function half(x: number): number {\n  return "x / 2";\n}\n`);
    expect((await kernel.execute(cell)).error?.traceback.split("\n").slice(0, 5)).toEqual([
      "TypeScript: Type 'string' is not assignable to type 'number'.",
      "  at .cache/kernel-test/checked.ts:2",
      "      1 | export function half(x: number): number {",
      `    > 2 |   return "x / 2";`,
      "        |   ~~~~~~~~~~~~~~~",
    ]);
    write("checked.ts", `export function half(x: number): number {\n  return x / 2 + 1;\n}\n`);
    expect((await kernel.execute(cell)).stdout).toBe("3\n");
  });

  test("show a syntax error with file and line", async () => {
    write("syntax.ts", "export const a = 1;\nexport const b = ;\n");
    const { error } = await kernel.execute(`import { a } from "./.cache/kernel-test/syntax"; a`);
    expect(error?.traceback).toContain("at .cache/kernel-test/syntax.ts:2");
  });

  test("are found when they are written after an import has failed", async () => {
    const cell = `import { late } from "./.cache/kernel-test/late"; late`;
    expect((await kernel.execute(cell)).error?.message).toContain("Cannot find module");
    write("late.ts", `export const late = "there";`);
    expect((await kernel.execute(cell)).stdout).toBe("there\n");
  });

  test("show the learner's line when they throw", async () => {
    write("throws.ts", `// one\n// two\nexport function fail(why: string): never {\n  throw new Error(why);\n}\n`);
    const { error, reply } = await kernel.execute(
      `import { fail } from "./.cache/kernel-test/throws";\nfail("because");`,
    );
    expect(error?.traceback.split("\n")).toEqual([
      "Error: because",
      "  at fail (.cache/kernel-test/throws.ts:4)",
      "      4 |   throw new Error(why);",
      `  at cell [${reply.execution_count}], line 2`,
      `      2 | fail("because");`,
    ]);
  });

  test("may import each other in a circle", async () => {
    write(
      "even.ts",
      `import { odd } from "./odd";\nexport const even = (n: number): boolean => n === 0 || odd(n - 1);`,
    );
    write(
      "odd.ts",
      `import { even } from "./even";\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1);`,
    );
    expect((await kernel.execute(`import { even } from "./.cache/kernel-test/even"; even(10)`)).stdout).toBe("true\n");
  });
});

describe("the protocol", () => {
  test("kernel_info names TypeScript and its version", async () => {
    const { type, content } = await kernel.request("kernel_info_request");
    expect(type).toBe("kernel_info_reply");
    expect(content).toMatchObject({
      status: "ok",
      protocol_version: "5.3",
      language_info: { name: "typescript", version: expect.stringMatching(/^5\.0\.\d+$/), file_extension: ".ts" },
    });
  });

  test("complete answers with members of an earlier variable's type", async () => {
    await kernel.execute(`const weights = [1, 2, 3];`);
    const code = `// 🙂\nweights.redu`;
    const { type, content } = await kernel.request("complete_request", { code, cursor_pos: [...code].length });
    expect(type).toBe("complete_reply");
    expect(content).toMatchObject({ status: "ok", cursor_start: 13, cursor_end: 17 });
    expect(content.matches).toEqual(["reduce", "reduceRight"]);
  });

  test("complete knows tfjs and the library", async () => {
    await kernel.execute(`import { Linear } from "./lib/nn";`);
    const ask = async (code: string) =>
      (await kernel.request("complete_request", { code, cursor_pos: code.length })).content.matches;
    expect(await ask("tf.matM")).toContain("matMul");
    expect(await ask("Line")).toContain("Linear");
  });

  test("inspect answers with the type and the documentation", async () => {
    const code = "weights.map";
    const { type, content } = await kernel.request("inspect_request", { code, cursor_pos: 9, detail_level: 0 });
    expect(type).toBe("inspect_reply");
    expect(content).toMatchObject({ status: "ok", found: true });
    expect(content.data["text/plain"]).toContain("Array<number>.map<");
    expect(content.data["text/plain"]).toContain("Calls a defined callback function on each element");
    const nothing = await kernel.request("inspect_request", { code: "   ", cursor_pos: 1, detail_level: 0 });
    expect(nothing.content).toMatchObject({ status: "ok", found: false, data: {} });
  });

  test("completion answers while a cell runs, which stays busy", async () => {
    const { id, done } = kernel.submit(`{ const end = Date.now() + 1500; while (Date.now() < end); }`);
    await pause(300);
    await kernel.request("complete_request", { code: "weights.redu", cursor_pos: 12 });
    const { parent, content } = await kernel.until(
      () => kernel.messages.filter(({ type, parent }) => type === "status" && parent === id)[1],
    );
    expect({ parent, content }).toEqual({ parent: id, content: { execution_state: "busy" } });
    await done;
  });

  test("is_complete tells a whole cell from a half one", async () => {
    const ask = async (code: string) => (await kernel.request("is_complete_request", { code })).content;
    expect(await ask("const a = 1;")).toEqual({ status: "complete" });
    expect(await ask("function f() {")).toEqual({ status: "incomplete", indent: "  " });
  });

  test("comm_info and history are empty", async () => {
    expect(await kernel.request("comm_info_request")).toMatchObject({
      type: "comm_info_reply",
      content: { status: "ok", comms: {} },
    });
    expect(await kernel.request("history_request", { hist_access_type: "tail", n: 10 })).toMatchObject({
      type: "history_reply",
      content: { status: "ok", history: [] },
    });
  });

  test("the cell that runs is announced with its number", async () => {
    const { id, done } = kernel.submit("1 + 1");
    const { reply } = await done;
    const input = kernel.messages.find(({ type, parent }) => type === "execute_input" && parent === id);
    expect(input?.content).toEqual({ code: "1 + 1", execution_count: reply.execution_count });
  });
});

describe("the end", () => {
  test("the kernel goes when it is asked to, also out of an endless loop", async () => {
    const other = await startKernel();
    other.submit("for (;;);");
    await pause(300);
    await other.shutdown();
    expect(isAlive(other.pid)).toBe(false);
  });

  test("the kernel goes when Jupyter is gone", async () => {
    const other = await startKernel();
    other.abandon();
    for (let waited = 0; isAlive(other.pid) && waited < 20_000; waited += 100) await pause(100);
    expect(isAlive(other.pid)).toBe(false);
  });
});
