import type { WalkStep } from "../models/walk";
import { axis, brief, type ChartOptions, checkLengths, heading, plain, range } from "./chart";
import { type Figure, figure, type Layout, type Stage } from "./figure";
import { diverging, grid, ink, sequential } from "./ink";

export interface TransformerWalkOptions extends ChartOptions {
  readonly steps: readonly WalkStep[];
  /** The rows' names, at most 16. */
  readonly tokens: readonly string[];
  /** At most so many columns are shown, the first. Default: 128. */
  readonly columns?: number;
  /** The step shown first and in the static picture, from 0. Default: 0. */
  readonly start?: number;
}

/**
 * A sentence's way through a model, one partial after the other: `transformerWalk({ steps: walk(model, ids, …), tokens })`.
 * Each is a table of colours, a row for each token; range and buttons go from step to step.
 *
 * The colours of features end at the value that 98 % of them do not exceed: a few are so large that the others would be
 * pale beside them.
 */
export function transformerWalk(options: TransformerWalkOptions): Figure {
  const { steps, tokens, title, columns = 128, start = 0 } = options;
  if (tokens.length < 1 || tokens.length > 16)
    throw new Error(`transformerWalk: expected 1 to 16 tokens, got ${tokens.length}`);
  if (steps.length === 0) throw new Error("transformerWalk: expected at least one step, got none");
  for (const step of steps) checkStep(step, tokens);
  if (!steps[start]) throw new Error(`transformerWalk: expected a start from 0 to ${steps.length - 1}, got ${start}`);

  const names = tokens.map(visible);
  const stages = steps.map((step, i): Stage => {
    const width = Math.min(columns, step.values[0]!.length);
    const heading = `<b>${plain(step.title)}</b> · shape [${step.shape.join(", ")}]${shownOf(step, width)}`;
    return {
      name: `${i + 1} of ${steps.length}: ${step.title}`,
      alt: `shape ${step.shape.join(" by ")}. ${step.text}`,
      data: [traceOf(step, width)],
      layout: {
        title: { text: [...(title ? [plain(title)] : []), heading, plain(step.text)].join("<br>"), font: { size: 13 } },
        ...layoutOf(step, names, width),
      },
    };
  });
  return figure({
    data: [{ type: "heatmap", ...stages[start]!.data![0] }],
    layout: {
      title: { text: plain(title ?? steps[start]!.title) },
      yaxis: {
        tickvals: range(names.length),
        ticktext: names.map(plain),
        autorange: "reversed",
        showgrid: false,
        zeroline: false,
      },
    },
    alt: options.alt ?? describe(options, start),
    height: options.height ?? 170 + Math.max(6, tokens.length) * 20,
    slider: { label: "step", stages, start, buttons: true },
  });
}

function checkStep({ title, values, kind, heads = 1, columns, cells }: WalkStep, tokens: readonly string[]): void {
  const where = `transformerWalk: ${title}`;
  const width = values[0]?.length ?? 0;
  checkLengths(where, { tokens: tokens.length, "rows of values": values.length });
  if (width === 0) throw new Error(`${where}: expected at least one column, got none`);
  for (const row of values) checkLengths(where, { columns: width, "values in a row": row.length });
  if (kind === "attention") checkLengths(where, { tokens: tokens.length, columns: width });
  if (width % heads !== 0) throw new Error(`${where}: expected columns that ${heads} heads divide, got ${width}`);
  if (columns) checkLengths(where, { columns: width, "names of columns": columns.length });
  if (cells) checkLengths(where, { "rows of values": values.length, "rows of cells": cells.length });
}

function traceOf({ values, kind, cells, columns }: WalkStep, width: number) {
  const isShare = kind === "attention" || kind === "likeliest";
  const z = values.map((row, t) =>
    row
      .slice(0, width)
      .map((v, s) => (kind === "attention" && s > t && v === 0 ? Number.NaN : Number(v.toPrecision(3)))),
  );
  const limit = isShare ? 1 : limitOf(z);
  const ends = columns?.slice(0, width).map((column) => plain(visible(column)));
  const texts = cells?.map((row) => row.slice(0, width).map((cell) => plain(visible(cell))));
  return {
    z,
    zmin: isShare ? 0 : -limit,
    zmax: limit,
    colorscale: isShare ? sequential : diverging,
    text: texts ?? [],
    customdata: ends ? values.map(() => ends) : [],
    texttemplate: texts ? "%{text}" : "",
    hovertemplate: `${namesOf[kind].hover}: %{z:.3g}<extra></extra>`,
    hoverongaps: false,
    xgap: width <= 40 ? 1 : 0,
    ygap: 1,
    colorbar: {
      thickness: 14,
      outlinewidth: 0,
      x: kind === "attention" ? squareWidth + 0.02 : 1.02,
      title: { text: namesOf[kind].color, side: "right", font: { size: 13 } },
    },
  };
}

const namesOf = {
  features: { x: "feature", color: "value", hover: "%{y}, feature %{x}" },
  attention: { x: "is looked at", color: "weight", hover: "%{y} → %{x}" },
  tokens: { x: "next token", color: "logit", hover: "%{y} → %{customdata}" },
  likeliest: { x: "from the likeliest on", color: "probability", hover: "%{y} → %{text}" },
};

/** The share of the width that makes a table of tokens by tokens about square. */
const squareWidth = 0.62;

function layoutOf(step: WalkStep, names: readonly string[], width: number): Layout {
  const { kind } = step;
  const isSquare = kind === "attention";
  const size = headSize(step);
  const edges = range(Math.ceil(width / size) - 1, 1).map((h) => h * size - 0.5);
  const line = { type: "line", yref: "paper", y0: 0, y1: 1, line: { color: ink, width: 2 } };
  return {
    xaxis: {
      ...axis(step.heads ? `${size} features of each head` : namesOf[kind].x),
      ...ticksOf(step, names, width),
      range: [-0.5, width - 0.5],
      domain: [0, isSquare ? squareWidth : 1],
      tickangle: 0,
      showgrid: false,
      zeroline: false,
    },
    plot_bgcolor: isSquare ? grid : "rgba(0,0,0,0)", // what may not be seen is grey
    shapes: edges.map((x) => ({ ...line, x0: x, x1: x })),
  };
}

const headSize = ({ values, heads = 1 }: WalkStep) => values[0]!.length / heads;

/** Every token, every other token of many, every head, or every 16th feature has its name below. */
function ticksOf(step: WalkStep, names: readonly string[], width: number) {
  const ticks = (tickvals: readonly number[], nameOf: (x: number, i: number) => string) => ({
    tickvals,
    ticktext: tickvals.map((x, i) => plain(nameOf(x, i))),
  });
  const { kind, columns, heads } = step;
  if (kind === "attention") return ticks(range(width), (s) => names[s]!);
  if (kind === "likeliest") return ticks(range(width), (place) => String(place + 1));
  if (columns) {
    const every = Math.ceil(width / 45);
    return ticks(
      range(width).filter((i) => i % every === 0),
      (i) => visible(columns[i]!),
    );
  }
  const size = headSize(step);
  if (heads)
    return ticks(
      range(Math.ceil(width / size)).map((h) => (h + 0.5) * size - 0.5),
      (_, h) => `head ${h + 1}`,
    );
  return ticks(
    range(width).filter((i) => i % 16 === 0),
    (i) => String(i),
  );
}

/** What 98 % of the values do not exceed, without their signs. */
function limitOf(values: readonly (readonly number[])[]): number {
  const sizes = values.flat().map(Math.abs);
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(0.98 * (sizes.length - 1))]! || 1;
}

const shownOf = ({ values }: WalkStep, width: number) =>
  width < values[0]!.length ? `, the first ${width} of ${values[0]!.length} features` : "";

/** Spaces and line ends, which no one could read beside a row. */
function visible(token: string): string {
  return token.replace(/ /g, "␣").replace(/\n/g, "⏎");
}

function describe({ steps, tokens, title }: TransformerWalkOptions, start: number): string {
  const { text } = steps[start]!;
  const way = steps.map(({ title, shape }, i) => `${i + 1}. ${title} [${shape.join(", ")}]`);
  const last = steps.at(-1)!;
  const guess = last.cells
    ? ` After the last token the likeliest next is ${visible(last.cells.at(-1)![0]!)}, ${brief(last.values.at(-1)![0]!)}.`
    : "";
  return (
    `${heading(title)}A walk through a Transformer in ${steps.length} steps, with a row for each of the tokens ` +
    `${tokens.map(visible).join(" ")}. The shapes on the way: ${way.join(", ")}. Shown is step ${start + 1}: ${text}${guess}`
  );
}
