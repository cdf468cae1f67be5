import {
  axis,
  brief,
  type ChartOptions,
  checkLengths,
  heading,
  largest,
  listed,
  type Numbers,
  plain,
  type Reference,
  referenceLayout,
  smallest,
  titled,
  trace,
} from "./chart";
import { type Figure, figure } from "./figure";
import { colorOf } from "./ink";

export interface BarChartOptions extends ChartOptions {
  /** What each bar stands for. */
  readonly labels: readonly string[];
  /** The bars' lengths: one list, or several by name, drawn side by side. */
  readonly values: Numbers | Readonly<Record<string, Numbers>>;
  /** Half the length of each bar's whisker: a standard deviation. Only with one list. */
  readonly spread?: Numbers;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Bars lie: for long labels. The first is on top. */
  readonly horizontal?: boolean;
  readonly stacked?: boolean;
  /** Writes each value on its bar. */
  readonly showValues?: boolean;
  readonly log?: boolean;
  readonly references?: readonly Reference[];
}

/** Bars: `barChart({ labels: ["zero", "Xavier"], values: [11.2, 97.6], yLabel: "accuracy (%)" })`. */
export function barChart(options: BarChartOptions): Figure {
  const { labels, spread, horizontal, title, references = [], height, log } = options;
  const groups = groupsOf(options);
  const names = labels.map(plain);
  const data = groups.map(([name, values], i) => {
    const lengths = Array.from(values);
    return trace({
      type: "bar",
      name,
      orientation: horizontal ? "h" : "v",
      x: horizontal ? lengths : names,
      y: horizontal ? names : lengths,
      marker: { color: colorOf(i) },
      text: options.showValues ? lengths.map(brief) : undefined,
      textposition: options.showValues ? (options.stacked ? "inside" : "outside") : undefined,
      cliponaxis: false,
      [horizontal ? "error_x" : "error_y"]: spread ? { type: "data", array: spread, color: "@muted" } : undefined,
      hovertemplate: horizontal ? "%{y}: %{x:.4g}<extra></extra>" : "%{x}: %{y:.4g}<extra></extra>",
    });
  });
  const lengthAxis = axis(
    horizontal ? options.xLabel : options.yLabel,
    { log },
    groups.map(([, values]) => values),
  );
  const labelAxis = { ...axis(horizontal ? options.yLabel : options.xLabel), type: "category", showgrid: false };
  const layout = titled(title, {
    xaxis: horizontal ? lengthAxis : labelAxis,
    yaxis: horizontal ? { ...labelAxis, autorange: "reversed" } : lengthAxis,
    barmode: options.stacked ? "stack" : "group",
    bargap: 0.25,
    ...referenceLayout(references, { logX: !!(horizontal && log), logY: !!(!horizontal && log) }),
  });
  const alt = options.alt ?? describe(options, groups);
  return figure({ data, layout, alt, height: height ?? (horizontal ? 110 + 26 * labels.length * groups.length : 360) });
}

type Group = readonly [name: string, values: Numbers];

function groupsOf({ labels, values, yLabel = "value", spread }: BarChartOptions): Group[] {
  const groups: Group[] = isNumbers(values) ? [[yLabel, values]] : Object.entries(values);
  if (labels.length === 0) throw new Error("barChart: expected at least one label, got none");
  for (const [name, list] of groups)
    checkLengths("barChart", { labels: labels.length, [`values of "${name}"`]: list.length });
  if (spread) checkLengths("barChart", { labels: labels.length, spreads: spread.length });
  return groups;
}

const isNumbers = (values: BarChartOptions["values"]): values is Numbers => typeof values.length === "number";

function describe({ labels, title, xLabel, yLabel, horizontal }: BarChartOptions, groups: readonly Group[]): string {
  const what = (horizontal ? xLabel : yLabel) ?? "values";
  const courses = groups.map(([name, values]) => {
    const of = groups.length > 1 ? `${name}: ` : "";
    if (labels.length <= 12) return of + listed(labels.map((label, i) => `${label} ${brief(values[i]!)}`));
    const at = (value: number) => labels[Array.from(values).indexOf(value)];
    const [low, high] = [smallest(values), largest(values)];
    return `${of}${labels.length} bars, lowest ${at(low)} (${brief(low)}), highest ${at(high)} (${brief(high)})`;
  });
  return `${heading(title)}Bar chart of ${what}: ${courses.join("; ")}.`;
}
