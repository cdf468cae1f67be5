import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { problemOf } from "./problem.mjs";
import { inCache, root } from "./project.mjs";

/**
 * Runs a tool quietly. Its output is kept in `.cache/logs`; when it fails, the problem behind it is thrown.
 * @param {string} what the step, for the message: `npm packages`
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export async function runTool(what, command, args, env) {
  const log = inCache("logs", `${what.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.log`);
  fs.mkdirSync(path.dirname(log), { recursive: true });
  let output = "";
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const keep = (/** @type {unknown} */ text) => {
      output += String(text);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => {
      keep(error);
      resolve(1);
    });
    child.on("close", resolve);
  });
  try {
    fs.writeFileSync(log, output);
  } catch {
    // A full disk: the tool has met it too, and that is told below.
  }
  if (code !== 0) throw problemOf(what, output, path.relative(root, log));
}

/**
 * What a command prints, or undefined when it does not exist or fails.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export function ask(command, args, env = process.env) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 30_000,
    windowsHide: true,
    env,
    cwd: root,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs a command in the learner's terminal and returns its exit code. Ctrl-C reaches it by itself; other requests to
 * end are handed on.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function runHere(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    const wait = () => {};
    const end = () => child.kill("SIGTERM");
    process.on("SIGINT", wait).on("SIGTERM", end).on("SIGHUP", end);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", wait).off("SIGTERM", end).off("SIGHUP", end);
      resolve(code ?? 1);
    });
  });
}
