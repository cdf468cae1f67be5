import * as fs from "node:fs";
import * as path from "node:path";
import { courseNode, systemNodeIsGood } from "./course-node.mjs";
import { registerKernel } from "./kernel-spec.mjs";
import { installPackages, missingPackages } from "./packages.mjs";
import { Problem, writeProblem } from "./problem.mjs";
import { environmentBin, inCache, needs, root } from "./project.mjs";
import { installParts, isInstalled } from "./python-environment.mjs";

/**
 * Installs what a command needs and does not have yet; returns the environment variables to run it with.
 * @param {{ jupyter: boolean }} wish
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function prepare({ jupyter }) {
  makeCache();
  if (missingParts(jupyter).length > 0) {
    const unlock = await lock();
    try {
      await install(missingParts(jupyter));
    } finally {
      unlock();
    }
  }
  if (jupyter) registerKernel();
  return commandEnvironment();
}

/** @param {boolean} jupyter @returns {("node" | "jupyter" | "packages")[]} */
function missingParts(jupyter) {
  /** @type {("node" | "jupyter" | "packages")[]} */
  const missing = [];
  if (!systemNodeIsGood && !isInstalled("node")) missing.push("node");
  if (jupyter && !isInstalled("jupyter")) missing.push("jupyter");
  if (missingPackages().length > 0) missing.push("packages");
  return missing;
}

/** @param {("node" | "jupyter" | "packages")[]} missing */
async function install(missing) {
  if (missing.length === 0) return; // another command has done it while this one waited
  checkRoom(missing.reduce((sum, part) => sum + needs.megabytes[part], 0));
  process.stderr.write(`Installing into ${root} (once; takes a few minutes)\n`);
  const parts = missing.filter((part) => part !== "packages");
  if (parts.length > 0) await installParts(parts);
  if (missing.includes("packages")) await installPackages();
}

export function makeCache() {
  try {
    fs.mkdirSync(inCache("logs"), { recursive: true });
    fs.writeFileSync(inCache("logs", "writable"), "");
    fs.rmSync(inCache("logs", "writable"), { force: true }); // another command may do the same just now
  } catch (error) {
    throw writeProblem(error, root);
  }
}

/** @param {number} megabytes */
function checkRoom(megabytes) {
  if (!fs.statfsSync) return; // Node before 18.15
  const { bavail, bsize } = fs.statfsSync(root);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) return;
  throw new Problem(
    `Disk: expected ${megabytes} MB free in ${root}, got ${free} MB. Free some space, then run the command again.`,
  );
}

/** Two commands at once install one after the other. @returns {Promise<() => void>} */
async function lock() {
  const file = inCache("installing.pid");
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw writeProblem(error, root);
    }
    const owner = ownerOf(file);
    if (owner !== undefined && !isRunning(owner)) fs.rmSync(file, { force: true });
    else {
      if (!told) process.stderr.write("  waiting for another command of the course that is installing …\n");
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/**
 * Who installs; undefined while the file is being written, or where it has just gone.
 * @param {string} file
 */
function ownerOf(file) {
  try {
    const text = fs.readFileSync(file, "utf8");
    const isFresh = Date.now() - fs.statSync(file).mtimeMs < 5000;
    return text === "" && isFresh ? undefined : Number(text);
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What every command runs with: the course's Node and Python first, and all that Jupyter writes inside `.cache`. */
export function commandEnvironment() {
  const searched = [path.dirname(courseNode()), environmentBin, process.env["PATH"] ?? ""];
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    PATH: searched.join(path.delimiter),
    NODE_COMPILE_CACHE: inCache("node"),
    JUPYTER_CONFIG_DIR: inCache("jupyter", "config"),
    JUPYTER_DATA_DIR: inCache("jupyter", "data"),
    JUPYTER_RUNTIME_DIR: inCache("jupyter", "runtime"),
    IPYTHONDIR: inCache("jupyter", "ipython"),
    JUPYTER_CONFIG_PATH: path.join(root, "lib", "course", "start", "jupyter"),
    BIOME_LOG_PATH: inCache("logs", "biome"),
    PYTHONUTF8: "1",
  };
  const foreign = ["JUPYTER_PATH", "JUPYTERLAB_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"];
  for (const name of [...foreign, "PYTHONHOME", "PYTHONPATH"]) delete env[name];
  return env;
}
