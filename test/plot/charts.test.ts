import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attentionMap } from "../../lib/plot/attention-map";
import { barChart } from "../../lib/plot/bar-chart";
import { brief, range } from "../../lib/plot/chart";
import { computationGraph } from "../../lib/plot/computation-graph";
import { confusionMatrix } from "../../lib/plot/confusion-matrix";
import { contourWithPaths } from "../../lib/plot/contour-with-paths";
import { decisionBoundary, decisionGrid } from "../../lib/plot/decision-boundary";
import type { Figure, Layout } from "../../lib/plot/figure";
import { functionWithDerivative } from "../../lib/plot/function-with-derivative";
import { heatmap } from "../../lib/plot/heatmap";
import { histograms } from "../../lib/plot/histograms";
import { imageGrid } from "../../lib/plot/image-grid";
import { lineChart, thinned } from "../../lib/plot/line-chart";
import { greyPng } from "../../lib/plot/png";
import { scatterChart } from "../../lib/plot/scatter-chart";
import { Random } from "../../lib/random";
import { neuronGraph, sampleFigures } from "./sample-figures";

const of = (figure: Figure, name: string) => figure.layout[name] as Layout & Layout[];

test("words of your own replace the made ones", () => {
  expect(lineChart({ series: { a: [1, 2] }, alt: "Mine." }).alt).toBe("Mine.");
  expect(sampleFigures()["barChart"]!.alt).toBe("Accuracy. Bar chart of accuracy (%): zero 11.3 and Xavier 97.6.");
});

test("brief numbers have three digits", () => {
  expect([0, 1, 2.5, 1234.5, 0.012345, -0.5, 1e-7, -12345678, Number.NaN].map(brief)).toEqual([
    "0",
    "1",
    "2.5",
    "1235",
    "0.0123",
    "−0.5",
    "1.0e-7",
    "−1.2e7",
    "NaN",
  ]);
});

describe("lineChart", () => {
  test("steps count from 1, and the words say where each line starts and ends", () => {
    const chart = lineChart({ series: { loss: [3, 2, 0.5] }, xLabel: "step", yLabel: "nats" });
    expect(chart.data[0]).toMatchObject({ name: "loss", x: [1, 2, 3], y: [3, 2, 0.5] });
    expect(chart.alt).toBe("Line chart of nats over step: loss goes from 3 at 1 to 0.5 at 3.");
  });

  test("a long series keeps its ends, its order and its extremes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1001, max: 4000 }), (seed, length) => {
        const random = new Random(seed);
        const y = range(length).map(() => random.integer(50));
        const x = range(y.length);
        const kept = thinned(x, y);
        expect(kept.y.length).toBeLessThanOrEqual(1000);
        expect(kept.x[0]).toBe(0);
        expect(kept.x[kept.x.length - 1]).toBe(y.length - 1);
        for (let i = 1; i < kept.x.length; i++) expect(kept.x[i]!).toBeGreaterThan(kept.x[i - 1]!);
        for (let i = 0; i < kept.x.length; i++) expect(kept.y[i]).toBe(y[kept.x[i]!]);
        expect(Math.max(...Array.from(kept.y))).toBe(Math.max(...y));
        expect(Math.min(...Array.from(kept.y))).toBe(Math.min(...y));
      }),
      { numRuns: 30 },
    );
  });

  test("a reference on a logarithmic axis stands at its value", () => {
    const chart = lineChart({ series: { a: [1, 1000] }, logY: true, references: [{ name: "level", y: 100 }] });
    expect(of(chart, "shapes")[0]).toMatchObject({ y0: 100, y1: 100 });
    expect(of(chart, "annotations")[0]).toMatchObject({ text: "level", y: 2 }); // plotly wants the power here
    expect(of(chart, "yaxis")).toMatchObject({ type: "log" });
  });

  test("a band lies under its line", () => {
    const [low, high, line] = lineChart({ series: [{ name: "a", y: [1, 2], low: [0, 1], high: [2, 3] }] }).data;
    expect(low).toMatchObject({ y: [0, 1], showlegend: false });
    expect(high).toMatchObject({ y: [2, 3], fill: "tonexty" });
    expect(line).toMatchObject({ y: [1, 2], name: "a" });
  });

  test("wrong input gets a sentence", () => {
    expect(() => lineChart({ series: {} })).toThrow("lineChart: expected at least one series, got none");
    expect(() => lineChart({ series: { a: [] } })).toThrow('lineChart: expected numbers in series "a", got none');
    expect(() => lineChart({ series: { a: [1, 2] }, x: [1] })).toThrow(
      'lineChart: series "a": expected as many y values as x values (1), got 2',
    );
    expect(() => lineChart({ series: { a: [1] }, references: [{ name: "r" }] })).toThrow(
      'reference "r": expected x or y',
    );
  });
});

describe("scatterChart", () => {
  const points = [
    [0, 1],
    [2, 3],
    [4, 5],
  ] as const;

  test("each class has its own colour and shape", () => {
    const [a, b] = scatterChart({ points, labels: [1, 0, 1], classes: ["no", "yes"] }).data;
    expect(a).toMatchObject({ name: "no", x: [2], y: [3] });
    expect(b).toMatchObject({ name: "yes", x: [0, 4], y: [1, 5] });
    const looks = [a, b].map((trace) => trace!["marker"] as { color: string; symbol: string });
    expect(looks[0]!.color).not.toBe(looks[1]!.color);
    expect(looks[0]!.symbol).not.toBe(looks[1]!.symbol);
  });

  test("labels and points go together", () => {
    expect(() => scatterChart({ points, labels: [1, 0] })).toThrow("expected as many labels as points (3), got 2");
    expect(() => scatterChart({ points: [] })).toThrow("scatterChart: expected at least one point, got none");
  });

  test("a text with a tag is shown, not read", () => {
    expect(scatterChart({ points, texts: ["<eos>", "a", "b"] }).data[0]!["text"]).toEqual(["&lt;eos&gt;", "a", "b"]);
  });
});

test("barChart: lying bars swap the axes, and every value is one bar", () => {
  const { data } = barChart({ labels: ["a", "b"], values: { x: [1, 2], y: [3, 4] }, horizontal: true });
  expect(data).toMatchObject([
    { name: "x", orientation: "h", x: [1, 2], y: ["a", "b"] },
    { name: "y", orientation: "h", x: [3, 4], y: ["a", "b"] },
  ]);
  expect(() => barChart({ labels: ["a"], values: [1, 2] })).toThrow(
    'expected as many values of "value" as labels (1), got 2',
  );
});

describe("histograms", () => {
  test("each adds up to 100 %, and what lies outside the range is counted at its ends", () => {
    const { data, alt } = histograms({ values: { a: [-9, 0.1, 0.2, 9], b: [0.5] }, bins: 4, range: [0, 1] });
    expect(data[0]).toMatchObject({ x: [0.125, 0.375, 0.625, 0.875], y: [75, 0, 0, 25] });
    expect(data[1]).toMatchObject({ y: [0, 0, 100, 0] });
    expect(alt).toContain("b has mean 0.5 and standard deviation 0");
  });

  test("numbers that are all alike still have a picture", () => {
    const [dead] = histograms({ values: { "layer 9": new Float32Array(50) }, bins: 4 }).data;
    expect(dead).toMatchObject({ y: [0, 0, 100, 0] });
  });
});

describe("heatmap", () => {
  test("zero has the page's colour where values have both signs", () => {
    const [map] = heatmap({ values: [[-1, 0, 4]] }).data;
    expect(map).toMatchObject({
      zmin: -4,
      zmax: 4,
      colorscale: [expect.anything(), [0.5, "@paper"], expect.anything()],
    });
    expect(heatmap({ values: [[1, 3]] }).data[0]).toMatchObject({ zmin: 1, zmax: 3 });
  });

  test("tokens that repeat keep their places", () => {
    const axis = of(heatmap({ values: [[1, 2, 3]], columns: ["the", "cat", "the"] }), "xaxis");
    expect(axis).toMatchObject({ tickvals: [0, 1, 2], ticktext: ["the", "cat", "the"] });
  });

  test("the words name the largest cell", () => {
    const values = [
      [1, 2],
      [9, 0],
    ];
    expect(heatmap({ values, rows: ["a", "b"], columns: ["c", "d"] }).alt).toContain(
      "the largest is in row b, column c",
    );
  });

  test("rows are equally long, and names fit", () => {
    expect(() => heatmap({ values: [[1, 2], [3]] })).toThrow("heatmap: expected 2 values in row 1, got 1");
    expect(() => heatmap({ values: [[1, 2]], columns: ["a"] })).toThrow(
      "heatmap: expected as many names of columns as columns of values (2), got 1",
    );
  });
});

describe("attentionMap", () => {
  const one = [
    [1, 0],
    [0.25, 0.75],
  ];
  const other = [
    [0, 1],
    [0.996, 0.004],
  ];
  const tokens = ["a", "<b>"];

  test("the slider goes through the heads of all layers, and the focus says what each token looks at there", () => {
    const { slider, focus, data } = attentionMap({ weights: [[one], [other]], tokens, start: 1 });
    expect(slider!.stages.map(({ name }) => name)).toEqual(["layer 1, head 1", "layer 2, head 1"]);
    expect(slider!.stages.map(({ data }) => data![0]!["z"])).toEqual([one, other]);
    expect(data[0]!["z"]).toEqual(other);
    expect(focus!.texts).toEqual([
      ["a 100 %", "<b> 75 %, a 25 %"],
      ["<b> 100 %", "a 100 %"],
    ]);
    expect(attentionMap({ weights: [one, other], tokens }).slider!.stages[1]!.name).toBe("head 2");
    expect(attentionMap({ weights: one, tokens }).slider).toBeUndefined();
  });

  test("what may not be seen is left out; with more keys than queries the queries are the last ones", () => {
    const z = (options: Parameters<typeof attentionMap>[0]) => attentionMap(options).data[0]!["z"];
    expect(z({ weights: one, tokens, mask: "causal" })).toEqual([
      [1, Number.NaN],
      [0.25, 0.75],
    ]);
    const row = [0.2, 0.3, 0.5];
    expect(z({ weights: [row, row], tokens, keys: ["x", "y", "z"], mask: "causal" })).toEqual([
      [0.2, 0.3, Number.NaN],
      row,
    ]);
    expect(z({ weights: one, tokens, mask: [[0, 1], [1, 1]] })).toEqual([[Number.NaN, 0], one[1]]); // biome-ignore format: a matrix
  });

  test("the words say what each token looks at most", () => {
    expect(attentionMap({ weights: [one, other], tokens, title: "Two heads" }).alt).toBe(
      "Two heads. Attention map of 2 heads. In head 1, each token looks most at: a at a 100 % and <b> at <b> 75 %.",
    );
  });

  test("weights fit their tokens", () => {
    const message = (options: Parameters<typeof attentionMap>[0]) => () => attentionMap(options);
    expect(message({ weights: one, tokens: ["a"] })).toThrow(
      "attentionMap: head 1: expected as many rows of weights as tokens (1), got 2",
    );
    expect(message({ weights: one, tokens, keys: ["x"] })).toThrow(
      "attentionMap: head 1: expected as many weights in a row as keys (1), got 2",
    );
    expect(message({ weights: one, tokens, start: 3 })).toThrow("attentionMap: expected a start from 0 to 0, got 3");
    expect(message({ weights: one, tokens, mask: [[1, 1]] })).toThrow("expected as many rows of the mask as tokens");
    expect(message({ weights: [] as number[][], tokens: [] })).toThrow("expected at least one token, got none");
    expect(message({ weights: [[[[[1]]]]] as unknown as number[][], tokens })).toThrow(
      "attentionMap: expected weights of 2, 3 or 4 axes ([layers][heads][T][S]), got 5",
    );
  });
});

test("confusionMatrix: colour is the share of the true class, text the count, and the words name the worst", () => {
  const { data, alt } = confusionMatrix({
    counts: [
      [8, 2],
      [0, 90],
    ],
    classes: ["rare", "common"],
  });
  expect(data[0]).toMatchObject({
    z: [
      [80, 20],
      [0, 100],
    ],
    text: [
      ["8", "2"],
      ["", "90"],
    ],
  });
  expect(alt).toBe("Confusion matrix of 2 classes: 98 of 100 right; most often rare was taken for common (2).");
});

describe("imageGrid", () => {
  test("a PNG holds the pixels: low is black, high is white, rows in order", () => {
    const [, data] = greyPng([0, 1, 2, 3, 4, 5], 3, { low: 1, high: 5 }).split(",");
    const bytes = Buffer.from(data!, "base64");
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([3, 2]);
    const start = bytes.indexOf("IDAT") + 4;
    const lines = inflateSync(bytes.subarray(start, start + bytes.readUInt32BE(start - 8)));
    expect([...lines]).toEqual([0, 0, 0, 64, 0, 128, 191, 255]); // each line after its filter, 0
  });

  test("zoom repeats pixels and lines", () => {
    const [, data] = greyPng([0, 1], 1, { zoom: 2 }).split(",");
    const bytes = Buffer.from(data!, "base64");
    const start = bytes.indexOf("IDAT") + 4;
    const lines = inflateSync(bytes.subarray(start, start + bytes.readUInt32BE(start - 8)));
    expect([...lines]).toEqual([0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 255, 255]);
  });

  test("ten images stand in two rows of five, captions below them", () => {
    const figure = imageGrid({ images: range(10).map(() => [0, 1, 1, 0]), captions: range(10).map(String) });
    const places = of(figure, "images").map(({ x, y }) => [Math.floor(x as number), Number(y)] as const);
    expect(places.map(([x]) => x)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    expect(new Set(places.map(([, y]) => y)).size).toBe(2);
    of(figure, "annotations").forEach(({ y }, i) => expect(y).toBeLessThan(places[i]![1] - 0.9));
  });

  test("pixels that are no square need a width", () => {
    expect(() => imageGrid({ images: [[1, 2, 3]] })).toThrow("imageGrid: expected width, as 3 pixels are no square");
    expect(() => greyPng([1, 2, 3], 2)).toThrow("greyPng: expected rows of 2 pixels, got 3 pixels");
  });
});

describe("contourWithPaths", () => {
  const surface = (x: number, y: number) => x * x + y * y;
  const common = { surface, xRange: [-1, 1], yRange: [-2, 2] } as const;

  test("heights stand where they belong: columns are x, rows are y", () => {
    const [ground] = contourWithPaths({ ...common, surface: (x, y) => 10 * x + y }).data;
    const { x, y, z } = ground as unknown as { x: number[]; y: number[]; z: number[][] };
    expect(z[0]![0]).toBeCloseTo(-12, 12);
    expect(z[0]!.at(-1)).toBeCloseTo(8, 12);
    expect(z[20]![7]).toBeCloseTo(10 * x[7]! + y[20]!, 12);
  });

  test("the slider moves every optimiser along its own path, and the shorter one waits at its end", () => {
    const paths = { a: range(5).map((i) => [i, 0] as const), b: [[0, 0] as const, [0, 9] as const] };
    const { slider, data } = contourWithPaths({ ...common, paths, slider: true });
    expect(slider!.stages.map(({ name }) => name)).toEqual(["0", "1", "2", "3", "4"]);
    expect(slider!.stages[3]!.data![3]).toEqual({ x: [3, 0], y: [0, 9] });
    expect(data[3]).toMatchObject({ mode: "markers", x: [4, 0] });
  });

  test("a logarithm needs heights above zero", () => {
    expect(() => contourWithPaths({ ...common, log: true })).toThrow("expected finite heights above 0, as log is set");
  });
});

describe("decisionBoundary", () => {
  const points = [
    [0, 0],
    [1, 3],
  ] as const;
  const grid = decisionGrid(points, { resolution: 4, margin: 0 });
  const labels = [0, 1];

  test("the grid covers the points, row by row from below", () => {
    expect(grid.points[0]).toEqual([0, 0]);
    expect(grid.points[1]![1]).toBe(0);
    expect(grid.points.at(-1)).toEqual([1, 3]);
    expect(decisionGrid(points).points).toHaveLength(2500);
  });

  test("scores land at their points", () => {
    const [ground] = decisionBoundary({ grid, scores: grid.points.map(([, y]) => y / 3), points, labels }).data;
    const rows = ground!["z"] as number[][];
    expect(rows.map((row) => row[0])).toEqual([0, 67, 133, 200]);
    expect(rows[1]).toEqual([67, 67, 67, 67]);
  });

  test("of several classes the largest score wins", () => {
    const scores = grid.points.map(([x, y]) => [1, 3 * x, y]);
    const [ground] = decisionBoundary({ grid, scores, points, labels }).data;
    expect((ground!["z"] as number[][])[0]).toEqual([0, 0, 1, 1]);
    expect((ground!["z"] as number[][])[3]![0]).toBe(2);
  });

  test("the slider starts at the last stage, which is also the static picture", () => {
    const zero = new Float32Array(16);
    const one = new Float32Array(16).fill(1);
    const { slider, data } = decisionBoundary({ grid, stages: { before: zero, after: one }, points, labels });
    expect(slider!.stages.map(({ name }) => name)).toEqual(["before", "after"]);
    expect((slider!.stages[0]!.data![0]!["z"] as number[][])[0]).toEqual([0, 0, 0, 0]);
    expect((data[0]!["z"] as number[][])[0]).toEqual([200, 200, 200, 200]);
  });

  test("there is one score for each point of the grid", () => {
    expect(() => decisionBoundary({ grid, scores: [1], points, labels })).toThrow('expected 16 scores at "now", got 1');
    expect(() => decisionBoundary({ grid, points, labels })).toThrow("expected scores or stages, got neither");
  });
});

test("functionWithDerivative: saturation is shaded where the derivative is small, of one function only", () => {
  const tanh = { name: "tanh", f: Math.tanh, derivative: (x: number) => 1 - Math.tanh(x) ** 2 };
  const [left, right] = of(functionWithDerivative({ functions: [tanh], range: [-5, 5] }), "shapes");
  const edge = Math.atanh(Math.sqrt(0.95)); // 1 - tanh² = 0.05
  expect(left).toMatchObject({ x0: -5 });
  expect(Math.abs((left!["x1"] as number) + edge)).toBeLessThan(0.05);
  expect(Math.abs((right!["x0"] as number) - edge)).toBeLessThan(0.05);
  expect(of(functionWithDerivative({ functions: [tanh, tanh] }), "shapes")).toEqual([]);
});

describe("computationGraph", () => {
  const { nodes, edges } = neuronGraph();
  const { slider, data, layout } = computationGraph({ nodes, edges });
  const filled = (texts: unknown) => (texts as string[]).filter((text) => text !== "").length;

  test("values appear forward one by one, then gradients backward", () => {
    expect(slider!.stages).toHaveLength(2 * nodes.length + 2);
    slider!.stages.forEach(({ data }, step) => {
      expect(filled(data![1]!["text"])).toBe(Math.min(step, nodes.length));
      expect(filled(data![2]!["text"])).toBe(Math.min(nodes.length, Math.max(0, step - nodes.length)));
    });
    expect(slider!.stages[nodes.length + 1]!.name).toBe("backward: o");
    expect(slider!.stages.at(-1)!.name).toBe("all");
  });

  test("the first gradient is the result's, which is 1", () => {
    const first = slider!.stages[nodes.length + 1]!.data![2]!["text"] as string[];
    expect(first.at(-1)).toBe("∇ 1");
  });

  test("without the slider everything is shown", () => {
    expect(filled(data[1]!["text"])).toBe(nodes.length);
    expect(filled(data[2]!["text"])).toBe(nodes.length);
    expect((layout["annotations"] as Layout[]).length).toBe(edges.length);
    expect(computationGraph({ nodes, edges, steps: false }).slider).toBeUndefined();
  });

  test("the words give leaves, gradients and result", () => {
    const { alt } = computationGraph({ nodes, edges });
    expect(alt).toContain("Computation graph of 6 nodes and 5 arrows");
    expect(alt).toContain("x = 2 with gradient −0.393");
    expect(alt).toContain("Result: o = 0.462");
  });
});
