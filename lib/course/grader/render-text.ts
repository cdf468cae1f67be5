import { type CheckRecord, type ExerciseRecord, firstFailure, type Picture, verdictWords } from "./record";

/** Colours of a terminal, or none. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const wrap = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const same = (text: string) => text;
export const colours: Paint = { good: wrap(32, 39), bad: wrap(31, 39), dim: wrap(2, 22), bold: wrap(1, 22) };
export const noColours: Paint = { good: same, bad: same, dim: same, bold: same };

/** One exercise in one line of the table. */
export function renderLine(record: ExerciseRecord, paint: Paint = noColours): string {
  const { verdict } = record;
  const mark = verdict === "pass" ? paint.good("✓") : verdict === "not-attempted" ? paint.dim("·") : paint.bad("✗");
  const passed = record.tests.filter((check) => check.verdict === "pass").length;
  const checks = verdict === "partial" ? ` (${passed} of ${record.tests.length} checks)` : "";
  const words = verdictWords[verdict] + checks;
  const shown =
    verdict === "pass" ? paint.good(words) : verdict === "not-attempted" ? paint.dim(words) : paint.bad(words);
  return `${mark} ${record.number.padEnd(6)}${record.title.padEnd(44)} ${shown}`;
}

/** One exercise in full: its line, and below it the first check that failed with everything that helps. */
export function renderText(record: ExerciseRecord, paint: Paint = noColours): string {
  const lines = [renderLine(record, paint)];
  if (record.message) lines.push(indent(record.message));
  const failed = firstFailure(record);
  if (failed && failed.verdict !== "not-attempted") lines.push(renderCheck(failed, paint));
  for (const advice of record.advice) lines.push(indent(paint.dim(`note: ${advice}`)));
  if (record.learnerOutput && record.verdict !== "pass") {
    lines.push(indent(paint.dim("your code printed:")), indent(paint.dim(tail(record.learnerOutput, 10)), 4));
  }
  return lines.join("\n");
}

/** A failed check: property, call, expected and got, where they differ, the picture, the mistake's name. */
export function renderCheck(check: CheckRecord, paint: Paint = noColours): string {
  const lines = [`${paint.bad("✗")} ${paint.bold(check.title)}`];
  if (check.input) lines.push(`  ${check.input}`);
  const shapes = check.expectedShape !== check.gotShape;
  const row = (label: string, value: string, shape: string) =>
    `  ${label.padEnd(9)}${value}${shapes && shape ? paint.dim(`   ${shape}`) : ""}`;
  if (check.expected) lines.push(row("expected", check.expected, check.expectedShape));
  if (check.got) lines.push(row("got", check.got, check.gotShape));
  if (check.message) lines.push(indent(check.message));
  if (check.picture) lines.push(indent(renderPicture(check.picture)));
  if (check.mistake)
    lines.push(indent(`${paint.bold(`This looks like: ${check.mistake.name}.`)} ${check.mistake.message}`));
  return indent(lines.join("\n"));
}

const shades = [" ", "░", "▒", "▓", "█"];
const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Target and yours side by side, on one scale of grey; NaN and infinities as `?`. */
export function renderPicture(picture: Picture): string {
  const all = [...picture.target, ...picture.yours].flat().filter((value) => value !== null);
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const marks = picture.kind === "curve" ? bars : shades;
  const mark = (value: number | null) => {
    if (value === null) return "?";
    const level = high > low ? Math.round(((value - low) / (high - low)) * (marks.length - 1)) : 0;
    return marks[level]!;
  };
  const draw = (rows: Picture["target"]) =>
    rows.map((row) => row.map((value) => (picture.kind === "curve" ? mark(value) : mark(value).repeat(2))).join(""));
  if (picture.kind === "curve") return `target  ${draw(picture.target)[0]}\nyours   ${draw(picture.yours)[0]}`;
  const left = draw(picture.target);
  const right = draw(picture.yours);
  const width = Math.max(8, ...left.map((row) => row.length));
  const rows = [`${"target".padEnd(width)}    yours`];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    rows.push(`${(left[i] ?? "").padEnd(width)}    ${right[i] ?? ""}`);
  }
  return rows.join("\n");
}

function indent(text: string, spaces = 2): string {
  return text.replace(/^/gm, " ".repeat(spaces));
}

function tail(text: string, count: number): string {
  const lines = text.trimEnd().split("\n");
  return lines.length > count ? ["…", ...lines.slice(-count)].join("\n") : lines.join("\n");
}
