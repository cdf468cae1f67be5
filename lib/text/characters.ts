import type { Piece, Tokenizer } from "./tokenizer";
import { Vocabulary } from "./vocabulary";

/** One token a character (a Unicode code point). */
export class CharacterTokenizer implements Tokenizer {
  constructor(readonly vocabulary: Vocabulary) {}

  /** The characters of a text, sorted by code point, after the special tokens. */
  static train(text: string, { special = [], unknown }: { special?: readonly string[]; unknown?: string } = {}) {
    const characters = [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    return new CharacterTokenizer(new Vocabulary([...special, ...characters], unknown));
  }

  pieces(text: string): Piece[] {
    let start = 0;
    return Array.from(text, (token) => {
      const piece = { token, id: this.vocabulary.id(token), start, end: start + token.length };
      start = piece.end;
      return piece;
    });
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.vocabulary.token(id)).join("");
  }
}
