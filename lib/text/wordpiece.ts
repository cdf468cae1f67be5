import { splitSpecial } from "./byte-pair";
import { GrowingTokens, learnMerges } from "./merges";
import type { Piece, Tokenizer } from "./tokenizer";
import { Vocabulary } from "./vocabulary";

export interface WordPieceOptions {
  /** Lower case, and accents taken off: BERT's uncased models. Default: true. */
  readonly lowercase?: boolean;
  /** Default: `[UNK]`. */
  readonly unknown?: string;
  /** Found in the text as they are and never split. Default: BERT's five. */
  readonly special?: readonly string[];
  /** A word of more characters is unknown as a whole. Default: 100. */
  readonly longestWord?: number;
}

/** BERT's special tokens, in the order in which its small vocabularies have them. */
export const bertSpecial = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

/**
 * WordPiece as BERT uses it (Devlin et al. 2019): a word is the longest token that it begins with, then the longest
 * token marked `##` that goes on, and so on; a word that gets stuck is `[UNK]` as a whole.
 */
export class WordPieceTokenizer implements Tokenizer {
  readonly lowercase: boolean;
  readonly unknown: string;
  readonly special: readonly string[];
  private readonly longestWord: number;

  constructor(
    readonly vocabulary: Vocabulary,
    { lowercase = true, unknown = "[UNK]", special = bertSpecial, longestWord = 100 }: WordPieceOptions = {},
  ) {
    if (!vocabulary.has(unknown)) throw new Error(`WordPieceTokenizer: expected ${unknown} in the vocabulary`);
    this.lowercase = lowercase;
    this.unknown = unknown;
    this.special = special.filter((token) => vocabulary.has(token));
    this.longestWord = longestWord;
  }

  /**
   * Learns a vocabulary of `size` tokens by merging the most frequent pairs, as Hugging Face's trainer does; Google's own
   * was never published, and is said to weigh a pair's count by its parts'.
   */
  static train(text: string, { size, ...options }: WordPieceOptions & { size: number }): WordPieceTokenizer {
    const { lowercase = true, special = bertSpecial } = options;
    const counts = new Map<string, number>();
    for (const word of words(text, lowercase)) counts.set(word.text, (counts.get(word.text) ?? 0) + 1);
    const spelled = [...counts].map(([word, count]) => {
      return { symbols: Array.from(word, (character, i) => (i === 0 ? character : `##${character}`)), count };
    });
    const alphabet = [...new Set(spelled.flatMap((word) => word.symbols))].sort(byCodePoints);
    const tokens: string[] = [...special, ...alphabet];
    const grown = new GrowingTokens(tokens);
    const corpus = spelled.map(({ symbols, count }) => ({ symbols: symbols.map((s) => grown.id(s)), count }));
    learnMerges(corpus, {
      enough: () => tokens.length >= size,
      join: (left, right) => grown.add(tokens[left]! + tokens[right]!.slice(2)),
    });
    return new WordPieceTokenizer(new Vocabulary(tokens), options);
  }

  pieces(text: string): Piece[] {
    const pieces: Piece[] = [];
    for (const { start, end, special } of splitSpecial(text, this.special)) {
      const part = text.slice(start, end);
      if (special) pieces.push({ token: part, id: this.vocabulary.id(part), start, end });
      else for (const word of words(part, this.lowercase)) this.addWord(word, start, pieces);
    }
    return pieces;
  }

  /** Joins with spaces, but for `##` and before punctuation: the spacing of the original is not known any more. */
  decode(ids: readonly number[]): string {
    return ids
      .map((id) => this.vocabulary.token(id))
      .join(" ")
      .replaceAll(" ##", "")
      .replace(/ ([.,!?])/g, "$1");
  }

  private addWord(word: Word, offset: number, pieces: Piece[]): void {
    const characters = Array.from(word.text);
    const found: Piece[] = [];
    let begin = 0;
    while (begin < characters.length && characters.length <= this.longestWord) {
      let end = characters.length;
      let token = "";
      while (end > begin) {
        token = (begin > 0 ? "##" : "") + characters.slice(begin, end).join("");
        if (this.vocabulary.has(token)) break;
        end--;
      }
      if (end === begin) break;
      const id = this.vocabulary.id(token);
      found.push({ token, id, start: offset + word.starts[begin]!, end: offset + word.ends[end - 1]! });
      begin = end;
    }
    if (begin === characters.length) pieces.push(...found);
    else {
      const id = this.vocabulary.id(this.unknown);
      pieces.push({ token: this.unknown, id, start: offset + word.starts[0]!, end: offset + word.ends.at(-1)! });
    }
  }
}

/** A normalized word, and where each of its characters comes from. */
interface Word {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * BERT's first cut: control characters go, white space separates, Chinese characters and punctuation marks stand alone;
 * then, if asked for, accents and upper case go.
 */
function words(text: string, lowercase: boolean): Word[] {
  const found: Word[] = [];
  let current: { text: string; starts: number[]; ends: number[] } | undefined;
  let place = 0;
  for (const character of text) {
    const [start, end] = [place, place + character.length];
    place = end;
    if (/[\t\n\r]|\p{Z}/u.test(character)) {
      current = undefined;
      continue;
    }
    if (character === "\0" || character === "\uFFFD" || /[\p{Cc}\p{Cf}\p{Co}]/u.test(character)) continue;
    // Accents go first and case second, as in BERT: İ becomes I and then i.
    const plain = lowercase
      ? character
          .normalize("NFD")
          .replace(/\p{Mn}/gu, "")
          .toLowerCase()
      : character;
    for (const part of plain) {
      if (isAlone(part) || !current) {
        current = { text: "", starts: [], ends: [] };
        found.push(current);
      }
      current.text += part;
      current.starts.push(start);
      current.ends.push(end);
      if (isAlone(part)) current = undefined;
    }
  }
  return found;
}

function isAlone(character: string): boolean {
  return /[!-/:-@[-`{-~]|\p{P}/u.test(character) || isChinese(character.codePointAt(0)!);
}

/** The blocks that BERT treats as Chinese, which has no spaces. */
const CHINESE: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];

function isChinese(code: number): boolean {
  return CHINESE.some(([first, last]) => code >= first && code <= last);
}

function byCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}
