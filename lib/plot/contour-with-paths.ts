import { axis, brief, type ChartOptions, heading, linspace, type Point, range, titled, trace } from "./chart";
import { type Figure, figure, type Stage } from "./figure";
import { blue, green, ink, muted, orange, paper, purple, symbolOf, vermillion } from "./ink";

export interface ContourWithPathsOptions extends ChartOptions {
  /** The height of the surface. */
  readonly surface: (x: number, y: number) => number;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** Where each optimiser went, step by step, from its start. */
  readonly paths?: Readonly<Record<string, readonly Point[]>>;
  /** The lowest point, if known. */
  readonly minimum?: Point;
  /** Contours at equal ratios instead of equal differences: for surfaces that span decades. Needs heights above 0. */
  readonly log?: boolean;
  /** Adds a slider that moves the optimisers along their paths. */
  readonly slider?: boolean;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/** A surface from above, and the ways that optimisers took down it. */
export function contourWithPaths(options: ContourWithPathsOptions): Figure {
  const { surface, xRange, yRange, minimum, log, title, height } = options;
  const paths = Object.entries(options.paths ?? {});
  for (const [name, points] of paths)
    if (points.length === 0) throw new Error(`contourWithPaths: expected points in path "${name}", got none`);
  const [xs, ys] = [linspace(...xRange, 61), linspace(...yRange, 61)];
  const heights = ys.map((y) => xs.map((x) => (log ? Math.log10(surface(x, y)) : surface(x, y))));
  if (heights.flat().some((value) => !Number.isFinite(value)))
    throw new Error("contourWithPaths: expected finite heights" + (log ? " above 0, as log is set" : ""));
  const steps = Math.max(0, ...paths.map(([, points]) => points.length - 1));
  const data = [
    {
      type: "contour",
      x: xs,
      y: ys,
      z: heights,
      ncontours: 12,
      colorscale: ground,
      line: { width: 0.7, color: muted, smoothing: 0 }, // splines would triple the static picture
      showscale: true,
      colorbar: { thickness: 14, outlinewidth: 0, ...(log ? { tickprefix: "10<sup>", ticksuffix: "</sup>" } : {}) },
      hovertemplate: "%{x:.3g}, %{y:.3g}: %{z:.3g}<extra></extra>",
    },
    ...paths.map(([name, points], i) =>
      trace({
        type: "scatter",
        mode: points.length <= 60 ? "lines+markers" : "lines",
        name,
        x: points.map(([x]) => x),
        y: points.map(([, y]) => y),
        line: { color: pathColor(i), width: 2.5 },
        marker: { color: pathColor(i), size: 5, symbol: symbolOf(i) },
      }),
    ),
    ...(paths.length ? [{ ...heads(paths, steps), type: "scatter", mode: "markers", showlegend: false }] : []),
    ...(minimum ? [{ ...mark, x: [minimum[0]], y: [minimum[1]] }] : []),
  ];
  const layout = titled(title, {
    xaxis: { ...axis(options.xLabel ?? "x", { range: xRange }), showgrid: false, zeroline: false },
    yaxis: { ...axis(options.yLabel ?? "y", { range: yRange }), showgrid: false, zeroline: false },
    hovermode: "closest",
    showlegend: paths.length > 0,
  });
  const stages = options.slider && steps > 0 ? stepStages(paths, steps) : [];
  return figure({
    data,
    layout,
    alt: options.alt ?? describe(options, paths),
    height: height ?? 440,
    ...(stages.length ? { slider: { label: "step", stages } } : {}),
  });
}

type Path = readonly [name: string, points: readonly Point[]];

/** Deep is blue and high is the page's colour: the paths take the palette's warm and dark colours. */
const ground = [
  [0, "#86B3D6"],
  [1, paper],
];
const pathColors = [vermillion, ink, purple, green, orange, blue];
const pathColor = (i: number) => pathColors[i % pathColors.length]!;

const mark = {
  type: "scatter",
  mode: "markers",
  name: "minimum",
  marker: { symbol: "star", size: 14, color: paper, line: { color: ink, width: 1.5 } },
};

/** Where every optimiser stands after so many steps. */
function heads(paths: readonly Path[], step: number) {
  const points = paths.map(([, path]) => path[Math.min(step, path.length - 1)]!);
  return {
    x: points.map(([x]) => x),
    y: points.map(([, y]) => y),
    text: paths.map(([name]) => name),
    hovertemplate: "%{text}: %{x:.3g}, %{y:.3g}<extra></extra>",
    marker: {
      color: paths.map((_, i) => pathColor(i)),
      size: 13,
      line: { color: ink, width: 1.5 },
      symbol: paths.map((_, i) => symbolOf(i)),
    },
  };
}

/** At most 60 stages; each lays only the optimisers' places over the picture. */
function stepStages(paths: readonly Path[], steps: number): Stage[] {
  const count = Math.min(60, steps);
  return range(count + 1).map((i) => {
    const step = Math.round((i * steps) / count);
    const { x, y } = heads(paths, step);
    return { name: `${step}`, data: [{}, ...paths.map(() => ({})), { x, y }] };
  });
}

function describe({ surface, minimum, title }: ContourWithPathsOptions, paths: readonly Path[]): string {
  const ways = paths.map(([name, points]) => {
    const [start, end] = [points[0]!, points.at(-1)!];
    return `${name} goes from height ${brief(surface(...start))} to ${brief(surface(...end))} in ${points.length - 1} steps`;
  });
  const low = minimum ? ` The lowest point is at (${brief(minimum[0])}, ${brief(minimum[1])}).` : "";
  return `${heading(title)}Contour picture of a surface${ways.length ? `: ${ways.join("; ")}` : ""}.${low}`;
}
