import { GrowingTokens, learnMerges, mergePair, pairKey } from "./merges";
import type { Piece, Tokenizer } from "./tokenizer";
import { Vocabulary } from "./vocabulary";

/** GPT-2's first cut: a word with the space before it, a number, other signs, white space (Radford et al. 2019). */
const CHUNK = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Byte-level byte-pair encoding (Sennrich et al. 2016; on bytes: Radford et al. 2019). The 256 bytes are tokens, so every
 * text has a code and comes back exactly; merges make tokens of frequent neighbours. Encoding applies the merges in the
 * order in which they were learnt, which is not the same as taking the longest token.
 */
export class BytePairTokenizer implements Tokenizer {
  /** The rank of a pair of ids: its merge's place in the list; and the id that it becomes. */
  private readonly ranks = new Map<number, { readonly rank: number; readonly merged: number }>();
  private readonly byteIds: number[];
  private readonly known = new Map<string, readonly number[]>();

  /**
   * `merges` are pairs of tokens in the order in which they were learnt, as in GPT-2's `merges.txt`; in the vocabulary
   * each byte is written as a visible character. Special tokens are never split: they are found first.
   */
  constructor(
    readonly vocabulary: Vocabulary,
    readonly merges: readonly (readonly [string, string])[],
    readonly special: readonly string[] = [],
  ) {
    for (const [rank, [left, right]] of merges.entries()) {
      const merged = vocabulary.id(left + right);
      this.ranks.set(pairKey(vocabulary.id(left), vocabulary.id(right)), { rank, merged });
    }
    this.byteIds = BYTE_CHARACTERS.map((character) => vocabulary.id(character));
  }

  /** Learns merges from a text until the vocabulary has `size` tokens. */
  static train(text: string, { size, special = [] }: { size: number; special?: readonly string[] }): BytePairTokenizer {
    const alphabet = [...BYTE_CHARACTERS].sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0));
    const tokens = [...special, ...alphabet];
    if (size < tokens.length) {
      throw new Error(
        `BytePairTokenizer.train: expected room for ${tokens.length} bytes and special tokens, got a size of ${size}`,
      );
    }
    const grown = new GrowingTokens(tokens);
    const counts = new Map<string, number>();
    for (const { start, end, special: whole } of splitSpecial(text, special)) {
      if (whole) continue;
      for (const [chunk] of text.slice(start, end).matchAll(CHUNK)) counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
    }
    const words = [...counts].map(([chunk, count]) => ({
      symbols: Array.from(UTF8.encode(chunk), (byte) => grown.id(BYTE_CHARACTERS[byte]!)),
      count,
    }));
    const learnt = learnMerges(words, {
      enough: () => tokens.length >= size,
      join: (left, right) => grown.add(tokens[left]! + tokens[right]!),
    });
    const merges = learnt.map(({ left, right }) => [tokens[left]!, tokens[right]!] as const);
    return new BytePairTokenizer(new Vocabulary(tokens), merges, special);
  }

  pieces(text: string): Piece[] {
    const pieces: Piece[] = [];
    for (const { start, end, special } of splitSpecial(text, this.special)) {
      const part = text.slice(start, end);
      if (special) pieces.push({ token: part, id: this.vocabulary.id(part), start, end });
      else for (const chunk of part.matchAll(CHUNK)) this.addChunk(chunk[0], start + chunk.index, pieces);
    }
    return pieces;
  }

  /** Bytes that are no valid UTF-8, such as half a character, become U+FFFD. */
  decode(ids: readonly number[]): string {
    let text = "";
    let bytes: number[] = [];
    const flush = () => {
      text += FROM_UTF8.decode(Uint8Array.from(bytes));
      bytes = [];
    };
    for (const id of ids) {
      const token = this.vocabulary.token(id);
      if (this.special.includes(token)) {
        flush();
        text += token;
      } else for (const character of token) bytes.push(BYTE_OF.get(character)!);
    }
    flush();
    return text;
  }

  private addChunk(chunk: string, start: number, pieces: Piece[]): void {
    // Where each byte's character begins and ends, to say which part of the text a token covers.
    const begins: number[] = [];
    const ends: number[] = [];
    let place = start;
    for (const character of chunk) {
      const length = UTF8.encode(character).length;
      for (let i = 0; i < length; i++) {
        begins.push(place);
        ends.push(place + character.length);
      }
      place += character.length;
    }
    let byte = 0;
    for (const id of this.encodeChunk(chunk)) {
      const token = this.vocabulary.token(id);
      const next = byte + token.length;
      pieces.push({ token, id, start: begins[byte]!, end: ends[next - 1]! });
      byte = next;
    }
  }

  private encodeChunk(chunk: string): readonly number[] {
    const known = this.known.get(chunk);
    if (known) return known;
    let ids = Array.from(UTF8.encode(chunk), (byte) => this.byteIds[byte]!);
    for (;;) {
      let best: { rank: number; merged: number; left: number; right: number } | undefined;
      for (let i = 1; i < ids.length; i++) {
        const [left, right] = [ids[i - 1]!, ids[i]!];
        const found = this.ranks.get(pairKey(left, right));
        if (found && (!best || found.rank < best.rank)) best = { ...found, left, right };
      }
      if (!best) break;
      ids = mergePair(ids, best.left, best.right, best.merged);
    }
    if (this.known.size < 100_000) this.known.set(chunk, ids);
    return ids;
  }
}

/** The text cut at special tokens; the longest fits first. */
export function splitSpecial(text: string, special: readonly string[]) {
  const parts: { start: number; end: number; special: boolean }[] = [];
  let place = 0;
  if (special.length > 0) {
    const longestFirst = [...special].sort((a, b) => b.length - a.length);
    const pattern = new RegExp(
      longestFirst.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"),
      "gu",
    );
    for (const match of text.matchAll(pattern)) {
      if (match.index > place) parts.push({ start: place, end: match.index, special: false });
      place = match.index + match[0].length;
      parts.push({ start: match.index, end: place, special: true });
    }
  }
  if (place < text.length) parts.push({ start: place, end: text.length, special: false });
  return parts;
}

const UTF8 = new TextEncoder();
const FROM_UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * GPT-2's spelling of bytes: printable ones as themselves, the others as the characters from U+0100 on, so that a
 * vocabulary is readable and has no white space (a space is `Ġ`).
 */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(printable ? byte : next++);
  });
})();

const BYTE_OF = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
