import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { projectRoot } from "../../root";

/** The grader's version in records: it changes when a verdict may. */
export const graderVersion = "1.0.0";

/** Files that every answer's process may read: the runner and tfjs, each in one file. */
export interface Runtime {
  readonly folder: string;
  readonly runner: string;
  readonly tfjs: string;
}

const here = path.join(projectRoot, "lib/course/grader");
const runnerFiles = ["main", "box", "guard", "harden", "pipe", "tensors"].map((name) => `runner/${name}.ts`);
const runnerSources = [...runnerFiles, "encode.ts", "protocol.ts"].map((name) => path.join(here, name));

// tfjs is what an answer may use of it: operations, gradients, the cpu backend. Its layers are what the course teaches.
const tfjsEntry = `
  export * from "@tensorflow/tfjs-core";
  import "@tensorflow/tfjs-core/dist/register_all_gradients";
  import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
  import "@tensorflow/tfjs-backend-cpu";`;

/** Where the grader keeps files between runs. */
export const cacheFolder = path.join(projectRoot, ".cache/grader");

let ready: Promise<Runtime> | undefined;

/** Builds the two files once for each version of their sources, in the project's cache. */
export function prepareRuntime(): Promise<Runtime> {
  ready ??= prepare();
  return ready;
}

async function prepare(): Promise<Runtime> {
  const version = JSON.parse(
    fs.readFileSync(path.join(projectRoot, "node_modules/@tensorflow/tfjs-core/package.json"), "utf8"),
  ).version as string;
  const hash = createHash("sha256").update(`${version}\n${tfjsEntry}\n${fs.readFileSync(__filename, "utf8")}`);
  for (const file of runnerSources) hash.update(fs.readFileSync(file));
  const folder = path.join(cacheFolder, `runtime-${hash.digest("hex").slice(0, 16)}`);
  const runtime = { folder, runner: path.join(folder, "runner.cjs"), tfjs: path.join(folder, "tfjs.cjs") };
  if (fs.existsSync(folder)) return runtime;

  removeOld();
  const fresh = `${folder}.${process.pid}`;
  // Strict, so that an answer that looks up its callers finds nothing.
  const strict = { banner: { js: '"use strict";' } };
  const common = { bundle: true, format: "cjs", platform: "node", target: "node24", logLevel: "silent" } as const;
  await Promise.all([
    esbuild.build({ ...common, ...strict, entryPoints: [runnerSources[0]!], outfile: path.join(fresh, "runner.cjs") }),
    esbuild.build({
      ...common,
      // The packages say that their files have no side effects; registering gradients and the backend is one.
      ...{ ignoreAnnotations: true, minify: true, legalComments: "none" },
      stdin: { contents: tfjsEntry, resolveDir: projectRoot },
      outfile: path.join(fresh, "tfjs.cjs"),
    }),
  ]);
  try {
    fs.renameSync(fresh, folder);
  } catch (error) {
    // Another run was first.
    fs.rmSync(fresh, { recursive: true, force: true });
    if (!fs.existsSync(folder)) throw error;
  }
  return runtime;
}

/** Takes away what older versions built. A day's grace, because a grader that started before an update may still use it. */
function removeOld(): void {
  if (!fs.existsSync(cacheFolder)) return;
  for (const name of fs.readdirSync(cacheFolder)) {
    const file = path.join(cacheFolder, name);
    const old = Date.now() - fs.statSync(file).mtimeMs > 86_400_000;
    if (name.startsWith("runtime-") && old) fs.rmSync(file, { recursive: true, force: true });
  }
}
