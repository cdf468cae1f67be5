import { expect, test } from "vitest";
import { plainIts, twinIts } from "../../lib/data/it-sentences";

const places = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`\\b${word}\\b`, "g"))].map(({ index }) => index);

test("in every sentence each noun stands once, before the only it", () => {
  for (const { text, right, wrong } of [...plainIts, ...twinIts.flat()]) {
    const [it, ...more] = places(text, "it");
    expect(more, text).toEqual([]);
    for (const noun of [right, wrong]) {
      expect(places(text, noun), `${noun} in: ${text}`).toHaveLength(1);
      expect(places(text, noun)[0], text).toBeLessThan(it!);
    }
  }
});

test("a thing comes first as often as a person, in either half", () => {
  expect(plainIts).toHaveLength(24);
  for (const half of [plainIts.slice(0, 12), plainIts.slice(12)])
    expect(half.filter(({ text, right, wrong }) => places(text, right)[0]! < places(text, wrong)[0]!)).toHaveLength(6);
  expect(new Set(plainIts.map(({ text }) => text)).size).toBe(24);
});

test("twins differ in the last word alone, and what is right in one is wrong in the other", () => {
  expect(twinIts).toHaveLength(24);
  for (const [one, other] of twinIts) {
    expect([one.right, one.wrong]).toEqual([other.wrong, other.right]);
    expect(one.text).not.toBe(other.text);
    expect(one.text.replace(/\w+\.$/, "")).toBe(other.text.replace(/\w+\.$/, ""));
  }
});
