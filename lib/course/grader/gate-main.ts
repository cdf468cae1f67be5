import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { projectRoot } from "../../root";
import { type GateRow, gateLesson, renderGate } from "./gate";
import { type LessonFiles, lessonNames, loadLesson } from "./lessons";
import { type MutationRow, mutateLesson, renderMutation } from "./mutation";
import { isUntouched } from "./stubs";

// npm run gate [-- NN …] [--write-stubs] [--full]
// --full: 100 seeds instead of 20, and the mutants of the solutions. Of the whole course it writes its tables to tableFile.

const tableFile = "test/exercises/gate.md";

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => /^\d\d?$/.test(word)).map((word) => word.padStart(2, "0"));
  const unknown = words.filter((word) => !/^\d\d?$/.test(word) && word !== "--write-stubs" && word !== "--full");
  if (unknown.length)
    throw new Error(`gate: expected lesson numbers, --write-stubs or --full, got ${unknown.join(" ")}`);
  const names = [...lessonNames()].filter(([number]) => !wanted.length || wanted.includes(number));
  if (!names.length) throw new Error(`gate: no exercises are defined for lesson ${wanted.join(", ")}`);
  const full = words.includes("--full");
  const rows: GateRow[] = [];
  const mutation: MutationRow[] = [];
  let failed = false;
  for (const [, name] of names) {
    try {
      const files = await loadLesson(name);
      if (words.includes("--write-stubs")) console.log(`${files.exercise}: ${writeStub(files)}`);
      else rows.push(...(await gateLesson(files, full ? 100 : 20)));
      if (full) mutation.push(...(await mutateLesson(files, (text) => console.error(text))));
    } catch (error) {
      failed = true;
      console.error(`${name}: ${(error as Error)?.message ?? error}`);
    }
  }
  if (rows.length) console.log(renderGate(rows));
  if (mutation.length) console.log(`\n${renderMutation(mutation)}`);
  const unexplained = mutation.some(({ survivors }) => survivors.some(({ reason }) => reason === undefined));
  if (failed || unexplained || rows.some((row) => row.faults.length)) process.exitCode = 1;
  if (full && !wanted.length && !failed) {
    const text = `# The last full gate\n\nWritten by \`npm run gate -- --full\`: 100 seeds, and StrykerJS's mutants of the solutions.\n`;
    const tables = [renderGate(rows), renderMutation(mutation)].map((table) => `\n\`\`\`\n${table}\n\`\`\`\n`);
    fs.writeFileSync(path.join(projectRoot, tableFile), text + tables.join(""));
  }
  await esbuild.stop();
}

/** Writes a lesson's stub, but never over a learner's work. Says what it did. */
function writeStub(files: LessonFiles): string {
  const file = path.join(projectRoot, files.exercise);
  const present = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  if (present === files.stubText) return "up to date";
  if (present !== undefined && !isUntouched(present)) {
    process.exitCode = 1;
    return "has answers in it, left alone (move it away to get a fresh one)";
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, files.stubText);
  return "written";
}

process.on("SIGUSR1", () => {}); // Node would open its inspector
main().catch((error) => {
  console.error((error as Error)?.message ?? error);
  process.exitCode = 1;
});
