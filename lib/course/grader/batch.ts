import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Exercise } from "./exercise";
import { type GradeOptions, grade } from "./grade";
import { type GradebookColumn, gradebookRow, writeGradebook } from "./gradebook";
import type { LessonFiles } from "./lessons";
import { Oracle } from "./oracle";
import type { ExerciseRecord } from "./record";
import { graderVersion } from "./runtime";
import { type ExerciseStatistics, StatisticsCounter } from "./statistics";
import { fingerprint, listSubmissions, readForLesson, type Submission, shardOf } from "./submissions";

/** What one file of results holds. */
export interface SubmissionResult {
  readonly schema: 1;
  readonly submission: string;
  /** Of the submission's texts: a changed one is graded again. */
  readonly fingerprint: string;
  readonly graderVersion: string;
  readonly seeds: readonly number[];
  readonly gradedAt: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly records: readonly ExerciseRecord[];
  readonly status: "final";
}

export interface BatchOptions {
  readonly submissions: string;
  readonly out: string;
  readonly jobs: number;
  /** Only a part of the submissions: `2/4`. */
  readonly shard?: string | undefined;
  readonly selection: readonly { readonly files: LessonFiles; readonly exercises: readonly Exercise[] }[];
  readonly seeds: readonly number[];
  readonly gradeOptions?: Pick<GradeOptions, "node">;
  readonly onResult?: (result: SubmissionResult, done: number, all: number) => void;
}

export interface BatchSummary {
  readonly all: number;
  /** Taken from an earlier run. */
  readonly kept: number;
  readonly graded: number;
  /** Submissions in which the grader itself failed somewhere. They are graded again by the next run. */
  readonly ourFault: number;
  readonly statistics: readonly ExerciseStatistics[];
}

/**
 * Grades many learners' work, `jobs` at a time. Each result is one file, written whole; what is there already and still
 * fits is kept, so a run that was broken off goes on where it stopped.
 */
export async function gradeBatch(options: BatchOptions): Promise<BatchSummary> {
  const { out, jobs, selection, seeds } = options;
  const submissions = shardOf(listSubmissions(options.submissions), options.shard);
  const folder = path.join(out, "results");
  fs.mkdirSync(folder, { recursive: true });
  for (const name of fs.readdirSync(folder)) if (name.endsWith(".new")) fs.rmSync(path.join(folder, name));

  const oracles = new Map(selection.map(({ files }) => [files, new Oracle(files)]));
  const columns = selection.flatMap(({ exercises }) =>
    exercises.map(({ slug, points }): GradebookColumn => ({ slug, maxPoints: points })),
  );
  const rows: string[][] = new Array(submissions.length);
  const statistics = new StatisticsCounter();
  const counts = { kept: 0, graded: 0, ourFault: 0 };
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < submissions.length) {
      const place = next++;
      const submission = submissions[place]!;
      const sources = await Promise.all(selection.map(({ files }) => readForLesson(submission, files)));
      const file = path.join(folder, `${fileName(submission)}.json`);
      const key = fingerprint(sources);
      const earlier = readResult(file);
      const fits =
        earlier?.fingerprint === key &&
        earlier.graderVersion === graderVersion &&
        earlier.seeds.join() === seeds.join() &&
        earlier.records.map((record) => record.exercise).join() === columns.map((column) => column.slug).join() &&
        !isOurFault(earlier);
      const result = fits ? earlier : await gradeOne(submission, sources, key);
      if (!fits) writeWhole(file, `${JSON.stringify(result)}\n`);
      counts[fits ? "kept" : "graded"]++;
      if (isOurFault(result)) counts.ourFault++;
      rows[place] = gradebookRow(result, columns);
      statistics.add(result);
      options.onResult?.(result, ++done, submissions.length);
    }
  };

  async function gradeOne(
    submission: Submission,
    sources: readonly Awaited<ReturnType<typeof readForLesson>>[],
    key: string,
  ) {
    const records: ExerciseRecord[] = [];
    for (const [i, { files, exercises }] of selection.entries()) {
      // A lesson that was not handed in is graded as its stub: not attempted.
      const source = sources[i] ?? { text: files.stubText, file: files.exercise };
      const settings = { exercises, seeds, ...options.gradeOptions };
      records.push(...(await grade(files, source, oracles.get(files)!, settings)));
    }
    const sum = (of: (record: ExerciseRecord) => number) => records.reduce((total, record) => total + of(record), 0);
    const result: SubmissionResult = {
      ...{ schema: 1, submission: submission.id, fingerprint: key, graderVersion, seeds },
      ...{
        gradedAt: new Date().toISOString(),
        points: round(sum((r) => r.points)),
        maxPoints: sum((r) => r.maxPoints),
      },
      ...{ records, status: "final" },
    };
    return result;
  }

  try {
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
  } finally {
    for (const oracle of oracles.values()) await oracle.close();
  }
  writeWhole(path.join(out, "gradebook.csv"), writeGradebook(columns, rows));
  writeWhole(path.join(out, "statistics.json"), `${JSON.stringify(statistics.result(), null, 1)}\n`);
  return { all: submissions.length, ...counts, statistics: statistics.result() };
}

const isOurFault = ({ records }: SubmissionResult) => records.some((record) => record.verdict === "grader-error");

/** The learner's name where it can be a file's, else made into one that no other name is made into. */
function fileName({ id }: Submission): string {
  if (/^[\w][\w.@+-]{0,100}$/.test(id)) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  return `${id.replace(/[^\w.@+-]/g, "_").slice(0, 60)}~${hash}`;
}

function readResult(file: string): SubmissionResult | undefined {
  try {
    const result = JSON.parse(fs.readFileSync(file, "utf8")) as SubmissionResult;
    return result.schema === 1 && result.status === "final" && Array.isArray(result.records) ? result : undefined;
  } catch {
    return undefined;
  }
}

/** A reader sees the old file or the new one, never a part. */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.new`;
  const handle = fs.openSync(fresh, "w");
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(fresh, file);
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
