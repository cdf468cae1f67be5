import { expect, test } from "vitest";
import { checkedEntities } from "../../lib/data/checked-entities";
import { definitionQuestions } from "../../lib/data/definition-questions";
import { isAPairs, namesItsKind } from "../../lib/data/is-a-pairs";
import { labelByGazetteer } from "../../lib/data/named-entities";

test("is-a pairs: half of them follow, and no word of the test is in the training part", () => {
  const { train, test: held } = isAPairs();
  for (const part of [train, held]) expect(part.filter(({ follows }) => follows)).toHaveLength(part.length / 2);
  const wordOf = ({ premise }: (typeof train)[number]) => premise.split(":")[0]!.toLowerCase();
  const learnt = new Set(train.map(wordOf));
  expect(held.filter((pair) => learnt.has(wordOf(pair)))).toEqual([]);
  expect(held.length).toBeGreaterThan(1500);
  for (let i = 0; i < train.length; i += 2) {
    expect(train[i]!.premise).toBe(train[i + 1]!.premise);
    expect(train[i]!.hypothesis).not.toBe(train[i + 1]!.hypothesis);
  }
});

test("the rule for pairs says that it follows where the kind is named as a word of its own", () => {
  const pair = { premise: "plumber: a person who installs pipes", hypothesis: "it is a person", follows: true };
  expect(namesItsKind(pair)).toBe(true);
  expect(namesItsKind({ ...pair, premise: "personnel: group of people" })).toBe(false);
});

test("questions: every definition is asked twice, and both answers stand in it as whole words", () => {
  const { train, test: held } = definitionQuestions();
  expect(train.length).toBeGreaterThan(5000);
  expect(held.length).toBeGreaterThan(1500);
  for (const { passage, start, end } of [...train, ...held]) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThan(start);
    expect(passage.slice(start, end).trim()).toBe(passage.slice(start, end));
    expect(/[a-z0-9]/.test(passage[start - 1] ?? " ")).toBe(false);
  }
  expect(held.filter(({ asks }) => asks === "kind")).toHaveLength(held.length / 2);
});

test("names by gazetteer: longer ones first, capital letters only, none at a beginning that could be a word", () => {
  const labels = (text: string) =>
    labelByGazetteer(text)
      .filter(({ label }) => label !== "none")
      .map(({ text, label }) => `${text} ${label}`);
  expect(labels("He left New Mexico for Mexico in May.")).toEqual([
    "New state",
    "Mexico state",
    "Mexico country",
    "May month",
  ]);
  expect(labels("May it be so, as it may.")).toEqual([]);
  expect(labels("President Lincoln spoke in Ohio.")).toEqual(["Lincoln president", "Ohio state"]);
});

test("checked by hand: every name is a word of its sentence, and the rule does not find them all", () => {
  const checked = checkedEntities();
  expect(checked.length).toBeGreaterThan(50);
  const labels = checked.flat().map(({ label }) => label);
  for (const label of ["state", "country", "president", "month"] as const)
    expect(labels.filter((other) => other === label).length).toBeGreaterThan(5);
  const cyprus = checked.flat().find(({ text }) => text === "Cyprus");
  expect(cyprus?.label).toBe("country");
  expect(checked.flat().filter(({ text, label }) => text === "Washington" && label === "president")).toHaveLength(1);
});
