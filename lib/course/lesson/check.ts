import { spawn } from "node:child_process";
import { display } from "../../plot/display";
import { projectRoot } from "../../root";
import type { ExerciseRecord, GradeReport } from "../grader/record";
import { renderText } from "../grader/render-text";
import { renderCard } from "./card";

let checks = 0;

/** Grades one exercise and shows its card: `await check("03.2")` or `await check("backpropagation/local-derivatives")`. */
export async function check(numberOrSlug: string): Promise<void> {
  if (!/^\d\d\.\d+$/.test(numberOrSlug) && !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(numberOrSlug))
    throw new Error(`check: expected an exercise such as "03.2" or "neuron/weighted-sum", got "${numberOrSlug}"`);
  const id = `check-${process.pid}-${checks++}`;
  const waiting = `Checking ${numberOrSlug} …`;
  display({ "text/html": `<div>${waiting}</div>`, "text/plain": waiting }, { id });
  const record = await grade(numberOrSlug);
  display({ "text/html": renderCard(record), "text/plain": renderText(record) }, { id, update: true });
}

/** Runs the grader in a process of its own, as `npm run grade` does: nothing of this notebook can change the verdict. */
async function grade(exercise: string): Promise<ExerciseRecord> {
  const command = ["--import", "tsx", "lib/course/grader/main.ts", exercise, "--json", "-"];
  const { output, errors } = await run(process.execPath, command);
  let report: GradeReport;
  try {
    report = JSON.parse(output);
  } catch {
    throw new Error(
      `check: the grader gave no record. ${(errors || output).trim().slice(-500) || "It printed nothing."}`,
    );
  }
  const [record] = report.records;
  if (!record) throw new Error(`check: expected an exercise of this course, got "${exercise}"`);
  return record;
}

function run(program: string, words: readonly string[]): Promise<{ output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
    const [output, errors] = ["stdout", "stderr"].map(() => [] as Buffer[]) as [Buffer[], Buffer[]];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", () =>
      resolve({ output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() }),
    );
  });
}
