import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { type Bundle, bundleAnswers, importsOf, LoadProblem, type Source } from "./bundle";
import type { LessonFiles } from "./lessons";

export const largestSource = 1 << 20;

/** Reads a learner's file: a regular file of a sensible size, nothing that points elsewhere. */
export function readSubmission(file: string, shownAs = file, largest = largestSource): Source {
  const absolute = path.resolve(projectRoot, file);
  const refuse = (what: string) => new LoadProblem("rejected", `${shownAs}: expected an ordinary file, got ${what}`);
  const stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
  if (!stat)
    throw new LoadProblem("load-error", `${shownAs}: the file is missing; npm run gate -- --write-stubs makes it`);
  if (stat.isSymbolicLink()) throw refuse("a link");
  if (!stat.isFile()) throw refuse(stat.isDirectory() ? "a folder" : "a pipe or device");
  if (stat.nlink > 1) throw refuse("a hard link; make a copy of it");
  if (stat.size > largest) throw refuse(`one of ${Math.round(stat.size / 1024)} KB, more than ${largest >> 10} KB`);
  const folder = path.dirname(absolute);
  if (fs.realpathSync(folder) !== path.join(fs.realpathSync(path.dirname(folder)), path.basename(folder)))
    throw refuse("one in a folder that is a link");
  return { text: fs.readFileSync(absolute, "utf8").replace(/^\uFEFF/, ""), file: shownAs };
}

/** A learner's file as its process will load it. It may import what the stub imports. */
export async function bundleSubmission(files: LessonFiles, source: Source): Promise<Bundle> {
  const [bundle] = await bundleAnswers([source], { drivers: files.drivers, allowed: importsOf(files.stubText) });
  return bundle!;
}
