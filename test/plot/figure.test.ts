import { expect, test } from "vitest";
import { figure } from "../../lib/plot/figure";

const data = [{ y: [1, 4, 9] }];

test("a figure needs words for those who cannot see it", () => {
  expect(() => figure({ data, alt: " " })).toThrow("figure: expected alt, a sentence that says what the picture shows");
});

test("a figure needs something to draw", () => {
  expect(() => figure({ data: [], alt: "nothing" })).toThrow("figure: expected at least one trace, got none");
  expect(() => figure({ data, alt: "low", height: 20 })).toThrow(
    "figure: expected a height of at least 80 pixels, got 20",
  );
});

test("a slider's stages fit the traces, and its start is one of them", () => {
  const stage = { name: "one", data: [{}, {}] };
  expect(() => figure({ data, alt: "a", slider: { label: "step", stages: [] } })).toThrow(
    "expected at least one stage",
  );
  expect(() => figure({ data, alt: "a", slider: { label: "step", stages: [stage] } })).toThrow(
    'figure: expected at most 1 traces in stage "one", got 2',
  );
  expect(() => figure({ data, alt: "a", slider: { label: "step", stages: [{ name: "one" }], start: 1 } })).toThrow(
    "figure: expected a start from 0 to 0, got 1",
  );
});

test("knobs have a stage for each combination of their values", () => {
  const knobs = [
    { label: "size", values: ["S", "L"] },
    { label: "colour", values: ["red", "green"] },
  ];
  const stages = ["S red", "S green", "L red", "L green"].map((name) => ({ name }));
  expect(figure({ data, alt: "a", slider: { label: "all", stages, knobs } }).slider!.knobs).toEqual(knobs);
  expect(() => figure({ data, alt: "a", slider: { label: "all", stages: stages.slice(1), knobs } })).toThrow(
    "figure: expected a stage for each of the knobs' 4 combinations, got 3",
  );
});

test("what is said of rows in focus fits the rows and the slider's stages", () => {
  const focus = { label: "token", names: ["a", "b"], texts: [["x", "y"]] };
  expect(figure({ data, alt: "a", focus }).focus).toEqual(focus);
  expect(() => figure({ data, alt: "a", focus: { ...focus, texts: [["x"]] } })).toThrow(
    "figure: expected a text for each of 2 rows in focus, got 1",
  );
  const slider = { label: "step", stages: [{ name: "one" }, { name: "two" }] };
  expect(() => figure({ data, alt: "a", slider, focus })).toThrow(
    "figure: expected texts of the focus for 2 stages, got 1",
  );
});

test("a figure is plain data", () => {
  const plain = figure({ data, alt: "Squares.", layout: { title: { text: "Squares" } } });
  expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
  expect(plain.height).toBe(360);
});

test("a search starts at one of its points, and they are near to each other", () => {
  const point = (name: string, near: number[]) => ({ name, x: 0, y: 0, near, text: "" });
  const search = { label: "word", points: [point("a", [1]), point("b", [0])], start: 1 };
  expect(figure({ data, alt: "a", search }).search).toEqual(search);
  expect(() => figure({ data, alt: "a", search: { ...search, start: 2 } })).toThrow(
    "figure: expected the search to start from 0 to 1, got 2",
  );
  expect(() => figure({ data, alt: "a", search: { label: "word", points: [point("a", [3])] } })).toThrow(
    'figure: expected points near "a" from 0 to 0, got 3',
  );
});
