import * as path from "node:path";
import { kernelSpec } from "../kernel/spec.mjs";
import { courseNode } from "./course-node.mjs";
import { environment, writeJson } from "./project.mjs";

export const kernelFile = path.join(environment, "share", "jupyter", "kernels", "course", "kernel.json");

/**
 * Registers the course's kernel inside the environment, with absolute paths: written again when the project folder
 * or Node has moved.
 */
export function registerKernel() {
  writeJson(kernelFile, kernelSpec(courseNode()));
}
