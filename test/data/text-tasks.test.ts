import { expect, test } from "vitest";
import { sentimentWords } from "../../lib/data/sentiment-words";
import { answerTask, kinds, plainTexts, pronounceTask, sentimentTask } from "../../lib/data/text-tasks";

const tasks = { pronounce: pronounceTask(), sentiment: sentimentTask(), answer: answerTask() };

test("AFINN-111 in the split of the reference results: 2,003 words to train on, 473 others", () => {
  const { train, validation, test } = sentimentWords();
  expect([train.length, validation.length + test.length]).toEqual([2003, 473]);
  const held = [...validation, ...test].map(({ score }) => score);
  expect(held.filter((score) => score < 0).length / 473).toBeCloseTo(0.666, 3);
  expect([...train, ...validation, ...test].some(({ score }) => score === 0)).toBe(false);
});

test.each(Object.entries(tasks))(
  "%s: every input begins with its prefix, every target is an accepted answer",
  (name, task) => {
    for (const { input, target, accepted } of [...task.train, ...task.validation, ...task.test]) {
      expect(input.startsWith(`${name}: `)).toBe(true);
      expect(accepted).toContain(target);
    }
  },
);

test.each(Object.entries(tasks))("%s: no question is in two parts", (_, { train, validation, test }) => {
  const all = [train, validation, test].flatMap((part) => [...new Set(part.map(({ input }) => input))]);
  expect(new Set(all).size).toBe(all.length);
});

test("a word is pronounced as CMUdict has it, in any of its ways", () => {
  const all = [...tasks.pronounce.train, ...tasks.pronounce.validation, ...tasks.pronounce.test];
  const aunt = all.find(({ input }) => input === "pronounce: aunt")!;
  expect(aunt.target).toBe("AE N T");
  expect([...aunt.accepted].sort()).toEqual(["AE N T", "AO N T"]);
});

test("a question about every definition, none of its words in two parts, six kinds of answer", () => {
  const wordOf = (input: string) => /^answer: what is an? ([a-z]+)\? /.exec(input)![1]!;
  const { train, validation, test } = tasks.answer;
  const words = [train, validation, test].map((part) => new Set(part.map(({ input }) => wordOf(input))));
  expect(words.map((set) => set.size)).toEqual([train.length, validation.length, test.length]);
  const all = words.flatMap((set) => [...set]);
  expect(new Set(all).size).toBe(all.length);
  expect([...new Set(test.map(({ target }) => target))].sort()).toEqual([...kinds.values()].sort());
  const held = new Set([...words[1]!, ...words[2]!]);
  expect(plainTexts().filter((text) => held.has(text.split(":")[0]!))).toEqual([]);
});
