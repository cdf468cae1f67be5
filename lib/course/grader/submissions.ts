import * as fs from "node:fs";
import * as path from "node:path";
import { LoadProblem, type Source } from "./bundle";
import { type LessonFiles, sha256 } from "./lessons";
import { fromNotebook, largestNotebook } from "./notebook";
import { largestSource, readSubmission } from "./submission";
import { readZip } from "./zip";

/** One learner's work, as it was handed in: a folder, a zip, or a single exercise file. */
export interface Submission {
  /** The entry's name without its ending; what the gradebook calls the learner. */
  readonly id: string;
  readonly path: string;
  readonly kind: "folder" | "zip" | "file" | "notebook" | "other";
}

const kinds: Record<string, Submission["kind"]> = { ".zip": "zip", ".ts": "file", ".ipynb": "notebook" };

/** The entries of a folder of submissions, in order, hidden ones left out. Nobody is left out for a strange entry. */
export function listSubmissions(folder: string): Submission[] {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) throw new Error(`submissions: expected a folder, got ${folder}`);
  const found = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry): Submission[] => {
    const place = path.join(folder, entry.name);
    if (entry.name.startsWith(".")) return [];
    if (entry.isDirectory()) return [{ id: entry.name, path: place, kind: "folder" }];
    const ending = entry.isFile() ? path.extname(entry.name) : "";
    const kind = kinds[ending] ?? "other";
    return [{ id: entry.name.replace(/\.(zip|ts|ipynb)$/, ""), path: place, kind }];
  });
  const ids = new Map<string, Submission>();
  for (const submission of found.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const other = ids.get(submission.id);
    if (other)
      throw new Error(`submissions: expected one entry for each learner, got ${other.path} and ${submission.path}`);
    ids.set(submission.id, submission);
  }
  return [...ids.values()];
}

/** The submissions of one of several machines: `2/4` is the second quarter, taken in turn. */
export function shardOf(submissions: readonly Submission[], shard: string | undefined): Submission[] {
  if (shard === undefined) return [...submissions];
  const [, part = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number);
  if (part < 1 || part > of) throw new Error(`submissions: expected --shard 1/4 to 4/4 or the like, got ${shard}`);
  return submissions.filter((_, i) => i % of === part - 1);
}

/** A submission's text for a lesson, why it cannot be taken, or undefined when the lesson is not in it. */
export async function readForLesson(
  submission: Submission,
  files: LessonFiles,
): Promise<Source | LoadProblem | undefined> {
  const name = path.basename(files.exercise);
  try {
    if (submission.kind === "other")
      return new LoadProblem("rejected", `${files.exercise}: expected a folder, a zip or a .ts file, got another kind`);
    if (submission.kind === "notebook") return await notebookAt(submission.path, files);
    if (submission.kind === "zip") return await fromZip(submission, name, files);
    if (submission.kind === "file")
      // Single files are handed in under the learner's name: `ada-01-neuron.ts`.
      return submission.path.endsWith(name) ? readSubmission(submission.path, files.exercise) : undefined;
    const place = findInFolder(submission.path, "exercises", name);
    if (place !== undefined) return readSubmission(place, files.exercise);
    const notebook = findInFolder(submission.path, "notebooks", name.replace(/ts$/, "ipynb"));
    return notebook === undefined ? undefined : await notebookAt(notebook, files);
  } catch (error) {
    if (error instanceof LoadProblem) return error;
    return new LoadProblem("rejected", `${files.exercise}: ${(error as Error).message}`);
  }
}

/** In the folder itself, in the course's folder for such files, or one folder deeper, as hosting sites pack them. */
function findInFolder(folder: string, inside: string, name: string): string | undefined {
  const inner = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const places = [folder, ...inner.map((entry) => path.join(folder, entry.name))];
  const candidates = places.flatMap((place) => [path.join(place, inside, name), path.join(place, name)]);
  return candidates.find((file) => fs.lstatSync(file, { throwIfNoEntry: false }));
}

/** A notebook's answer cells. The same rules of files hold as for exercise files, but for the size. */
async function notebookAt(file: string, files: LessonFiles): Promise<Source | LoadProblem | undefined> {
  return fromNotebook(readSubmission(file, files.exercise, largestNotebook).text, files);
}

async function fromZip(submission: Submission, name: string, files: LessonFiles) {
  const notebook = name.replace(/ts$/, "ipynb");
  const found = readZip(fs.readFileSync(submission.path), (inside) => {
    const parts = inside.split("/");
    return [name, notebook].includes(parts.at(-1)!) && parts.length <= 3 && parts[0] !== "__MACOSX";
  });
  const best = (wanted: string, folder: string) => {
    const names = [...found.keys()].filter((inside) => path.posix.basename(inside) === wanted);
    names.sort((a, b) => a.length - b.length);
    return names.find((inside) => inside.includes(`${folder}/`)) ?? names[0];
  };
  const exercise = best(name, "exercises");
  if (exercise !== undefined) {
    const content = found.get(exercise)!;
    if (content.length > largestSource)
      return new LoadProblem("rejected", `${files.exercise}: expected at most 1024 KB`);
    return { text: content.toString("utf8").replace(/^\uFEFF/, ""), file: files.exercise };
  }
  const other = best(notebook, "notebooks");
  return other === undefined ? undefined : fromNotebook(found.get(other)!.toString("utf8"), files);
}

/** What a submission's grade depends on, so that a changed one is graded again. */
export function fingerprint(sources: readonly (Source | LoadProblem | undefined)[]): string {
  return sha256(
    sources.map((source) => (source instanceof LoadProblem ? source.message : (source?.text ?? ""))).join("\0"),
  );
}
