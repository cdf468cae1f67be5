import { axis, type Reference, referenceLayout, titled } from "./chart";
import { type Figure, figure, type Layout, type Trace } from "./figure";
import { colorOf } from "./ink";
import { lineChart, thinned } from "./line-chart";

/** How the curves of a live figure look. */
export interface LiveCurvesOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly logY?: boolean;
  /** The series that are drawn in a second picture below, on a scale of their own: accuracies below losses. */
  readonly lower?: (name: string) => boolean;
  readonly lowerLabel?: string;
  /** A level to beat: `{ name: "uniform guess", y: Math.log(27) }`. */
  readonly baseline?: Reference;
  readonly height?: number;
}

/** What one name has brought so far. */
export interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** The curves as a figure of one or two pictures; a noisy curve is drawn pale, with its running mean over it. */
export function curvesFigure(options: LiveCurvesOptions, curves: ReadonlyMap<string, Curve>, limit: number): Figure {
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
