import type { SubmissionResult } from "./batch";
import { type ExerciseRecord, hasPassed, type Verdict } from "./record";

/** How a class did on one exercise. Holds no names. */
export interface ExerciseStatistics {
  readonly exercise: string;
  readonly number: string;
  readonly title: string;
  readonly submissions: number;
  readonly attempted: number;
  readonly passed: number;
  /** Of the most, over those who attempted it. */
  readonly meanPoints: number;
  readonly maxPoints: number;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Submissions that fail a check in this known way, most frequent first. */
  readonly mistakes: readonly { readonly name: string; readonly count: number }[];
  /** Submissions that fail a check, most frequent first. */
  readonly failedChecks: readonly { readonly title: string; readonly count: number }[];
}

/** Counts records one submission at a time, so that a large class need not be in memory at once. */
export class StatisticsCounter {
  private readonly exercises = new Map<string, { records: number; first: ExerciseRecord; counts: Counts }>();

  add(result: SubmissionResult): void {
    for (const record of result.records) {
      let entry = this.exercises.get(record.exercise);
      if (!entry) {
        entry = { records: 0, first: record, counts: new Counts() };
        this.exercises.set(record.exercise, entry);
      }
      entry.records++;
      entry.counts.add(record);
    }
  }

  result(): ExerciseStatistics[] {
    return [...this.exercises.values()].map(({ records, first, counts }) => ({
      ...{ exercise: first.exercise, number: first.number, title: first.title, submissions: records },
      ...{ attempted: counts.attempted, passed: counts.passed, maxPoints: first.maxPoints },
      meanPoints: counts.attempted ? Math.round((counts.points / counts.attempted) * 100) / 100 : 0,
      verdicts: Object.fromEntries(counts.verdicts),
      mistakes: ordered(counts.mistakes).map(([name, count]) => ({ name, count })),
      failedChecks: ordered(counts.failedChecks).map(([title, count]) => ({ title, count })),
    }));
  }
}

class Counts {
  attempted = 0;
  passed = 0;
  points = 0;
  readonly verdicts = new Map<Verdict, number>();
  readonly mistakes = new Map<string, number>();
  readonly failedChecks = new Map<string, number>();

  add(record: ExerciseRecord): void {
    count(this.verdicts, record.verdict);
    if (record.verdict === "not-attempted" || record.verdict === "grader-error") return;
    this.attempted++;
    this.points += record.points;
    if (hasPassed(record)) this.passed++;
    for (const name of new Set(record.tests.flatMap((check) => check.mistake?.name ?? []))) count(this.mistakes, name);
    for (const check of record.tests)
      if (check.verdict !== "pass" && check.verdict !== "not-run") count(this.failedChecks, check.title);
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function ordered(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** A table for the terminal: who passed, and the mistake that is made most. */
export function renderStatistics(statistics: readonly ExerciseStatistics[]): string {
  const lines = ["exercise  attempted  passed  points     most frequent mistake"];
  for (const one of statistics) {
    const [mistake] = one.mistakes;
    lines.push(
      [
        ...[one.number.padEnd(9), `${one.attempted}`.padStart(9), `${one.passed}`.padStart(7)],
        `${one.meanPoints.toFixed(2)} of ${one.maxPoints}`.padStart(11),
        mistake ? `   ${mistake.count} × ${mistake.name}` : "",
      ].join(" "),
    );
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
