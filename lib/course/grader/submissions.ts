import * as fs from "node:fs";
import * as path from "node:path";
import { LoadProblem, type Source } from "./bundle";
import { type LessonFiles, sha256 } from "./lessons";
import { readSubmission } from "./submission";
import { readZip } from "./zip";

/** One learner's work, as it was handed in: a folder, a zip, or a single exercise file. */
export interface Submission {
  /** The entry's name without its ending; what the gradebook calls the learner. */
  readonly id: string;
  readonly path: string;
  readonly kind: "folder" | "zip" | "file" | "other";
}

/** The entries of a folder of submissions, in order, hidden ones left out. Nobody is left out for a strange entry. */
export function listSubmissions(folder: string): Submission[] {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) throw new Error(`submissions: expected a folder, got ${folder}`);
  const found = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry): Submission[] => {
    const place = path.join(folder, entry.name);
    if (entry.name.startsWith(".")) return [];
    if (entry.isDirectory()) return [{ id: entry.name, path: place, kind: "folder" }];
    const ending = entry.isFile() ? path.extname(entry.name) : "";
    const kind = ending === ".zip" ? "zip" : ending === ".ts" ? "file" : "other";
    return [{ id: entry.name.replace(/\.(zip|ts)$/, ""), path: place, kind }];
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
export function readForLesson(submission: Submission, files: LessonFiles): Source | LoadProblem | undefined {
  const name = path.basename(files.exercise);
  try {
    if (submission.kind === "other")
      return new LoadProblem("rejected", `${files.exercise}: expected a folder, a zip or a .ts file, got another kind`);
    if (submission.kind === "zip") return fromZip(submission, name, files.exercise);
    const place = submission.kind === "file" ? submission.path : findInFolder(submission.path, name);
    if (submission.kind === "file" && path.basename(place!) !== name && !single(place!, name)) return undefined;
    return place === undefined ? undefined : readSubmission(place, files.exercise);
  } catch (error) {
    if (error instanceof LoadProblem) return error;
    return new LoadProblem("rejected", `${files.exercise}: ${(error as Error).message}`);
  }
}

/** Single files are handed in under the learner's name: `ada-01-neuron.ts`. */
function single(file: string, name: string): boolean {
  return path.basename(file).endsWith(name);
}

/** In the folder itself, in `exercises/`, or one folder deeper, as hosting sites pack them. */
function findInFolder(folder: string, name: string): string | undefined {
  const inner = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const places = [folder, ...inner.map((entry) => path.join(folder, entry.name))];
  const candidates = places.flatMap((place) => [path.join(place, "exercises", name), path.join(place, name)]);
  return candidates.find((file) => fs.lstatSync(file, { throwIfNoEntry: false }));
}

function fromZip(submission: Submission, name: string, shownAs: string): Source | LoadProblem | undefined {
  const files = readZip(fs.readFileSync(submission.path), (inside) => {
    const parts = inside.split("/");
    return parts.at(-1) === name && parts.length <= 3 && parts[0] !== "__MACOSX";
  });
  const names = [...files.keys()].sort((a, b) => a.length - b.length);
  const best = names.find((inside) => inside.includes("exercises/")) ?? names[0];
  if (best === undefined) return undefined;
  const content = files.get(best)!;
  if (content.length > 1 << 20) return new LoadProblem("rejected", `${shownAs}: expected at most 1024 KB`);
  return { text: content.toString("utf8").replace(/^\uFEFF/, ""), file: shownAs };
}

/** What a submission's grade depends on, so that a changed one is graded again. */
export function fingerprint(sources: readonly (Source | LoadProblem | undefined)[]): string {
  return sha256(
    sources.map((source) => (source instanceof LoadProblem ? source.message : (source?.text ?? ""))).join("\0"),
  );
}
