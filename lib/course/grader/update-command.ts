import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { keepBeside } from "./keep";
import { type Course, type LessonFiles, select } from "./lessons";
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
 * `npm run grade -- --update`: brings the course to its newest version and keeps the answers. They are set aside, git
 * fetches the newer files, and the answers are put into the new stubs. `--from FOLDER` takes them from another copy.
 */
export async function updateCommand(options: UpdateOptions): Promise<number> {
  if (options.from !== undefined) return takeOverFrom(options.from, options);
  const { print } = options;
  if (!hasUpstream()) {
    print("There is no git repository to update from. Download the newer course beside this one, and in it run:");
    print(`  npm run grade -- --update --from "${projectRoot}"`);
    return 1;
  }
  const lessons = (await select(undefined, options.where)).map(({ files }) => files);
  const edited = lessons.filter(({ exercise }) => {
    const file = path.join(projectRoot, exercise);
    return fs.existsSync(file) && !isUntouched(fs.readFileSync(file, "utf8"));
  });
  const aside = setAside(edited);
  const before = git("rev-parse", "HEAD");
  try {
    const tracked = edited.filter(({ exercise }) => isCommitted(exercise));
    if (tracked.length) git("checkout", "HEAD", "--", ...tracked.map(({ exercise }) => exercise));
    git("pull", "--ff-only");
  } catch (error) {
    for (const { exercise } of edited)
      fs.copyFileSync(path.join(aside, path.basename(exercise)), path.join(projectRoot, exercise));
    print(`The course could not be updated; your files are as they were.\n${lastLines(error)}`);
    return 1;
  }
  const after = git("rev-parse", "HEAD");
  print(before === after ? "The course is up to date." : `Updated from ${before.slice(0, 7)} to ${after.slice(0, 7)}.`);
  // The newer course's own code puts the answers back.
  const words = ["--import", "tsx", path.join(projectRoot, "lib/course/grader/main.ts"), "--update", "--from", aside];
  if (edited.length) print(execFileSync(process.execPath, words, { cwd: projectRoot, encoding: "utf8" }).trimEnd());
  return 0;
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

/** Copies edited files where no update reaches them, and returns that folder. */
function setAside(edited: readonly LessonFiles[]): string {
  const folder = path.join(cacheFolder, "answers", new Date().toISOString().replace(/[:.]/g, "-"));
  fs.mkdirSync(folder, { recursive: true });
  for (const { exercise } of edited)
    fs.copyFileSync(path.join(projectRoot, exercise), path.join(folder, path.basename(exercise)));
  return folder;
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

function isCommitted(file: string): boolean {
  try {
    git("cat-file", "-e", `HEAD:${file}`);
    return true;
  } catch {
    return false;
  }
}

function lastLines(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split("\n").slice(-5).join("\n");
}
