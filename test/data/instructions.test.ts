import { expect, test } from "vitest";
import { instructions } from "../../lib/data/instructions";

const { train, test: held } = instructions();
const all = [...train, ...held];

test("every question is asked once, and no kind takes more than its share", () => {
  expect(new Set(all.map(({ question }) => question)).size).toBe(all.length);
  const kinds = held.filter(({ about }) => about === "kind").map(({ answer }) => answer);
  expect(new Set(kinds).size).toBeGreaterThanOrEqual(10);
  for (const kind of kinds) expect(kinds.filter((other) => other === kind).length).toBeLessThanOrEqual(8);
  expect(train.length).toBeGreaterThan(350);
});

test("each of the fifty states has its own capital", () => {
  const answers = new Map(all.map(({ question, answer }) => [question, answer]));
  expect(all.filter(({ about }) => about === "capital")).toHaveLength(50);
  const capitals = { Alabama: "Montgomery", Ohio: "Columbus", Washington: "Olympia", "West Virginia": "Charleston" };
  for (const [state, capital] of Object.entries({ ...capitals, Wyoming: "Cheyenne", Massachusetts: "Boston" }))
    expect(answers.get(`What is the capital of ${state}?`)).toBe(`${capital}.`);
});

test("question and answer fit into the 64 characters of lesson 11's writer, and kinds have their article", () => {
  for (const { question, answer } of all) expect(`\nQ: ${question}\nA: ${answer}\n`.length).toBeLessThanOrEqual(64);
  for (const { about, question, answer } of all)
    if (about === "kind")
      expect(`${question} ${answer}`).toMatch(/^What is (a [^aeiou]|an [aeiou])\S+\? (a [^aeiou]|an [aeiou])\w+\.$/);
});
