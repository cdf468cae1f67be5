import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { keepBeside } from "./keep";
import { type Course, select } from "./lessons";
import { cacheFolder } from "./runtime";
import { isUntouched } from "./stubs";
import { takeOver } from "./update";

export interface UpdateOptions {
  readonly where: Course;
  readonly print: (text: string) => void;
  /** A folder with exercise files whose answers are taken over: another copy of the course, or its `exercises/`. */
  readonly from?: string | undefined;
}

/**
 * `npm run grade -- --update`: brings the course to its newest version and keeps the learner's work. Answers are put into
 * the newer stubs; of any other file that both changed, such as a notebook, the learner's is kept beside the newer one.
 * `--from FOLDER` takes answers from another copy of the course instead.
 */
export async function updateCommand(options: UpdateOptions): Promise<number> {
  if (options.from !== undefined) return takeOverFrom(options.from, options);
  const { print, where } = options;
  if (!hasUpstream()) {
    print("There is no git repository to update from. Download the newer course beside this one, and in it run:");
    print(`  npm run grade -- --update --from "${projectRoot}"`);
    return 1;
  }
  try {
    git("fetch", "--quiet");
  } catch (error) {
    print(`The newer version could not be fetched.\n${lastLines(error)}`);
    return 1;
  }
  const base = git("merge-base", "HEAD", "@{upstream}");
  const before = git("rev-parse", "HEAD");
  const newest = git("rev-parse", "@{upstream}");
  if (base === newest) {
    print("The course is up to date.");
    return 0;
  }
  const theirs = new Set(names("diff", "--name-only", base, newest));
  const both = names("diff", "--name-only", base).filter((file) => theirs.has(file));
  const exercises = new Set((await select(undefined, where)).map(({ files }) => files.exercise));
  const aside = setAside(names("diff", "--name-only", base).filter((file) => exercises.has(file)));
  const saved = new Map(both.filter(isThere).map((file) => [file, fs.readFileSync(path.join(projectRoot, file))]));
  try {
    const here = both.filter((file) => isIn("HEAD", file));
    if (here.length) git("checkout", "HEAD", "--", ...here);
    if (base === before) git("merge", "--ff-only", "--quiet", newest);
    else mergeCommits(newest, both);
  } catch (error) {
    if (fs.existsSync(git("rev-parse", "--git-path", "MERGE_HEAD"))) git("merge", "--abort");
    for (const [file, content] of saved) fs.writeFileSync(path.join(projectRoot, file), content);
    print(`The course could not be updated; your files are as they were.\n${lastLines(error)}`);
    return 1;
  }
  print(`Updated from ${base.slice(0, 7)} to ${newest.slice(0, 7)}.`);
  for (const [file, content] of saved) {
    if (exercises.has(file)) continue;
    const kept = path.relative(projectRoot, keepBeside(path.join(projectRoot, file), content));
    print(`${file}: changed by you and by the course; this is the newer one, yours is ${kept}`);
  }
  // The newer course's own code puts the answers back.
  const words = ["--import", "tsx", path.join(projectRoot, "lib/course/grader/main.ts"), "--update", "--from", aside];
  if (fs.readdirSync(aside).length)
    print(execFileSync(process.execPath, words, { cwd: projectRoot, encoding: "utf8" }).trimEnd());
  return 0;
}

/** Joins the learner's own commits with the newer course. Of files that both changed it takes the newer one. */
function mergeCommits(newest: string, both: readonly string[]): void {
  try {
    git("merge", "--no-commit", "--no-ff", "--quiet", newest);
  } catch (error) {
    const open = names("diff", "--name-only", "--diff-filter=U");
    if (!open.length || open.some((file) => !both.includes(file))) throw error;
  }
  for (const file of both) {
    if (isIn(newest, file)) git("checkout", newest, "--", file);
    else git("rm", "--quiet", "--force", "--ignore-unmatch", "--", file);
  }
  git("commit", "--quiet", "--message", "Update the course");
}

/** Puts the answers of exercise files in another folder into this course's stubs. */
async function takeOverFrom(from: string, { where, print }: UpdateOptions): Promise<number> {
  const folders = [path.resolve(from), path.resolve(from, "exercises")];
  const lessons = (await select(undefined, where)).map(({ files }) => files);
  let found = 0;
  for (const { exercise, stubText, lesson } of lessons) {
    const name = path.basename(exercise);
    const source = folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
    if (source === undefined) continue;
    found++;
    const old = fs.readFileSync(source, "utf8").replace(/\r\n/g, "\n");
    if (isUntouched(old)) continue;
    const file = path.join(projectRoot, exercise);
    const present = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : stubText;
    const { text, kept, changed, added, left } = takeOver(old, stubText);
    if (text === present) continue;
    if (!isUntouched(present) && present !== old)
      print(
        `${exercise}: it had answers already; they are in ${path.relative(projectRoot, keepBeside(file, present))}`,
      );
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    const title = (number: string) =>
      `${number} ${lesson.exercises.find((one) => one.number === number)?.title ?? ""}`.trim();
    print(`${exercise}: ${kept.length} ${kept.length === 1 ? "answer" : "answers"} kept`);
    if (changed.length) print(`  reads differently now, look again: ${changed.map(title).join(", ")}`);
    if (added.length) print(`  new: ${added.map(title).join(", ")}`);
    if (left.length) print(`  no longer asked for, kept at the end of the file: ${left.join(", ")}`);
  }
  if (!found) throw new Error(`grade: expected exercise files in ${from}, got none`);
  return 0;
}

/** Copies exercise files where no update reaches them, and returns that folder. */
function setAside(edited: readonly string[]): string {
  const folder = path.join(cacheFolder, "answers", new Date().toISOString().replace(/[:.]/g, "-"));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of edited.filter(isThere))
    fs.copyFileSync(path.join(projectRoot, file), path.join(folder, path.basename(file)));
  return folder;
}

const isThere = (file: string) => fs.existsSync(path.join(projectRoot, file));

function names(...words: string[]): string[] {
  return git(...words, "-z")
    .split("\0")
    .filter(Boolean);
}

function git(...words: string[]): string {
  return execFileSync("git", words, { cwd: projectRoot, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function hasUpstream(): boolean {
  try {
    git("rev-parse", "--abbrev-ref", "@{upstream}");
    return path.resolve(git("rev-parse", "--show-toplevel")) === fs.realpathSync(projectRoot);
  } catch {
    return false;
  }
}

function isIn(commit: string, file: string): boolean {
  try {
    git("cat-file", "-e", `${commit}:${file}`);
    return true;
  } catch {
    return false;
  }
}

function lastLines(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split("\n").slice(-5).join("\n");
}
