import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { batchCommand } from "./batch-command";
import { bringTogether } from "./cell-file";
import { toClassroom, toGradescope, toJunit } from "./formats";
import { gradeCourse } from "./grade-lesson";
import { nextHint } from "./hints";
import { type Course, course, select } from "./lessons";
import { addRecord, progressFile, readProgress, writeProgress } from "./progress";
import { renderProgress } from "./progress-table";
import { type ExerciseRecord, type GradeReport, hasPassed } from "./record";
import { colours, noColours, renderLine, renderText } from "./render-text";
import { graderVersion } from "./runtime";
import { updateCommand } from "./update-command";
import { watchInTerminal } from "./watch-terminal";

const usage = `npm run grade                       all exercises
npm run grade -- 03                 a lesson's
npm run grade -- 03.2               one, also by its slug: backpropagation/local-derivatives
npm run grade -- --hint 03.2        the next of three hints
npm run grade -- --progress         attempts, hints and mistakes so far
npm run grade -- --update           the newest course, with your answers kept (--from FOLDER takes them from a copy)
npm run grade -- --watch [03]       grades what you save; shows its keys
    --json FILE     writes the records (- for the terminal)
    --junit FILE    JUnit XML, --gradescope FILE Gradescope's results.json, --classroom FILE GitHub Classroom's JSON
    --seed N        draws other inputs
    --no-types      does not ask TypeScript
npm run grade -- [03] --submissions DIR --out DIR   many learners' folders, zips or files, and a gradebook.csv
    --jobs N        at the same time (2)
    --shard 2/4     only the second of four parts, for several machines`;

/** What the command needs from outside; tests bring their own. */
export interface Surroundings {
  readonly print: (text: string) => void;
  readonly isTerminal: boolean;
  readonly where?: Course;
  readonly progress?: string;
}

const flags = {
  hint: { type: "boolean" },
  watch: { type: "boolean" },
  progress: { type: "boolean" },
  update: { type: "boolean" },
  from: { type: "string" },
  json: { type: "string" },
  junit: { type: "string" },
  gradescope: { type: "string" },
  classroom: { type: "string" },
  seed: { type: "string" },
  "no-types": { type: "boolean" },
  cell: { type: "string" },
  use: { type: "string" },
  submissions: { type: "string" },
  out: { type: "string" },
  jobs: { type: "string" },
  shard: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** `npm run grade`. Returns the exit code: 0 only when everything that was asked for passes. */
export async function gradeCommand(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { print, isTerminal, where = course, progress = progressFile } = surroundings;
  const { values: options, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: flags });
  const [what] = positionals;
  if (positionals.length > 1) throw new Error(`grade: expected one lesson or exercise, got ${positionals.join(" ")}`);
  if (options.help) {
    print(usage);
    return 0;
  }
  const paint = isTerminal ? colours : noColours;
  if (options.hint) {
    if (!what) throw new Error("grade: --hint wants to know the exercise: npm run grade -- --hint 03.2");
    print(await nextHint(what, where, progress));
    return 0;
  }
  if (options.update) return updateCommand({ where, print, from: options.from });
  if (options.progress) {
    print(
      renderProgress(
        (await select(what, where)).map(({ files }) => files),
        readProgress(progress),
      ),
    );
    return 0;
  }
  if (options.watch) return watchInTerminal({ what, where, progress, paint, print });
  const seed = options.seed === undefined ? undefined : Number(options.seed);
  if (seed !== undefined && !Number.isInteger(seed))
    throw new Error(`grade: expected a whole --seed, got ${options.seed}`);
  if (options.submissions !== undefined) {
    const { submissions, out, shard } = options;
    const jobs = Number(options.jobs ?? 2);
    if (out === undefined) throw new Error("grade: --submissions wants to know where results go: --out DIR");
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new Error(`grade: expected at least 1 for --jobs, got ${options.jobs}`);
    return batchCommand({ submissions, out, jobs, shard, what, where, print, ...(seed === undefined ? {} : { seed }) });
  }
  const quiet = [options.json, options.junit, options.gradescope, options.classroom].includes("-");
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const write = (file: string, text: string) => (file === "-" ? print(text) : fs.writeFileSync(file, `${text}\n`));
  let note = "";
  if (options.cell !== undefined) {
    const { use } = options;
    if (use !== undefined && use !== "cell" && use !== "file")
      throw new Error(`grade: expected --use cell or file, got ${use}`);
    if (what === undefined) throw new Error("grade: --cell wants to know the exercise");
    const text = options.cell === "-" ? fs.readFileSync(0, "utf8") : fs.readFileSync(options.cell, "utf8");
    const agreements = path.join(path.dirname(progress), "cells.json");
    const outcome = await bringTogether(what, text, use, { where, agreements });
    if (outcome.ask) {
      const question: GradeReport = {
        schema: 1,
        graderVersion,
        startedAt,
        durationMs: 0,
        records: [],
        question: outcome.message,
      };
      if (options.json === undefined) print(outcome.message);
      else write(options.json, JSON.stringify(question, null, 1));
      return 1;
    }
    note = outcome.message;
  }
  const records = await gradeCourse(what, {
    where,
    ...(seed === undefined ? {} : { seeds: [seed] }),
    // Everything about what was asked for by name, one line for each of many.
    types: what !== undefined && !options["no-types"],
    onLesson: ({ lesson, number }) => quiet || print(`\n${paint.bold(`${number} ${lesson.title}`)}`),
    onRecord: (record) => quiet || print(what ? renderText(record, paint) : renderLine(record, paint)),
  }).then((all) => (note ? all.map((record) => ({ ...record, advice: [note, ...record.advice] })) : all));
  writeProgress(records.reduce(addRecord, readProgress(progress)), progress);
  const durationMs = Math.round(performance.now() - started);
  const report: GradeReport = { schema: 1, graderVersion, startedAt, durationMs, records };
  if (options.json !== undefined) write(options.json, JSON.stringify(report, null, 1));
  if (options.junit !== undefined) write(options.junit, toJunit(records));
  if (options.gradescope !== undefined) write(options.gradescope, JSON.stringify(toGradescope(records), null, 1));
  if (options.classroom !== undefined) write(options.classroom, JSON.stringify(toClassroom(records), null, 1));
  const [only] = records;
  if (!quiet && records.length === 1 && only!.verdict === "not-attempted")
    print(`  Write your answer in ${only!.file} and save it. A hint: npm run grade -- --hint ${only!.number}`);
  if (!quiet) print(`\n${summary(records, durationMs)}`);
  return records.length > 0 && records.every(hasPassed) ? 0 : 1;
}

function summary(records: readonly ExerciseRecord[], durationMs: number): string {
  const passed = records.filter(hasPassed).length;
  const points = records.reduce((sum, record) => sum + record.points, 0);
  const most = records.reduce((sum, record) => sum + record.maxPoints, 0);
  return `${passed} of ${records.length} exercises passed, ${Math.round(points * 10) / 10} of ${most} points, ${(durationMs / 1000).toFixed(1)} s`;
}
