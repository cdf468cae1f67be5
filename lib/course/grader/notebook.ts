import { spawn } from "node:child_process";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { LoadProblem, type Source } from "./bundle";
import { answeredBy } from "./cell-marker";
import type { LessonFiles } from "./lessons";

export const largestNotebook = 20 << 20;
const deadlineMs = 20_000;

/** A notebook's code cells that say that they answer an exercise, in order. Outputs and everything else are not looked at. */
export function answerCells(notebook: string): string[] {
  if (notebook.length > largestNotebook) throw new Error(`expected a notebook of at most ${largestNotebook >> 20} MB`);
  const { cells } = JSON.parse(notebook) as { cells?: unknown };
  if (!Array.isArray(cells)) throw new Error("expected a notebook with cells");
  return cells
    .filter((cell) => cell?.cell_type === "code")
    .map((cell) => (Array.isArray(cell.source) ? cell.source.join("") : String(cell.source ?? "")))
    .filter((source) => answeredBy(source) !== undefined);
}

/**
 * A lesson's exercise file made from a notebook: the stub with the answers of its cells, the last of several for one
 * exercise. Undefined when no cell answers one of the lesson. Cells are parsed in a process that can be ended.
 */
export async function fromNotebook(notebook: string, files: LessonFiles): Promise<Source | LoadProblem | undefined> {
  const { lesson, exercise: file, stubText } = files;
  let cells: string[];
  try {
    cells = answerCells(notebook);
  } catch (error) {
    return new LoadProblem("rejected", `${file}: ${(error as Error).message}`);
  }
  const answers = lesson.exercises.flatMap(({ number, slug }) => {
    const cell = cells.filter((source) => [number, slug].includes(answeredBy(source)!)).at(-1);
    return cell === undefined ? [] : [{ number, cell }];
  });
  if (!answers.length) return undefined;
  const result = await assemble({ stub: stubText, answers });
  return "text" in result
    ? { text: result.text, file }
    : new LoadProblem(result.slow ? "time" : "load-error", `${file}: ${result.problem}`);
}

type Assembled = { readonly text: string } | { readonly problem: string; readonly slow?: boolean };

function assemble(work: { stub: string; answers: { number: string; cell: string }[] }): Promise<Assembled> {
  return new Promise((resolve) => {
    const script = path.join(projectRoot, "lib/course/grader/notebook-main.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: projectRoot,
      stdio: ["pipe", "pipe", "ignore"],
    });
    let output = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve({ problem: "reading the notebook's cells took too long", slow: true });
    }, deadlineMs);
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.stdin.on("error", () => {});
    child.on("error", () => resolve({ problem: "the notebook's cells could not be read" }));
    child.on("close", () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(output) as Assembled);
      } catch {
        resolve({ problem: "the notebook's cells could not be read" });
      }
    });
    child.stdin.end(JSON.stringify(work));
  });
}
