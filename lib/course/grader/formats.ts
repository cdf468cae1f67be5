import type { CheckRecord, ExerciseRecord } from "./record";
import { hasPassed } from "./record";
import { renderCheck } from "./render-text";

/*
 * A learner's records in the forms that other systems read. In each of them what is not a pass is not a pass, and where
 * the grader itself failed there is no score at all.
 */

/** Gradescope's `results.json`. */
export interface GradescopeResults {
  readonly score?: number;
  readonly execution_time: number;
  readonly output: string;
  readonly stdout_visibility: "hidden";
  readonly extra_data: Readonly<Record<string, unknown>>;
  readonly tests?: readonly {
    readonly number: string;
    readonly name: string;
    readonly score: number;
    readonly max_score: number;
    readonly status: "passed" | "failed";
    readonly output: string;
    readonly visibility: "visible";
  }[];
}

export function toGradescope(records: readonly ExerciseRecord[]): GradescopeResults {
  const fault = records.find((record) => record.verdict === "grader-error");
  const common = {
    execution_time: round(records.reduce((sum, record) => sum + record.durationMs, 0) / 1000),
    stdout_visibility: "hidden",
    extra_data: { seed: records[0]?.seed ?? null, graderVersion: records[0]?.graderVersion ?? null },
  } as const;
  // Without score and tests Gradescope shows that grading failed, and gives no points rather than none.
  if (fault)
    return { ...common, output: "The grader itself failed; your work was not judged. Please tell your instructor." };
  const tests = records.flatMap((record) =>
    record.tests.map((check, i) => ({
      number: `${record.number}.${i + 1}`,
      name: `${record.title}: ${check.title}`,
      score: round(check.points),
      max_score: round(check.maxPoints),
      status: check.verdict === "pass" ? ("passed" as const) : ("failed" as const),
      output: explain(record, check),
      visibility: "visible" as const,
    })),
  );
  const passed = records.filter(hasPassed).length;
  return {
    ...common,
    score: round(records.reduce((sum, record) => sum + record.points, 0)),
    output: `${passed} of ${records.length} exercises passed.`,
    tests,
  };
}

/** What GitHub Classroom's grading reporter takes, base64-encoded, in `<RUNNER>_RESULTS`. */
export interface ClassroomResults {
  readonly version: 1;
  readonly status: "pass" | "fail" | "error";
  readonly max_score: number;
  readonly tests: readonly {
    readonly name: string;
    readonly status: "pass" | "fail" | "error";
    readonly message: string;
    readonly score: number;
    readonly test_code: string;
    readonly filename: string;
    readonly line_no: number;
    readonly execution_time: string;
  }[];
}

export function toClassroom(records: readonly ExerciseRecord[]): ClassroomResults {
  const tests = records.map((record) => {
    const failed = record.tests.find((check) => check.verdict !== "pass");
    return {
      name: `${record.number} ${record.title}`,
      status: classroomStatus(record),
      message: hasPassed(record) ? "" : failed ? explain(record, failed) : record.message,
      score: record.points,
      test_code: failed?.input ?? "",
      filename: record.file,
      line_no: record.location?.line ?? 0,
      execution_time: `${record.durationMs}ms`,
    };
  });
  const has = (status: string) => tests.some((test) => test.status === status);
  return {
    version: 1,
    status: has("error") ? "error" : has("fail") || !tests.length ? "fail" : "pass",
    max_score: round(records.reduce((sum, record) => sum + record.maxPoints, 0)),
    tests,
  };
}

function classroomStatus(record: ExerciseRecord): "pass" | "fail" | "error" {
  if (hasPassed(record)) return "pass";
  return ["partial", "wrong", "not-attempted"].includes(record.verdict) ? "fail" : "error";
}

/** Why a check did not pass, as plain text; nothing that the answer printed. */
function explain(record: ExerciseRecord, check: CheckRecord): string {
  if (check.verdict === "pass") return "";
  if (check.verdict === "not-run") return record.message || "Not run.";
  if (check.verdict === "not-attempted") return "Not attempted.";
  return renderCheck(check);
}

/** JUnit XML: a suite an exercise, a case a check. What is not attempted is skipped there, and not passed here. */
export function toJunit(records: readonly ExerciseRecord[]): string {
  const suites = records.map((record) => {
    const cases = record.tests.map((check) => testCase(record, check));
    const count = (tag: string) => cases.filter((text) => text.includes(`<${tag}`)).length;
    const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
    const when = `time="${seconds(record.durationMs)}" timestamp="${record.startedAt.slice(0, 19)}"`;
    return [
      `  <testsuite name="${xml(`${record.number} ${record.title}`)}" ${counts} ${when}>`,
      ...cases,
      "  </testsuite>",
    ].join("\n");
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>"].join("\n");
}

function testCase(record: ExerciseRecord, check: CheckRecord): string {
  const open = `    <testcase name="${xml(check.title)}" classname="${xml(record.exercise)}" time="${seconds(check.durationMs)}"`;
  const verdict = check.verdict === "not-run" ? record.verdict : check.verdict;
  if (verdict === "pass") return `${open}/>`;
  if (verdict === "not-attempted") return `${open}><skipped message="not attempted"/></testcase>`;
  const tag = verdict === "wrong" || verdict === "partial" ? "failure" : "error";
  const message = check.message || record.message;
  return `${open}><${tag} type="${verdict}" message="${xml(message)}">${xml(renderCheck(check))}</${tag}></testcase>`;
}

/** Text for XML, without the characters that XML cannot hold. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;");
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
