import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { zipSync } from "fflate";
import { projectRoot } from "../../../root";
import { type LessonFiles, lessonNames, loadLesson } from "../lessons";
import { proveRelease } from "./prove";
import { sealLesson } from "./seal";

export interface Release {
  readonly folder: string;
  readonly exercises: number;
  readonly mistakes: number;
  readonly gradescopeMb: number;
}

/** Left out of what learners get: how the exercises are proved, and what only instructors use. */
const instructorsOnly =
  /^(solutions\/|test\/|\.ci\/|lib\/course\/grader\/(gate|release\/|mutat|INSTRUCTORS))|^exercises\/.*\.old-/;
/** Left out of the archive for a grading service: what only learners open. */
const learnersOnly = /^(notebooks\/|lib\/course\/pictures\/|lib\/checkpoint\/pretrained\/|test\/(?!exercises\/))/;
const learnerScripts = ["start", "grade", "notebooks", "train", "bench", "doctor"];

/**
 * Builds under `out`: `learner/`, the course without readable solutions and mistakes, proved by grading stubs, solutions
 * and every mistake with it; `gradescope.zip`; and `class-workflow.yml` for GitHub Actions.
 */
export async function release(out: string, say: (text: string) => void): Promise<Release> {
  const learner = path.join(out, "learner");
  fs.rmSync(learner, { recursive: true, force: true });
  const tracked = trackedFiles();
  const lessons: LessonFiles[] = [];
  for (const name of lessonNames().values()) lessons.push(await loadLesson(name));

  for (const file of tracked) if (!instructorsOnly.test(file)) copy(file, learner);
  for (const files of lessons) {
    for (const [file, text] of await sealLesson(files)) write(learner, file, text);
    write(learner, files.exercise, files.stubText);
  }
  write(learner, "package.json", forLearners(fs.readFileSync(path.join(projectRoot, "package.json"), "utf8")));
  say(`${learner}: ${lessons.length} lessons`);
  const proof = await proveRelease(learner, lessons, say);

  const archive = gradescopeArchive(tracked);
  fs.writeFileSync(path.join(out, "gradescope.zip"), archive);
  fs.copyFileSync(path.join(assets, "class-workflow.yml"), path.join(out, "class-workflow.yml"));
  return { folder: out, ...proof, gradescopeMb: Math.round((archive.length / 2 ** 20) * 10) / 10 };
}

const assets = path.join(projectRoot, "lib/course/grader/release");

function trackedFiles(): string[] {
  const list = execFileSync("git", ["ls-files", "-z"], { cwd: projectRoot, encoding: "utf8", maxBuffer: 1 << 26 });
  return list.split("\0").filter((file) => file && fs.existsSync(path.join(projectRoot, file)));
}

function copy(file: string, to: string): void {
  const target = path.join(to, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(path.join(projectRoot, file), target);
}

function write(folder: string, file: string, text: string): void {
  const target = path.join(folder, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}

function forLearners(packageJson: string): string {
  const settings = JSON.parse(packageJson) as { scripts: Record<string, string> };
  const scripts = Object.entries(settings.scripts).filter(([name]) => learnerScripts.includes(name));
  return `${JSON.stringify({ ...settings, scripts: Object.fromEntries(scripts) }, null, 2)}\n`;
}

/** The whole course but for what learners open, with the two scripts that Gradescope calls at the root. */
function gradescopeArchive(tracked: readonly string[]): Uint8Array {
  const files: Parameters<typeof zipSync>[0] = {};
  for (const file of tracked)
    if (!learnersOnly.test(file)) files[`course/${file}`] = fs.readFileSync(path.join(projectRoot, file));
  for (const name of ["setup.sh", "run_autograder"])
    files[name] = [fs.readFileSync(path.join(assets, "gradescope", name)), { os: 3, attrs: 0o755 << 16 }];
  return zipSync(files, { level: 9, mtime: new Date(2020, 0, 1) });
}
