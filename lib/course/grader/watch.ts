import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import type { Exercise } from "./exercise";
import { resetExercise } from "./functions";
import { grade } from "./grade";
import { readOrProblem } from "./grade-lesson";
import { nextHint } from "./hints";
import { keepBeside } from "./keep";
import { type Course, type LessonFiles, select } from "./lessons";
import { Oracle } from "./oracle";
import { addRecord, changeProgress, progressOf, readProgress, writeProgress } from "./progress";
import { type ExerciseRecord, hasPassed } from "./record";
import { type Paint, renderText } from "./render-text";
import { markedParts } from "./stubs";

interface Place {
  readonly files: LessonFiles;
  readonly exercise: Exercise;
}

/** What a key starts when it has to ask first. */
interface Question {
  readonly text: string;
  readonly yes: () => string;
}

/**
 * The learner's loop: one exercise at a time, graded when its file is saved. Every method returns the screen's text.
 * Nothing advances by itself.
 */
export class WatchSession {
  private places: Place[] = [];
  private current = 0;
  private question: Question | undefined;
  private readonly oracles = new Map<string, Oracle>();
  private readonly records = new Map<string, ExerciseRecord>();

  constructor(
    private readonly course: Course,
    private readonly progressFile: string,
    private readonly paint: Paint,
  ) {}

  /** Starts at an exercise or lesson, or where the learner left off. */
  async start(what?: string): Promise<string> {
    const all = await select(undefined, this.course);
    this.places = all.flatMap(({ files, exercises }) => exercises.map((exercise) => ({ files, exercise })));
    const progress = readProgress(this.progressFile);
    const wanted = what ? (await select(what, this.course))[0]!.exercises.map(({ slug }) => slug) : [progress.current];
    const from = this.places.findIndex(({ exercise }) => wanted.includes(exercise.slug));
    this.current = from < 0 ? 0 : from;
    await this.gradeLesson(this.place.files);
    if (!what && this.passed(this.place)) this.current = this.nextOpen() ?? this.current;
    if (!this.records.has(this.place.exercise.slug)) await this.gradeLesson(this.place.files);
    return this.screen();
  }

  /** The files to watch, from the project's folder. */
  get files(): string[] {
    return [...new Set(this.places.map(({ files }) => files.exercise))];
  }

  /** A file was saved: its lesson is graded. The exercise that changed is shown. */
  async saved(file: string): Promise<string> {
    const first = this.places.find(({ files }) => files.exercise === file);
    if (!first) return this.screen();
    this.question = undefined;
    const before = new Map(this.records);
    await this.gradeLesson(first.files);
    const changed = (place: Place) =>
      place.files === first.files && essence(before.get(place.exercise.slug)) !== essence(this.record(place));
    const elsewhere = this.place.files !== first.files;
    if (elsewhere || !changed(this.place)) {
      const other = this.places.findIndex((place) => before.has(place.exercise.slug) && changed(place));
      if (other >= 0) this.current = other;
      else if (elsewhere) {
        const open = this.places.findIndex((place) => place.files === first.files && !this.passed(place));
        this.current = open >= 0 ? open : this.places.indexOf(first);
      }
    }
    return this.screen();
  }

  /** A key was pressed. Undefined for a key that means nothing; `quit` is the caller's. */
  async key(key: string): Promise<string | undefined> {
    const { question } = this;
    this.question = undefined;
    if (question) return key === "y" ? this.screen(question.yes()) : this.screen("Left as it is.");
    switch (key) {
      case "h":
        return this.screen(await nextHint(this.place.exercise.slug, this.course, this.progressFile));
      case "n": {
        const next = this.nextOpen();
        if (next === undefined) return this.screen("Every exercise is solved. Well done!");
        this.current = next;
        if (!this.records.has(this.place.exercise.slug)) await this.gradeLesson(this.place.files);
        return this.screen();
      }
      case "l":
        return this.screen(this.list());
      case "r":
        return this.ask(this.resetQuestion());
      case "s":
        return this.passed(this.place) ? this.screen(this.solution()) : this.ask(this.surrenderQuestion());
      case "g":
      case "\r":
        await this.gradeLesson(this.place.files);
        return this.screen();
      default:
        return undefined;
    }
  }

  async close(): Promise<void> {
    for (const oracle of this.oracles.values()) await oracle.close();
  }

  private get place(): Place {
    return this.places[this.current]!;
  }

  private record({ exercise }: Place): ExerciseRecord | undefined {
    return this.records.get(exercise.slug);
  }

  private passed(place: Place): boolean {
    const record = this.record(place);
    if (record) return hasPassed(record);
    return progressOf(readProgress(this.progressFile), place.exercise.slug).verdict === "pass";
  }

  /** The next exercise that is not solved, after this one and then from the start. */
  private nextOpen(): number | undefined {
    const order = this.places.map((_, i) => (this.current + 1 + i) % this.places.length);
    return order.find((i) => !this.passed(this.places[i]!));
  }

  private async gradeLesson(files: LessonFiles): Promise<void> {
    const oracle = this.oracles.get(files.number) ?? new Oracle(files);
    this.oracles.set(files.number, oracle);
    const records = await grade(files, readOrProblem(files.exercise), oracle);
    for (const record of records) this.records.set(record.exercise, record);
    const progress = records.reduce(addRecord, readProgress(this.progressFile));
    writeProgress({ ...progress, current: this.place.exercise.slug }, this.progressFile);
  }

  private ask(question: Question): string {
    this.question = question;
    return this.screen(`${question.text} (y/n)`);
  }

  private resetQuestion(): Question {
    const { files, exercise } = this.place;
    return {
      text: `Reset ${exercise.number} to what was handed out? Your file is kept beside it.`,
      yes: () => {
        const file = path.join(projectRoot, files.exercise);
        const text = fs.readFileSync(file, "utf8");
        try {
          const fresh = resetExercise(text, files.stubText, exercise.number);
          const kept = keepBeside(file, text);
          fs.writeFileSync(file, fresh);
          return `${exercise.number} is as it was handed out. What you had is in ${path.relative(projectRoot, kept)}.`;
        } catch (error) {
          return `${(error as Error).message}. Nothing was changed.`;
        }
      },
    };
  }

  private surrenderQuestion(): Question {
    const { exercise } = this.place;
    return {
      text: `${exercise.number} is not solved yet. Read the solution all the same? It is noted in your progress.`,
      yes: () => {
        const progress = readProgress(this.progressFile);
        writeProgress(changeProgress(progress, exercise.slug, { surrendered: true }), this.progressFile);
        return this.solution();
      },
    };
  }

  private solution(): string {
    const { files, exercise } = this.place;
    if (files.sealed) return "In this version of the course there are no solutions to read; ask your instructor.";
    const parts = markedParts(files.solutionText).filter(({ number }) => number === exercise.number);
    return [`One solution (${files.solution}):`, ...parts.map(({ text }) => text.trimEnd())].join("\n");
  }

  private list(): string {
    const lines: string[] = [];
    for (const place of this.places) {
      const { files, exercise } = place;
      if (exercise === files.lesson.exercises[0]) lines.push(`${files.number} ${files.lesson.title}`);
      const here = place === this.place ? "→" : " ";
      lines.push(` ${here} ${this.passed(place) ? this.paint.good("✓") : "·"} ${exercise.number} ${exercise.title}`);
    }
    return lines.join("\n");
  }

  /** Progress, the current exercise with its first failed check, what was asked for, the keys. */
  private screen(below = ""): string {
    const { files, exercise } = this.place;
    const { bold, dim } = this.paint;
    const record = this.record(this.place)!;
    const lesson = this.places.filter((place) => place.files === files);
    const passed = hasPassed(record) ? dim("Solved. n goes on, s shows a solution to compare.") : "";
    const lines = [
      `${bold(`${files.number} ${files.lesson.title}`)}  ${this.bar(lesson)}    course ${this.bar(this.places)}`,
      "",
      renderText(record, this.paint),
      ...(record.verdict === "not-attempted"
        ? [`  ${exercise.why}`, dim(`  Write your answer in ${files.exercise} and save.`)]
        : []),
      ...(passed ? [`  ${passed}`] : []),
      ...(below ? ["", below] : []),
      "",
      dim("h hint   n next   l list   r reset   s solution   g grade again   q quit"),
    ];
    return lines.join("\n");
  }

  private bar(places: readonly Place[]): string {
    const done = places.filter((place) => this.passed(place)).length;
    const width = 12;
    const full = Math.round((done / places.length) * width);
    return `${this.paint.good("█".repeat(full))}${"░".repeat(width - full)} ${done}/${places.length}`;
  }
}

/** A record without what differs at every run. */
function essence(record: ExerciseRecord | undefined): string {
  if (!record) return "";
  const { verdict, message, tests } = record;
  return JSON.stringify([verdict, message, tests.map(({ durationMs, ...check }) => check)]);
}
