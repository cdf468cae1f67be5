import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { packPair, placesWithNext, sentencePair } from "../../lib/text/sentence-pairs";

/** Three documents; a sentence's first id says from which. */
const documents = [2, 3, 5].map((count, d) => Array.from({ length: count }, (_, s) => [100 * (d + 1) + s, 7]));

test("every sentence but a document's last has a next one", () => {
  expect(placesWithNext(documents)).toEqual([
    { document: 0, sentence: 0 },
    { document: 1, sentence: 0 },
    { document: 1, sentence: 1 },
    ...[0, 1, 2, 3].map((sentence) => ({ document: 2, sentence })),
  ]);
});

test("half the pairs follow; the other half come from another document", () => {
  const random = new Random(1);
  const pairs = Array.from({ length: 2000 }, () => sentencePair(documents, { document: 1, sentence: 1 }, random));
  expect(pairs.filter((pair) => pair.follows).length / pairs.length).toBeCloseTo(0.5, 1);
  for (const { first, second, follows } of pairs) {
    expect(first).toEqual([201, 7]);
    expect(follows ? second[0] === 202 : second[0]! < 200 || second[0]! >= 300).toBe(true);
  }
  expect(new Set(pairs.map((pair) => pair.second[0])).size).toBe(8); // all of both others, and the next
});

test("[CLS] first [SEP] second [SEP], with segments 0 and 1", () => {
  const options = { classify: 2, separate: 3, length: 12 };
  expect(packPair([10, 11], [20, 21, 22], options)).toEqual({
    ids: [2, 10, 11, 3, 20, 21, 22, 3],
    segments: [0, 0, 0, 0, 1, 1, 1, 1],
  });
  expect(packPair([10, 11], undefined, options)).toEqual({ ids: [2, 10, 11, 3], segments: [0, 0, 0, 0] });
});

test("what does not fit is cut off: the first at its limit, the second at the end", () => {
  const long = Array.from({ length: 40 }, (_, i) => 10 + i);
  const { ids, segments } = packPair(long, long, { classify: 2, separate: 3, length: 16, firstLength: 6 });
  expect(ids).toEqual([2, 10, 11, 12, 13, 14, 15, 3, 10, 11, 12, 13, 14, 15, 16, 3]);
  expect(segments.indexOf(1)).toBe(8);
  expect(packPair(long, long, { classify: 2, separate: 3, length: 16 }).ids).toHaveLength(16);
  expect(packPair(long, undefined, { classify: 2, separate: 3, length: 16 }).ids).toHaveLength(16);
});

test("errors say what was expected", () => {
  const random = new Random(1);
  expect(() => sentencePair(documents, { document: 0, sentence: 1 }, random)).toThrow("got sentence 1 of text 0");
  expect(() => sentencePair(documents.slice(0, 1), { document: 0, sentence: 0 }, random)).toThrow("got 1");
  expect(() => packPair([1], [2], { classify: 2, separate: 3, length: 4 })).toThrow("at least 5, got 4");
});
