import { attentionMap } from "../../lib/plot/attention-map";
import { barChart } from "../../lib/plot/bar-chart";
import { range } from "../../lib/plot/chart";
import { computationGraph } from "../../lib/plot/computation-graph";
import { confusionMatrix } from "../../lib/plot/confusion-matrix";
import { contourWithPaths } from "../../lib/plot/contour-with-paths";
import { decisionBoundary, decisionGrid } from "../../lib/plot/decision-boundary";
import { embeddingMap } from "../../lib/plot/embedding-map";
import type { Figure } from "../../lib/plot/figure";
import { functionWithDerivative } from "../../lib/plot/function-with-derivative";
import { heatmap } from "../../lib/plot/heatmap";
import { histograms } from "../../lib/plot/histograms";
import { imageGrid } from "../../lib/plot/image-grid";
import { lineChart } from "../../lib/plot/line-chart";
import { nextTokenFigure } from "../../lib/plot/next-token-figure";
import { scatterChart } from "../../lib/plot/scatter-chart";
import { transformerWalk } from "../../lib/plot/transformer-walk";
import { Random } from "../../lib/random";
import { graph, Value } from "../../lib/scalar";

/** One figure of every kind, of a lesson's usual size. */
export function sampleFigures(): Record<string, Figure> {
  const random = new Random(7);
  const losses = range(3000).map((i) => 3 * Math.exp(-i / 800) + 0.3 + random.normal(0, 0.05));
  const points = range(200).map((): [number, number] => [random.normal(), random.normal()]);
  const labels = points.map(([x, y]) => (x > y ? 1 : 0));
  const grid = decisionGrid(points);
  const score = (sharpness: number) => grid.points.map(([x, y]) => 1 / (1 + Math.exp(-sharpness * (x - y))));
  const bowl = (x: number, y: number) => x * x + 5 * y * y;
  const path = range(40).map((i): [number, number] => [0.9 ** i, 0.5 ** i]);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const tokens = ["the", "animal", "did", "not", "cross", "the", "<street>"];

  return {
    lineChart: lineChart({
      title: "Loss",
      series: { training: losses, validation: losses.map((loss) => loss + 0.1) },
      xLabel: "step",
      yLabel: "loss (nats)",
      references: [{ name: "uniform guess", y: Math.log(27) }],
      regions: [{ name: "warm-up", from: 0, to: 300 }],
    }),
    scatterChart: scatterChart({ title: "Points", points, labels, classes: ["below", "above"] }),
    barChart: barChart({ title: "Accuracy", labels: ["zero", "Xavier"], values: [11.3, 97.6], yLabel: "accuracy (%)" }),
    histograms: histograms({
      title: "Activations",
      values: { "layer 1": range(500).map(() => random.normal()), "layer 2": range(500).map(() => random.uniform()) },
    }),
    heatmap: heatmap({
      title: "Attention",
      values: tokens.map(() => tokens.map(() => random.uniform())),
      rows: tokens,
      columns: tokens,
      square: true,
    }),
    embeddingMap: embeddingMap({
      title: "Map",
      names: points.map((_, i) => `name ${i}`),
      points,
      vectors: points.map(([x, y]) => [x, y, x * y]),
      start: "name 7",
    }),
    attentionMap: attentionMap({
      title: "Heads",
      weights: range(2).map(() => range(3).map(() => tokens.map((_, t) => shares(random, t + 1, tokens.length)))),
      tokens,
      mask: "causal",
    }),
    nextTokenFigure: nextTokenFigure({
      title: "What comes next",
      tokens: range(30).map((i) => `token ${i}`),
      distribution: ({ temperature }) => {
        const powers = range(30).map((i) => Math.exp(-i / 4 / temperature));
        return powers.map((power) => power / powers.reduce((a, b) => a + b));
      },
    }),
    transformerWalk: transformerWalk({
      title: "Step by step",
      steps: [
        {
          title: "queries",
          text: "What each token looks for.",
          shape: [2, tokens.length, 8],
          values: tokens.map(() => range(16).map(() => random.normal())),
          kind: "features",
          heads: 2,
        },
        {
          title: "attention",
          text: "What each token looks at.",
          shape: [tokens.length, tokens.length],
          values: tokens.map((_, t) => shares(random, t + 1, tokens.length)),
          kind: "attention",
        },
      ],
      tokens,
    }),
    imageGrid: imageGrid({
      title: "Digits",
      images: range(10).map(() => range(784).map(() => random.uniform())),
      captions: range(10).map((i) => `a ${i}`),
    }),
    contourWithPaths: contourWithPaths({
      title: "Bowl",
      surface: bowl,
      xRange: [-1.5, 1.5],
      yRange: [-1, 1],
      paths: { momentum: path },
      slider: true,
    }),
    decisionBoundary: decisionBoundary({
      title: "Boundary",
      grid,
      stages: { "epoch 0": score(0.1), "epoch 5": score(1), "epoch 10": score(5) },
      points,
      labels,
    }),
    functionWithDerivative: functionWithDerivative({
      title: "Sigmoid",
      functions: [{ name: "σ", f: sigmoid, derivative: (x) => sigmoid(x) * (1 - sigmoid(x)) }],
    }),
    computationGraph: computationGraph({ title: "Neuron", ...neuronGraph() }),
    confusionMatrix: confusionMatrix({
      title: "Confusion",
      counts: [
        [50, 2],
        [7, 41],
      ],
      classes: ["cat", "dog"],
    }),
  };
}

/** Random shares of the first `seen` of `count` keys. */
function shares(random: Random, seen: number, count: number): number[] {
  const parts = range(count).map((s) => (s < seen ? random.uniform() : 0));
  const total = parts.reduce((a, b) => a + b);
  return parts.map((part) => part / total);
}

/** `o = tanh(x w + b)` after backward: six nodes. */
export function neuronGraph() {
  const [x, w, b] = [new Value(2, "x"), new Value(-0.5, "w"), new Value(1.5, "b")];
  const o = x.mul(w).add(b).tanh();
  o.label = "o";
  o.backward();
  return graph(o);
}
