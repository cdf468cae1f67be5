import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../../root";
import type { Exercise } from "../exercise";
import type { LessonFiles } from "../lessons";
import { withMistake } from "../oracle";
import type { GradeReport } from "../record";

/**
 * Grades stubs, solutions and every mistake with the learner's version itself, as its learner would, and throws unless
 * each gets its verdict and each mistake its name.
 */
export async function proveRelease(folder: string, lessons: readonly LessonFiles[], say: (text: string) => void) {
  // The packages are the same as ours; a learner's version is handed out without them.
  const modules = path.join(folder, "node_modules");
  fs.symlinkSync(path.join(projectRoot, "node_modules"), modules, "junction");
  let exercises = 0;
  let mistakes = 0;
  try {
    for (const files of lessons) {
      const stub = await gradeWith(folder, files, files.stubText);
      const open = stub.records.filter((record) => record.verdict !== "not-attempted");
      if (open.length) throw new Error(`${files.exercise}: stub ${open[0]!.number} is ${open[0]!.verdict}`);
      const solved = await gradeWith(folder, files, files.solutionText);
      const failed = solved.records.filter((record) => record.verdict !== "pass");
      if (failed.length) throw new Error(`${files.exercise}: solution ${failed[0]!.number} is ${failed[0]!.verdict}`);
      exercises += solved.records.length;
      // One mistake of every exercise at a time: they are independent, so one run proves as many as there are exercises.
      const most = Math.max(...files.lesson.exercises.map((exercise) => exercise.mistakes.length));
      for (let i = 0; i < most; i++) mistakes += await proveMistakes(folder, files, i);
      write(folder, files, files.stubText);
      say(`${files.lesson.name}: stubs, solutions and mistakes as they should be`);
    }
  } finally {
    fs.rmSync(modules);
    fs.rmSync(path.join(folder, ".cache"), { recursive: true, force: true });
  }
  return { exercises, mistakes };
}

async function proveMistakes(folder: string, files: LessonFiles, i: number): Promise<number> {
  let left = files.lesson.exercises.filter((exercise) => exercise.mistakes[i]);
  const count = left.length;
  while (left.length) {
    // Edits of one exercise may make another's text ambiguous; that one waits for the next round.
    const made: Exercise[] = [];
    let text = files.solutionText;
    for (const exercise of left) {
      try {
        text = withMistake({ ...files, solutionText: text }, exercise.mistakes[i]!);
        made.push(exercise);
      } catch (error) {
        if (!made.length) throw error;
      }
    }
    left = left.filter((exercise) => !made.includes(exercise));
    const { records } = await gradeWith(folder, files, text);
    for (const exercise of made) {
      const { name } = exercise.mistakes[i]!;
      const record = records.find((record) => record.number === exercise.number)!;
      const failed = record.tests.find((check) => check.verdict !== "pass");
      if (failed?.mistake?.name !== name)
        throw new Error(
          `${exercise.number}: expected the mistake "${name}", got ${failed?.mistake?.name ?? record.verdict}`,
        );
    }
  }
  return count;
}

function write(folder: string, files: LessonFiles, text: string): void {
  fs.writeFileSync(path.join(folder, files.exercise), text);
}

/** Runs the learner's version's own grader over a text in the place of its exercise file. */
function gradeWith(folder: string, files: LessonFiles, text: string, what = files.number): Promise<GradeReport> {
  write(folder, files, text);
  const words = ["--import", "tsx", "lib/course/grader/main.ts", what, "--no-types", "--json", "-"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk;
    });
    child.on("error", reject);
    child.on("close", () => {
      try {
        resolve(JSON.parse(output) as GradeReport);
      } catch {
        reject(new Error(`${files.exercise}: the learner's version does not grade. ${errors.slice(-2000)}`));
      }
    });
  });
}
