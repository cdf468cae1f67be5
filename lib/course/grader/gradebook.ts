import type { SubmissionResult } from "./batch";
import { hasPassed } from "./record";

export interface GradebookColumn {
  readonly slug: string;
  readonly maxPoints: number;
}

/** One learner's line: points of each exercise, empty where the grader itself failed; total; how many passed. */
export function gradebookRow(result: SubmissionResult, columns: readonly GradebookColumn[]): string[] {
  const records = new Map(result.records.map((record) => [record.exercise, record]));
  const points = columns.map(({ slug }) => {
    const record = records.get(slug);
    return record && record.verdict !== "grader-error" ? `${record.points}` : "";
  });
  const passed = result.records.filter(hasPassed).length;
  const fault = result.records.some((record) => record.verdict === "grader-error") ? "grade again" : "";
  return [result.submission, ...points, `${result.points}`, `${passed}`, fault];
}

/** The gradebook as CSV (RFC 4180). Its second line holds the points there are to be had. */
export function writeGradebook(columns: readonly GradebookColumn[], rows: readonly (readonly string[])[]): string {
  const head = ["submission", ...columns.map(({ slug }) => slug), "points", "passed", "note"];
  const most = columns.reduce((sum, { maxPoints }) => sum + maxPoints, 0);
  const best = ["(most)", ...columns.map(({ maxPoints }) => `${maxPoints}`), `${most}`, `${columns.length}`, ""];
  return [head, best, ...rows].map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A text that begins with = + - @ would be a formula to a spreadsheet; learners choose these names. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
