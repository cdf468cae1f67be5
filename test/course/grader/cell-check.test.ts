import { afterEach, beforeEach, expect, test } from "vitest";
import { check } from "../../../lib/course/lesson";
import type { MimeBundle } from "../../../lib/plot/display";
import { startKernel } from "../kernel-client";

// `check` in a notebook finds the answer's cell. What becomes of cell and file is proved in cell-answer.test.ts.
const hook = Symbol.for("course.display");
const place = globalThis as { [hook]?: unknown; __cells?: unknown };
let last: MimeBundle | undefined;
beforeEach(() => {
  place[hook] = (bundle: MimeBundle) => {
    last = bundle;
  };
});
afterEach(() => {
  delete place[hook];
  delete place.__cells;
});

const cells = (...sources: string[]) => new Map(sources.map((source, i) => [`${i}`, { source }]));

test("the last cell that says so is handed to the grader; choosing the file leaves the file as it is", async () => {
  const answer = (body: string) => `// answer 00.1\nfunction fahrenheit(celsius: number): number { ${body} }`;
  place.__cells = cells(answer("return 1;"), "const other = 1;", answer("return 2;"), 'await check("00.1")');
  await check("00.1", { use: "file" });
  expect(last!["text/plain"]).toMatch(/Graded is exercises\/00-welcome\.ts|The cell's answer/);
});

test("a cell that answers nothing is said so", async () => {
  place.__cells = cells("// answer 00.1\nconst nothing = 1;");
  await expect(check("00.1")).rejects.toThrow("expected `fahrenheit` in the cell, got none");
});

test("the kernel keeps the cells that have run", { timeout: 120_000 }, async () => {
  const kernel = await startKernel();
  try {
    await kernel.execute("// answer 00.1\nconst first = 1;");
    const { stdout } = await kernel.execute(
      "console.log([...(globalThis as any).__cells.values()].map((cell: any) => cell.source.split('\\n')[0]))",
    );
    expect(stdout).toContain("'// answer 00.1'");
  } finally {
    await kernel.shutdown();
  }
});
