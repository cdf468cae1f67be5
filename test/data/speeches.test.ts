import { expect, test } from "vitest";
import { sentences, speeches, speechTokenizer } from "../../lib/data/speeches";

const { train, validation } = speeches();
const tokenizer = speechTokenizer(train);

test("233 addresses, whole ones on either side, in the order of their years", () => {
  expect([train.length, validation.length]).toEqual([210, 23]);
  expect([train[0]!.president, train[0]!.year]).toEqual(["George Washington", 1790]);
  expect(train.every((speech, i) => i === 0 || train[i - 1]!.year <= speech.year)).toBe(true);
});

test("the sentences and words that the reference results were computed on", () => {
  const ofTrain = train.flatMap((speech) => sentences(speech.text));
  expect(ofTrain).toHaveLength(57_300);
  const words = (list: readonly string[]) => list.flatMap((text) => tokenizer.pieces(text));
  const known = words(ofTrain);
  const held = words(validation.map((speech) => speech.text));
  expect([known.length, held.length]).toEqual([1_814_959, 195_883]);
  const unknown = (pieces: typeof known) => pieces.filter(({ id }) => id === 1).length / pieces.length;
  expect(unknown(known)).toBeCloseTo(0.064, 3);
  expect(unknown(held)).toBeCloseTo(0.061, 3);
});

test("4,096 tokens: BERT's five, then the most frequent words", () => {
  expect(tokenizer.vocabulary.size).toBe(4096);
  expect(tokenizer.vocabulary.tokens.slice(0, 8)).toEqual([
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "of",
    ",",
  ]);
});

test("a word keeps its place in the text, whatever its case", () => {
  const text = "The State of Ohio, 1850.";
  const pieces = tokenizer.pieces(text);
  expect(pieces.map(({ start, end }) => text.slice(start, end))).toEqual([
    "The",
    "State",
    "of",
    "Ohio",
    ",",
    "1850",
    ".",
  ]);
  expect(pieces[0]!.token).toBe("the");
});

test("a sentence ends at a stop that white space follows", () => {
  expect(sentences("It cost $1.50. Why?  Ask!")).toEqual(["It cost $1.50.", "Why?", "Ask!"]);
});
