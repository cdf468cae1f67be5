import * as fs from "node:fs";
import * as os from "node:os";
import { kernelSpec } from "../kernel/spec.mjs";
import { findChromium } from "./chromium.mjs";
import { loader } from "./command.mjs";
import { courseNode, nodeVersion, npmProgram, systemNodeIsGood } from "./course-node.mjs";
import { findPython } from "./find-python.mjs";
import { kernelFile } from "./kernel-spec.mjs";
import { missingPackages } from "./packages.mjs";
import { commandEnvironment, makeCache } from "./prepare.mjs";
import { Problem } from "./problem.mjs";
import { ask } from "./process.mjs";
import { environmentPython, inProject, needs, readJson, root } from "./project.mjs";
import { isInstalled, pinnedVersion } from "./python-environment.mjs";

/**
 * @typedef {object} Finding
 * @property {"ok" | "to do" | "wrong"} state `to do`: nothing is wrong, `npm start` will install it
 * @property {string} text
 */

/**
 * `npm run doctor`: what is installed, what is wrong, and how to mend it. Exit code 1 when something is wrong.
 * It installs nothing.
 */
export async function doctor() {
  /** @type {[string, () => string | Finding][]} */
  const questions = [
    ["Folder", folder],
    ["Disk", disk],
    ["Computer", computer],
    ["Node", node],
    ["npm", npm],
    ["Python", python],
    ["JupyterLab", jupyter],
    ["Packages", packages],
    ["Kernel", kernel],
    ["tfjs", tfjs],
    ["Grader", grader],
    ["Chromium", () => findChromium() ?? "none found; only the browser tests of npm test need it"],
  ];
  const count = { ok: 0, "to do": 0, wrong: 0 };
  for (const [name, question] of questions) {
    const { state, text } = answer(question);
    count[state]++;
    console.log(`${state.padEnd(6)} ${name.padEnd(11)} ${text}`);
  }
  if (count.wrong > 0) console.log(`\n${count.wrong} to mend: see above.`);
  else console.log(`\nNothing is wrong.${count["to do"] > 0 ? ' "npm start" installs what is to do.' : ""}`);
  return count.wrong > 0 ? 1 : 0;
}

/** @param {() => string | Finding} question @returns {Finding} */
function answer(question) {
  try {
    const found = question();
    return typeof found === "string" ? { state: "ok", text: found } : found;
  } catch (error) {
    if (error instanceof Problem) return { state: "wrong", text: error.message };
    throw error;
  }
}

/** @param {string} text @returns {Finding} */
const toDo = (text) => ({ state: "to do", text });

function folder() {
  makeCache();
  return root;
}

function disk() {
  const { bavail, bsize } = fs.statfsSync(root);
  return `${Math.floor((bavail * bsize) / 1e6)} MB free`;
}

function computer() {
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.type()} ${os.release()} ${os.arch()}, ${os.availableParallelism?.() ?? os.cpus().length} cores, ${memory} GB of memory`;
}

function node() {
  const system = `${process.versions.node} (${process.execPath})`;
  if (systemNodeIsGood) return system;
  const version = nodeVersion(courseNode());
  if (version) return `${version}, the course's own; the system's is ${system}`;
  return toDo(`${system} is older than ${needs.node}: npm start will install a private Node`);
}

function npm() {
  if (!systemNodeIsGood && !isInstalled("node")) return toDo("comes with the private Node");
  return ask(courseNode(), [npmProgram(), "--version"]) ?? "no answer";
}

function python() {
  const uv = ask("uv", ["--version"]);
  const { version, executable } = findPython(uv && "uv");
  return `${version.join(".")} (${executable})${uv ? `, ${uv}` : ""}`;
}

function jupyter() {
  if (!isInstalled("jupyter")) return toDo(`npm start will install ${pinnedVersion("jupyterlab")}`);
  const version = ask(environmentPython, ["-I", "-c", "import jupyterlab; print(jupyterlab.__version__)"]);
  if (version) return `${version} (${environmentPython})`;
  throw new Problem("does not load. Delete the folder .cache and run npm start.");
}

function packages() {
  const missing = missingPackages();
  if (missing.length === 0)
    return `${Object.keys(readJson(inProject("package-lock.json")).packages).length - 1} in the lock file, none missing`;
  return toDo(`${missing.length} missing (${missing[0]} …): npm start will install them`);
}

function kernel() {
  if (!fs.existsSync(kernelFile)) return toDo("npm start will register it");
  const spec = kernelSpec(courseNode());
  if (JSON.stringify(readJson(kernelFile)) === JSON.stringify(spec)) return spec.display_name;
  return toDo("registered for another folder or Node: npm start will register it again");
}

/** @type {{ backend: string, isolation: string } | undefined} */
let known;

function facts() {
  if (known) return known;
  const program = ["--import", loader(), inProject("lib/course/start/doctor-facts.ts")];
  const said = ask(courseNode(), program, commandEnvironment());
  if (!said) throw new Problem("does not run. Delete the folder node_modules, then run npm start.");
  /** @type {{ backend: string, isolation: string }} */
  const facts = JSON.parse(said);
  known = facts;
  return facts;
}

const packagesRun = () => missingPackages().length === 0 && nodeVersion(courseNode()) !== undefined;

function tfjs() {
  return packagesRun() ? facts().backend : toDo("known when the packages are installed");
}

function grader() {
  return packagesRun() ? `isolation: ${facts().isolation}` : toDo("known when the packages are installed");
}
