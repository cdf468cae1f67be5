import { expect, test } from "vitest";
import { characterTerms, type SparseVector, type Terms, tfIdf, wordTerms } from "../../lib/text/tf-idf";
import golden from "../golden/logistic-regression.json";

type Vectors = Record<string, number>[];
const named = ({ indices, values }: SparseVector, terms: readonly string[]) =>
  Object.fromEntries(indices.map((index, k) => [terms[index]!, values[k]!]));

test.each<[string, Terms, { vectors: Vectors; unseen: Vectors }]>([
  ["words", wordTerms, golden.words as unknown as { vectors: Vectors; unseen: Vectors }],
  ["characters", characterTerms(2, 4), golden.characters as unknown as { vectors: Vectors; unseen: Vectors }],
])("vectors of %s equal scikit-learn's, of texts it was made from and of others", (_, terms, expected) => {
  const table = tfIdf(golden.texts, { terms });
  for (const [texts, vectors] of [
    [golden.texts, expected.vectors],
    [golden.unseenTexts, expected.unseen],
  ] as const) {
    for (const [i, text] of texts.entries()) {
      const got = named(table.transform(text), table.terms);
      expect(Object.keys(got).sort(), text).toEqual(Object.keys(vectors[i]!).sort());
      for (const [term, value] of Object.entries(vectors[i]!))
        expect(got[term], `${term} in ${text}`).toBeCloseTo(value, 10);
    }
  }
});

test("vectors have length 1, but for a text without known terms", () => {
  const table = tfIdf(["one two", "two three three"]);
  const { values } = table.transform("three two four");
  expect(Math.hypot(...values)).toBeCloseTo(1, 12);
  expect(table.transform("four")).toEqual({ indices: [], values: [] });
});

test("only the most frequent terms stay, ties in alphabetical order", () => {
  expect(tfIdf(["dd cc cc aa", "bb dd cc"], { maxTerms: 3 }).terms).toEqual(["cc", "dd", "aa"]);
});

test("terms: words of two letters and more; characters with the spaces around a word", () => {
  expect(wordTerms("It's a FREE-for-all 24 x!")).toEqual(["it", "free", "for", "all"]);
  expect(characterTerms(2, 3)("ab c")).toEqual([" a", "ab", "b ", " ab", "ab ", " c", "c ", " c "]);
  expect(characterTerms(4, 9)("a")).toEqual([" a "]);
});
