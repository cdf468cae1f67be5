import * as fs from "node:fs";
import * as path from "node:path";
import { causeOf, type DownloadReport, differs, download, type Expected } from "./download";
import { isPlainName, readIndex, replaceFile, WEIGHT_INDEX, WEIGHTS } from "./weight-files";

/** What a model's folder may have that the course can read. */
const OTHERS = ["config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt"];
/** Written last: a folder without it is not finished. */
const NOTE = "source.json";

export interface FetchOptions {
  /** The folder in which models are kept, one folder each. */
  readonly cache: string;
  /** Where models come from. Default: `HF_ENDPOINT` of the environment, or huggingface.co. */
  readonly endpoint?: string | undefined;
  /** A branch, tag or commit. Default: `main`. */
  readonly revision?: string | undefined;
  readonly onProgress?: ((report: DownloadReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The folder of a model of the Hugging Face hub, such as `openai-community/gpt2`: fetched on first use, every file checked
 * by its size and hash; from then on no network is needed.
 */
export async function fetchModel(name: string, options: FetchOptions): Promise<string> {
  const parts = name.split("/");
  if (parts.length > 2 || !parts.every(isPlainName))
    throw new Error(`fetchModel: expected a model's name such as openai-community/gpt2, got ${JSON.stringify(name)}`);
  const { revision = "main", cache } = options;
  if (!isPlainName(revision))
    throw new Error(`fetchModel: expected a branch, tag or commit, got ${JSON.stringify(revision)}`);
  const folder = path.join(cache, [...parts, ...(revision === "main" ? [] : [revision])].join("--"));
  if (await isComplete(folder)) return folder;

  const endpoint = (options.endpoint ?? process.env["HF_ENDPOINT"] ?? "https://huggingface.co").replace(/\/+$/, "");
  const { commit, files } = await list(endpoint, name, revision, folder);
  const { onProgress, signal } = options;
  const fetchFile = async (file: string) => {
    const expected = files.get(file)!;
    const target = path.join(folder, file);
    if (fs.existsSync(target) && !(await differs(target, expected))) return;
    await download(`${endpoint}/${name}/resolve/${commit}/${file}`, target, { ...expected, onProgress, signal });
  };
  const wanted = OTHERS.filter((file) => files.has(file));
  for (const file of wanted) await fetchFile(file);
  for (const file of await weightFiles(name, files, folder, fetchFile)) {
    await fetchFile(file);
    wanted.push(file);
  }
  const note = {
    name,
    revision,
    commit,
    endpoint,
    files: Object.fromEntries(wanted.map((file) => [file, files.get(file)])),
  };
  replaceFile(path.join(folder, NOTE), `${JSON.stringify(note, null, 2)}\n`);
  return folder;
}

/** Whether every file that was fetched is there, with its size. (The hash was checked when it came.) */
async function isComplete(folder: string): Promise<boolean> {
  try {
    const note = JSON.parse(fs.readFileSync(path.join(folder, NOTE), "utf8")) as { files: Record<string, Expected> };
    return Object.entries(note.files).every(([file, { size }]) => fs.statSync(path.join(folder, file)).size === size);
  } catch {
    return false;
  }
}

/** The files of a model with sizes and hashes: large ones have a SHA-256, small ones Git's SHA-1. */
async function list(endpoint: string, name: string, revision: string, folder: string) {
  const url = `${endpoint}/api/models/${name}/revision/${revision}?blobs=true`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(
      `loadPretrained: expected ${name} in ${folder} or a network to fetch it, got neither (${causeOf(error)}). Connect once and run it again: then it works offline. A mirror is named by HF_ENDPOINT; a folder with the model's files works, too`,
      { cause: error },
    );
  }
  if (response.status === 404 || response.status === 401)
    throw new Error(
      `loadPretrained: expected a public model, got none of the name ${name} (revision ${revision}) at ${endpoint}`,
    );
  if (!response.ok)
    throw new Error(`loadPretrained: expected a list of files from ${url}, got status ${response.status}`);
  type Sibling = { rfilename: string; size: number; blobId?: string; lfs?: { sha256: string; size: number } };
  let reply: { sha?: unknown; siblings?: Sibling[] };
  try {
    reply = (await response.json()) as typeof reply;
  } catch (error) {
    throw new Error(`loadPretrained: expected a list of files as JSON from ${url}, got something else`, {
      cause: error,
    });
  }
  const files = new Map<string, Expected>();
  for (const { rfilename, size, blobId, lfs } of reply.siblings ?? []) {
    if (!isPlainName(rfilename)) continue; // folders hold other formats
    files.set(rfilename, lfs ? { size: lfs.size, sha256: lfs.sha256 } : { size, ...(blobId && { gitSha1: blobId }) });
  }
  if (typeof reply.sha !== "string" || !isPlainName(reply.sha))
    throw new Error(
      `loadPretrained: expected the model's commit from ${url}, got ${JSON.stringify(reply.sha) ?? "none"}`,
    );
  return { commit: reply.sha, files };
}

async function weightFiles(
  name: string,
  files: ReadonlyMap<string, Expected>,
  folder: string,
  fetchFile: (file: string) => Promise<void>,
): Promise<string[]> {
  if (files.has(WEIGHTS)) return [WEIGHTS];
  if (!files.has(WEIGHT_INDEX))
    throw new Error(
      `loadPretrained: expected ${WEIGHTS} or ${WEIGHT_INDEX} among the files of ${name}, got neither; the course reads safetensors only`,
    );
  await fetchFile(WEIGHT_INDEX);
  const shards = [...new Set(readIndex(fs.readFileSync(path.join(folder, WEIGHT_INDEX), "utf8")).values())];
  const missing = shards.find((file) => !files.has(file));
  if (missing) throw new Error(`loadPretrained: expected ${missing} among the files of ${name}, got no such file`);
  return [WEIGHT_INDEX, ...shards];
}
