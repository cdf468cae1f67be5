import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { brokenRules, typedNumbers } from "../../lib/course/notebooks/rules";
import { executedFolder, notebookFile, notebookNames, runNotebook } from "../../lib/course/notebooks/run";
import { findChromium } from "../../lib/course/start/chromium.mjs";
import { projectRoot } from "../../lib/root";
import { everyday } from "../browser/lab";

const read = (file: string) => JSON.parse(fs.readFileSync(file, "utf8"));

describe.each(notebookNames())("%s", (name) => {
  test("keeps the rules of lib/README.md", () => {
    expect(brokenRules(name, read(notebookFile(name)))).toEqual([]);
  });

  if (findChromium() || !everyday.includes(name)) return; // test/browser runs it, in JupyterLab

  test.concurrent("runs from a fresh kernel, and stays below 2 MB with its outputs", async () => {
    const run = await runNotebook(notebookFile(name));
    expect(run.failure && `cell ${run.failure.cell}\n${run.failure.text}`).toBeUndefined();
    expect(run.bytes).toBeLessThan(2e6);
    const outputs = read(run.executed).cells.flatMap((cell: { outputs?: object[] }) => cell.outputs ?? []);
    const isProblem = (output: { output_type?: string; name?: string }) =>
      output.output_type === "error" || output.name === "stderr";
    expect(outputs.filter(isProblem)).toEqual([]);
  }, 300_000);
});

describe("npm run notebooks", () => {
  test("finds notebooks by number, and says what there is when it finds none", () => {
    expect(notebookNames(["00"])).toEqual(["00-welcome"]);
    expect(() => notebookNames(["99"])).toThrow(/expected the number or name of a lesson \(00-welcome.*, got 99$/);
  });

  test("stops at the first cell that fails, names it, and keeps the copy", async () => {
    const file = path.join(projectRoot, ".cache/notebooks-test/failing.ipynb");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(
      file,
      JSON.stringify(notebookOf({ one: "1 + 1", bad: `throw new Error("on purpose")`, three: "3" })),
    );
    const run = await runNotebook(file);
    expect(run.failure?.cell).toBe("bad");
    expect(run.failure?.text).toContain("Error: on purpose\n  at cell [2], line 1");
    expect(run).toMatchObject({ name: "failing", cells: 3, executed: path.join(executedFolder, "failing.ipynb") });
    expect(read(run.executed).cells.map((cell: { outputs: object[] }) => cell.outputs.length)).toEqual([1, 1, 0]);
  }, 120_000);

  test("measures the kernel's peak memory", async () => {
    const file = path.join(projectRoot, ".cache/notebooks-test/memory.ipynb");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(notebookOf({ fill: "const filled = new Uint8Array(3e8).fill(1);" })));
    const { memoryBytes, failure } = await runNotebook(file);
    expect(failure).toBeUndefined();
    expect(memoryBytes).toBeGreaterThan(3e8);
    expect(memoryBytes).toBeLessThan(3e9);
  }, 120_000);
});

describe("the rules", () => {
  const good = notebookOf({ imports: `import { Value } from "./lib/scalar";`, "first-step": "1 + 1" });
  const withCell = (cell: object) => ({ ...good, cells: [...good.cells, cell] });
  const code = (id: string, source: string, more = {}) => ({ ...codeCell(id, source), ...more });

  test("are kept by a good notebook", () => {
    expect(brokenRules("01-neuron", good)).toEqual([]);
  });

  test.each([
    ["a missing question", { ...good, metadata: { ...good.metadata, course: {} } }, /course\.question/],
    ["another kernel", { ...good, metadata: { ...good.metadata, kernelspec: { name: "tslab" } } }, /kernelspec\.name/],
    ["an output", withCell(code("shown", "1", { outputs: [{ output_type: "stream" }] })), /shown: expected no outputs/],
    ["a number", withCell(code("counted", "1", { execution_count: 3 })), /counted: expected no outputs/],
    ["an id twice", withCell(code("imports", "1")), /imports: expected an id of its own/],
    ["an id of digits", withCell(code("3f2a9b1c", "1")), /3f2a9b1c: expected an id in words/],
    ["a late import", withCell(code("late", `import * as os from "node:os";`)), /late: expected imports in the first/],
    ["an import from a file of a room", withImport("./lib/nn/linear"), /imports \.\/lib\/nn\/linear/],
    ["an import with an extension", withImport("./lib/random.ts"), /imports \.\/lib\/random\.ts/],
    ["an import from outside the root", withImport("../lib/nn"), /imports \.\.\/lib\/nn/],
    ["a measured number", withCell(markdown("prose", "The loss is 0.25 now.")), /prose: "0\.25" is typed/],
  ])("name %s", (_, notebook, rule) => {
    const broken = brokenRules("01-neuron", notebook);
    expect(broken.join("\n")).toMatch(rule);
  });

  test("name a lesson that is in the file of another one", () => {
    expect(brokenRules("02-loss", good)).toEqual(["metadata: lesson 01 in 02-loss"]);
  });

  test.each([
    "The loss falls to 0.25.",
    "97 % are right.",
    "97% are right.",
    "a gain of 12.5 points",
    "3,5 in German",
    "12 percent",
  ])("refuse the number in: %s", (prose) => {
    expect(typedNumbers(prose)).toHaveLength(1);
  });

  test.each([
    "$\\eta = 0.01$ and `0.5`",
    "$$\\beta_2 = 0.999$$",
    "```ts\nconst a = 0.5;\n```",
    "[link](https://example.org/0.5)",
    "section 3.2, T5 v1.1, exercise 03.2, CC BY-SA 3.0",
    "60,000 digits in 1985",
    "3 steps of 5.",
  ])("allow: %s", (prose) => {
    expect(typedNumbers(prose)).toEqual([]);
  });

  function withImport(from: string) {
    return { ...good, cells: [codeCell("imports", `import * as it from "${from}";`)] };
  }
});

const codeCell = (id: string, source: string) => ({
  id,
  cell_type: "code",
  source,
  metadata: {},
  outputs: [] as object[],
  execution_count: null as number | null,
});

const markdown = (id: string, source: string) => ({ id, cell_type: "markdown", source, metadata: {} });

/** A notebook that keeps the rules, with cells of code by id. */
function notebookOf(cells: Record<string, string>) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      course: {
        lesson: "01",
        title: "A neuron",
        question: "What is it?",
        goals: ["know it"],
        prerequisites: [],
        minutes: 10,
        sources: ["nobody"],
      },
      kernelspec: { name: "course", display_name: "TypeScript (course)", language: "typescript" },
      language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
    },
    cells: Object.entries(cells).map(([id, source]) => codeCell(id, source)) as object[],
  };
}
