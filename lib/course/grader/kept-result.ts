import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { projectRoot } from "../../root";
import { type LessonFiles, sha256 } from "./lessons";
import { cacheFolder, graderVersion } from "./runtime";

/** What an earlier run found, and a place for what this one finds. */
export interface KeptResult<T> {
  readonly value: T | undefined;
  readonly keep: (value: T) => void;
}

/** A result that holds as long as the lesson, all that it imports and the grader itself are the same text. */
export async function keptResult<T>(files: LessonFiles, kind: string, settings: string): Promise<KeptResult<T>> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [files.definition, files.solution, ...(files.drivers ? [files.drivers] : [])],
    ...{ absWorkingDir: projectRoot, bundle: true, write: false, outdir: "out", logLevel: "silent" },
    ...{ packages: "external", platform: "node", format: "cjs" },
  });
  const folder = path.join(projectRoot, "lib/course/grader");
  const grader = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/release|[a-z]-main/.test(file));
  const texts = [
    ...outputFiles.map((file) => file.text),
    ...grader.map((file) => fs.readFileSync(path.join(folder, file), "utf8")),
    JSON.stringify(files, (_, value) => (typeof value === "function" ? String(value) : value)),
    ...[graderVersion, process.version, settings],
  ];
  const place = path.join(cacheFolder, kind);
  const file = path.join(place, `${files.lesson.name}-${sha256(texts.join("\0")).slice(0, 16)}.json`);
  return {
    value: fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as T) : undefined,
    keep(value) {
      fs.mkdirSync(place, { recursive: true });
      for (const old of fs.readdirSync(place))
        if (old.startsWith(`${files.lesson.name}-`)) fs.rmSync(path.join(place, old), { force: true });
      fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(value));
      fs.renameSync(`${file}.${process.pid}`, file);
    },
  };
}
