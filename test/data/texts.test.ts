import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { mobyDick, mobyDickChapters, mobyDickSplit, mobyDickVoices } from "../../lib/data/moby-dick";
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

test("Moby-Dick's chapters are split whole, and what is spoken in them is told from what is not", () => {
  const { train, test: held } = mobyDickChapters();
  expect([train.length, held.length]).toEqual([102, 33]);
  expect(train[0]).toMatch(/^Call me Ishmael\./);
  const voices = mobyDickVoices();
  for (const [list, chapters, size] of [
    [voices.train, train, 2084],
    [voices.test, held, 638],
  ] as const) {
    expect(list).toHaveLength(size);
    expect(list.filter(({ spoken }) => spoken)).toHaveLength(size / 2);
    const text = chapters.join("\n").replace(/\s+/g, " ");
    for (const { text: sentence } of list) {
      expect(text).toContain(sentence);
      expect(sentence).not.toContain('"');
      expect(sentence).toMatch(/^[A-Z].*[.!?]$/);
    }
  }
  const spoken = (text: string) => voices.train.find((voice) => voice.text === text)?.spoken;
  expect(spoken("I grin at thee, thou grinning whale!")).toBe(true);
  expect(spoken("In good time, Flask's saying proved true.")).toBe(false);
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
