import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { mobyDick, mobyDickSplit } from "../../lib/data/moby-dick";
import { pronunciations } from "../../lib/data/pronunciations";

test("Moby-Dick is the text that its reference results were computed on", () => {
  const text = mobyDick();
  expect(text).toHaveLength(1_213_144);
  expect(createHash("sha256").update(text).digest("hex").slice(0, 8)).toBe("0af9935b");
  expect(new Set(text).size).toBe(89);
  const { train, validation } = mobyDickSplit();
  expect([train.length, validation.length]).toEqual([1_091_829, 121_315]);
  expect(train + validation === text).toBe(true);
});

test("pronunciations: the words, the split and the order that their reference results were computed on", () => {
  const { train, validation, test: held } = pronunciations();
  expect([train.length, validation.length, held.length]).toEqual([104_871, 5_861, 5_774]);
  const first = held.slice(0, 8).map((entry) => entry.word);
  expect(first.join(" ")).toBe("JOBST RYBERG PATERNALISM JARRING VERBOTEN LADDER ENSLAVED BREEDING");
  const phonemes = new Set([...train, ...validation, ...held].flatMap((entry) => entry.phonemes));
  expect(phonemes.size).toBe(39);
  const tomato = [...train, ...validation, ...held].find((entry) => entry.word === "TOMATO")!;
  expect(tomato.listed).toEqual([
    ["T", "AH", "M", "EY", "T", "OW"],
    ["T", "AH", "M", "AA", "T", "OW"],
  ]);
});
