import * as path from "node:path";
import { courseNode } from "./course-node.mjs";
import { environment, inProject, writeJson } from "./project.mjs";

/**
 * Registers the course's kernel inside the environment, with absolute paths: written again when the project folder
 * or Node has moved. Node 24 needs no flags: relaxed SIMD is on.
 */
export function registerKernel() {
  writeJson(kernelFile, {
    argv: [courseNode(), inProject("lib/course/kernel/launcher.mjs"), "{connection_file}"],
    display_name: "TypeScript (course)",
    language: "typescript",
  });
}

export const kernelFile = path.join(environment, "share", "jupyter", "kernels", "course", "kernel.json");
