import * as z from "zod";
import { verdicts } from "../../../lib/course/grader/record";

/* What the systems that read our results say of their formats, as schemas. Nothing else may be in a file. */

const numbers = z.number().nonnegative();
const checkVerdict = z.enum([...verdicts.filter((verdict) => verdict !== "partial"), "not-run"]);
const picture = z.strictObject({
  kind: z.enum(["matrix", "curve"]),
  target: z.array(z.array(z.number().nullable())).min(1),
  yours: z.array(z.array(z.number().nullable())).min(1),
});

const checkRecord = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+#\d+$/),
  title: z.string().min(1),
  group: z.string().min(1),
  verdict: checkVerdict,
  points: numbers,
  maxPoints: numbers,
  message: z.string(),
  mistake: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
  ...Object.fromEntries(
    ["input", "expected", "got", "expectedShape", "gotShape", "index"].map((key) => [key, z.string()]),
  ),
  maxAbsErr: numbers.nullable(),
  picture: picture.nullable(),
  inputsPassed: z.int().nonnegative(),
  inputs: z.int().nonnegative(),
  durationMs: numbers,
  visibility: z.enum(["visible", "hidden"]),
});

/** Our own record, schema 1. */
export const exerciseRecord = z
  .strictObject({
    schema: z.literal(1),
    exercise: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
    number: z.string().regex(/^\d\d\.\d+$/),
    title: z.string(),
    file: z.string(),
    submissionSha256: z.string().regex(/^([0-9a-f]{64})?$/),
    graderVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
    node: z.string().regex(/^v\d+\.\d+\.\d+$/),
    platform: z.string(),
    isolation: z.enum(["namespace", "permission", "none"]),
    backend: z.string(),
    seed: z.int(),
    startedAt: z.iso.datetime(),
    durationMs: numbers,
    verdict: z.enum(verdicts),
    points: numbers,
    maxPoints: numbers,
    message: z.string(),
    location: z.strictObject({ file: z.string(), line: z.int().positive(), column: z.int().positive() }).nullable(),
    tests: z.array(checkRecord),
    advice: z.array(z.string()),
    learnerOutput: z.string().max(65_600),
    status: z.enum(["incomplete", "final"]),
  })
  .refine((record) => record.points <= record.maxPoints);

export const gradeReport = z.strictObject({
  schema: z.literal(1),
  graderVersion: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: numbers,
  records: z.array(exerciseRecord),
});

export const submissionResult = z.strictObject({
  schema: z.literal(1),
  submission: z.string().min(1),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  graderVersion: z.string(),
  seeds: z.array(z.int()),
  gradedAt: z.iso.datetime(),
  points: numbers,
  maxPoints: numbers,
  records: z.array(exerciseRecord),
  status: z.literal("final"),
});

// Gradescope, "Autograder Specifications", section "Output format".
const visibility = z.enum(["hidden", "after_due_date", "after_published", "visible"]);
export const gradescope = z.strictObject({
  score: z.number().optional(),
  execution_time: z.number().optional(),
  output: z.string().optional(),
  output_format: z.enum(["text", "html", "simple_format", "md", "ansi"]).optional(),
  visibility: visibility.optional(),
  stdout_visibility: visibility.optional(),
  extra_data: z.record(z.string(), z.unknown()).optional(),
  tests: z
    .array(
      z.strictObject({
        score: z.number().optional(),
        max_score: z.number().optional(),
        status: z.enum(["passed", "failed"]).optional(),
        name: z.string().optional(),
        number: z.string().optional(),
        output: z.string().optional(),
        tags: z.array(z.string()).optional(),
        visibility: visibility.optional(),
        extra_data: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

// GitHub Classroom's reporter action sums `score` over `tests` and reads `max_score`, `status`, `name` and `message`.
export const classroom = z.strictObject({
  version: z.literal(1),
  status: z.enum(["pass", "fail", "error"]),
  max_score: z.number(),
  tests: z.array(
    z.strictObject({
      name: z.string().min(1),
      status: z.enum(["pass", "fail", "error"]),
      message: z.string(),
      score: z.number(),
      test_code: z.string(),
      filename: z.string(),
      line_no: z.int().nonnegative(),
      execution_time: z.string(),
    }),
  ),
});

/** What Jenkins' schema of JUnit's XML (xunit plugin, junit-10) says, as rules on a parsed document. */
export function junitFaults(root: JunitElement): string[] {
  const faults: string[] = [];
  const rules: Record<string, { children: string[]; required: string[]; allowed: string[] }> = {
    testsuites: { children: ["testsuite"], required: [], allowed: ["name", "time", "tests", "failures", "errors"] },
    testsuite: {
      children: ["testsuite", "properties", "testcase", "system-out", "system-err"],
      required: ["name", "tests", "failures", "errors"],
      allowed: ["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
    },
    testcase: {
      children: ["skipped", "error", "failure", "system-out", "system-err"],
      required: ["name"],
      allowed: ["time", "classname", "group"],
    },
    ...Object.fromEntries(
      ["skipped", "error", "failure"].map((tag) => [tag, { children: [], required: [], allowed: ["type", "message"] }]),
    ),
  };
  const visit = (element: JunitElement) => {
    const rule = rules[element.tagName];
    if (!rule) {
      faults.push(`<${element.tagName}> is not known`);
      return;
    }
    const names = [...element.attributes].map(({ name }) => name);
    for (const name of rule.required) if (!names.includes(name)) faults.push(`<${element.tagName}> lacks ${name}`);
    for (const name of names)
      if (![...rule.required, ...rule.allowed].includes(name)) faults.push(`<${element.tagName}> has ${name}`);
    const time = element.getAttribute("time");
    if (time !== null && !/^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/.test(time)) faults.push(`time ${time}`);
    for (const child of element.children) {
      if (!rule.children.includes(child.tagName)) faults.push(`<${child.tagName}> in <${element.tagName}>`);
      visit(child);
    }
  };
  if (root.tagName !== "testsuites") faults.push(`the root is <${root.tagName}>`);
  visit(root);
  return faults;
}

/** The part of a DOM element that is looked at. */
export interface JunitElement {
  readonly tagName: string;
  readonly attributes: Iterable<{ readonly name: string }>;
  readonly children: Iterable<JunitElement>;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}
