import { createRequire } from "node:module";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { projectRoot } from "../root";

/*
 * Backends that the course does not install and uses where a learner did.
 */

/** Loads a package from the project's folder, in any module system. */
export const load = createRequire(path.join(projectRoot, "package.json"));

function isInstalled(name: string): boolean {
  try {
    load.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function expectInstalled(...names: string[]): void {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length > 0) throw new Error(`it needs packages that are not installed: npm install ${missing.join(" ")}`);
}

export const tfjsNodeIsInstalled = (): boolean => isInstalled("@tensorflow/tfjs-node");

/** tfjs on TensorFlow's C library. */
export async function startTfjsNode(): Promise<void> {
  expectInstalled("@tensorflow/tfjs-node");
  load("@tensorflow/tfjs-node");
  if (!(await tf.setBackend("tensorflow"))) throw new Error("tfjs-node has no backend here");
}

/** tfjs on a graphics processor, through the WebGPU of Chromium's Dawn (package `webgpu`). */
export async function startWebGpu(): Promise<void> {
  expectInstalled("webgpu", "@tensorflow/tfjs-backend-webgpu");
  const { create, globals } = load("webgpu") as { create: (options: string[]) => object; globals: object };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, "gpu", { value: create([]), configurable: true });
  load("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) throw new Error("no graphics processor was found");
}
