import type { Piece, Tokenizer } from "./tokenizer";
import { Vocabulary } from "./vocabulary";

const WORD = /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu;

/**
 * One token a word, number or punctuation mark, in lower case. What is rarer than the vocabulary allows is unknown, and
 * decoding joins with spaces: neither case nor spacing survives.
 */
export class WordTokenizer implements Tokenizer {
  /** `pattern` says what a word is, whatever its case; it needs the flag `g`. */
  constructor(
    readonly vocabulary: Vocabulary,
    private readonly pattern: RegExp = WORD,
  ) {}

  /** The most frequent words (ties alphabetical), after the special tokens; `unknown` must be one of them. */
  static train(
    text: string,
    {
      size,
      special,
      unknown,
      pattern = WORD,
    }: { size: number; special: readonly string[]; unknown: string; pattern?: RegExp },
  ): WordTokenizer {
    const frequent = wordsByFrequency(text, pattern).slice(0, size - special.length);
    return new WordTokenizer(new Vocabulary([...special, ...frequent], unknown), pattern);
  }

  /** The same and, after its tokens, `count` more: the most frequent words of `text` that it does not know. */
  extended(text: string, count: number): WordTokenizer {
    const { tokens, unknown } = this.vocabulary;
    const more = wordsByFrequency(text, this.pattern).filter((word) => !this.vocabulary.has(word));
    return new WordTokenizer(new Vocabulary([...tokens, ...more.slice(0, count)], unknown), this.pattern);
  }

  pieces(text: string): Piece[] {
    return Array.from(text.matchAll(this.pattern), (match) => {
      const id = this.vocabulary.id(match[0].toLowerCase());
      return { token: this.vocabulary.token(id), id, start: match.index, end: match.index + match[0].length };
    });
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.vocabulary.token(id)).join(" ");
  }
}

/** Every word once, the most frequent first; ties are alphabetical. */
function wordsByFrequency(text: string, pattern: RegExp): string[] {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(pattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
}
