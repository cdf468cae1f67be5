import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { commandEnvironment } from "../start/prepare.mjs";
import { environmentPython } from "../start/project.mjs";

const folder = path.join(projectRoot, "notebooks");
/** Where executed copies go. */
export const executedFolder = path.join(projectRoot, ".cache", "executed");

/** What came of a notebook that was run from its first cell to its last, or to the one that failed. */
export interface NotebookRun {
  /** `03-backpropagation`. */
  readonly name: string;
  /** How many cells of code it has. */
  readonly cells: number;
  /** From the first cell to the last; the kernel's start is not counted. */
  readonly seconds: number;
  /** The kernel's peak, all its threads together; 0 when a cell failed. */
  readonly memoryBytes: number;
  /** The size of the notebook with its outputs. */
  readonly bytes: number;
  /** The file with the outputs. */
  readonly executed: string;
  readonly failure: { readonly cell: string; readonly text: string } | undefined;
}

/** The names of all notebooks, in order; or of those whose name begins with one of `wanted`, such as `05`. */
export function notebookNames(wanted: readonly string[] = []): string[] {
  const names = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".ipynb"))
    .map((file) => file.slice(0, -".ipynb".length))
    .sort();
  for (const start of wanted) {
    if (names.some((name) => name.startsWith(start))) continue;
    throw new Error(`notebooks: expected the number or name of a lesson (${names.join(", ")}), got ${start}`);
  }
  return wanted.length === 0 ? names : names.filter((name) => wanted.some((start) => name.startsWith(start)));
}

export const notebookFile = (name: string) => path.join(folder, `${name}.ipynb`);

/**
 * Runs a notebook from a fresh kernel with nbclient, which stops at the first cell that fails.
 *
 * @param file a notebook; its folder is where the kernel starts, as in JupyterLab
 */
export async function runNotebook(file: string, { secondsPerCell = 300 } = {}): Promise<NotebookRun> {
  const name = path.basename(file, ".ipynb");
  const executed = path.join(executedFolder, `${name}.ipynb`);
  fs.mkdirSync(executedFolder, { recursive: true });
  const script = path.join(projectRoot, "lib/course/notebooks/execute.py");
  const said = await runPython([script, file, executed, String(secondsPerCell)]);
  const { seconds, memory, failure } = JSON.parse(said);
  const { cells } = JSON.parse(fs.readFileSync(executed, "utf8")) as { cells: { cell_type: string }[] };
  return {
    name,
    cells: cells.filter((cell) => cell.cell_type === "code").length,
    seconds,
    memoryBytes: memory,
    bytes: fs.statSync(executed).size,
    executed,
    failure: failure ?? undefined,
  };
}

function runPython(args: readonly string[]): Promise<string> {
  const options = { env: commandEnvironment(), maxBuffer: 1e8 };
  return new Promise((resolve, reject) => {
    execFile(environmentPython, [...args], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(`notebooks: expected nbclient to run ${args[1]}, got:\n${stderr.trim() || error.message}`));
    });
  });
}
