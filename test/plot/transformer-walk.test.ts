import { expect, test } from "vitest";
import type { WalkStep } from "../../lib/models/walk";
import { range } from "../../lib/plot/chart";
import { figureBundle } from "../../lib/plot/show";
import { transformerWalk } from "../../lib/plot/transformer-walk";
import { parseHtml, parseSvg } from "./dom";

const tokens = ["a", " ", "<"];
const rows = (width: number) => tokens.map((_, t) => range(width).map((c) => Math.sin(3 * t + c) + 1 / 3));
const shares = [
  [1, 0, 0],
  [0.25, 0.75, 0],
  [0.5, 0, 0.5],
];
const steps: WalkStep[] = [
  { title: "token", text: "A vector & its row.", shape: [3, 7], values: rows(7), kind: "features" },
  { title: "queries", text: "In heads.", shape: [2, 3, 4], values: rows(8), kind: "features", heads: 2 },
  { title: "attention", text: "Shares.", shape: [3, 3], values: shares, kind: "attention" },
  { title: "hidden", text: "Wide.", shape: [3, 20], values: rows(20), kind: "features" },
  { title: "logits", text: "Scores.", shape: [3, 4], values: rows(4), kind: "tokens", columns: ["a", " ", "<", "\n"] },
  {
    title: "next token",
    text: "The likeliest.",
    shape: [3, 2],
    values: tokens.map(() => [0.7, 0.2]),
    kind: "likeliest",
    cells: tokens.map(() => ["\n", "<"]),
  },
];
const walk = transformerWalk({ title: "A short walk", steps, tokens, columns: 10 });

interface Axis {
  readonly title: { text: string };
  readonly ticktext: string[];
}
const stage = (i: number) => {
  const { data, layout, ...rest } = walk.slider!.stages[i]!;
  return { ...rest, trace: data![0]! as Record<string, unknown>, layout: layout as Record<string, unknown> };
};
const xaxis = (i: number) => stage(i).layout["xaxis"] as Axis;
const heading = (i: number) => (stage(i).layout["title"] as { text: string }).text;

test("there is a stage for every step, with its title, shape and explanation, and buttons to go on", () => {
  expect(walk.slider!.stages.map(({ name }) => name)).toEqual(steps.map(({ title }, i) => `${i + 1} of 6: ${title}`));
  expect(walk.slider).toMatchObject({ label: "step", start: 0, buttons: true });
  expect(heading(0)).toBe("A short walk<br><b>token</b> · shape [3, 7]<br>A vector &amp; its row.");
  expect(stage(1).alt).toBe("shape 2 by 3 by 4. In heads.");
});

test("rows are tokens that can be read", () => {
  expect((walk.layout["yaxis"] as Axis).ticktext).toEqual(["a", "␣", "&lt;"]);
});

test("numbers keep three digits, and a wide table its first columns, which is said", () => {
  const z = stage(3).trace["z"] as number[][];
  expect(z).toEqual(rows(20).map((row) => row.slice(0, 10).map((v) => Number(v.toPrecision(3)))));
  expect(heading(3)).toContain("shape [3, 20], the first 10 of 20 features");
  expect(heading(0)).not.toContain("the first");
});

test("heads stand side by side, with a line between them", () => {
  expect(xaxis(1).ticktext).toEqual(["head 1", "head 2"]);
  expect(stage(1).layout["shapes"]).toMatchObject([{ x0: 3.5, x1: 3.5 }]);
  for (const other of [0, 2, 3, 4, 5]) expect(stage(other).layout["shapes"]).toEqual([]);
});

test("attention is tokens by tokens from 0 to 1; the future is a gap, a weight of 0 in the past is none", () => {
  const { trace } = stage(2);
  expect(trace["z"]).toEqual([
    [1, Number.NaN, Number.NaN],
    [0.25, 0.75, Number.NaN],
    [0.5, 0, 0.5],
  ]);
  expect([trace["zmin"], trace["zmax"]]).toEqual([0, 1]);
  expect(xaxis(2).ticktext).toEqual(["a", "␣", "&lt;"]);
});

test("what is around zero has colours around zero, and one large value does not take them all", () => {
  const values = [range(100).map((c) => (c === 50 ? -90 : c % 2 === 0 ? 1 : -2))];
  const { slider } = transformerWalk({ steps: [{ ...steps[0]!, shape: [1, 100], values }], tokens: ["a"] });
  expect(slider!.stages[0]!.data![0]).toMatchObject({ zmin: -2, zmax: 2 });
  const { slider: flat } = transformerWalk({ steps: [{ ...steps[0]!, values: [[0, 0]] }], tokens: ["a"] });
  expect(flat!.stages[0]!.data![0]).toMatchObject({ zmin: -1, zmax: 1 });
});

test("logits have the vocabulary below, next tokens are named in the cells", () => {
  expect(xaxis(4).ticktext).toEqual(["a", "␣", "&lt;", "⏎"]);
  expect(stage(5).trace["text"]).toEqual(tokens.map(() => ["⏎", "&lt;"]));
  expect(stage(4).trace["text"]).toEqual([]);
});

test("every stage sets what any stage sets, so that nothing stays from the step before", () => {
  const keys = range(steps.length).map((i) => [
    Object.keys(stage(i).trace).sort(),
    Object.keys(stage(i).layout).sort(),
    Object.keys(xaxis(i)).sort(),
  ]);
  for (const other of keys) expect(other).toEqual(keys[0]);
});

test("the words tell the way, the shapes and the end", () => {
  expect(walk.alt).toContain("A short walk. A walk through a Transformer in 6 steps");
  expect(walk.alt).toContain("1. token [3, 7], 2. queries [2, 3, 4], 3. attention [3, 3]");
  expect(walk.alt).toContain("Shown is step 1: A vector & its row.");
  expect(walk.alt).toContain("the likeliest next is ⏎, 0.7.");
});

test("the static picture shows the step it starts with, and the whole stays small", async () => {
  const sixteen = range(16).map(String);
  const wide = range(23).map((i): WalkStep => {
    const values = sixteen.map((_, t) => range(128).map((c) => Math.sin(i * t + c)));
    return { title: `step ${i}`, text: "Wide.", shape: [16, 128], values, kind: "features" };
  });
  const bundle = await figureBundle(transformerWalk({ title: "Wide", steps: wide.slice(0, 17), tokens: sixteen }));
  expect(Object.values(bundle).join("").length).toBeLessThan(300_000);

  const { "text/html": html, "image/svg+xml": svg } = await figureBundle(transformerWalk({ steps, tokens, start: 2 }));
  expect(parseHtml(html as string).querySelector("img.course-fallback").alt).toContain("Shown is step 3: Shares.");
  const texts = [...parseSvg(svg as string).querySelectorAll("text")].map(({ textContent }) => textContent).join(" ");
  for (const word of ["attention", "shape", "Shares.", "weight", "<"]) expect(texts).toContain(word);
});

test("no text, one too long, and steps that do not fit get a sentence", () => {
  const first = steps[0]!;
  const refuse = (changes: Partial<Parameters<typeof transformerWalk>[0]>, message: string) =>
    expect(() => transformerWalk({ steps, tokens, ...changes })).toThrow(message);
  refuse({ tokens: [] }, "transformerWalk: expected 1 to 16 tokens, got 0");
  refuse({ tokens: range(17).map(String) }, "transformerWalk: expected 1 to 16 tokens, got 17");
  refuse({ steps: [] }, "transformerWalk: expected at least one step, got none");
  refuse({ start: 6 }, "transformerWalk: expected a start from 0 to 5, got 6");
  refuse({ tokens: ["a"] }, "transformerWalk: token: expected as many rows of values as tokens (1), got 3");
  refuse({ steps: [{ ...first, heads: 2 }] }, "transformerWalk: token: expected columns that 2 heads divide, got 7");
  refuse(
    { steps: [{ ...first, kind: "attention" }] },
    "transformerWalk: token: expected as many columns as tokens (3), got 7",
  );
  refuse({ steps: [{ ...first, columns: ["a"] }] }, "expected as many names of columns as columns (7), got 1");
});
