import * as path from "node:path";
import * as esbuild from "esbuild";
import { projectRoot } from "../../root";

/** An answer to be bundled: text that counts as the contents of `file`, wherever it was read. */
export interface Source {
  readonly text: string;
  /** From the project's folder: `exercises/01-neuron.ts`. Relative imports and messages start here. */
  readonly file: string;
}

/** What an answer's process loads, and the map from its lines to the sources'. */
export interface Bundle {
  readonly code: string;
  readonly map: string;
}

/** Why a source could not be bundled. `file` is from the project's folder. */
export class LoadProblem extends Error {
  constructor(
    readonly kind: "load-error" | "rejected" | "grader-error" | "time",
    message: string,
    readonly location: { file: string; line: number; column: number } | null = null,
  ) {
    super(message);
  }
}

export interface BundleOptions {
  /** The lesson's drivers file from the project's folder, if it has one. */
  readonly drivers?: string | undefined;
  /** The only import paths that the source may use; any, if undefined. */
  readonly allowed?: ReadonlySet<string> | undefined;
  readonly deadlineMs?: number;
  readonly minify?: boolean;
}

const answerSpace = "answer";
const entrySpace = "entry";

/** The import paths of a source of ours, whose imports stand at the start of lines. */
export function importsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^(?:import|export)\b[^;]*?from\s+["']([^"']+)["']/gm)].map((match) => match[1]!));
}

/**
 * Bundles each source with the drivers and the parts of `lib` that they use, tfjs left out. All sources in one run of
 * esbuild, whose own process is ended when a source keeps it busy too long. Types are not checked.
 */
export async function bundleAnswers(sources: readonly Source[], options: BundleOptions = {}): Promise<Bundle[]> {
  for (;;) {
    try {
      return await bundle(sources, options);
    } catch (problem) {
      if (problem !== stoppedByAnother) throw problem;
    }
  }
}

/** Builds under way. Ending esbuild's process because of one ends them all, and the others begin again. */
const underWay = new Set<(problem: Error) => void>();
const stoppedByAnother = new Error("esbuild was stopped because of another file");

async function bundle(sources: readonly Source[], options: BundleOptions): Promise<Bundle[]> {
  const { drivers, allowed, deadlineMs = 10_000, minify = false } = options;
  const plugin: esbuild.Plugin = {
    name: "answers",
    setup(build) {
      build.onResolve({ filter: /^entry:\d+$/ }, ({ path }) => ({ path: path.slice(6), namespace: entrySpace }));
      build.onResolve({ filter: /^answer:\d+$/ }, (args) =>
        args.namespace === entrySpace ? { path: args.path.slice(7), namespace: answerSpace } : undefined,
      );
      build.onResolve({ filter: /^@tensorflow\/tfjs$/ }, (args) => refuse(args) ?? { path: args.path, external: true });
      build.onResolve({ filter: /./ }, (args) => refuse(args));
      build.onLoad({ filter: /./, namespace: entrySpace }, ({ path: number }) => ({
        contents: `export const answer = () => require("answer:${number}");
          export const drivers = () => ${drivers ? `require(${JSON.stringify(`./${drivers}`)})` : "({})"};`,
        resolveDir: projectRoot,
      }));
      build.onLoad({ filter: /./, namespace: answerSpace }, ({ path: number }) => {
        const { text, file } = sources[Number(number)]!;
        return { contents: markTodos(text), loader: "ts", resolveDir: path.dirname(path.join(projectRoot, file)) };
      });
      function refuse(args: esbuild.OnResolveArgs): esbuild.OnResolveResult | undefined {
        if (args.namespace === answerSpace && allowed && !allowed.has(args.path)) {
          const may = allowed.size ? `only ${[...allowed].map((name) => `"${name}"`).join(", ")}` : "nothing";
          return {
            errors: [
              { text: `This file may import ${may}: "${args.path}" is not there when it is graded`, detail: "rule" },
            ],
          };
        }
        if (args.importer.includes(".drivers.") && /(^|\/)(solutions|exercises)\//.test(args.path))
          return { errors: [{ text: "A drivers file may import only types from solutions", detail: "ours" }] };
        return undefined;
      }
    },
  };
  const build = esbuild.build({
    entryPoints: sources.map((_, i) => ({ in: `entry:${i}`, out: `${i}` })),
    ...{ bundle: true, write: false, outdir: "out", format: "cjs", platform: "node", target: "node24" },
    banner: { js: '"use strict";' }, // what modules are, and esbuild's output is not by itself
    minify,
    ...{ sourcemap: "external", sourcesContent: false, logLevel: "silent", charset: "utf8" },
    absWorkingDir: projectRoot,
    // The file's own settings, whatever tsconfig lies around. Class fields as in the course's target, es2022.
    tsconfigRaw: { compilerOptions: { target: "es2022", useDefineForClassFields: true } },
    plugins: [plugin],
  });
  let timer: NodeJS.Timeout | undefined;
  let stop: (problem: Error) => void = () => {};
  const deadline = new Promise<never>((_, reject) => {
    stop = reject;
    timer = setTimeout(() => {
      underWay.delete(reject);
      reject(new LoadProblem("time", `${sources[0]!.file}: reading the file took more than ${deadlineMs / 1000} s`));
      void esbuild.stop();
      for (const other of underWay) other(stoppedByAnother);
    }, deadlineMs);
  });
  underWay.add(stop);
  try {
    const { outputFiles } = await Promise.race([build, deadline]);
    const texts = new Map(outputFiles.map((file) => [path.basename(file.path), file.text]));
    return sources.map((_, i) => ({ code: texts.get(`${i}.js`)!, map: texts.get(`${i}.js.map`)! }));
  } catch (thrown) {
    build.catch(() => {});
    throw thrown instanceof LoadProblem || thrown === stoppedByAnother ? thrown : problemOf(thrown, sources);
  } finally {
    underWay.delete(stop);
    clearTimeout(timer);
  }
}

/**
 * A stub's `new Error("TODO NN.k")` tells the runner that it was reached. A source map of the learner's is not read: it
 * would be a file of the learner's choice. Lines stay, so errors keep theirs.
 */
function markTodos(text: string): string {
  return text.replace(/sourceMappingURL/g, "sourceMapping").replace(/new Error\("TODO (\d\d\.\d+)"\)/g, '$$todo("$1")');
}

/** The first error, where it is, with its line: `exercises/01-neuron.ts:12:5: Expected ";" but found "x"`. */
function problemOf(thrown: unknown, sources: readonly Source[]): LoadProblem {
  const error = (thrown as Partial<esbuild.BuildFailure>).errors?.[0];
  if (!error) return new LoadProblem("grader-error", `esbuild: ${(thrown as Error)?.message ?? thrown}`);
  const inAnswer = error.location?.file.startsWith(`${answerSpace}:`);
  if (!error.location) return new LoadProblem("grader-error", error.text);
  const { file: found, line, column, lineText, length } = error.location;
  const file = inAnswer ? sources[Number(found.slice(answerSpace.length + 1))]!.file : found;
  const kind = error.detail === "rule" ? "rejected" : inAnswer ? "load-error" : "grader-error";
  // A very long line would hide what is said about it.
  const shown =
    lineText.length <= 160 ? `\n  ${lineText}\n  ${" ".repeat(column)}${"^".repeat(Math.max(1, length))}` : "";
  return new LoadProblem(kind, `${file}:${line}:${column + 1}: ${error.text}${shown}`, {
    file,
    line,
    column: column + 1,
  });
}
