import { randomUUID } from "node:crypto";
import { axis, type Reference, referenceLayout, titled } from "./chart";
import { display } from "./display";
import { type Figure, figure, type Layout, type Trace } from "./figure";
import { inNotebook } from "./in-notebook";
import { colorOf } from "./ink";
import { lineChart, thinned } from "./line-chart";
import { progressText, summaryText } from "./progress";
import { escapeHtml, figureBundle, figureHtml } from "./show";

export interface LiveFigureOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly logY?: boolean;
  /** The names in the order of their colours. Default: as they come. */
  readonly series?: readonly string[];
  /** The series that are drawn in a second picture below, on a scale of their own: accuracies below losses. */
  readonly lower?: (name: string) => boolean;
  readonly lowerLabel?: string;
  /** A level to beat: `{ name: "uniform guess", y: Math.log(27) }`. */
  readonly baseline?: Reference;
  /** How many steps there will be: shows the share done and the time left. */
  readonly steps?: number;
  readonly height?: number;
  /** Milliseconds between two drawings. */
  readonly interval?: number;
}

/** One record: a step and any numbers that belong to it. */
export interface LiveRecord {
  readonly step: number;
  readonly [name: string]: number;
}

export interface LiveFigure {
  /** Adds numbers; draws at most every `interval` ms. Await it in your own loops, so that the page can follow. */
  add(record: LiveRecord, options?: { readonly steps?: number }): Promise<void>;
  /** Shows a text below the progress bar, in place of the last: a sample of what the model writes now. */
  note(text: string): void;
  /** Draws the last state, with its static picture. */
  finish(): Promise<void>;
}

/**
 * A figure that grows while a loop runs, in one output that is updated in place:
 * `const live = liveFigure({ title: "Loss" }); await live.add({ step, loss }); await live.finish()`.
 *
 * Without a notebook it writes a progress line to the terminal.
 */
export function liveFigure(options: LiveFigureOptions = {}): LiveFigure {
  const { interval = 400 } = options;
  const id = `live-${randomUUID()}`;
  const curves = new Map<string, Curve>((options.series ?? []).map((name) => [name, { x: [], y: [] }]));
  const started = performance.now();
  let [first, step, steps, text, drawn, shown] = [0, 0, options.steps, "", -Infinity, false];

  return {
    async add({ step: at, ...numbers }, { steps: of } = {}) {
      if (curves.size === 0 || step === 0) first = at - 1;
      step = at;
      steps = of ?? steps;
      for (const [name, value] of Object.entries(numbers)) {
        if (!curves.has(name)) curves.set(name, { x: [], y: [] });
        curves.get(name)!.x.push(at);
        curves.get(name)!.y.push(value);
      }
      if (performance.now() - drawn < interval) return;
      draw();
      drawn = performance.now();
      await new Promise((resolve) => setImmediate(resolve)); // lets the message out
    },
    note(sample) {
      text = sample;
    },
    async finish() {
      const picture = curvesFigure(options, curves, 1000);
      const summary = summaryText(progress());
      if (!inNotebook()) {
        endLine(summary);
        return;
      }
      const bundle = await figureBundle(picture, { live: id, done: true });
      const html = `<div>${escapeHtml(summary)}</div>${noteHtml(text)}${bundle["text/html"]}`;
      show({ ...bundle, "text/html": html, "text/plain": `${summary}\n${picture.alt}` });
    },
  };

  function draw(): void {
    const line = progressText(progress());
    if (!inNotebook()) {
      writeLine(line);
      return;
    }
    const picture = curvesFigure(options, curves, 300);
    const fallback = `<div class="course-fallback">${escapeHtml(picture.alt)}</div>`;
    const bar =
      steps === undefined ? "" : `<progress max="${steps}" value="${step}" aria-label="steps done"></progress> `;
    const html = `<div>${bar}${escapeHtml(line)}</div>${noteHtml(text)}${figureHtml(picture, fallback, { live: id })}`;
    show({ "text/html": html, "text/plain": line });
  }

  function show(bundle: Record<string, unknown>): void {
    display(bundle, { id, update: shown });
    shown = true;
  }

  function progress() {
    const newest = [...curves].flatMap(([name, { y }]) => (y.length ? [[name, y.at(-1)!] as const] : []));
    const seconds = (performance.now() - started) / 1000;
    return { step, steps, seconds, startedAt: first, numbers: Object.fromEntries(newest) };
  }
}

interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** The curves as a figure of one or two pictures; a noisy curve is drawn pale, with its running mean over it. */
function curvesFigure(options: LiveFigureOptions, curves: ReadonlyMap<string, Curve>, limit: number): Figure {
  const { title, xLabel = "step", yLabel = "loss", lower = () => false, lowerLabel = "", baseline, logY } = options;
  const filled = [...curves].filter(([, { y }]) => y.length > 0);
  if (filled.length === 0) throw new Error("liveFigure: expected numbers before it is drawn, got none");
  const split = filled.some(([name]) => lower(name)) && !filled.every(([name]) => lower(name));
  const data = filled.flatMap(([name, curve], i) =>
    tracesOf(name, curve, colorOf(i), split && lower(name) ? "y2" : "y", limit),
  );
  const layout: Layout = titled(title, {
    xaxis: { ...axis(xLabel), anchor: split ? "y2" : "y" },
    yaxis: {
      ...axis(
        yLabel,
        { log: logY },
        filled.filter(([name]) => !split || !lower(name)).map(([, { y }]) => y),
      ),
      domain: split ? [0.42, 1] : [0, 1],
    },
    ...(split ? { yaxis2: { ...axis(lowerLabel), domain: [0, 0.34], anchor: "x" } } : {}),
    ...referenceLayout(baseline ? [baseline] : [], { logY: logY ?? false }),
    hovermode: "x unified",
    showlegend: filled.length > 1,
  });
  const series = filled.map(([name, { x, y }]) => ({ name, x, y }));
  const references = baseline ? [baseline] : [];
  const { alt } = lineChart({ series, xLabel, yLabel, references, ...(title ? { title } : {}) });
  return figure({ data, layout, alt, height: options.height ?? (split ? 420 : 340) });
}

function tracesOf(name: string, { x, y }: Curve, color: string, yaxis: string, limit: number): Trace[] {
  const line = { type: "scatter", mode: "lines", name, yaxis, line: { color, width: 2 } };
  if (y.length < 100)
    return [{ ...line, mode: y.length <= 30 ? "lines+markers" : "lines", marker: { color, size: 5 }, x, y }];
  const pale = {
    ...line,
    ...thinned(x, y, limit),
    opacity: 0.3,
    line: { color, width: 1 },
    showlegend: false,
    hoverinfo: "skip",
  };
  return [pale, { ...line, ...thinned(x, runningMean(y, Math.ceil(y.length / 100)), limit) }];
}

/** The mean of the `reach` values on either side, fewer at the ends. */
function runningMean(values: readonly number[], reach: number): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1)! + value);
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length, i + reach + 1)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

const noteHtml = (text: string) => (text ? `<pre style="white-space:pre-wrap">${escapeHtml(text)}</pre>` : "");

function writeLine(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}\u001b[K`);
}

function endLine(line: string): void {
  writeLine("");
  console.log(line);
}
