import { type Entry, right, softmax, wrong } from "./entry";

/* Attacks on the grader, its files, its process and the machine. */

const reply = '{"id":3,"outcomes":[{"todo":false,"value":[1]}]}';

export const cheats: Entry[] = [
  {
    name: "22a prints success and escapes",
    body: `console.log("\\u001b[2J\\u001b]0;x\\u0007Tests 3 passed ::set-output name=x::1"); ${wrong}`,
    verdict: "wrong",
  },
  { name: "22b prints, and is right", body: `console.log("\\u001b[31mred", values); ${right}`, verdict: "pass" },
  { name: "23 prints a forged reply", body: `console.log('${reply}'); ${wrong}`, verdict: "wrong" },
  { name: "23b calls the stub's marker", body: `(globalThis as any).$todo?.("90.1"); ${wrong}`, verdict: "wrong" },
  {
    name: "24a Object.prototype.toJSON",
    file: `(Object.prototype as any).toJSON = () => 1;\n${softmax(right)}`,
    verdict: "protocol",
    says: /Object\.prototype\.toJSON/,
  },
  {
    name: "24b Array.prototype.push",
    body: `Array.prototype.push = () => 0; ${right}`,
    verdict: "protocol",
    says: /Array\.prototype\.push/,
  },
  { name: "24c JSON.stringify", body: `JSON.stringify = () => "1"; ${right}`, verdict: "protocol" },
  {
    name: "24d iterators",
    body: `Array.prototype[Symbol.iterator] = function* () {} as any; ${right}`,
    verdict: "protocol",
  },
  { name: "24e Function.prototype.call", body: `Function.prototype.call = () => 0; ${right}`, verdict: "protocol" },
  {
    name: "24f Buffer",
    body: `Buffer.from = () => 0 as any; Buffer.prototype.toString = () => "0"; ${wrong}`,
    verdict: "wrong",
  },
  {
    name: "24g Promise",
    body: `(globalThis as any).Promise = class {}; (globalThis as any).setImmediate = () => {}; ${right}`,
    verdict: "pass",
  },
  {
    name: "24h setter on Object.prototype",
    file: `Object.defineProperty(Object.prototype, "value", { set() {}, get: () => [1] });\n${softmax(wrong)}`,
    verdict: "protocol",
  },
  {
    name: "25 a detached process",
    file: `import { spawn } from "node:child_process";\nspawn("sh", ["-c", "sleep 1"], { detached: true });\n${softmax(wrong)}`,
    verdict: "rejected",
    says: /may import only.*"node:child_process" is not there/s,
  },
  {
    name: "39b reads its inputs from the stack",
    body: "return (arguments.callee as any).caller.arguments;",
    verdict: "error",
  },
  {
    name: "42 patches expect",
    file: `import { expect } from "vitest";\nexpect.extend({});\n${softmax(wrong)}`,
    verdict: "rejected",
  },
  {
    name: "42b patches chai",
    file: `import * as chai from "chai";\nchai.Assertion.prototype.assert = () => {};\n${softmax(wrong)}`,
    verdict: "rejected",
  },
  {
    name: "43 onTestFinished",
    file: `import { onTestFinished } from "vitest";\n${softmax(`onTestFinished(({ task }: any) => { task.result.state = "pass"; }); ${wrong}`)}`,
    verdict: "rejected",
  },
  {
    name: "44 getCurrentTest",
    file: `import { getCurrentTest } from "vitest/suite";\n${softmax(`getCurrentTest()!.fails = true; throw 1;`)}`,
    verdict: "rejected",
  },
  { name: "45 skip", body: "(globalThis as any).test.skip(); return [];", verdict: "error" },
  {
    name: "46 mocks the solution",
    file: `import { vi } from "vitest";\nvi.doMock("../solutions/90-fixture", () => ({}));\n${softmax(wrong)}`,
    verdict: "rejected",
  },
  { name: "47a re-exports the solution", file: 'export * from "../solutions/90-fixture";\n', verdict: "rejected" },
  {
    name: "47b requires the solution",
    file: 'export const { softmax } = require("../solutions/90-fixture");\n',
    verdict: "rejected",
  },
  {
    name: "47c imports the solution later",
    body: 'return import("../solutions/90-fixture").then((s) => s.softmax(values)) as any;',
    verdict: "rejected",
  },
  {
    name: "48a fs",
    file: `import * as fs from "node:fs";\n${softmax("return eval(fs.readFileSync('solutions/90-fixture.ts', 'utf8'));")}`,
    verdict: "rejected",
  },
  {
    name: "48b new Function",
    body: 'return new Function("return [1]")();',
    verdict: "error",
    says: /Code generation from strings/,
  },
  { name: "48c eval", body: 'return (0, eval)("[1]");', verdict: "error" },
  {
    name: "48d constructor of a constructor",
    body: 'return (values.map as any).constructor("return process")().mainModule.require("fs");',
    verdict: "error",
  },
  {
    name: "49a computed import",
    body: 'const name = ["node", "fs"].join(":"); return import(name) as any;',
    verdict: "error",
  },
  { name: "49b data URL", body: 'return import("data:text/javascript,export default 1") as any;', verdict: "rejected" },
  {
    name: "49c computed data URL",
    body: "const u = 'data:text/javascript,export default ' + values.length; return import(u) as any;",
    verdict: "error",
  },
  {
    name: "49d createRequire",
    file: `import { createRequire } from "node:module";\n${softmax("return createRequire('/')('fs');")}`,
    verdict: "rejected",
  },
  {
    name: "49e getBuiltinModule",
    body: 'return (process as any).getBuiltinModule("fs").readdirSync("/");',
    verdict: "error",
  },
  {
    name: "49f computed require",
    body: 'const name = "f" + "s"; return require(name).readdirSync("/");',
    verdict: "error",
    says: /"fs" is not there/,
  },
  { name: "49g module.parent", body: "return (module as any).parent.require('fs');", verdict: "error" },
  { name: "50 looks for files in the stack", body: "throw new Error(String(new Error().stack));", verdict: "error" },
  {
    name: "50b prepareStackTrace",
    body: "Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction() ?? s.getThis()); return (new Error().stack as any).filter(Boolean).map(String);",
    verdict: "wrong",
  },
  {
    name: "51 hooks tfjs",
    exercise: "90.2",
    file: 'import * as tf from "@tensorflow/tfjs";\nconst seen: any[] = [];\ntf.Tensor.prototype.dataSync = function () { return seen[0] ?? (new Float32Array(2) as any); };\nexport const rowMeans = (x: tf.Tensor2D) => tf.zeros([x.shape[0]]);',
    verdict: "wrong",
  },
  {
    name: "52c a function that the exercise asks to write",
    exercise: "90.2",
    file: 'import * as tf from "@tensorflow/tfjs";\nexport const rowMeans = (x: tf.Tensor2D) =>\n  tf.moments(x, 1).mean;',
    verdict: "rejected",
    says: /90-fixture\.ts:3:5: moments is what this exercise asks you to write yourself/,
  },
  {
    name: "52d the same in a comment and in another exercise",
    exercise: "90.2",
    file: 'import * as tf from "@tensorflow/tfjs";\nexport const other = (x: tf.Tensor) => tf.moments(x);\n/* tf.moments */\nexport const rowMeans = (x: tf.Tensor2D) => x.mean(1); // no .moments',
    verdict: "pass",
  },
  {
    name: "52 layers of tfjs",
    exercise: "90.2",
    file: 'import * as tf from "@tensorflow/tfjs";\nexport const rowMeans = (x: tf.Tensor2D) => tf.layers.globalAveragePooling1d({}).apply(x);',
    verdict: "error",
    says: /tf\.layers is not there/,
  },
  {
    name: "47d import = require",
    file: 'import solution = require("../solutions/90-fixture");\nexport const { softmax } = solution as any;\n',
    verdict: "rejected",
  },
  {
    name: "47e imports the solution as text",
    file: `import text from "../solutions/90-fixture.ts" with { type: "text" };\n${softmax("return [...text].map(Number);")}`,
    verdict: "rejected",
  },
  {
    name: "47f require.resolve",
    file: `export const where = require.resolve("../solutions/90-fixture");\n${softmax(right)}`,
    verdict: "rejected",
  },
  {
    name: "49h a source map elsewhere",
    file: `${softmax(right)}//# sourceMappingURL=file:///dev/zero\n`,
    verdict: "pass",
  },
  {
    name: "50c functions that called it",
    body: "Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction()).filter(Boolean); const found = new Error().stack as any; throw new Error('found ' + found.length);",
    verdict: "error",
    says: /found 0/,
  },
  { name: "50d arguments of its callers", body: "return (softmax as any).caller;", verdict: "error" },
  {
    name: "23c the console's streams",
    body: `const { _stdout } = console as any; _stdout.destroy(); _stdout.fd = 3; console.log("x"); ${wrong}`,
    verdict: "wrong",
  },
  {
    name: "52b another package",
    file: `import * as tf from "@tensorflow/tfjs-layers";\n${softmax("return tf.layers.softmax() as any;")}`,
    verdict: "rejected",
  },
  { name: "56a environment", body: "return Object.values(process.env) as any;", verdict: "wrong" },
  { name: "56b report", body: "return (process as any).report.getReport().environmentVariables;", verdict: "error" },
  {
    name: "57a writes a file",
    file: `import { writeFileSync } from "fs";\nwriteFileSync("x", "");\n${softmax(right)}`,
    verdict: "rejected",
  },
  {
    name: "57b sqlite",
    file: `import { DatabaseSync } from "node:sqlite";\nnew DatabaseSync("/tmp/grader-corpus.db");\n${softmax(right)}`,
    verdict: "rejected",
  },
  {
    name: "57c local storage",
    body: "(globalThis as any).localStorage.setItem('a', 'b'); return [];",
    verdict: "error",
  },
  { name: "58a fetch", body: 'return fetch("http://127.0.0.1:1") as any;', verdict: "error", says: /fetch is not/ },
  { name: "58b net", file: `import net from "node:net";\nnet.connect(1);\n${softmax(right)}`, verdict: "rejected" },
  { name: "58c WebSocket", body: 'new WebSocket("ws://127.0.0.1:1"); return [];', verdict: "error" },
  {
    name: "59a worker threads",
    file: `import { Worker } from "node:worker_threads";\nnew Worker("", { eval: true });\n${softmax(right)}`,
    verdict: "rejected",
  },
  {
    name: "59b cluster",
    file: `import cluster from "node:cluster";\ncluster.fork();\n${softmax(right)}`,
    verdict: "rejected",
  },
  { name: "60a dlopen", body: "(process as any).dlopen({ exports: {} }, '/x.node'); return [];", verdict: "error" },
  { name: "60b binding", body: "return (process as any).binding('fs');", verdict: "error" },
  {
    name: "60c WASI",
    file: `import { WASI } from "node:wasi";\nnew WASI({ version: "preview1" });\n${softmax(right)}`,
    verdict: "rejected",
  },
  { name: "67a replaces process", body: "(globalThis as any).process = { exit() {} }; return [];", verdict: "error" },
  {
    name: "67b changes its exports",
    file: `${softmax(wrong)}\nmodule.exports = { answer: () => ({ softmax: () => [1] }), drivers: () => ({}) };`,
    verdict: "wrong",
  },
  {
    name: "67e its own drivers, in the place of the bundle's",
    exercise: "90.3",
    file: "export class Counter { count = 0; add() { return 1; } }\n(module as any).exports = { drivers: () => ({ countTo: () => 1 }) };",
    verdict: "wrong",
    says: /countTo[\s\S]*\{ counts: /,
  },
  {
    name: "67c its own driver",
    exercise: "90.3",
    file: "export class Counter { count = 0; add() { return 1; } }\nexport const countTo = () => ({});",
    verdict: "wrong",
  },
  {
    name: "67d throws TODO in an answer that was begun",
    exercise: "90.3",
    file: 'export class Counter { constructor(public count: number) {} add(): number { throw new Error("TODO 90.3"); } }',
    verdict: "not-attempted",
  },
];
