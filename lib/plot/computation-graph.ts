import { brief, type ChartOptions, heading, plain, range, titled } from "./chart";
import { type Figure, figure, type Layout, type Stage } from "./figure";
import { blue, fade, ink, muted, paper, sky, vermillion, warm } from "./ink";

export interface GraphNode {
  readonly id: number;
  readonly label: string;
  /** How it was computed; empty for a leaf. */
  readonly operation?: string;
  readonly data: number;
  readonly grad: number;
  /** Place in a picture of width and height 1. */
  readonly x: number;
  readonly y: number;
}

export interface ComputationGraphOptions extends ChartOptions {
  /** Parents before what is computed from them, as `graph(root)` of `lib/scalar` gives them. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  /** Adds a slider that fills in the values forward, then the gradients backward. Default: yes. */
  readonly steps?: boolean;
}

/** A computation as a graph: values in blue above the nodes, gradients in red below them. */
export function computationGraph(options: ComputationGraphOptions): Figure {
  const { nodes, edges, title } = options;
  if (nodes.length === 0) throw new Error("computationGraph: expected at least one node, got none");
  const rows = Math.max(...[...new Set(nodes.map(({ x }) => x))].map((at) => nodes.filter(({ x }) => x === at).length));
  const columns = new Set(nodes.map(({ x }) => x)).size;
  const size = Math.max(9, Math.min(13, 120 / columns));
  const radius = size * 2.6;
  const at = new Map(nodes.map((node) => [node.id, node]));
  const last = stageOf(nodes, 2 * nodes.length + 1);
  const common = {
    type: "scatter",
    x: nodes.map(({ x }) => x),
    y: nodes.map(({ y }) => y),
    hoverinfo: "skip",
    cliponaxis: false,
  };
  const text = (color: string, texts: readonly string[], sign: number) => ({
    ...common,
    mode: "markers+text",
    text: texts,
    textfont: { size: size, color },
    textposition: sign > 0 ? "top center" : "bottom center",
    marker: { size: radius, opacity: 0 }, // keeps the text off the node
  });
  const data = [
    {
      ...common,
      mode: "markers+text",
      text: nodes.map(({ label, operation, data }) => plain(operation || label || brief(data))),
      textfont: { size, color: ink },
      textposition: "middle center",
      hoverinfo: "text",
      hovertext: nodes.map(hoverText),
      marker: {
        size: radius,
        color: last.colors,
        symbol: nodes.map(({ operation }) => (operation ? "circle" : "square")),
        line: { color: muted, width: 1.2 },
        opacity: 1,
      },
    },
    text(blue, last.values, 1),
    text(warm, last.gradients, -1),
  ];
  const layout = titled(title, {
    xaxis: { visible: false, range: [0, 1], fixedrange: true },
    yaxis: { visible: false, range: [0, 1], fixedrange: true },
    annotations: edges.map(({ from, to }) => arrow(at.get(from)!, at.get(to)!, radius)),
    showlegend: false,
    hovermode: "closest",
    margin: { l: 8, r: 8, b: 8 },
  });
  const stages: Stage[] = range(2 * nodes.length + 2).map((step) => {
    const { name, colors, values, gradients } = stageOf(nodes, step);
    return { name, data: [{ marker: { color: colors } }, { text: values }, { text: gradients }] };
  });
  return figure({
    data,
    layout,
    alt: options.alt ?? describe(options),
    height: options.height ?? Math.min(640, 60 + rows * 92),
    ...(options.steps === false ? {} : { slider: { label: "step", stages } }),
  });
}

/** What is known after so many steps: one node's value a step, then one node's gradient a step, from the root. */
function stageOf(nodes: readonly GraphNode[], step: number) {
  const count = nodes.length;
  const forward = Math.min(step, count);
  const backward = Math.max(0, step - count);
  const current = step === 0 ? -1 : step <= count ? step - 1 : 2 * count - step; // -1 again at the end
  const node = nodes[current];
  const what = node && (node.label || node.operation);
  return {
    name: !node ? (step === 0 ? "start" : "all") : step <= count ? `forward: ${what}` : `backward: ${what}`,
    values: nodes.map(({ data, label, operation }, i) => (i < forward ? valueText(data, label, operation) : "")),
    gradients: nodes.map(({ grad }, i) => (i >= count - backward ? `∇ ${brief(grad)}` : "")),
    colors: nodes.map((_, i) => (i === current ? (step <= count ? fade(sky, 0.6) : fade(vermillion, 0.45)) : paper)),
  };
}

/** A computed node shows its operation inside, so its name stands with its value; a bare number stands inside. */
const valueText = (data: number, label: string, operation?: string) =>
  label && operation ? `${plain(label)} = ${brief(data)}` : label || operation ? brief(data) : "";

const hoverText = ({ label, operation, data, grad }: GraphNode) =>
  `${plain(label || operation || "")}<br>value ${data.toPrecision(6)}<br>gradient ${grad.toPrecision(6)}`;

const arrow = (from: GraphNode, to: GraphNode, radius: number): Layout => ({
  x: to.x,
  y: to.y,
  ax: from.x,
  ay: from.y,
  xref: "x",
  yref: "y",
  axref: "x",
  ayref: "y",
  text: "",
  showarrow: true,
  arrowhead: 2,
  arrowsize: 1,
  arrowwidth: 1.3,
  arrowcolor: muted,
  standoff: radius / 2 + 2,
  startstandoff: radius / 2 + 1,
});

function describe({ nodes, edges, title }: ComputationGraphOptions): string {
  const root = nodes.at(-1)!;
  const leaves = nodes
    .filter(({ operation }) => !operation)
    .map(({ label, data, grad }) => `${label || "?"} = ${brief(data)} with gradient ${brief(grad)}`);
  const shown =
    leaves.length > 8 ? `${leaves.slice(0, 8).join("; ")}; and ${leaves.length - 8} more` : leaves.join("; ");
  return (
    `${heading(title)}Computation graph of ${nodes.length} nodes and ${edges.length} arrows. ` +
    `Leaves: ${shown}. Result: ${root.label || root.operation || "?"} = ${brief(root.data)}.`
  );
}
