import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { afterAll, expect, test } from "vitest";
import { AnswerProcess, defaultLimits, Ended } from "../../../lib/course/grader/answer-process";
import { stripEscapes } from "../../../lib/course/grader/escapes";
import { probeIsolation } from "../../../lib/course/grader/isolation";
import { psKb, tasklistKb } from "../../../lib/course/grader/memory";
import { cacheFolder, prepareRuntime } from "../../../lib/course/grader/runtime";
import { projectRoot } from "../../../lib/root";
import { answerProcesses } from "./processes";

// What may come out of an answer's process if it gets hold of the pipe: every line is checked, and any doubt ends it.
fs.mkdirSync(cacheFolder, { recursive: true });
const folder = fs.mkdtempSync(path.join(cacheFolder, "test-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Starts a process whose runner answers the first call (request 2) with this JavaScript. */
async function endOf(script: string, limits = defaultLimits): Promise<Ended | unknown> {
  const { folder: readable } = await prepareRuntime();
  const runner = path.join(readable, `test-${process.pid}-${Math.random()}.cjs`);
  fs.writeFileSync(
    runner,
    `const fs = require("fs"); const send = (text) => fs.writeSync(3, text); const block = Buffer.alloc(65536);
     send('{"id":0,"ready":"x"}\\n'); fs.readSync(3, block); send('{"id":1}\\n'); fs.readSync(3, block);
     ${script}; setInterval(() => {}, 1000);`,
  );
  try {
    const answer = await AnswerProcess.start({ runner, limits });
    try {
      return await answer.call("call", "answer", "f", ["[]"], 3000);
    } catch (error) {
      return error;
    } finally {
      await answer.close();
    }
  } finally {
    fs.rmSync(runner);
  }
}

test("a reply that follows the protocol is taken", async () => {
  expect(await endOf(`send('{"id":2,"outcomes":[{"todo":false,"value":[1,{"$":"number","v":"NaN"}]}]}\\n')`)).toEqual([
    {
      todo: false,
      value: { kind: "list", items: [{ kind: "number", value: 1 }, { kind: "number", value: Number.NaN }] }, // biome-ignore format: one value
    },
  ]);
});

test.each([
  ["no JSON", "send('hello\\n')"],
  ["no object", "send('3\\n')"],
  ["null", "send('null\\n')"],
  ["another id", `send('{"id":3,"outcomes":[{"todo":false,"value":1}]}\\n')`],
  ["two replies at once", `send('{"id":2,"outcomes":[{"todo":false,"value":1}]}\\n{"id":3}\\n')`],
  ["two outcomes for one input", `send('{"id":2,"outcomes":[{"todo":false,"value":1},{"todo":false,"value":1}]}\\n')`],
  ["no outcomes", `send('{"id":2}\\n')`],
  ["an outcome without a value", `send('{"id":2,"outcomes":[{"todo":false}]}\\n')`],
  ["an outcome that says nothing of TODO", `send('{"id":2,"outcomes":[{"value":1}]}\\n')`],
  ["an unknown kind of value", `send('{"id":2,"outcomes":[{"todo":false,"value":{"$":"right"}}]}\\n')`],
  ["a prototype", `send('{"id":2,"__proto__":{"outcomes":[{"todo":false,"value":1}]}}\\n')`],
  [
    "a value nested a thousand times",
    `send('{"id":2,"outcomes":[{"todo":false,"value":' + "[".repeat(1000) + "]".repeat(1000) + '}]}\\n')`,
  ],
  [
    "a value nested a million times",
    `send('{"id":2,"outcomes":[{"todo":false,"value":' + "[".repeat(1e6) + "]".repeat(1e6) + '}]}\\n')`,
  ],
  ["a line without an end", "for (;;) send('x'.repeat(65536))"],
])("%s is against the protocol", { timeout: 20_000 }, async (_, script) => {
  const end = await endOf(script);
  expect(end).toBeInstanceOf(Ended);
  expect((end as Ended).kind).toBe("protocol");
});

test.each([
  ["time", "send('{\"id\":2')"],
  ["time", ""],
  ["crashed", "process.exit(0)"],
  ["crashed", "fs.closeSync(3); process.exit(0)"],
  ["output", "for (;;) fs.writeSync(1, 'x'.repeat(1000))"],
  ["memory", "const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))"],
])("%s: %s", { timeout: 20_000 }, async (kind, script) => {
  expect(await endOf(script)).toMatchObject({ kind });
});

test("no network where namespaces or Node's permissions keep it away, and the record says which", {
  timeout: 20_000,
}, async () => {
  const server = net.createServer((socket) => socket.end("reached")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as net.AddressInfo;
  const say = (text: string) => `send('{"id":2,"outcomes":[{"todo":false,"value":"${text}"}]}\\n')`;
  const script = `try { require("net").connect(${port}, "127.0.0.1").on("data", () => ${say("reached")}).on("error", () => ${say("denied")}) } catch { ${say("denied")} }`;
  const [outcome] = (await endOf(script)) as { value: { value: string } }[];
  server.close();
  const kept = probeIsolation().level === "namespace" || Number(process.versions.node.split(".")[0]) >= 25;
  expect(outcome!.value.value).toBe(kept ? "denied" : "reached");
});

test("permissions hold: no files, no processes, no workers", { timeout: 20_000 }, async () => {
  const tries = {
    read: 'fs.readFileSync("/etc/hostname")',
    list: 'fs.readdirSync("/")',
    write: `fs.writeFileSync(${JSON.stringify(path.join(folder, "x"))}, "")`,
    process: 'require("child_process").execFileSync("true")',
    worker: 'new (require("worker_threads").Worker)("", { eval: true })',
    addon: 'process.dlopen({ exports: {} }, "/x.node")',
    eval: 'new Function("return 1")()',
    environment: 'if (process.env.PATH) "seen"; else throw 1',
  };
  const script = Object.entries(tries).map(
    ([name, code]) => `try { ${code}; done.push(${JSON.stringify(name)}); } catch {}`,
  );
  const reply = `send('{"id":2,"outcomes":[{"todo":false,"value":' + JSON.stringify(done) + '}]}\\n')`;
  const outcome = await endOf(`const done = []; ${script.join("\n")} ${reply}`);
  expect(outcome).toEqual([{ todo: false, value: { kind: "list", items: [] } }]);
  expect(fs.existsSync(path.join(folder, "x"))).toBe(false);
});

test("a grader that is killed leaves no process behind", { timeout: 60_000 }, async () => {
  const script = path.join(folder, "grader.ts");
  const at = (file: string) => JSON.stringify(path.join(projectRoot, "lib/course/grader", file));
  fs.writeFileSync(
    script,
    `import { AnswerProcess } from ${at("answer-process")};
     import { bundleAnswers } from ${at("bundle")};
     void (async () => {
       const [bundle] = await bundleAnswers([{ text: "for (;;) {}", file: "exercises/x.ts" }]);
       const answer = await AnswerProcess.start();
       console.log("started");
       await answer.load("answer", bundle!.code, 60_000);
     })();`,
  );
  const grader = spawn(process.execPath, ["--import", "tsx", script], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => grader.stdout.once("data", resolve));
  expect(answerProcesses(grader.pid).length).toBeGreaterThan(0);
  const gone = new Promise((resolve) => grader.once("exit", resolve));
  grader.kill("SIGKILL");
  await gone;
  await expect.poll(() => answerProcesses(grader.pid), { timeout: 20_000 }).toEqual([]);
});

test("a process that does not start is the grader's fault", async () => {
  const failing = path.join(folder, "old-node");
  fs.writeFileSync(failing, "#!/bin/sh\necho 'bad option: --permission' >&2\nexit 9\n", { mode: 0o755 });
  const started = AnswerProcess.start({ node: failing });
  await expect(started).rejects.toMatchObject({
    kind: "grader-error",
    message: "the process for answers did not start: bad option: --permission",
  });
});

test("memory as macOS and Windows tell it", () => {
  expect(psKb("  1024\n 2048\n\n")).toBe(3072);
  expect(tasklistKb('"node.exe","4242","Console","1","45,678 K"\r\n')).toBe(45678);
  expect(tasklistKb('"node.exe","4242","Konsole","1","1.045.678 K"\r\n')).toBe(1045678);
  expect(tasklistKb("INFO: No tasks are running which match the specified criteria.\r\n")).toBe(0);
});

test("what an answer prints reaches the learner without escapes", () => {
  expect(stripEscapes("\u001b[2J\u001b]0;title\u0007a\u001b[31mb\u001b[0m\r\n\tc\u0000\u001b]8;;x\u001b\\d")).toBe(
    "ab\n\tcd",
  );
});
