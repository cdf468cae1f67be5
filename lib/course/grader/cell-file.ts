import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { type Agreement, type Choice, mergeCell } from "./cell-answer";
import { answeredBy } from "./cell-marker";
import { keepBeside } from "./keep";
import { type Course, selectOne } from "./lessons";

/** What became of a cell's answer, in a sentence; `ask` when the learner has to choose before anything is graded. */
export interface CellOutcome {
  readonly ask: boolean;
  readonly message: string;
}

/** Brings a cell's answer and the exercise's file together. Agreements are kept in one file beside the progress. */
export async function bringTogether(
  what: string,
  cell: string,
  choice: Choice | undefined,
  { where, agreements }: { readonly where: Course; readonly agreements: string },
): Promise<CellOutcome> {
  const { files, exercise } = await selectOne(what, where);
  const { number } = exercise;
  const said = answeredBy(cell);
  if (said !== number && said !== exercise.slug)
    throw new Error(`Answer cell: expected its first line to be "// answer ${number}", got ${said ?? "none"}`);
  const file = path.join(projectRoot, files.exercise);
  const text = fs.readFileSync(file, "utf8");
  const known = readAgreements(agreements);
  const merge = mergeCell(number, cell, text, files.stubText, known[exercise.slug], choice);
  if (merge.action !== "ask" && merge.agreement)
    writeAgreements(agreements, { ...known, [exercise.slug]: merge.agreement });
  switch (merge.action) {
    case "write": {
      // The learner chose to replace what was in the file: it is kept.
      const kept =
        choice === "cell" ? ` What the file had is in ${path.relative(projectRoot, keepBeside(file, text))}.` : "";
      fs.writeFileSync(file, merge.file);
      return { ask: false, message: `The cell's answer is now in ${files.exercise}, too.${kept}` };
    }
    case "same":
      return { ask: false, message: "" };
    case "keep":
      return {
        ask: false,
        message: `Graded is ${files.exercise}, which is newer than the cell. To take the cell instead: await check("${number}", { use: "cell" })`,
      };
    case "ask":
      return {
        ask: true,
        message: `Both the cell and ${files.exercise} have changed since they were last the same. Which is yours? await check("${number}", { use: "cell" }) takes the cell and keeps the file's text beside it; await check("${number}", { use: "file" }) takes the file and leaves the cell as it is.`,
      };
  }
}

function readAgreements(file: string): Record<string, Agreement> {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, Agreement>;
  } catch {
    return {};
  }
}

function writeAgreements(file: string, agreements: Record<string, Agreement>): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(agreements, null, 1)}\n`);
  fs.renameSync(`${file}.${process.pid}`, file);
}
