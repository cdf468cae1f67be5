import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. Everything that the course installs or writes is inside it. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** @param {string[]} parts a path below the project's folder */
export const inProject = (...parts) => path.join(root, ...parts);

/** @param {string[]} parts a path below `.cache`, which may be deleted at any time: the next start makes it again */
export const inCache = (...parts) => path.join(root, ".cache", ...parts);

const windows = process.platform === "win32";

/** The private Python environment: JupyterLab, and Node where the system's is too old. */
export const environment = inCache("python");
export const environmentBin = path.join(environment, windows ? "Scripts" : "bin");
export const environmentPython = path.join(environmentBin, windows ? "python.exe" : "python");

/**
 * What the course needs: the oldest Node and Python, and the room that each part takes.
 * @type {{
 *   node: number,
 *   python: [number, number],
 *   newestPythonTried: [number, number],
 *   megabytes: Record<"node" | "jupyter" | "packages", number>,
 * }}
 */
export const needs = JSON.parse(fs.readFileSync(new URL("needs.json", import.meta.url), "utf8"));

/**
 * A JSON file's content, or undefined where it is missing or broken off.
 * @param {string} file @returns {any}
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Writes by renaming, so that the file is never half there; not at all when it already has this content.
 * @param {string} file @param {unknown} value
 */
export function writeJson(file, value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, text);
  fs.renameSync(`${file}.new`, file);
}
