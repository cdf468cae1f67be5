import * as path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "../root";

/** The width of static pictures, in pixels: a notebook's column on a laptop. */
export const staticWidth = 700;

interface Waiting {
  readonly resolve: (svg: string) => void;
  readonly reject: (error: Error) => void;
}

let worker: Worker | undefined;
const waiting = new Map<number, Waiting>();
let requests = 0;

/** Draws a figure, given as JSON, as an SVG picture. The first takes about two seconds, the next about a tenth. */
export function staticSvg(spec: string, width = staticWidth): Promise<string> {
  worker ??= startWorker();
  const id = requests++;
  worker.ref();
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker!.postMessage({ id, spec, width });
  });
}

/** Starts loading what `staticSvg` needs, so that the first figure does not wait for it. */
export function warmUp(): void {
  worker ??= startWorker();
}

/** Node runs the worker's TypeScript itself; a thread does not keep the process alive unless a picture is awaited. */
function startWorker(): Worker {
  const started = new Worker(path.join(projectRoot, "lib/plot/static/worker.mts"), { execArgv: [], stdout: false });
  started.unref();
  started.on("message", ({ id, svg, error }: { id: number; svg?: string; error?: string }) => {
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (waiting.size === 0) started.unref();
    if (svg !== undefined) resolve(svg);
    else reject(new Error(`show: the static picture could not be drawn: ${error}`));
  });
  started.on("error", (error) => {
    worker = undefined;
    for (const { reject } of waiting.values())
      reject(new Error(`show: the static picture could not be drawn: ${error}`));
    waiting.clear();
  });
  return started;
}
