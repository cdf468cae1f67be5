import { Random } from "../../random";
import { AnswerProcess, Ended } from "./answer-process";
import { bundleAnswers } from "./bundle";
import { encode } from "./encode";
import type { Check, Exercise, Mistake, Plain } from "./exercise";
import type { LessonFiles } from "./lessons";
import { sha256 } from "./lessons";
import type { CallOutcome } from "./reply";
import { isPlainTensor } from "./value";

/** An input as the definition drew it and as text for the pipe. */
export interface Input {
  readonly plain: Plain;
  readonly text: string;
}

/** What one input gave: a value, something thrown, or the end of the process. */
export type Outcome = CallOutcome | { readonly ended: Ended };

/** Whether a stub's line was reached, or an answer throws what stubs throw. */
export function isTodo(outcome: Outcome): boolean {
  if ("ended" in outcome) return false;
  return outcome.todo || ("thrown" in outcome && /^TODO( \d\d\.\d+)?$/.test(outcome.thrown.message));
}

/** A check's inputs for a seed: the same for the learner, the solution and the mistakes. */
export function drawInputs(exercise: Exercise, check: Check, seed: number): Input[] {
  const place = `${seed} ${exercise.slug} ${exercise.checks.indexOf(check)}`;
  const inputs = check.inputs(new Random(Number.parseInt(sha256(place).slice(0, 8), 16)));
  return inputs.map((plain) => ({ plain, text: encodePlain(plain) }));
}

export function encodePlain(plain: Plain): string {
  return encode(plain, {
    tensor: (value) => (isPlainTensor(value) ? { ...value, values: value.tensor } : undefined),
    maxEntries: 5_000_000,
  });
}

export const operation = (check: Check) => ("call" in check ? "call" : "drive");
export const target = (check: Check) => ("call" in check ? check.call : check.driver);

/** The solution's text with a mistake's edits made. */
export function withMistake(files: LessonFiles, mistake: Mistake): string {
  return mistake.edits.reduce((text, [from, to]) => {
    const count = files.solutionText.split(from).length - 1;
    if (count !== 1)
      throw new Error(
        `${files.definition}: the mistake "${mistake.name}": expected ${JSON.stringify(from)} exactly once in ${files.solution}, got ${count} times`,
      );
    return text.replace(from, () => to);
  }, files.solutionText);
}

/**
 * Knows what is right: runs the solution, and on demand its mistakes, in a process of its own. What it finds is kept, so
 * that one oracle serves many answers to a lesson.
 */
export class Oracle {
  private process: AnswerProcess | undefined;
  private readonly codes = new Map<string, string>();
  private loaded = new Set<string>();
  private readonly known = new Map<string, Promise<Outcome[]>>();
  private queue: Promise<unknown> = Promise.resolve();
  private building: Promise<void> | undefined;
  private readonly slowest = new Map<string, number>();

  constructor(
    readonly files: LessonFiles,
    private readonly options: { readonly shortestDeadlineMs?: number } = {},
  ) {}

  /** What the solution gives for a check's inputs. */
  expected(exercise: Exercise, check: Check, seed: number): Promise<Outcome[]> {
    return this.outcomes("solution", exercise, check, seed);
  }

  /** What a mistake gives for them. */
  async mistaken(exercise: Exercise, mistake: Mistake, check: Check, seed: number): Promise<Outcome[]> {
    this.building ??= this.buildMistakes();
    await this.building;
    return this.outcomes(boxOf(exercise, mistake), exercise, check, seed);
  }

  /**
   * Finds out at once what the solution, or the mistakes, give for many seeds: one request a check instead of one a seed.
   * What ends its process is left to be found seed by seed.
   */
  async foresee(exercise: Exercise, seeds: readonly number[], mistakes: boolean): Promise<void> {
    if (mistakes) {
      this.building ??= this.buildMistakes();
      await this.building;
    }
    const boxes = mistakes ? exercise.mistakes.map((mistake) => boxOf(exercise, mistake)) : ["solution"];
    for (const box of boxes)
      for (const check of exercise.checks) {
        const work = this.queue.then(() => this.runSeeds(box, exercise, check, seeds));
        this.queue = work.catch(() => {});
        await work;
      }
  }

  private async runSeeds(box: string, exercise: Exercise, check: Check, seeds: readonly number[]): Promise<void> {
    const place = `${exercise.slug} ${exercise.checks.indexOf(check)}`;
    const open = seeds.filter((seed) => !this.known.has(`${box} ${place} ${seed}`));
    const drawn = open.map((seed) => drawInputs(exercise, check, seed).map(({ text }) => text));
    const inputs = drawn.flat();
    if (!inputs.length) return;
    const process = await this.ready(box);
    const deadline = box === "solution" ? 120_000 : this.deadlineMs(exercise, check) * inputs.length;
    const started = performance.now();
    const found = await process
      .call(operation(check), box, target(check), inputs, Math.min(deadline, 120_000))
      .catch(asOutcome);
    if (!Array.isArray(found)) return;
    if (box === "solution")
      this.slowest.set(place, Math.max(this.slowest.get(place) ?? 0, (performance.now() - started) / inputs.length));
    let at = 0;
    for (const [i, { length }] of drawn.entries()) {
      this.known.set(`${box} ${place} ${open[i]!}`, Promise.resolve(found.slice(at, at + length)));
      at += length;
    }
  }

  /** How long an answer may take for one input: at least 5 s, and twenty times the solution's own time. */
  deadlineMs(exercise: Exercise, check: Check): number {
    return Math.max(
      this.options.shortestDeadlineMs ?? 5000,
      20 * (this.slowest.get(`${exercise.slug} ${exercise.checks.indexOf(check)}`) ?? 0),
    );
  }

  async close(): Promise<void> {
    await this.queue.catch(() => {});
    await this.process?.close();
  }

  private outcomes(box: string, exercise: Exercise, check: Check, seed: number): Promise<Outcome[]> {
    const key = `${box} ${exercise.slug} ${exercise.checks.indexOf(check)} ${seed}`;
    let found = this.known.get(key);
    if (!found) {
      found = this.queue.then(() => this.run(box, exercise, check, seed));
      this.queue = found.catch(() => {});
      this.known.set(key, found);
    }
    return found;
  }

  private async run(box: string, exercise: Exercise, check: Check, seed: number): Promise<Outcome[]> {
    const inputs = drawInputs(exercise, check, seed).map(({ text }) => text);
    if (box !== "solution") return this.runMistake(box, exercise, check, inputs);
    const outcomes: Outcome[] = [];
    const place = `${exercise.slug} ${exercise.checks.indexOf(check)}`;
    for (const input of inputs) {
      const process = await this.ready(box);
      const started = performance.now();
      const outcome = await process.call(operation(check), box, target(check), [input], 120_000).catch(asOutcome);
      outcomes.push(...(Array.isArray(outcome) ? outcome : [outcome]));
      this.slowest.set(place, Math.max(this.slowest.get(place) ?? 0, performance.now() - started));
    }
    return outcomes;
  }

  /** All inputs at once; one by one where the mistake ends its process, which a learner's answer would do at one of them. */
  private async runMistake(
    box: string,
    exercise: Exercise,
    check: Check,
    inputs: readonly string[],
  ): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const singly = inputs.map((input) => [input]);
    for (const part of inputs.length === 1 ? singly : [inputs, ...singly]) {
      const process = await this.ready(box);
      const deadline = this.deadlineMs(exercise, check) * part.length;
      const got = await process.call(operation(check), box, target(check), part, deadline).catch(asOutcome);
      if (Array.isArray(got) && part === inputs) return got;
      if (part !== inputs) outcomes.push(...(Array.isArray(got) ? got : [got]));
      if (part !== inputs && !Array.isArray(got)) break;
    }
    return outcomes;
  }

  private async ready(box: string): Promise<AnswerProcess> {
    if (!this.process?.isAlive) {
      this.process = await AnswerProcess.start();
      this.loaded = new Set();
    }
    if (!this.loaded.has(box)) {
      const loaded = await this.process.load(box, await this.code(box), 60_000);
      if ("thrown" in loaded) throw new Error(`${this.files.solution} (${box}): ${loaded.thrown.message}`);
      this.loaded.add(box);
    }
    return this.process;
  }

  private async code(box: string): Promise<string> {
    const known = this.codes.get(box) ?? this.files.sealed?.boxes[box];
    if (known !== undefined) return known;
    const { solution: file, solutionText: text, drivers } = this.files;
    const [bundle] = await bundleAnswers([{ text, file }], { drivers }).catch(ourFault);
    this.codes.set(box, bundle!.code);
    return bundle!.code;
  }

  private async buildMistakes(): Promise<void> {
    if (this.files.sealed) return;
    const { solution: file, drivers, lesson } = this.files;
    const all = lesson.exercises.flatMap((exercise) => exercise.mistakes.map((mistake) => ({ exercise, mistake })));
    const sources = all.map(({ mistake }) => ({ text: withMistake(this.files, mistake), file }));
    const bundles = await bundleAnswers(sources, { drivers }).catch(ourFault);
    all.forEach(({ exercise, mistake }, i) => this.codes.set(boxOf(exercise, mistake), bundles[i]!.code));
  }
}

function asOutcome(error: unknown): Outcome {
  if (error instanceof Ended) return { ended: error };
  throw error;
}

/** A solution that cannot be loaded is not the learner's load error. */
function ourFault(problem: Error): never {
  throw new Error(problem.message);
}

/** The name under which a mistake is loaded. */
export function boxOf(exercise: Exercise, mistake: Mistake): string {
  return `${exercise.number} mistake ${exercise.mistakes.indexOf(mistake)}`;
}
