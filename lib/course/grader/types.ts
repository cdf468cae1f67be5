import { spawn } from "node:child_process";
import * as path from "node:path";
import { projectRoot } from "../../root";
import type { ExerciseRecord } from "./record";

/** A complaint of TypeScript about a learner's file. */
export interface TypeProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const compiler = path.join(projectRoot, "node_modules/typescript/bin/tsc");
// As strict as the course's own code, but for one rule: `weights[i]` need not be checked for undefined.
const settings =
  "--noEmit --ignoreConfig --pretty false --strict --target es2022 --module esnext --moduleResolution bundler --types node --skipLibCheck";

/** Checks the types of a learner's file in a process of its own; it never takes part in the verdict. */
export function checkTypes(file: string, deadlineMs = 30_000): Promise<TypeProblem[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [compiler, ...settings.split(" "), file], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (output.length < 100_000) output += chunk;
    });
    child.on("error", () => resolve([]));
    child.on("close", () => {
      const lines = [...output.matchAll(/^(\S.*?)\((\d+),(\d+)\): error TS\d+: (.*)$/gm)];
      const problems = lines.map(([, found, line, column, message]) => ({
        ...{ file: found!.replace(/\\/g, "/"), line: Number(line), column: Number(column), message: message! },
      }));
      resolve(problems.filter((problem) => problem.file === file));
    });
  });
}

/** The problems that lie in an exercise's exports: below the line that declares one, above the next declaration. */
export function problemsOf(text: string, exports: readonly string[], problems: readonly TypeProblem[]): TypeProblem[] {
  const declared = text
    .split("\n")
    .map((line) => /^export (?:default )?(?:async )?(?:function\*?|class|const|let|var)\s+([\w$]+)/.exec(line)?.[1]);
  return problems.filter(({ line }) => {
    const owner = declared
      .slice(0, line)
      .filter((name) => name !== undefined)
      .at(-1); // the nearest above
    return owner !== undefined && exports.includes(owner);
  });
}

/** Type problems as advice on a record. A file that does not load has been complained about already. */
export function typeAdvice(record: ExerciseRecord, problems: readonly TypeProblem[]): ExerciseRecord {
  if (["not-attempted", "load-error", "rejected"].includes(record.verdict) || !problems.length) return record;
  const shown = problems
    .slice(0, 3)
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message.replace(/\.$/, "")}`);
  const more = problems.length > 3 ? [`and ${problems.length - 3} more`] : [];
  const words = "TypeScript complains, which does not change the verdict. ";
  return { ...record, advice: [...record.advice, words + [...shown, ...more].join("; ")] };
}
