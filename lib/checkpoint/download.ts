import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

export interface DownloadReport {
  readonly file: string;
  /** Bytes on disk so far, those of an earlier, interrupted download included. */
  readonly done: number;
  readonly total: number;
}

/** What a file must be: its size, and the SHA-256 of its bytes or the SHA-1 that Git gives it. */
export interface Expected {
  readonly size: number;
  readonly sha256?: string;
  /** Git's name of a file's content: SHA-1 of `blob SIZE\\0` and the bytes. */
  readonly gitSha1?: string;
}

export interface DownloadOptions extends Expected {
  readonly onProgress?: ((report: DownloadReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches `url` into `file`. The bytes go into `file.part` first: an interrupted download goes on from there, and `file`
 * appears, whole and checked, or not at all.
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<void> {
  const { size, onProgress, signal } = options;
  const part = `${file}.part`;
  const name = path.basename(file);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let done = fs.existsSync(part) ? fs.statSync(part).size : 0;
  if (done > size) {
    fs.rmSync(part);
    done = 0;
  }
  const report = () => onProgress?.({ file: name, done, total: size });
  report();
  if (done < size) {
    const headers = done > 0 ? { Range: `bytes=${done}-` } : {};
    const response = await fetch(url, { headers, signal: signal ?? null });
    if (!response.ok || !response.body)
      throw new Error(`download: expected ${name} from ${url}, got status ${response.status}`);
    if (response.status !== 206) done = 0; // this server sends everything again
    const handle = fs.openSync(part, done > 0 ? "a" : "w");
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        done += chunk.length;
        if (done > size) throw tooLong(name, size);
        fs.writeSync(handle, chunk);
        report();
      }
    } catch (error) {
      if (error instanceof TooLong) throw discard(part, error);
      throw new Error(
        `download: expected ${size} bytes of ${name}, got ${done} before the connection ended (${causeOf(error)}); run it again: it goes on from there`,
        { cause: error },
      );
    } finally {
      fs.closeSync(handle);
    }
  }
  if (done < size)
    throw new Error(
      `download: expected ${size} bytes of ${name}, got ${done} before the connection ended; run it again: it goes on from there`,
    );
  const wrong = await differs(part, options);
  if (wrong)
    throw discard(
      part,
      new Error(`download: expected ${name} with ${wrong}; it was thrown away. Is a proxy changing files?`),
    );
  fs.renameSync(part, file);
}

/** What is wrong with a file, or nothing: `SHA-256 ab…, got cd…`. */
export async function differs(file: string, { size, sha256, gitSha1 }: Expected): Promise<string | undefined> {
  const found = fs.statSync(file).size;
  if (found !== size) return `${size} bytes, got ${found}`;
  const [kind, expected] = sha256 ? ["SHA-256", sha256] : ["SHA-1", gitSha1];
  if (!expected) return undefined;
  const hash = createHash(sha256 ? "sha256" : "sha1");
  if (!sha256) hash.update(`blob ${size}\0`);
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer);
  const got = hash.digest("hex");
  return got === expected ? undefined : `${kind} ${expected.slice(0, 12)}…, got ${got.slice(0, 12)}…`;
}

class TooLong extends Error {}
const tooLong = (name: string, size: number) =>
  new TooLong(`download: expected ${size} bytes of ${name}, got more; it was thrown away`);

/** What cannot be right is not kept to go on from. */
function discard(part: string, error: Error): Error {
  fs.rmSync(part, { force: true });
  return error;
}

/** The innermost reason: fetch itself only says "fetch failed". */
export function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors.length > 0) inner = inner.errors[0];
  return inner instanceof Error ? inner.message : String(inner);
}
