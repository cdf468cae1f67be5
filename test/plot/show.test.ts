import { beforeAll, expect, test } from "vitest";
import type { MimeBundle } from "../../lib/plot/display";
import { figure } from "../../lib/plot/figure";
import { figureBundle, show } from "../../lib/plot/show";
import { parseHtml, parseSvg } from "./dom";
import { sampleFigures } from "./sample-figures";

const figures = sampleFigures();
const names = Object.keys(figures);
const bundles: Record<string, MimeBundle> = {};

beforeAll(async () => {
  for (const name of names) bundles[name] = await figureBundle(figures[name]!);
}, 60_000);

/** Words that must be read in each picture, and an element that is there only when data are drawn. */
const shownTexts: Record<string, string[]> = {
  lineChart: ["Loss", "training", "validation", "uniform guess", "warm-up", "step", "loss (nats)"],
  scatterChart: ["Points", "below", "above"],
  barChart: ["Accuracy", "zero", "Xavier", "accuracy (%)"],
  histograms: ["Activations", "5 %"],
  heatmap: ["Attention", "animal", "<street>"],
  embeddingMap: ["Map", "name 7"],
  attentionMap: ["Heads", "animal", "<street>", "looks", "is looked at", "1.00"],
  nextTokenFigure: ["What comes next", "token␣0", "10 others", "30 tokens possible, entropy 2.38 nats"],
  transformerWalk: ["<street>", "head 2", "8 features of each head"],
  imageGrid: ["Digits", "a 0", "a 9"],
  contourWithPaths: ["Bowl", "momentum"],
  decisionBoundary: ["Boundary", "class 0", "class 1"],
  functionWithDerivative: ["Sigmoid", "saturated", "f′(x)"],
  computationGraph: ["Neuron", "tanh", "×", "o = 0.462", "∇ 1"],
  confusionMatrix: ["Confusion", "cat", "dog", "50", "predicted"],
};
const marks: Record<string, string> = {
  lineChart: 'path[d*="l"][style*="#0072b2"]',
  scatterChart: "use",
  barChart: 'path[style*="#0072b2"]',
  histograms: 'path[style*="#0072b2"]',
  heatmap: "image",
  embeddingMap: 'path[style^="fill:none;stroke:#626569"]', // lines to the nearest
  attentionMap: "image",
  nextTokenFigure: 'path[style*="#0072b2"]',
  transformerWalk: "image",
  imageGrid: "image:nth-of-type(10)",
  contourWithPaths: 'path[d*="l"][style*="#d55e00"]',
  decisionBoundary: "image",
  functionWithDerivative: 'path[d*="l"][style*="#0072b2"]',
  computationGraph: 'path[style*="stroke-width:1.3px"]', // an arrow
  confusionMatrix: "image",
};

const html = (name: string) => bundles[name]!["text/html"] as string;
const svg = (name: string) => bundles[name]!["image/svg+xml"] as string;

/** The picture inside the page, as the browser reads it. */
function pictureOf(page: string) {
  const image = parseHtml(page).querySelector("img")!;
  const [, source] = /^data:image\/svg\+xml,(.*)$/s.exec(image.src)!;
  return { alt: image.alt, svg: decodeURIComponent(source!) };
}

test.each(names)("%s: one output holds the plot, its picture and its words", (name) => {
  const { alt } = figures[name]!;
  expect(Object.keys(bundles[name]!).sort()).toEqual(["image/svg+xml", "text/html", "text/plain"]);
  expect(bundles[name]!["text/plain"]).toBe(alt);
  expect(alt).toContain(String((figures[name]!.layout["title"] as { text: string }).text));
});

test.each(names)("%s: the picture in the page is the static picture, with its words", (name) => {
  const picture = pictureOf(html(name));
  expect(picture.alt).toBe(figures[name]!.alt);
  expect(parseSvg(picture.svg).isEqualNode(parseSvg(svg(name)))).toBe(true);
});

test.each(names)("%s: the static picture shows title and marks", (name) => {
  const root = parseSvg(svg(name));
  expect(root.getAttribute("width")).toBe("700");
  expect(root.getAttribute("height")).toBe(String(figures[name]!.height));
  const texts = [...root.querySelectorAll("text")].map(({ textContent }) => textContent);
  expect(texts).toEqual(expect.arrayContaining(shownTexts[name]!));
  expect(root.querySelectorAll(marks[name]!).length, marks[name]).toBeGreaterThan(0);
  for (const attribute of svg(name).match(/="[^"]*"/g) ?? [])
    expect(attribute.replace(/data:.*/, "")).not.toMatch(/NaN|undefined|@/);
});

test.each(names)("%s: the page holds its data, and asks nothing of another server", (name) => {
  const page = html(name);
  const addresses = page.match(/https?:\/\/[\w.-]+|(src|href)=["']\/\/[\w.-]+|import\(|fetch\(/g) ?? [];
  expect(addresses.filter((address) => !address.startsWith("http://www.w3.org"))).toEqual([]); // names of XML, never fetched
  const script = parseHtml(page).querySelector('script[type="application/json"]')!;
  const spec = JSON.parse(script.textContent!);
  expect(spec).toMatchObject({ alt: figures[name]!.alt, height: figures[name]!.height });
  expect(spec.data).toHaveLength(figures[name]!.data.length);
});

test("20 figures fit into a notebook of far less than 2 MB", () => {
  const bytes = names.map((name) => Buffer.byteLength(JSON.stringify(bundles[name])));
  const sizes = names.map((name, i) => `${name} ${Math.round(bytes[i]! / 1024)} KB`).join(", ");
  expect((20 * bytes.reduce((a, b) => a + b)) / names.length, sizes).toBeLessThan(1.4e6);
  expect(Math.max(...bytes), sizes).toBeLessThan(200e3);
});

test("the same figure gives the same output", async () => {
  expect(await figureBundle(figures["heatmap"]!)).toEqual(bundles["heatmap"]);
});

test("words with quotes and tags stay words", async () => {
  const alt = `A "quoted" <b>figure</b> & it's fine`;
  const bundle = await figureBundle(
    figure({ data: [{ y: [1, 2] }], layout: { title: { text: 'it\'s "5 < 6"' } }, alt }),
  );
  const picture = pictureOf(bundle["text/html"] as string);
  expect(picture.alt).toBe(alt);
  expect(parseSvg(picture.svg).textContent).toContain('it\'s "5 < 6"');
});

test("text that is wider than expected is not cut: the legend has no clip", () => {
  expect(svg("lineChart")).toContain("validation");
  expect(svg("lineChart")).not.toContain("url(#legend");
});

test("show sends one message", async () => {
  const sent: MimeBundle[] = [];
  const hook = Symbol.for("course.display");
  const place = globalThis as { [hook]?: unknown };
  place[hook] = (bundle: MimeBundle) => sent.push(bundle);
  try {
    await show(figures["barChart"]!);
  } finally {
    delete place[hook];
  }
  expect(sent).toEqual([bundles["barChart"]]);
});
