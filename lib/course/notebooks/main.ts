import * as path from "node:path";
import { projectRoot } from "../../root";
import { executedFolder, type NotebookRun, notebookFile, notebookNames, runNotebook } from "./run";

/*
 * `npm run notebooks [-- 05 …]`: runs notebooks, each from a fresh kernel in real Jupyter, and prints what they took.
 * Fails when a cell does.
 */

const columns = ["notebook", "cells", "seconds", "peak MB", "size KB", ""] as const;

function row({ name, cells, seconds, memoryBytes, bytes, failure }: NotebookRun): string[] {
  const memory = memoryBytes > 0 ? (memoryBytes / 1e6).toFixed(0) : "";
  const outcome = failure ? `failed in cell "${failure.cell}"` : "ok";
  return [name, String(cells), seconds.toFixed(1), memory, (bytes / 1e3).toFixed(0), outcome];
}

async function main(wanted: readonly string[]): Promise<number> {
  const names = notebookNames(wanted);
  const width = Math.max(columns[0].length, ...names.map(({ length }) => length));
  const print = (cells: readonly string[]) =>
    console.log(
      cells.map((cell, i) => (i === 0 ? cell.padEnd(width) : i < 5 ? cell.padStart(8) : `  ${cell}`)).join(""),
    );
  print(columns);
  const failed: NotebookRun[] = [];
  for (const name of names) {
    const run = await runNotebook(notebookFile(name));
    print(row(run));
    if (run.failure) failed.push(run);
  }
  for (const { name, failure } of failed) console.log(`\n${name}, cell "${failure?.cell}"\n\n${failure?.text}`);
  console.log(`\nWith their outputs: ${path.relative(projectRoot, executedFolder)}`);
  return failed.length > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
