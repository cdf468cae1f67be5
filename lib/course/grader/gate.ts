import { bundleAnswers, importsOf } from "./bundle";
import type { Exercise } from "./exercise";
import { forbiddenCall } from "./forbidden";
import { grade } from "./grade";
import { judgeCheck, nameMistakes, type Run, runVerdicts } from "./judge";
import { keptResult } from "./kept-result";
import type { LessonFiles } from "./lessons";
import { drawInputs, Oracle, withMistake } from "./oracle";
import { markedParts } from "./stubs";

/** What the gate found about one exercise. It stands when there are no faults. */
export interface GateRow {
  readonly exercise: string;
  readonly title: string;
  readonly checks: number;
  readonly stub: string;
  readonly seedsPassed: number;
  readonly seeds: number;
  readonly mistakes: number;
  /** Mistakes that fail, and that fail under their own name, for every seed. */
  readonly killed: number;
  readonly named: number;
  /** Sentences that say what is wrong with the exercise. */
  readonly faults: readonly string[];
}

/** Proves a lesson's exercises: the stub is not attempted, the solution passes, every mistake fails by its own name. */
export async function gateLesson(files: LessonFiles, seedCount = 20): Promise<GateRow[]> {
  const kept = await keptResult<GateRow[]>(files, "gate", `${seedCount}`);
  if (kept.value) return kept.value;
  const oracle = new Oracle(files);
  try {
    const faults = new Map(files.lesson.exercises.map((exercise) => [exercise, textFaults(files, exercise)]));
    const broken = [...faults.values()].some((list) => list.length > 0);
    const rows: GateRow[] = [];
    if (!broken) {
      const stubs = await gateStub(files, oracle);
      // The solution, too, may import only what the stub imports.
      await bundleAnswers([{ text: files.solutionText, file: files.solution }], {
        drivers: files.drivers,
        allowed: importsOf(files.stubText),
      });
      const again = new Oracle(files);
      try {
        for (const exercise of files.lesson.exercises)
          rows.push(await gateExercise(exercise, oracle, again, stubs.get(exercise)!, seedCount));
      } finally {
        await again.close();
      }
    } else {
      for (const [exercise, list] of faults) rows.push({ ...emptyRow(exercise, seedCount), faults: list });
    }
    if (rows.every((row) => row.faults.length === 0)) kept.keep(rows);
    return rows;
  } finally {
    await oracle.close();
  }
}

function emptyRow(exercise: Exercise, seeds: number): GateRow {
  const { number, title, checks, mistakes } = exercise;
  return {
    ...{ exercise: number, title, checks: checks.length, stub: "", seedsPassed: 0, seeds },
    ...{ mistakes: mistakes.length, killed: 0, named: 0, faults: [] },
  };
}

/** What can be seen without running anything. */
function textFaults(files: LessonFiles, exercise: Exercise): string[] {
  const faults: string[] = [];
  const { number, slug, mistakes, checks, exports } = exercise;
  const attempt = (check: () => void) => {
    try {
      check();
    } catch (error) {
      faults.push((error as Error).message);
    }
  };
  attempt(() => {
    if (!markedParts(files.solutionText).some((part) => part.number === number))
      faults.push(`${files.solution}: expected a part // BEGIN ${number}, got none`);
  });
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(slug)) faults.push(`slug: expected lesson/exercise, got "${slug}"`);
  if (!checks.length) faults.push("expected at least one check, got none");
  const call = forbiddenCall(files.solutionText, exercise);
  if (call) faults.push(`${files.solution}:${call.line}: the solution itself uses ${call.name}, which is forbidden`);
  if (!exports.length) faults.push("expected at least one export, got none");
  if (mistakes.length < 3) faults.push(`expected at least 3 mistakes, got ${mistakes.length}`);
  if (new Set(mistakes.map((mistake) => mistake.name)).size !== mistakes.length)
    faults.push("expected different names for the mistakes");
  if (new Set(mistakes.map((mistake) => mistake.message)).size !== mistakes.length)
    faults.push("expected different messages for the mistakes");
  for (const mistake of mistakes) attempt(() => withMistake(files, mistake));
  return faults;
}

async function gateStub(
  files: LessonFiles,
  oracle: Oracle,
): Promise<Map<Exercise, { stub: string; faults: string[] }>> {
  const records = await grade(files, { text: files.stubText, file: files.exercise }, oracle, { seeds: [1] });
  return new Map(
    files.lesson.exercises.map((exercise, i) => {
      const { verdict, tests, message } = records[i]!;
      const stub = verdict;
      const faults = tests
        .filter((check) => check.verdict !== "not-attempted")
        .map((check) =>
          `stub: the check "${check.title}" is ${check.verdict}, expected not-attempted ${message}`.trim(),
        );
      return [exercise, { stub, faults }];
    }),
  );
}

async function gateExercise(
  exercise: Exercise,
  oracle: Oracle,
  again: Oracle,
  { stub, faults: stubFaults }: { stub: string; faults: string[] },
  seedCount: number,
): Promise<GateRow> {
  const faults = [...stubFaults];
  const seeds = Array.from({ length: seedCount }, (_, i) => i + 1);
  await Promise.all([oracle.foresee(exercise, seeds, false), again.foresee(exercise, seeds, false)]);
  await oracle.foresee(exercise, seeds, true);
  let seedsPassed = 0;
  const killed = new Set(exercise.mistakes);
  const named = new Set(exercise.mistakes);
  for (const seed of seeds) {
    const runs: Run[] = [];
    for (const check of exercise.checks) {
      const inputs = drawInputs(exercise, check, seed);
      // The same solution in two processes: what differs there is left to chance.
      const got = await again.expected(exercise, check, seed);
      runs.push({ check, seed, inputs, expected: await oracle.expected(exercise, check, seed), got });
    }
    const failed = runs.find((run) => runVerdicts(run).some((verdict) => verdict !== "pass"));
    if (failed) {
      const { message } = judgeCheck(exercise, [failed], undefined, 0, ({ thrown }) => `It threw ${thrown.message}.`);
      faults.push(`seed ${seed}: the solution fails the check "${failed.check.title}". ${message}`);
    } else seedsPassed++;
    if (runs.some((run) => run.inputs.length === 0)) faults.push(`seed ${seed}: a check draws no inputs`);

    for (const mistake of exercise.mistakes) {
      const wrong: Run[] = [];
      for (const run of runs) wrong.push({ ...run, got: await oracle.mistaken(exercise, mistake, run.check, seed) });
      const fails = wrong.filter((run) => runVerdicts(run).some((verdict) => verdict !== "pass"));
      const names = await nameMistakes(exercise, wrong, (other, run) =>
        oracle.mistaken(exercise, other, run.check, seed),
      );
      if (!fails.length) {
        if (killed.delete(mistake)) faults.push(`seed ${seed}: the mistake "${mistake.name}" passes every check`);
        named.delete(mistake);
        continue;
      }
      const shown = names.get(fails[0]!);
      if (shown !== mistake && named.delete(mistake)) {
        const verdict = runVerdicts(fails[0]!).find((verdict) => verdict !== "pass");
        faults.push(
          `seed ${seed}: the mistake "${mistake.name}" ${shown ? `is taken for "${shown.name}"` : `has no name (${verdict})`} in the check "${fails[0]!.check.title}"`,
        );
      }
    }
    if (faults.length > 20) break;
  }
  return { ...emptyRow(exercise, seedCount), stub, seedsPassed, killed: killed.size, named: named.size, faults };
}

/** The gate's table. */
export function renderGate(rows: readonly GateRow[]): string {
  const lines = ["exercise  checks  stub           seeds    killed  named   "];
  for (const row of rows) {
    lines.push(
      [
        ...[row.exercise.padEnd(9), `${row.checks}`.padStart(6), ` ${(row.stub || "-").padEnd(14)}`],
        ...[`${row.seedsPassed}/${row.seeds}`.padEnd(8), `${row.killed}/${row.mistakes}`.padEnd(7)],
        ...[`${row.named}/${row.mistakes}`.padEnd(7), row.faults.length ? `✗ ${row.title}` : `✓ ${row.title}`],
      ].join(" "),
    );
    for (const fault of row.faults.slice(0, 8)) lines.push(`          ${fault}`);
    if (row.faults.length > 8) lines.push(`          … and ${row.faults.length - 8} more`);
  }
  const sum = (of: (row: GateRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const broken = rows.filter((row) => row.faults.length).length;
  lines.push(
    `${rows.length} exercises, ${sum((r) => r.checks)} checks, ${sum((r) => r.killed)} of ${sum((r) => r.mistakes)} mistakes killed, ${sum((r) => r.named)} named; ${broken ? `${broken} exercises with faults` : "no faults"}`,
  );
  return lines.join("\n");
}
