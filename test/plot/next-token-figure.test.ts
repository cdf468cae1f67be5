import { expect, test } from "vitest";
import { nextTokenDistribution } from "../../lib/models/sampling";
import { type NextTokenSettings, nextTokenFigure } from "../../lib/plot/next-token-figure";

const tokens = ["a", " ", "<", "d", "\n"];
const logits = [0.1, 0.4, 0.2, 0.2, 0.1].map(Math.log);
const distribution = (settings: NextTokenSettings) => nextTokenDistribution(logits, settings);
const chart = nextTokenFigure({ tokens, distribution, shown: 3 });

test("the likeliest tokens have bars, the others share one, and signs that nobody could read are shown", () => {
  expect(chart.data[0]!["x"]).toEqual(["␣", "&lt;", "d", "2 others"]);
  expect(chart.data[0]!["y"]).toEqual([0.4, 0.2, 0.2, 0.2]);
  expect(chart.data[1]!["y"]).toEqual([0.4, 0.2, 0.2, 0.2]);
  expect(nextTokenFigure({ tokens, distribution, shown: 5 }).data[0]!["x"]).toEqual(["␣", "&lt;", "d", "a", "⏎"]);
});

test("there is a stage for every combination of the knobs, and it shows their distribution", () => {
  const { stages, knobs, start } = chart.slider!;
  expect(knobs!.map(({ label }) => label)).toEqual(["temperature", "top-k", "top-p"]);
  expect(stages).toHaveLength(knobs!.reduce((product, { values }) => product * values.length, 1));
  expect(stages[start!]!.name).toBe("temperature 1, top-k all, top-p 1");
  const cut = stages.find(({ name }) => name === "temperature 0.5, top-k 3, top-p 0.75")!;
  const [first, second] = [16 / 24, 4 / 24]; // squares of 0.4, 0.2 and 0.2: the second takes the sum over 0.75
  expect((cut.data![0]!["y"] as number[])[0]).toBeCloseTo(first / (first + second), 3);
  expect((cut.data![0]!["y"] as number[]).slice(2)).toEqual([0, 0]);
  const note = (cut.layout!["annotations"] as { text: string }[])[0]!.text;
  expect(note).toBe("2 tokens possible, entropy 0.5 nats");
});

test("the stages follow each other as the knobs turn, the last one fastest", () => {
  const { stages, knobs } = chart.slider!;
  const [temperatures, topKs, topPs] = knobs!.map(({ values }) => values);
  const names = temperatures!.flatMap((t) =>
    topKs!.flatMap((k) => topPs!.map((p) => `temperature ${t}, top-k ${k}, top-p ${p}`)),
  );
  expect(stages.map(({ name }) => name)).toEqual(names);
});

test("the words name the likeliest tokens", () => {
  expect(chart.alt).toContain("as the model gives it: ␣ 0.4, < 0.2, d 0.2 and 2 others 0.2;");
});

test("knobs without the model itself among them, or a distribution of another size, get a sentence", () => {
  expect(() => nextTokenFigure({ tokens, distribution, temperatures: [0.5, 2] })).toThrow(
    "nextTokenFigure: expected the temperature 1, topK Infinity and topP 1 among the knobs",
  );
  expect(() => nextTokenFigure({ tokens, distribution: () => [1, 0] })).toThrow(
    "nextTokenFigure: expected as many probabilities as tokens (5), got 2",
  );
});
