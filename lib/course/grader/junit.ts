import type { CheckRecord, ExerciseRecord } from "./record";
import { renderCheck } from "./render-text";

/** JUnit XML: a suite an exercise, a case a check. What is not attempted is skipped there, and not passed here. */
export function renderJunit(records: readonly ExerciseRecord[]): string {
  const suites = records.map((record) => {
    const cases = record.tests.map((check) => testCase(record, check));
    const count = (tag: string) => cases.filter((text) => text.includes(`<${tag}`)).length;
    const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
    const head = `  <testsuite name="${xml(`${record.number} ${record.title}`)}" ${counts} time="${record.durationMs / 1000}" timestamp="${record.startedAt.slice(0, 19)}">`;
    return [head, ...cases, "  </testsuite>"].join("\n");
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}

function testCase(record: ExerciseRecord, check: CheckRecord): string {
  const open = `    <testcase name="${xml(check.title)}" classname="${xml(record.exercise)}" time="${check.durationMs / 1000}"`;
  const verdict = check.verdict === "not-run" ? record.verdict : check.verdict;
  if (verdict === "pass") return `${open}/>`;
  if (verdict === "not-attempted") return `${open}><skipped message="not attempted"/></testcase>`;
  const tag = verdict === "wrong" || verdict === "partial" ? "failure" : "error";
  const message = check.message || record.message;
  return `${open}><${tag} type="${verdict}" message="${xml(message)}">${xml(renderCheck(check))}</${tag}></testcase>`;
}

/** Text for XML, without the control characters that XML cannot hold. */
export function xml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;")
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
