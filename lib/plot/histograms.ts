import {
  brief,
  type ChartOptions,
  heading,
  largest,
  linspace,
  listed,
  type Numbers,
  range,
  smallest,
  titled,
} from "./chart";
import { type Figure, figure, type Layout } from "./figure";
import { colorOf, fade, muted } from "./ink";

export interface HistogramsOptions extends ChartOptions {
  /** The numbers to count, by name; one small picture each: `{ "layer 1": activations, ... }`. */
  readonly values: Readonly<Record<string, Numbers>>;
  readonly bins?: number;
  /** Default: the smallest and the largest of all numbers. What lies outside is counted in the last bins. */
  readonly range?: readonly [number, number];
  readonly xLabel?: string;
  /** Pictures in a row. */
  readonly columns?: number;
}

/** Small histograms on one scale, for comparing layers: mean and standard deviation (sd) stand above each. */
export function histograms(options: HistogramsOptions): Figure {
  const { values, bins = 40, title, xLabel, height } = options;
  const panels = Object.entries(values);
  if (panels.length === 0) throw new Error("histograms: expected at least one list of numbers, got none");
  for (const [name, list] of panels)
    if (list.length === 0) throw new Error(`histograms: expected numbers in "${name}", got none`);
  const [low, high] = options.range ?? commonRange(panels.map(([, list]) => list));
  const edges = linspace(low, high, bins + 1);
  const centres = edges.slice(1).map((edge, i) => (edge + edges[i]!) / 2);
  const columns = Math.min(options.columns ?? (panels.length > 4 ? Math.ceil(panels.length / 2) : 4), panels.length);
  const rows = Math.ceil(panels.length / columns);

  const data = panels.map(([name, list], i) => ({
    type: "scatter",
    mode: "lines",
    name,
    x: centres,
    y: shares(list, low, high, bins),
    xaxis: `x${axisName(i)}`,
    yaxis: `y${axisName(i)}`,
    line: { shape: "hvh", width: 1, color: colorOf(0) },
    fill: "tozeroy",
    fillcolor: fade(colorOf(0), 0.7),
    hovertemplate: "%{x:.3g}: %{y:.1f} %<extra></extra>",
  }));
  const cells = range(panels.length).map((i) => place(i, columns, rows));
  const axes = cells.flatMap(({ x, y, left, bottom }, i) => [
    [
      `xaxis${axisName(i)}`,
      {
        domain: x,
        range: [low, high],
        anchor: `y${axisName(i)}`,
        nticks: 4,
        ...(bottom && xLabel ? { title: { text: xLabel } } : {}),
      },
    ],
    [
      `yaxis${axisName(i)}`,
      {
        domain: y,
        anchor: `x${axisName(i)}`,
        rangemode: "tozero",
        nticks: 4,
        ...(left ? { ticksuffix: " %" } : { showticklabels: false }),
        ...(i > 0 ? { matches: "y" } : {}),
      },
    ],
  ]);
  const annotations: Layout[] = panels.map(([name, list], i) => {
    const { mean, deviation } = moments(list);
    return {
      text: `<b>${name}</b><br>mean ${brief(mean)} · sd ${brief(deviation)}`,
      x: cells[i]!.x[0],
      y: cells[i]!.y[1],
      xref: "paper",
      yref: "paper",
      xanchor: "left",
      yanchor: "bottom",
      align: "left",
      showarrow: false,
      font: { size: 12, color: muted },
    };
  });
  const layout = titled(title, {
    ...Object.fromEntries(axes),
    annotations,
    showlegend: false,
    margin: { t: title ? 76 : 44 },
  });
  return figure({
    data,
    layout,
    alt: options.alt ?? describe(options),
    height: height ?? (title ? 120 : 90) + rows * 170,
  });
}

/** Plotly's axes are called x, x2, x3 ... */
const axisName = (i: number) => (i === 0 ? "" : String(i + 1));

/** Where the i-th small picture stands, in shares of the whole. */
function place(i: number, columns: number, rows: number) {
  const [column, row] = [i % columns, Math.floor(i / columns)];
  const [width, tall] = [1 / columns, 1 / rows];
  const gap = 0.12;
  const x = [column * width + (column > 0 ? gap * width : 0), (column + 1) * width];
  const top = 1 - row * tall - (row > 0 ? 0.3 * tall : 0);
  return {
    x,
    y: [1 - (row + 1) * tall + (row < rows - 1 ? 0.08 * tall : 0), top],
    left: column === 0,
    bottom: row === rows - 1,
  };
}

/** Percent of the numbers in each bin. */
function shares(list: Numbers, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < list.length; i++) {
    const bin = Math.floor(((list[i]! - low) / (high - low)) * bins);
    counts[Math.max(0, Math.min(bins - 1, bin))]! += 1;
  }
  return counts.map((count) => (100 * count) / list.length);
}

function commonRange(lists: readonly Numbers[]): [number, number] {
  const low = Math.min(...lists.map(smallest));
  const high = Math.max(...lists.map(largest));
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

function moments(list: Numbers): { mean: number; deviation: number } {
  const numbers = Array.from(list);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function describe({ values, title, xLabel = "values" }: HistogramsOptions): string {
  const panels = Object.entries(values).map(([name, list]) => {
    const { mean, deviation } = moments(list);
    return `${name} has mean ${brief(mean)} and standard deviation ${brief(deviation)}`;
  });
  return `${heading(title)}Histograms of ${xLabel}: ${listed(panels)}.`;
}
