import {
  axis,
  brief,
  type ChartOptions,
  checkLengths,
  heading,
  largest,
  type Numbers,
  plain,
  range,
  smallest,
  titled,
  trace,
} from "./chart";
import { type Figure, figure } from "./figure";
import { diverging, sequential } from "./ink";

export interface HeatmapOptions extends ChartOptions {
  /** Row by row, the first row on top. */
  readonly values: readonly Numbers[];
  /** The rows' names, from the top; they may repeat, as tokens do. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** What the colour measures. */
  readonly colorLabel?: string;
  /** `sequential` (default where nothing is negative) or `diverging`, with the page's colour at zero. */
  readonly scale?: "sequential" | "diverging";
  /** The values at the ends of the colours. Default: smallest and largest, around zero if diverging. */
  readonly limits?: readonly [number, number];
  /** Text in the cells: the values (`true`), or texts of your own. */
  readonly cells?: boolean | readonly (readonly string[])[];
  /** What to say of a cell that is pointed at. Default: row, column and value. */
  readonly hover?: readonly (readonly string[])[];
  /** Cells are square. */
  readonly square?: boolean;
}

/** A table of numbers as colours: `heatmap({ values: weights, rows: tokens, columns: tokens })`. */
export function heatmap(options: HeatmapOptions): Figure {
  const { values, rows, columns, title, cells, hover } = options;
  const width = checkTable(options);
  const scale = options.scale ?? (values.some((row) => smallest(row) < 0) ? "diverging" : "sequential");
  const [zmin, zmax] = options.limits ?? limitsOf(values, scale);
  const texts =
    cells === true
      ? values.map((row) => Array.from(row, brief))
      : cells
        ? cells.map((row) => row.map(plain))
        : undefined;
  const data = [
    trace({
      type: "heatmap",
      z: values,
      zmin,
      zmax,
      colorscale: scale === "diverging" ? diverging : sequential,
      text: texts,
      texttemplate: texts && "%{text}",
      customdata: hover?.map((row) => row.map(plain)) ?? hoverNames(rows, columns),
      hovertemplate: hover
        ? "%{customdata}<extra></extra>"
        : `${rows && columns ? "%{customdata}" : `row %{y}, column %{x}`}: %{z:.4g}<extra></extra>`,
      xgap: width <= 40 ? 1 : 0,
      ygap: width <= 40 ? 1 : 0,
      colorbar: {
        thickness: 14,
        outlinewidth: 0,
        title: { text: options.colorLabel ?? "", side: "right", font: { size: 13 } },
        len: 1,
      },
    }),
  ];
  const layout = titled(title, {
    xaxis: {
      ...axis(options.xLabel),
      ...ticks(columns, width),
      showgrid: false,
      zeroline: false,
      constrain: "domain",
      constraintoward: "left",
    },
    yaxis: {
      ...axis(options.yLabel),
      ...ticks(rows, values.length),
      showgrid: false,
      zeroline: false,
      autorange: "reversed",
      constrain: "domain",
      ...(options.square ? { scaleanchor: "x" } : {}),
    },
  });
  const height = options.height ?? Math.min(640, 110 + values.length * (values.length > 16 ? 18 : 30));
  return figure({ data, layout, alt: options.alt ?? describe(options), height: Math.max(200, height) });
}

function checkTable({ values, rows, columns, cells, hover }: HeatmapOptions): number {
  const width = values[0]?.length ?? 0;
  if (width === 0) throw new Error("heatmap: expected at least one row and one column, got none");
  const uneven = values.findIndex((row) => row.length !== width);
  if (uneven >= 0) throw new Error(`heatmap: expected ${width} values in row ${uneven}, got ${values[uneven]!.length}`);
  if (rows) checkLengths("heatmap", { "rows of values": values.length, "names of rows": rows.length });
  if (columns) checkLengths("heatmap", { "columns of values": width, "names of columns": columns.length });
  if (Array.isArray(cells)) checkLengths("heatmap", { "rows of values": values.length, "rows of cells": cells.length });
  if (hover) checkLengths("heatmap", { "rows of values": values.length, "rows of hover": hover.length });
  return width;
}

function limitsOf(values: readonly Numbers[], scale: "sequential" | "diverging"): [number, number] {
  const [low, high] = [Math.min(...values.map(smallest)), Math.max(...values.map(largest))];
  if (scale === "sequential") return high > low ? [low, high] : [low - 0.5, high + 0.5];
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return [-most, most];
}

/** Names at numbered places, because a category axis would merge names that repeat. Many are thinned out. */
function ticks(names: readonly string[] | undefined, count: number) {
  if (!names) return count <= 20 ? { tickvals: range(count), ticktext: range(count).map(String) } : {};
  const every = Math.ceil(count / 60);
  const shown = range(count).filter((i) => i % every === 0);
  return { tickvals: shown, ticktext: shown.map((i) => plain(names[i]!)) };
}

const hoverNames = (rows?: readonly string[], columns?: readonly string[]) =>
  rows && columns ? rows.map((row) => columns.map((column) => `${plain(row)} → ${plain(column)}`)) : undefined;

function describe({ values, rows, columns, title, colorLabel = "values" }: HeatmapOptions): string {
  let [top, left] = [0, 0];
  values.forEach((row, r) => {
    for (let c = 0; c < row.length; c++) if (row[c]! > values[top]![left]!) [top, left] = [r, c];
  });
  const low = Math.min(...values.map(smallest));
  const place = `row ${rows?.[top] ?? top}, column ${columns?.[left] ?? left}`;
  return (
    `${heading(title)}Heat map of ${colorLabel}, ${values.length} rows by ${values[0]!.length} columns, ` +
    `from ${brief(low)} to ${brief(values[top]![left]!)}; the largest is in ${place}.`
  );
}
