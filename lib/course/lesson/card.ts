import { escapeHtml } from "../../plot/html";
import { greyPng } from "../../plot/png";
import {
  type CheckRecord,
  type ExerciseRecord,
  firstFailure,
  hasPassed,
  type Picture,
  verdictWords,
} from "../grader/record";
import { inlineHtml } from "./html";

/** A graded exercise as HTML: verdict, every check, and for the first that failed all that helps. Needs no script. */
export function renderCard(record: ExerciseRecord): string {
  const passed = hasPassed(record);
  const color = passed ? "#009E73" : record.verdict === "not-attempted" ? "#808080" : "#D55E00";
  const failed = record.verdict === "not-attempted" ? undefined : firstFailure(record);
  return (
    `<section class="course-card" data-exercise="${escapeHtml(record.exercise)}" data-verdict="${record.verdict}" ` +
    `aria-label="Exercise ${record.number}" style="border:1px solid ${color};border-left-width:6px;padding:.4em 1em;max-width:52em">` +
    heading(record) +
    paragraph(record.message) +
    (record.verdict === "not-attempted" ? stubHtml(record) : checksHtml(record, failed)) +
    record.advice.map((advice) => paragraph(`Note: ${advice}`)).join("") +
    (record.learnerOutput && !passed ? outputHtml(record.learnerOutput) : "") +
    "</section>"
  );
}

function heading(record: ExerciseRecord): string {
  const { number, title, verdict, points, maxPoints, tests } = record;
  const mark = hasPassed(record) ? "✓" : verdict === "not-attempted" ? "·" : "✗";
  const right = tests.filter((check) => check.verdict === "pass").length;
  const checks = tests.length > 0 && verdict !== "not-attempted" ? ` · ${right} of ${tests.length} checks` : "";
  return (
    `<p style="margin:.2em 0"><strong>${mark} ${escapeHtml(number)} ${inlineHtml(title)}</strong> — ` +
    `${record.status === "final" ? verdictWords[verdict] : "not graded to the end"}${checks} · ${points} of ${maxPoints} points</p>`
  );
}

const stubHtml = ({ file, number }: ExerciseRecord) =>
  paragraph(
    `Write your answer in \`${file}\`, save it, and run this cell again. A hint: \`npm run grade -- --hint ${number}\`.`,
  );

function checksHtml({ tests }: ExerciseRecord, failed: CheckRecord | undefined): string {
  const items = tests.map((check) => {
    const mark = check.verdict === "pass" ? "✓" : check.verdict === "not-run" ? "·" : "✗";
    const words = check.verdict === "pass" ? "" : ` <em>(${verdictWords[check.verdict]})</em>`;
    const details = check === failed ? failureHtml(check) : "";
    return `<li style="list-style:none;margin:.15em 0">${mark} ${inlineHtml(check.title)}${words}${details}</li>`;
  });
  return `<ul style="padding-left:.2em;margin:.4em 0">${items.join("")}</ul>`;
}

function failureHtml(check: CheckRecord): string {
  const shapes = check.expectedShape !== check.gotShape;
  const rows = [
    ["call", check.input],
    ["expected", check.expected + (shapes && check.expectedShape ? `   ${check.expectedShape}` : "")],
    ["got", check.got + (shapes && check.gotShape ? `   ${check.gotShape}` : "")],
    ["first difference", check.index && `at ${check.index}`],
  ].filter(([, text]) => text);
  const table = rows.map(([name, text]) => `${name!.padEnd(17)} ${text}`).join("\n");
  const mistake = check.mistake
    ? `<p style="margin:.4em 0"><strong>This looks like: ${inlineHtml(check.mistake.name)}.</strong> ${inlineHtml(check.mistake.message)}</p>`
    : "";
  return (
    `<div style="margin:.3em 0 .5em 1.4em">` +
    (table ? `<pre style="white-space:pre-wrap;margin:.3em 0;font-family:monospace">${escapeHtml(table)}</pre>` : "") +
    (/^Expected .* got /.test(check.message) && table ? "" : paragraph(check.message)) +
    (check.picture ? pictureHtml(check.picture) : "") +
    `${mistake}</div>`
  );
}

const paragraph = (text: string) => (text ? `<p style="margin:.4em 0">${inlineHtml(text)}</p>` : "");

const outputHtml = (text: string) =>
  `<details><summary>What your code printed</summary><pre style="white-space:pre-wrap">${escapeHtml(text)}</pre></details>`;

/** What was asked for and what was answered, side by side on one scale. */
function pictureHtml({ kind, target, yours }: Picture): string {
  const all = [...target, ...yours].flat().filter((value) => value !== null);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const image = (rows: Picture["target"], alt: string) => {
    const source = kind === "matrix" ? matrixImage(rows, low, high) : curveImage(rows[0]!, low, high);
    return `<figure style="display:inline-block;margin:.3em 1em .3em 0"><figcaption>${alt}</figcaption><img src="${source}" alt="${alt}" style="border:1px solid #767676"></figure>`;
  };
  return `<div>${image(target, "expected")}${image(yours, "yours")}</div>`;
}

function matrixImage(rows: Picture["target"], low: number, high: number): string {
  const width = Math.max(...rows.map((row) => row.length));
  const pixels = rows.flatMap((row) => Array.from({ length: width }, (_, i) => row[i] ?? low));
  return greyPng(pixels, width, { low, high, zoom: Math.max(2, Math.floor(160 / width)) });
}

function curveImage(values: readonly (number | null)[], low: number, high: number): string {
  const points = values.map((value, i) => {
    const x = 5 + (190 * i) / Math.max(1, values.length - 1);
    const y = 75 - (70 * ((value ?? low) - low)) / (high - low || 1);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' width='200' height='80'><rect width='200' height='80' fill='white'/>` +
    `<polyline points='${points.join(" ")}' fill='none' stroke='#0072B2' stroke-width='2'/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
