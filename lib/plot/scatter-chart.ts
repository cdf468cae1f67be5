import {
  axis,
  type ChartOptions,
  checkLengths,
  heading,
  listed,
  type Numbers,
  type Point,
  plain,
  titled,
  trace,
} from "./chart";
import { type Figure, figure, type Trace } from "./figure";
import { colorOf, ink, paper, symbolOf } from "./ink";

export interface ScatterChartOptions extends ChartOptions {
  readonly points: readonly Point[];
  /** The class of each point: 0, 1, ... Default: all the same. */
  readonly labels?: Numbers;
  /** The classes' names. */
  readonly classes?: readonly string[];
  /** What to say of each point when it is pointed at: a word, a name. */
  readonly texts?: readonly string[];
  /** Writes the texts beside the points. */
  readonly showTexts?: boolean;
  /** Lines laid over the points, by name: the line of a neuron, a regression. */
  readonly lines?: Readonly<Record<string, readonly Point[]>>;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** One unit is as long on both axes. */
  readonly square?: boolean;
}

/** Points in the plane, coloured and shaped by class: `scatterChart({ points, labels, classes: ["no", "yes"] })`. */
export function scatterChart(options: ScatterChartOptions): Figure {
  const { points, lines = {}, title, height, alt = describe(options) } = options;
  if (points.length === 0) throw new Error("scatterChart: expected at least one point, got none");
  const data = [
    ...pointTraces(options),
    ...Object.entries(lines).map(([name, ends]) => ({
      type: "scatter",
      mode: "lines",
      name,
      x: ends.map(([x]) => x),
      y: ends.map(([, y]) => y),
      line: { color: ink, width: 2 },
    })),
  ];
  const { xLabel, yLabel, xRange, yRange, logX, logY } = options;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const layout = titled(title, {
    xaxis: { zeroline: false, ...axis(xLabel, { log: logX, range: xRange }, [xs]) },
    yaxis: {
      zeroline: false,
      ...axis(yLabel, { log: logY, range: yRange }, [ys]),
      ...(options.square ? { scaleanchor: "x" } : {}),
    },
    hovermode: "closest",
  });
  return figure({ data, layout, alt, height: height ?? 420 });
}

export type ClassedPoints = Pick<ScatterChartOptions, "points" | "labels" | "classes" | "texts" | "showTexts">;

/** One trace a class; classes differ in colour and in shape. */
export function pointTraces({ points, labels, classes, texts, showTexts }: ClassedPoints, outline = paper): Trace[] {
  if (labels) checkLengths("scatterChart", { points: points.length, labels: labels.length });
  if (texts) checkLengths("scatterChart", { points: points.length, texts: texts.length });
  const groups = new Map<number, number[]>();
  points.forEach((_, i) => {
    const label = labels?.[i] ?? 0;
    groups.set(label, [...(groups.get(label) ?? []), i]);
  });
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([label, members]) =>
      trace({
        type: "scatter",
        mode: showTexts ? "markers+text" : "markers",
        name: classes?.[label] ?? (labels ? `class ${label}` : "points"),
        x: members.map((i) => points[i]![0]),
        y: members.map((i) => points[i]![1]),
        text: texts && members.map((i) => plain(texts[i]!)),
        textposition: showTexts ? "top center" : undefined,
        hovertemplate: texts ? "%{text}<br>%{x:.3g}, %{y:.3g}<extra></extra>" : undefined,
        marker: {
          color: colorOf(label),
          symbol: symbolOf(label),
          size: points.length > 500 ? 5 : points.length > 20 ? 8 : 12,
          line: { color: outline, width: points.length > 500 ? 0 : 0.8 },
        },
      }),
    );
}

function describe({ title, points, labels, classes, lines = {}, xLabel, yLabel }: ScatterChartOptions): string {
  const axes = xLabel || yLabel ? ` of ${yLabel ?? "y"} against ${xLabel ?? "x"}` : "";
  const counts = new Map<number, number>();
  for (let i = 0; i < (labels?.length ?? 0); i++) counts.set(labels![i]!, (counts.get(labels![i]!) ?? 0) + 1);
  const groups = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([label, count]) => `${count} of ${classes?.[label] ?? `class ${label}`}`);
  const names = Object.keys(lines);
  return (
    `${heading(title)}Scatter chart${axes}: ${points.length} points` +
    `${groups.length > 1 ? `, ${listed(groups)}` : ""}${names.length ? `; with ${listed(names)}` : ""}.`
  );
}
