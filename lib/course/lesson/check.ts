import { spawn } from "node:child_process";
import { display } from "../../plot/display";
import { projectRoot } from "../../root";
import { answeredBy } from "../grader/cell-marker";
import type { GradeReport } from "../grader/record";
import { renderText } from "../grader/render-text";
import { renderCard } from "./card";
import { inlineHtml } from "./html";

let checks = 0;

/** What to take when both the answer's cell and the exercise's file have changed since they were last the same. */
export interface CheckOptions {
  readonly use?: "cell" | "file";
}

/**
 * Grades one exercise and shows its card: `await check("03.2")` or `await check("backpropagation/local-derivatives")`.
 * The answer is in the exercise's file, or in a cell whose first line is `// answer 03.2`; they are the same thing.
 */
export async function check(numberOrSlug: string, { use }: CheckOptions = {}): Promise<void> {
  if (!/^\d\d\.\d+$/.test(numberOrSlug) && !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(numberOrSlug))
    throw new Error(`check: expected an exercise such as "03.2" or "neuron/weighted-sum", got "${numberOrSlug}"`);
  const id = `check-${process.pid}-${checks++}`;
  const waiting = `Checking ${numberOrSlug} …`;
  display({ "text/html": `<div>${waiting}</div>`, "text/plain": waiting }, { id });
  const report = await grade(numberOrSlug, answerCell(numberOrSlug), use);
  const [record] = report.records;
  if (report.question) {
    const html = `<p class="course-card" data-verdict="question">${inlineHtml(report.question)}</p>`;
    display({ "text/html": html, "text/plain": report.question }, { id, update: true });
  } else if (record) {
    display({ "text/html": renderCard(record), "text/plain": renderText(record) }, { id, update: true });
  } else throw new Error(`check: expected an exercise of this course, got "${numberOrSlug}"`);
}

/** Runs the grader in a process of its own, as `npm run grade` does: nothing of this notebook can change the verdict. */
async function grade(
  exercise: string,
  cell: string | undefined,
  use: "cell" | "file" | undefined,
): Promise<GradeReport> {
  const fromCell = cell === undefined ? [] : ["--cell", "-", ...(use ? ["--use", use] : [])];
  const command = ["--import", "tsx", "lib/course/grader/main.ts", exercise, "--json", "-", ...fromCell];
  const { output, errors } = await run(process.execPath, command, cell);
  try {
    return JSON.parse(output);
  } catch {
    const reason = /^\w*Error: .*$/m.exec(errors)?.[0] ?? (errors.trim() || "It printed nothing.");
    throw new Error(`check: the grader gave no record. ${reason}`);
  }
}

/** The source of the last cell that ran and says that it answers the exercise. The course's kernel keeps them. */
function answerCell(exercise: string): string | undefined {
  const { __cells: cells } = globalThis as { __cells?: ReadonlyMap<string, { readonly source: string }> };
  const sources = [...(cells?.values() ?? [])].map(({ source }) => source);
  return sources.filter((source) => answeredBy(source) === exercise).at(-1);
}

function run(program: string, words: readonly string[], input = ""): Promise<{ output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: projectRoot, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => {}); // it may have ended already
    child.stdin.end(input);
    const [output, errors] = ["stdout", "stderr"].map(() => [] as Buffer[]) as [Buffer[], Buffer[]];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", () =>
      resolve({ output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() }),
    );
  });
}
