import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { AnswerProcess, Ended } from "./answer-process";
import { bundleAnswers } from "./bundle";
import type { Exercise } from "./exercise";
import { runVerdicts } from "./judge";
import { keptResult } from "./kept-result";
import { type LessonFiles, sha256 } from "./lessons";
import { type Mutant, mutantsOf } from "./mutants";
import { drawInputs, Oracle, type Outcome, operation, target } from "./oracle";
import { markedParts } from "./stubs";

/** A mutant that passes every check: the exercise would take it for right. */
export interface Survivor {
  readonly line: number;
  readonly mutator: string;
  /** `original → replacement`, on one line. */
  readonly change: string;
  /** Why it is right as well, or undefined when nobody has said. */
  readonly reason: string | undefined;
}

export interface MutationRow {
  readonly exercise: string;
  readonly slug: string;
  readonly title: string;
  /** The hash of the solution's part, which a reason must name. */
  readonly source: string;
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly Survivor[];
}

/** Why survivors are right: by slug, for one text of the solution's part. Another text wants new reasons. */
type Reasons = Record<string, { readonly source: string; readonly changes: Readonly<Record<string, string>> }>;

export const reasonsFile = "test/exercises/equivalent-mutants.json";
const seeds = [1, 2, 3];
const together = 40;

/** Runs every mutant of a lesson's solutions through its exercise's checks. */
export async function mutateLesson(files: LessonFiles, say: (text: string) => void): Promise<MutationRow[]> {
  const kept = await keptResult<Counted[]>(files, "mutation", seeds.join());
  const counted = kept.value ?? (await countMutants(files, say));
  if (!kept.value) kept.keep(counted);
  const reasons = readReasons();
  return files.lesson.exercises.map(({ number, slug, title }, i) => {
    const { mutants, survivors } = counted[i]!;
    const source = partHash(files, number);
    const valid = reasons[slug]?.source === source ? reasons[slug].changes : {};
    return {
      ...{ exercise: number, slug, title, source, mutants, killed: mutants - survivors.length },
      survivors: survivors.map((survivor) => ({ ...survivor, reason: valid[survivor.change] })),
    };
  });
}

interface Counted {
  readonly mutants: number;
  readonly survivors: readonly Omit<Survivor, "reason">[];
}

async function countMutants(files: LessonFiles, say: (text: string) => void): Promise<Counted[]> {
  const oracle = new Oracle(files, { shortestDeadlineMs: 1000 });
  const runner = new MutantRunner(oracle, files);
  try {
    const all = await mutantsOf(files);
    const counted: Counted[] = [];
    for (const exercise of files.lesson.exercises) {
      const mutants = all.filter((mutant) => mutant.exercise === exercise.number);
      const alive: Mutant[] = [];
      for (let i = 0; i < mutants.length; i += together)
        alive.push(...(await runner.survivors(exercise, mutants.slice(i, i + together))));
      const survivors = alive.map(({ line, mutator, original, replacement }) => {
        return { line, mutator, change: `${oneLine(original)} → ${oneLine(replacement)}` };
      });
      counted.push({ mutants: mutants.length, survivors });
      say(`${exercise.number}: ${mutants.length - alive.length} of ${mutants.length} mutants killed`);
    }
    return counted;
  } finally {
    await runner.close();
    await oracle.close();
  }
}

/** What an entry of the reasons' file must say of its source. */
export function partHash(files: LessonFiles, number: string): string {
  const parts = markedParts(files.solutionText).filter((part) => part.number === number);
  return sha256(parts.map(({ text }) => text).join("\n")).slice(0, 12);
}

class MutantRunner {
  private process: AnswerProcess | undefined;
  private count = 0;

  constructor(
    private readonly oracle: Oracle,
    private readonly files: LessonFiles,
  ) {}

  async survivors(exercise: Exercise, mutants: readonly Mutant[]): Promise<Mutant[]> {
    const { solution: file, drivers } = this.files;
    const codes = await Promise.all(
      mutants.map(({ text }) =>
        bundleAnswers([{ text, file }], { drivers }).then(
          ([bundle]) => bundle!.code,
          () => undefined, // does not even compile
        ),
      ),
    );
    const alive: Mutant[] = [];
    for (const [i, mutant] of mutants.entries())
      if (codes[i] !== undefined && (await this.passes(exercise, codes[i]))) alive.push(mutant);
    return alive;
  }

  async close(): Promise<void> {
    await this.process?.close();
  }

  private async passes(exercise: Exercise, code: string): Promise<boolean> {
    const box = `mutant ${this.count++}`;
    try {
      this.process = this.process?.isAlive ? this.process : await AnswerProcess.start();
      const loaded = await this.process.load(box, code, 5000);
      if ("thrown" in loaded) return false;
      for (const seed of seeds) {
        for (const check of exercise.checks) {
          const inputs = drawInputs(exercise, check, seed);
          const expected = await this.oracle.expected(exercise, check, seed);
          const texts = inputs.map(({ text }) => text);
          const deadline = this.oracle.deadlineMs(exercise, check) * texts.length;
          const got: Outcome[] = await this.process.call(operation(check), box, target(check), texts, deadline);
          if (runVerdicts({ check, seed, inputs, expected, got }).some((verdict) => verdict !== "pass")) return false;
        }
      }
      return true;
    } catch (error) {
      if (error instanceof Ended) return false; // time, memory, a crash
      throw error;
    }
  }
}

function readReasons(): Reasons {
  const file = path.join(projectRoot, reasonsFile);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Reasons) : {};
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** The table of `npm run gate -- --full`. */
export function renderMutation(rows: readonly MutationRow[]): string {
  const sum = (of: (row: MutationRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const lines = ["exercise  mutants  killed  score   equivalent  unexplained"];
  for (const row of rows) {
    const unexplained = row.survivors.filter(({ reason }) => reason === undefined);
    const cells = [row.exercise.padEnd(9), `${row.mutants}`.padStart(7), `${row.killed}`.padStart(7)];
    cells.push(
      percent(row.killed, row.mutants),
      `${row.survivors.length - unexplained.length}`.padStart(11),
      `${unexplained.length}`.padStart(12),
    );
    lines.push(`${cells.join(" ")}   ${row.title}`);
    for (const { line, change, reason } of row.survivors)
      lines.push(`          line ${line}: ${change}${reason ? `   (${reason})` : ""}`);
  }
  for (const { slug, source, survivors } of rows.filter((row) =>
    row.survivors.some(({ reason }) => reason === undefined),
  )) {
    const changes = Object.fromEntries(survivors.map(({ change, reason }) => [change, reason ?? "?"]));
    lines.push(
      "",
      `${reasonsFile} wants tests that kill them, or reasons:`,
      JSON.stringify({ [slug]: { source, changes } }),
    );
  }
  const [mutants, killed] = [sum((row) => row.mutants), sum((row) => row.killed)];
  lines.push(`${mutants} mutants, ${killed} killed: ${percent(killed, mutants).trim()}`);
  return lines.join("\n");
}

function percent(part: number, whole: number): string {
  return whole ? `${((100 * part) / whole).toFixed(1)} %`.padStart(7) : "      -";
}
