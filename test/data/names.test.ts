import { expect, test } from "vitest";
import { firstNames } from "../../lib/data/names";

test("8,403 names, split 6,696 / 808 / 899, of 46,885 / 5,720 / 6,350 characters with their end mark", () => {
  const { all, train, validation, test } = firstNames();
  expect([all.length, train.length, validation.length, test.length]).toEqual([8403, 6696, 808, 899]);
  const characters = (names: string[]) => names.reduce((sum, name) => sum + name.length + 1, 0);
  expect([train, validation, test].map(characters)).toEqual([46885, 5720, 6350]);
  expect(all.every((name, i) => /^[a-z]+$/.test(name) && (i === 0 || all[i - 1]! < name))).toBe(true);
});
