import type { Vocabulary } from "./vocabulary";

/** One piece of a text: its token, its id, and where it stands, `text.slice(start, end)`. */
export interface Piece {
  readonly token: string;
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Turns text into ids and back. */
export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** The text's pieces, in order. Adds no special tokens. */
  pieces(text: string): Piece[];
  decode(ids: readonly number[]): string;
}

/** The ids of a text. */
export function encode(tokenizer: Tokenizer, text: string): number[] {
  return tokenizer.pieces(text).map((piece) => piece.id);
}
