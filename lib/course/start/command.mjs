import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { courseNode } from "./course-node.mjs";
import { prepare } from "./prepare.mjs";
import { Problem, writeProblem } from "./problem.mjs";
import { runHere } from "./process.mjs";
import { inProject, root } from "./project.mjs";

/** @typedef {(args: string[]) => Promise<number>} Command returns the exit code */

/**
 * Modules are imported when their command runs, so that `doctor` works whatever is broken in another one.
 * @type {Record<string, Command>}
 */
const commands = {
  start: async (args) => (await import("./serve.mjs")).serve(args),
  test: async (args) => (await import("./test.mjs")).runTests(args),
  check: async () => (await import("./check.mjs")).check(),
  doctor: async () => (await import("./doctor.mjs")).doctor(),
  grade: program("lib/course/grader/main.ts"),
  gate: program("lib/course/grader/gate-main.ts"),
  notebooks: program("lib/course/notebooks/main.ts", { jupyter: true }),
  train: program("lib/course/train/main.ts"),
  release: program("lib/course/grader/release/main.ts"),
  bench: program("lib/backend/bench/main.ts"),
  book: program("lib/course/book/main.ts", { jupyter: true }),
};

/** @param {string[]} line the command's name and its arguments */
export async function runCommand([name = "", ...args]) {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      throw new Problem(`Command: expected one of ${Object.keys(commands).join(", ")}, got ${name || "none"}.`);
    }
    process.exitCode = await command(args);
  } catch (error) {
    const problem = writeProblem(error, root);
    if (!(problem instanceof Problem)) throw problem;
    if (problem.details) console.error(`\n${problem.details}`);
    console.error(`\n${problem.message}`);
    process.exitCode = 1;
  }
}

/**
 * A command written in TypeScript, run on the course's Node.
 * @param {string} file @param {{ jupyter: boolean }} wish @returns {Command}
 */
function program(file, wish = { jupyter: false }) {
  return async (args) => {
    if (!fs.existsSync(inProject(file))) {
      throw new Problem(`${path.basename(path.dirname(file))}: expected ${file}, got no such file. Update the course.`);
    }
    const env = await prepare(wish);
    return runHere(courseNode(), ["--import", loader(), inProject(file), ...args], env);
  };
}

/** Lets Node run TypeScript. */
export const loader = () => pathToFileURL(inProject("lib/course/start/typescript.mjs")).href;
