import { expect, test } from "vitest";
import { subjectLines } from "../../lib/data/subject-lines";

const { train, test: held } = subjectLines();
const all = [...train, ...held];

test("the lines, the split and the spam that their reference results were computed on", () => {
  expect([all.length, train.length, held.length]).toEqual([3759, 3011, 748]);
  expect(all.filter(({ spam }) => spam)).toHaveLength(1659);
  const majority = held.filter(({ spam }) => !spam).length / held.length;
  expect(majority).toBeCloseTo(0.564, 3);
});

test("no line twice, no reply mark, no list's name in front", () => {
  expect(new Set(all.map(({ text }) => text.toLowerCase())).size).toBe(all.length);
  expect(all.filter(({ text }) => /^(re:|fwd?:|\[[^\]]*\])/i.test(text))).toEqual([]);
});
