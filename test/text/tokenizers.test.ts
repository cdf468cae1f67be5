import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mobyDick } from "../../lib/data/moby-dick";
import { BytePairTokenizer } from "../../lib/text/byte-pair";
import { CharacterTokenizer } from "../../lib/text/characters";
import { encode, type Tokenizer } from "../../lib/text/tokenizer";
import { UnigramTokenizer } from "../../lib/text/unigram";
import { Vocabulary } from "../../lib/text/vocabulary";
import { WordPieceTokenizer } from "../../lib/text/wordpiece";
import { WordTokenizer } from "../../lib/text/words";
import { readGolden } from "../golden-case";

// What Hugging Face's tokenizers learn and how they cut 1,200 strings: test/golden/text-tokenizers.py.
const golden = readGolden("text-tokenizers");
const strings: string[] = golden.strings;

function expectEncodings(tokenizer: Tokenizer, encodings: [number[], [number, number][]?][]) {
  for (const [i, text] of strings.entries()) {
    const [ids, offsets] = encodings[i]!;
    const pieces = tokenizer.pieces(text);
    expect(
      pieces.map((p) => p.id),
      JSON.stringify(text),
    ).toEqual(ids);
    if (offsets) {
      expect(
        pieces.map((p) => [p.start, p.end]),
        JSON.stringify(text),
      ).toEqual(offsets);
    }
  }
}

describe("byte-level BPE", () => {
  const { special, tokens, merges, encodings, decoded } = golden.bytePair;
  const tokenizer = new BytePairTokenizer(new Vocabulary(tokens), merges, special);

  test("cuts 1,200 strings as Hugging Face's, offsets included", () => expectEncodings(tokenizer, encodings));

  test("decodes as Hugging Face's", () => {
    expect(strings.map((text) => tokenizer.decode(encode(tokenizer, text)))).toEqual(decoded);
  });

  test("gives back any text exactly", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(tokenizer.decode(encode(tokenizer, text))).toBe(text);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("learns the merges that Hugging Face's trainer learns", () => {
    const trained = BytePairTokenizer.train(firstChapters(), { size: golden.bytePair.size, special });
    expect(trained.merges).toEqual(merges);
    expect(trained.vocabulary.tokens).toEqual(tokens);
  });

  test("applies merges by rank: the longest token may lose", () => {
    const bytes = BytePairTokenizer.train("", { size: 256 }).vocabulary.tokens;
    const merged = [
      ["b", "c"],
      ["a", "b"],
      ["ab", "c"],
    ] as const;
    const ranked = new BytePairTokenizer(new Vocabulary([...bytes, "bc", "ab", "abc"]), merged);
    expect(ranked.pieces("abc").map((p) => p.token)).toEqual(["a", "bc"]);
  });

  test("overlapping pairs merge once: aaaa is aa aa, and aaa is aa a", () => {
    const bytes = BytePairTokenizer.train("", { size: 256 }).vocabulary.tokens;
    const doubled = new BytePairTokenizer(new Vocabulary([...bytes, "aa"]), [["a", "a"]]);
    expect(doubled.pieces("aaaa").map((p) => p.token)).toEqual(["aa", "aa"]);
    expect(doubled.pieces("aaa").map((p) => p.token)).toEqual(["aa", "a"]);
  });
});

describe("WordPiece", () => {
  for (const name of ["wordPieceUncased", "wordPieceCased"]) {
    const { lowercase, tokens, encodings } = golden[name];
    test(`cuts 1,200 strings as Hugging Face's, offsets included (${name})`, () => {
      expectEncodings(new WordPieceTokenizer(new Vocabulary(tokens, "[UNK]"), { lowercase }), encodings);
    });
  }

  test("training ends with a vocabulary of the size asked for, and every word of the text can be spelled", () => {
    const text = firstChapters();
    const tokenizer = WordPieceTokenizer.train(text, { size: 700 });
    expect(tokenizer.vocabulary.size).toBe(700);
    expect(tokenizer.pieces(text).some((p) => p.token === "[UNK]")).toBe(false);
  });
});

describe("Unigram", () => {
  const { scored, encodings } = golden.unigram;
  test("cuts 1,200 strings as Hugging Face's", () => expectEncodings(new UnigramTokenizer(scored), encodings));

  test("Viterbi finds the likeliest of all segmentations", () => {
    const tokens = [
      ["<unk>", 0],
      ["\u2581", -3],
      ["a", -2],
      ["b", -2.5],
      ["ab", -3],
      ["ba", -3.1],
      ["aba", -5.2],
      ["\u2581a", -4],
    ] as [string, number][];
    const scores = new Map(tokens.slice(1));
    const bestOf = (text: string): number => {
      if (text === "") return 0;
      let best = Number.NEGATIVE_INFINITY;
      for (const [token, score] of scores)
        if (text.startsWith(token)) best = Math.max(best, score + bestOf(text.slice(token.length)));
      return best;
    };
    const tokenizer = new UnigramTokenizer(tokens);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 10 }), (text) => {
        expect(tokenizer.logProbability(text)).toBeCloseTo(bestOf(`\u2581${text}`), 9);
      }),
      { seed: 1 },
    );
  });

  test("training keeps every character, reaches its size, and more tokens say the text in fewer pieces", () => {
    const text = firstChapters();
    const [small, large] = [400, 1000].map((size) => UnigramTokenizer.train(text, { size }));
    expect(small!.vocabulary.size).toBe(400);
    expect(small!.pieces(text).some((p) => p.token === "<unk>")).toBe(false);
    expect(large!.pieces(text).length).toBeLessThan(0.9 * small!.pieces(text).length);
    expect(small!.decode(encode(small!, "a white whale"))).toBe("a white whale");
  });
});

test("characters: one token a code point, none cut inside a surrogate pair", () => {
  const tokenizer = CharacterTokenizer.train("a🐋b");
  expect(tokenizer.pieces("b🐋").map((p) => [p.token, p.start, p.end])).toEqual([
    ["b", 0, 1],
    ["🐋", 1, 3],
  ]);
  expect(tokenizer.decode(encode(tokenizer, "🐋ab"))).toBe("🐋ab");
});

test("words: the most frequent ones, ties alphabetical, the rest unknown", () => {
  const tokenizer = WordTokenizer.train("The whale, the whale! A sea.", {
    size: 5,
    special: ["[UNK]"],
    unknown: "[UNK]",
  });
  expect(tokenizer.vocabulary.tokens).toEqual(["[UNK]", "the", "whale", "!", ","]);
  expect(tokenizer.decode(encode(tokenizer, "The sea, the whale"))).toBe("the [UNK] , the whale");
});

test("a word tokenizer learns more words and keeps the ids of those it knows", () => {
  const before = WordTokenizer.train("the sea the", { size: 3, special: ["[UNK]"], unknown: "[UNK]" });
  const after = before.extended("A whale, a Whale; the sea, the squid", 3);
  expect(before.vocabulary.tokens).toEqual(["[UNK]", "the", "sea"]);
  expect(after.vocabulary.tokens).toEqual(["[UNK]", "the", "sea", ",", "a", "whale"]);
  const ids = (tokenizer: WordTokenizer) => tokenizer.pieces("The whale, the squid").map(({ id }) => id);
  expect(ids(before)).toEqual([1, 0, 0, 1, 0]);
  expect(ids(after)).toEqual([1, 5, 3, 1, 0]);
});

test("bad input gets a sentence", () => {
  expect(() => new Vocabulary(["a", "a"])).toThrow('Vocabulary: expected distinct tokens, got "a" twice');
  expect(() => new Vocabulary(["a"]).id("b")).toThrow('Vocabulary: expected one of its 1 tokens, got "b"');
  expect(() => new Vocabulary(["a"]).token(1)).toThrow("Vocabulary: expected an id from 0 to 0, got 1");
  expect(() => new Vocabulary(["a"], "?")).toThrow('Vocabulary: expected the unknown token "?" among the tokens');
  expect(() => BytePairTokenizer.train("x", { size: 10 })).toThrow(
    "expected room for 256 bytes and special tokens, got a size of 10",
  );
  expect(() => UnigramTokenizer.train("abc def", { size: 3 })).toThrow(
    "expected room for 7 characters and <unk>, got a size of 3",
  );
  expect(() => new WordPieceTokenizer(new Vocabulary(["a"]))).toThrow(
    "WordPieceTokenizer: expected [UNK] in the vocabulary",
  );
});

function firstChapters(): string {
  const text = mobyDick();
  return text.slice(text.indexOf("Call me Ishmael"), text.indexOf("Call me Ishmael") + golden.corpusLength);
}
