import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("launcher.mjs", import.meta.url));

/**
 * What Jupyter must know to start the course's kernel: the content of its `kernel.json`.
 *
 * - `interrupt_mode: "message"`: an interrupt arrives as a message, which works on every platform and also while a
 *   cell keeps the main thread busy (see interrupt.mjs).
 * - `--no-force-async-hooks-checks`: a synchronous endless loop is ended from outside, between Node's bookkeeping of
 *   asynchronous calls; without the flag Node would take the gap in its books for a bug and abort the process.
 *
 * @param {string} node the path of the Node to run the kernel with
 */
export function kernelSpec(node) {
  return {
    argv: [node, "--no-force-async-hooks-checks", launcher, "{connection_file}"],
    display_name: "TypeScript (course)",
    language: "typescript",
    interrupt_mode: "message",
  };
}
