import { randomUUID } from "node:crypto";
import { display } from "./display";
import { escapeHtml } from "./html";
import { inNotebook } from "./in-notebook";
import { type Curve, curvesFigure, type LiveCurvesOptions } from "./live-curves";
import { progressText, summaryText } from "./progress";
import { figureBundle, figureHtml } from "./show";

export interface LiveFigureOptions extends LiveCurvesOptions {
  /** The names in the order of their colours. Default: as they come. */
  readonly series?: readonly string[];
  /** How many steps there will be: shows the share done and the time left. */
  readonly steps?: number;
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

const noteHtml = (text: string) => (text ? `<pre style="white-space:pre-wrap">${escapeHtml(text)}</pre>` : "");

function writeLine(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}\u001b[K`);
}

function endLine(line: string): void {
  writeLine("");
  console.log(line);
}
