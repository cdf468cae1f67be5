import {
  axis,
  type ChartOptions,
  checkLengths,
  heading,
  linspace,
  listed,
  type Numbers,
  type Point,
  range,
  titled,
} from "./chart";
import { type Figure, figure, type Trace } from "./figure";
import { blue, colorOf, fade, ink, orange, paper } from "./ink";
import { pointTraces } from "./scatter-chart";

/** Where the classes' scores are asked for: a grid that covers the points with some margin. */
export interface DecisionGrid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** The grid's points, row by row from below: give these to the model. */
  readonly points: readonly Point[];
}

/** A grid around the points: `const grid = decisionGrid(points); const scores = grid.points.map(model)`. */
export function decisionGrid(points: readonly Point[], { resolution = 50, margin = 0.15 } = {}): DecisionGrid {
  const along = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const rim = margin * (high - low || 1);
    return linspace(low - rim, high + rim, resolution);
  };
  const [xs, ys] = [along(points.map(([x]) => x)), along(points.map(([, y]) => y))];
  return { xs, ys, points: ys.flatMap((y) => xs.map((x): Point => [x, y])) };
}

/** The model's answer at every point of the grid: the probability of class 1, or a list with every class's score. */
export type GridScores = Numbers | readonly Numbers[];

export interface DecisionBoundaryOptions extends ChartOptions {
  readonly grid: DecisionGrid;
  /** The scores now ... */
  readonly scores?: GridScores;
  /** ... or at several stages of training, in order: `{ "epoch 0": scores, ... }`. A slider moves through them. */
  readonly stages?: Readonly<Record<string, GridScores>>;
  readonly points: readonly Point[];
  readonly labels: Numbers;
  readonly classes?: readonly string[];
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/** What a classifier says everywhere in the plane, under the points that it learnt from. */
export function decisionBoundary(options: DecisionBoundaryOptions): Figure {
  const { grid, points, labels, classes, title, height } = options;
  checkLengths("decisionBoundary", { points: points.length, labels: labels.length });
  const stages = Object.entries(options.stages ?? (options.scores ? { now: options.scores } : {}));
  if (stages.length === 0) throw new Error("decisionBoundary: expected scores or stages, got neither");
  const layers = stages.map(([name, scores]) => layersOf(name, scores, grid));
  const data = [...layers.at(-1)!, ...pointTraces({ points, labels, ...(classes ? { classes } : {}) }, ink)];
  const layout = titled(title, {
    xaxis: { ...axis(options.xLabel), zeroline: false, showgrid: false, range: [grid.xs[0], grid.xs.at(-1)] },
    yaxis: { ...axis(options.yLabel), zeroline: false, showgrid: false, range: [grid.ys[0], grid.ys.at(-1)] },
    hovermode: "closest",
    showlegend: true,
  });
  const names = stages.map(([name]) => name);
  const slider = {
    label: "stage",
    stages: layers.map((data, i) => ({ name: names[i]!, data: data.map(({ z }) => ({ z })) })),
  };
  return figure({
    data,
    layout,
    alt: options.alt ?? describe(options, names),
    height: height ?? 440,
    ...(stages.length > 1 ? { slider } : {}),
  });
}

/** The coloured ground and, for two classes, the line where both are equally likely. Scores travel as bytes. */
function layersOf(stage: string, scores: GridScores, { xs, ys }: DecisionGrid): Trace[] {
  if (scores.length !== xs.length * ys.length)
    throw new Error(`decisionBoundary: expected ${xs.length * ys.length} scores at "${stage}", got ${scores.length}`);
  const inRows = (values: ArrayLike<number>) =>
    ys.map((_, row) => range(xs.length).map((i) => values[row * xs.length + i]!));
  const common = { x: xs, y: ys, showscale: false, hoverinfo: "skip" };
  if (typeof scores[0] === "number") {
    const levels = inRows(Array.from(scores as Numbers, (score) => Math.round(200 * Math.max(0, Math.min(1, score)))));
    const edge = { start: 100, end: 100, size: 1, coloring: "none" };
    return [
      { type: "heatmap", ...common, z: levels, zmin: 0, zmax: 200, zsmooth: "fast", colorscale: twoClasses },
      { type: "contour", ...common, z: levels, contours: edge, line: { color: ink, width: 2 }, showlegend: false },
    ];
  }
  const winners = inRows((scores as readonly Numbers[]).map(argmax));
  const count = (scores as readonly Numbers[])[0]!.length;
  const scale = range(count).flatMap((c) => [c, c + 1].map((edge) => [edge / count, fade(colorOf(c), 0.4)]));
  return [{ type: "heatmap", ...common, z: winners, zmin: -0.5, zmax: count - 0.5, colorscale: scale }];
}

const twoClasses = [
  [0, fade(blue, 0.5)],
  [0.5, paper],
  [1, fade(orange, 0.5)],
];

function argmax(scores: Numbers): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

function describe({ points, labels, classes, title }: DecisionBoundaryOptions, stages: readonly string[]): string {
  const kinds = [...new Set(Array.from(labels))]
    .sort((a, b) => a - b)
    .map((label) => classes?.[label] ?? `class ${label}`);
  const through = stages.length > 1 ? `, at ${stages.length} stages from ${stages[0]} to ${stages.at(-1)}` : "";
  return (
    `${heading(title)}The regions that a classifier gives to ${listed(kinds)}, ` +
    `under the ${points.length} points of its data${through}.`
  );
}
