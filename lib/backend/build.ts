import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";

const sources = path.join(projectRoot, "lib", "backend", "assembly");
const compiler = path.join(projectRoot, "node_modules", "assemblyscript");
const cache = path.join(projectRoot, ".cache", "backend");

/** The shared memory's limit in pages of 64 KB: 4 GB, all that 32-bit addresses reach. */
export const MOST_PAGES = 65536;

/**
 * The kernels as a WebAssembly binary: compiled from `assembly/` by AssemblyScript on first use (a few seconds) and kept
 * in `.cache/backend` under a hash of everything that went in.
 */
export function buildKernels(relaxedSimd: boolean): Buffer {
  const options = [
    ...["-O3", "--noAssert", "--runtime", "minimal", "--use", "abort="],
    ...["--enable", relaxedSimd ? "simd,threads,relaxed-simd" : "simd,threads"],
    ...["--importMemory", "--sharedMemory", "--initialMemory", "16", "--maximumMemory", String(MOST_PAGES)],
    ...["--memoryBase", "4096"], // the threads' control block lies below, see assembly/team.ts
  ];
  const file = path.join(cache, `kernels-${fingerprint(options)}.wasm`);
  if (fs.existsSync(file)) return fs.readFileSync(file);
  fs.mkdirSync(cache, { recursive: true });
  const unfinished = `${file}.${process.pid}`; // several processes may build at once; the last rename wins
  const entry = path.relative(projectRoot, path.join(sources, "index.ts"));
  const asc = path.join(compiler, "bin", "asc.js");
  execFileSync(
    process.execPath,
    [asc, entry, ...options, "--outFile", path.relative(projectRoot, unfinished), "--noColors"],
    { cwd: projectRoot, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, NODE_OPTIONS: "" } },
  );
  fs.renameSync(unfinished, file);
  return fs.readFileSync(file);
}

function fingerprint(options: readonly string[]): string {
  const hash = createHash("sha256");
  const { version } = JSON.parse(fs.readFileSync(path.join(compiler, "package.json"), "utf8")) as { version: string };
  hash.update(JSON.stringify([version, options]));
  for (const name of fs.readdirSync(sources).sort()) {
    if (!name.endsWith(".ts")) continue;
    hash.update(`\n// ${name}\n`);
    hash.update(fs.readFileSync(path.join(sources, name), "utf8").replaceAll("\r\n", "\n"));
  }
  return hash.digest("hex").slice(0, 16);
}
