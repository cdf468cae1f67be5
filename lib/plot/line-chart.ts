import {
  axis,
  brief,
  type ChartOptions,
  checkLengths,
  heading,
  listed,
  type Numbers,
  type Reference,
  range,
  referenceLayout,
  titled,
  trace,
} from "./chart";
import { type Figure, figure, type Layout } from "./figure";
import { colorOf, fade, muted } from "./ink";

/** One line. `low` and `high` draw a band around it, such as one standard deviation over seeds. */
export interface Series {
  readonly name: string;
  readonly y: Numbers;
  /** Default: the chart's `x`. */
  readonly x?: Numbers;
  readonly low?: Numbers;
  readonly high?: Numbers;
  /** Default: the palette's next. */
  readonly color?: string;
  readonly dash?: "solid" | "dash" | "dot" | "dashdot";
}

/** A shaded stretch of the x axis, with its name: "warm-up". */
export interface Region {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface LineChartOptions extends ChartOptions {
  /** The lines: `{ training: losses, validation: others }`, or a list where a line needs more than a name. */
  readonly series: Readonly<Record<string, Numbers>> | readonly Series[];
  /** Default: 1, 2, 3, ... as steps are counted. */
  readonly x?: Numbers;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly references?: readonly Reference[];
  readonly regions?: readonly Region[];
  /** Marks the points too: for few, measured ones. */
  readonly points?: boolean;
}

/** Lines over a common axis: `lineChart({ series: { loss: losses }, xLabel: "step", yLabel: "loss" })`. */
export function lineChart(options: LineChartOptions): Figure {
  const { references = [], regions = [], title, height } = options;
  const lines = seriesOf(options);
  const mode = options.points ? "lines+markers" : "lines";
  const data = lines.flatMap((line, i) => {
    const color = line.color ?? colorOf(i);
    const dash = line.dash ?? (i < 3 ? "solid" : i < 6 ? "dash" : "dot");
    const { x, y } = thinned(line.x, line.y);
    return [
      ...band(line, color),
      trace({ type: "scatter", mode, name: line.name, x, y, line: { color, dash, width: 2 }, marker: { color } }),
    ];
  });
  const { logX: log, xRange, logY, yRange } = options;
  const marks = referenceLayout(references, { logX: log ?? false, logY: logY ?? false });
  const layout: Layout = titled(title, {
    xaxis: axis(
      options.xLabel,
      { log, range: xRange },
      lines.map((line) => line.x),
    ),
    yaxis: axis(
      options.yLabel,
      { log: logY, range: yRange },
      lines.map((line) => line.y),
    ),
    ...marks,
    shapes: [...regions.map(regionShape), ...(marks["shapes"] as Layout[])],
    hovermode: lines.length > 1 ? "x unified" : "closest",
  });
  return figure({ data, layout, alt: options.alt ?? describe(options, lines), ...(height ? { height } : {}) });
}

type FullSeries = Series & { readonly x: Numbers };

function seriesOf({ series, x }: LineChartOptions): FullSeries[] {
  const list: readonly Series[] = isList(series) ? series : Object.entries(series).map(([name, y]) => ({ name, y }));
  if (list.length === 0) throw new Error("lineChart: expected at least one series, got none");
  return list.map((line) => {
    if (line.y.length === 0) throw new Error(`lineChart: expected numbers in series "${line.name}", got none`);
    const full = { ...line, x: line.x ?? x ?? range(line.y.length, 1) };
    checkLengths(`lineChart: series "${line.name}"`, { "x values": full.x.length, "y values": line.y.length });
    return full;
  });
}

const isList = (series: LineChartOptions["series"]): series is readonly Series[] => Array.isArray(series);

function band({ x, low, high }: FullSeries, color: string) {
  if (!low || !high) return [];
  const common = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip", showlegend: false };
  return [
    { ...common, y: low },
    { ...common, y: high, fill: "tonexty", fillcolor: fade(color, 0.2) },
  ];
}

const regionShape = ({ name, from, to }: Region): Layout => ({
  type: "rect",
  yref: "paper",
  x0: from,
  x1: to,
  y0: 0,
  y1: 1,
  layer: "below",
  line: { width: 0 },
  fillcolor: "rgba(128,128,128,0.16)",
  label: { text: name, textposition: "bottom center", font: { size: 12, color: muted }, padding: 4 },
});

/** More points than pixels are drawn as the lowest and highest of each pixel's: nothing that shows is lost. */
export function thinned(x: Numbers, y: Numbers, limit = 1000): { x: Numbers; y: Numbers } {
  if (y.length <= limit) return { x, y };
  const kept: number[] = [0];
  const buckets = Math.floor((limit - 2) / 2);
  const edge = (bucket: number) => 1 + Math.floor((bucket * (y.length - 2)) / buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    let [low, high] = [edge(bucket), edge(bucket)];
    for (let i = low; i < edge(bucket + 1); i++) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
    }
    kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
  }
  kept.push(y.length - 1);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

function describe(
  { title, xLabel = "x", yLabel = "y", references = [] }: LineChartOptions,
  lines: FullSeries[],
): string {
  const courses = lines.map(({ name, x, y }) => {
    const last = y.length - 1;
    const [from, to] = [brief(y[0]!), brief(y[last]!)];
    return `${name} goes from ${from} at ${brief(x[0]!)} to ${to} at ${brief(x[last]!)}`;
  });
  const marks = references.map(
    ({ name, x, y }) => `${name} at ${y === undefined ? `${xLabel} ${brief(x!)}` : brief(y)}`,
  );
  const marked = marks.length ? ` Marked: ${listed(marks)}.` : "";
  return `${heading(title)}Line chart of ${yLabel} over ${xLabel}: ${courses.join("; ")}.${marked}`;
}
