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
    const counts = new Map<string, number>();
    for (const [word] of text.toLowerCase().matchAll(pattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
    return new WordTokenizer(
      new Vocabulary([...special, ...frequent.slice(0, size - special.length)], unknown),
      pattern,
    );
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
