import { type ChartOptions, heading, linspace, listed, titled } from "./chart";
import { type Figure, figure, type Layout } from "./figure";
import { colorOf, muted } from "./ink";

export interface NamedFunction {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly derivative: (x: number) => number;
}

export interface FunctionWithDerivativeOptions extends ChartOptions {
  /** One, or several in one picture. */
  readonly functions: readonly NamedFunction[];
  readonly range?: readonly [number, number];
  /** Where a single function's derivative is smaller than this, the picture is shaded: it is saturated. 0 shades nothing. */
  readonly saturation?: number;
}

/** Functions above, their derivatives below, on one x axis: where the lower curve is near zero, nothing is learnt. */
export function functionWithDerivative(options: FunctionWithDerivativeOptions): Figure {
  const { functions, range = [-6, 6], saturation = 0.05, title, height } = options;
  if (functions.length === 0) throw new Error("functionWithDerivative: expected at least one function, got none");
  const xs = linspace(range[0], range[1], 241);
  const stretches = functions.length === 1 ? saturated(functions[0]!, xs, saturation) : [];
  const line = ({ name, f }: { name: string; f: (x: number) => number }, i: number, lower: boolean) => ({
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    showlegend: !lower && functions.length > 1,
    x: xs,
    y: xs.map(f),
    line: { color: colorOf(i), width: 2.5, dash: i < 3 ? "solid" : "dash" },
    ...(lower ? { yaxis: "y2" } : {}),
    hovertemplate: `${lower ? `${name}'` : name}(%{x:.2f}) = %{y:.3f}<extra></extra>`,
  });
  const data = [
    ...functions.map((item, i) => line(item, i, false)),
    ...functions.map(({ name, derivative }, i) => line({ name, f: derivative }, i, true)),
  ];
  const layout = titled(title, {
    xaxis: { title: { text: "x" }, anchor: "y2", range: [...range] },
    yaxis: { title: { text: "f(x)" }, domain: [0.54, 1] },
    yaxis2: { title: { text: "f′(x)" }, domain: [0, 0.46], rangemode: "tozero" },
    shapes: stretches.map(shade),
    hovermode: "closest",
  });
  return figure({ data, layout, alt: options.alt ?? describe(options, stretches), height: height ?? 440 });
}

type Stretch = readonly [from: number, to: number];

/** The stretches of x where the derivative's size is below the threshold. */
function saturated({ derivative }: NamedFunction, xs: readonly number[], threshold: number): Stretch[] {
  const stretches: [number, number][] = [];
  let inside = false;
  for (const x of xs) {
    const flat = Math.abs(derivative(x)) < threshold;
    if (flat && !inside) stretches.push([x, x]);
    else if (flat) stretches.at(-1)![1] = x;
    inside = flat;
  }
  return stretches.filter(([from, to]) => to > from);
}

const shade = ([from, to]: Stretch): Layout => ({
  type: "rect",
  yref: "paper",
  y0: 0,
  y1: 1,
  x0: from,
  x1: to,
  layer: "below",
  line: { width: 0 },
  fillcolor: "rgba(128,128,128,0.18)",
  label: { text: "saturated", textposition: "middle center", font: { size: 12, color: muted } },
});

function describe(
  { functions, title, range = [-6, 6] }: FunctionWithDerivativeOptions,
  stretches: readonly Stretch[],
): string {
  const names = listed(functions.map(({ name }) => name));
  const flat = stretches.map(([from, to]) => `from ${from.toFixed(1)} to ${to.toFixed(1)}`);
  const saturation = flat.length ? ` Saturated, with a derivative near zero, ${listed(flat)}.` : "";
  return `${heading(title)}${names} from x = ${range[0]} to ${range[1]}, above, and the derivative${functions.length > 1 ? "s" : ""}, below.${saturation}`;
}
