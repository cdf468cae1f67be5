/*
 * Runs in a thread of its own: plotly in jsdom turns figures into SVG, while the lesson goes on. Started when the first
 * figure is shown, because jsdom and plotly take about two seconds to load.
 */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as vm from "node:vm";
import { parentPort } from "node:worker_threads";

const require = createRequire(import.meta.url); // Node wants `.mts` in these paths, where TypeScript's `import` wants `.mjs`
const { compactSvg } = require("./compact-svg.mts") as typeof import("./compact-svg.mjs");
const { installTextMetrics } = require("./text-metrics.mts") as typeof import("./text-metrics.mjs");
const here = path.dirname(import.meta.filename);
const window = openWindow();

function openWindow() {
  const { JSDOM } = require("jsdom");
  const { createCanvas } = require("@napi-rs/canvas");
  const dom = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true, runScripts: "outside-only" });
  const { window } = dom;
  window.URL.createObjectURL = () => "";
  window.matchMedia ??= () => ({ matches: false, addEventListener() {}, addListener() {} });
  // biome-ignore lint/suspicious/noExplicitAny: a canvas element of jsdom, drawn by @napi-rs/canvas
  const canvasOf = (element: any) => {
    element.drawing ??= createCanvas(element.width, element.height);
    return element.drawing;
  };
  window.HTMLCanvasElement.prototype.getContext = function (kind: string) {
    return kind === "2d" ? canvasOf(this).getContext("2d") : null;
  };
  window.HTMLCanvasElement.prototype.toDataURL = function () {
    return canvasOf(this).toDataURL("image/png");
  };
  installTextMetrics(window);
  for (const file of [require.resolve("plotly.js-dist"), path.join(here, "../browser/layout.js")]) {
    new vm.Script(fs.readFileSync(file, "utf8"), { filename: file }).runInContext(dom.getInternalVMContext());
  }
  return window;
}

export interface Request {
  readonly id: number;
  /** The figure as JSON. */
  readonly spec: string;
  readonly width: number;
}

export interface Reply {
  readonly id: number;
  readonly svg?: string;
  readonly error?: string;
}

async function draw({ spec, width }: Request): Promise<string> {
  window.Math.random = repeatable(); // the same figure, the same ids
  const parsed = window.JSON.parse(spec);
  const { data, layout } = window.courseLayout.plotOf(parsed, { found: parsed.search?.start, width });
  layout.paper_bgcolor = "#fff"; // an image does not know the page's background
  const div = window.document.createElement("div");
  window.document.body.append(div);
  try {
    await window.Plotly.newPlot(div, data, layout, { staticPlot: true });
    return compactSvg(await window.Plotly.Snapshot.toSVG(div, "svg"));
  } finally {
    window.Plotly.purge(div);
    div.remove();
  }
}

/** Lehmer's generator (Park and Miller 1988), from the same start each time. */
function repeatable(): () => number {
  let state = 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

let queue = Promise.resolve();
parentPort!.on("message", (request: Request) => {
  queue = queue.then(async () => {
    const reply: Reply = await draw(request).then(
      (svg) => ({ id: request.id, svg }),
      (error) => ({ id: request.id, error: String(error?.stack ?? error) }),
    );
    parentPort!.postMessage(reply);
  });
});
