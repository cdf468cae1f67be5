import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { courseNode, npmProgram } from "../start/course-node.mjs";
import { ask, runTool } from "../start/process.mjs";
import { environmentPython, readJson, writeJson } from "../start/project.mjs";
import { step } from "../start/step.mjs";

/*
 * What only the book needs, in `.cache/book`: Sphinx in a Python environment of its own, TypeDoc (with the TypeScript
 * whose interface it can use) and MathJax as npm packages. Installed on first use, and again when their lists change.
 */

const here = path.join(projectRoot, "lib/course/book");
const home = path.join(projectRoot, ".cache/book");
const note = path.join(home, "tools.json");
const windows = process.platform === "win32";

export const bookPython = path.join(home, "python", windows ? "Scripts/python.exe" : "bin/python");
export const bookPackages = path.join(home, "packages/node_modules");

/** Installs what is missing. */
export async function prepareTools(): Promise<void> {
  const wanted = { python: fingerprint("requirements.txt"), packages: fingerprint("package-lock.json") };
  const installed = readJson(note) ?? {};
  if (installed.python !== wanted.python || !fs.existsSync(bookPython)) await step("Sphinx", installPython);
  if (installed.packages !== wanted.packages || !fs.existsSync(bookPackages))
    await step("TypeDoc, MathJax", installPackages);
  writeJson(note, wanted);
}

const fingerprint = (file: string) =>
  createHash("sha256")
    .update(fs.readFileSync(path.join(here, file)))
    .digest("hex");

async function installPython(): Promise<void> {
  const folder = path.join(home, "python");
  fs.rmSync(folder, { recursive: true, force: true });
  const requirements = path.join(here, "requirements.txt");
  const install = ["install", "--no-deps", "--only-binary", ":all:", "-r", requirements];
  if (ask("uv", ["--version"])) {
    await runTool("Sphinx", "uv", ["venv", "--python", environmentPython, folder], process.env);
    await runTool("Sphinx", "uv", ["pip", ...install, "--python", bookPython], process.env);
  } else {
    await runTool("Sphinx", environmentPython, ["-I", "-m", "venv", folder], process.env);
    await runTool("Sphinx", bookPython, ["-I", "-m", "pip", ...install, "--no-input"], process.env);
  }
}

async function installPackages(): Promise<void> {
  const folder = path.dirname(bookPackages);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    fs.copyFileSync(path.join(here, file), path.join(folder, file));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
  await runTool("TypeDoc", courseNode(), [npmProgram(), "ci", "--prefix", folder, ...options], process.env);
}
