import type { Piece, Tokenizer } from "./tokenizer";
import { Vocabulary } from "./vocabulary";

/** Stands for a space, and for the beginning of the text: `▁`. */
const SPACE = "\u2581";
/** How far below the rarest token an unknown character lies. */
const UNKNOWN_PENALTY = 10;

/** A token and `log P(token)`. */
export type ScoredToken = readonly [token: string, logProbability: number];

export interface UnigramTrainOptions {
  readonly size: number;
  readonly unknown?: string;
  /** Default: 16. */
  readonly longestToken?: number;
  /** How many candidates training starts from, as a multiple of `size`. Default: 10. */
  readonly seeds?: number;
}

/**
 * Unigram tokenization (Kudo 2018): every token has a probability, and a text's tokens are those whose product is
 * largest, found by Viterbi's algorithm. A space is `▁`, and belongs to the word that follows it.
 */
export class UnigramTokenizer implements Tokenizer {
  readonly vocabulary: Vocabulary;
  private readonly lattice: Lattice;

  /** `unknown` is the token for characters that no token has; neighbours of that kind share one. */
  constructor(
    readonly scored: readonly ScoredToken[],
    readonly unknown = "<unk>",
  ) {
    this.vocabulary = new Vocabulary(
      scored.map(([token]) => token),
      unknown,
    );
    this.lattice = new Lattice(scored.filter(([token]) => token !== unknown));
  }

  /**
   * Starts from the text's most frequent substrings and, in turns, estimates probabilities by expectation maximization
   * and drops the tokens whose loss hurts the text's likelihood least, until `size` are left. Characters always stay.
   */
  static train(text: string, options: UnigramTrainOptions): UnigramTokenizer {
    const { size, unknown = "<unk>", longestToken = 16, seeds = 10 } = options;
    const words = countWords(text);
    let scored = seedTokens(words, seeds * size, longestToken);
    const characters = scored.filter(([token]) => Array.from(token).length === 1).length;
    if (size - 1 < characters) {
      throw new Error(
        `UnigramTokenizer.train: expected room for ${characters} characters and ${unknown}, got a size of ${size}`,
      );
    }
    for (;;) {
      for (let i = 0; i < 2; i++) scored = expectationMaximization(words, scored).scored;
      if (scored.length <= size - 1) break;
      scored = prune(words, scored, Math.max(size - 1, Math.floor(0.75 * scored.length)));
    }
    return new UnigramTokenizer([[unknown, 0], ...scored.sort((a, b) => b[1] - a[1])], unknown);
  }

  pieces(text: string): Piece[] {
    const pieces: Piece[] = [];
    for (const { word, start } of splitWords(text)) {
      const characters = Array.from(word);
      // The first character is the space or, at the text's beginning, stands for none.
      const lengths = characters.map((character) => character.length);
      if (start < 0) lengths[0] = 0;
      let place = Math.max(start, 0);
      let index = 0;
      for (const { token, known } of this.lattice.best(characters)) {
        const begin = place;
        const count = Array.from(token).length;
        for (let i = 0; i < count; i++) place += lengths[index++]!;
        const last = pieces[pieces.length - 1];
        if (known) pieces.push({ token, id: this.vocabulary.id(token), start: begin, end: place });
        else if (last?.token === this.unknown && last.end === begin && index > count) {
          pieces[pieces.length - 1] = { ...last, end: place };
        } else pieces.push({ token: this.unknown, id: this.vocabulary.id(this.unknown), start: begin, end: place });
      }
    }
    return pieces;
  }

  decode(ids: readonly number[]): string {
    const text = ids.map((id) => this.vocabulary.token(id)).join("");
    return text.replaceAll(SPACE, " ").replace(/^ /, "");
  }

  /** `log P` of a text's best segmentation. */
  logProbability(text: string): number {
    let sum = 0;
    for (const { word } of splitWords(text)) {
      for (const { score } of this.lattice.best(Array.from(word))) sum += score;
    }
    return sum;
  }
}

interface CountedWord {
  readonly characters: readonly string[];
  readonly count: number;
}

/** The words of a text, each with its space in front, and where that space stands (-1: before the text). */
function splitWords(text: string) {
  const words: { word: string; start: number }[] = [];
  if (text === "") return words;
  const marked = text.replaceAll(" ", SPACE);
  const first = !marked.startsWith(SPACE);
  for (const match of (first ? SPACE + marked : marked).matchAll(/\u2581[^\u2581]*/gu)) {
    words.push({ word: match[0], start: match.index - (first ? 1 : 0) });
  }
  return words;
}

function countWords(text: string): CountedWord[] {
  const counts = new Map<string, number>();
  for (const { word } of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ characters: Array.from(word), count }));
}

/** All characters, and the longer substrings of words with the largest count times length. */
function seedTokens(words: readonly CountedWord[], size: number, longestToken: number): ScoredToken[] {
  const counts = new Map<string, number>();
  for (const { characters, count } of words) {
    for (let i = 0; i < characters.length; i++) {
      let token = "";
      for (let j = i; j < Math.min(characters.length, i + longestToken); j++) {
        token += characters[j]!;
        counts.set(token, (counts.get(token) ?? 0) + count);
      }
    }
  }
  const single: [string, number][] = [];
  const longer: [string, number][] = [];
  for (const [token, count] of counts) {
    const length = Array.from(token).length;
    if (length === 1) single.push([token, count]);
    else if (count > 1) longer.push([token, count * length]);
  }
  longer.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return normalize([...single, ...longer.slice(0, Math.max(0, size - single.length))]);
}

function normalize(counts: readonly (readonly [string, number])[]): ScoredToken[] {
  const total = Math.log(counts.reduce((sum, [, count]) => sum + count, 0));
  return counts.map(([token, count]) => [token, Math.log(count) - total]);
}

/**
 * One round: with today's probabilities, how often is each token expected in the words, over all their segmentations?
 * Those expectations are tomorrow's probabilities. The words' log likelihood never falls.
 */
export function expectationMaximization(words: readonly CountedWord[], scored: readonly ScoredToken[]) {
  const lattice = new Lattice(scored);
  const expected = new Map<string, number>();
  let logLikelihood = 0;
  for (const { characters, count } of words) {
    const edges = lattice.edges(characters);
    const n = characters.length;
    const forward = new Float64Array(n + 1).fill(Number.NEGATIVE_INFINITY);
    const backward = new Float64Array(n + 1).fill(Number.NEGATIVE_INFINITY);
    forward[0] = 0;
    backward[n] = 0;
    for (const { start, end, score } of edges) forward[end] = logAdd(forward[end]!, forward[start]! + score);
    for (const { start, end, score } of [...edges].reverse()) {
      backward[start] = logAdd(backward[start]!, backward[end]! + score);
    }
    logLikelihood += count * forward[n]!;
    for (const { start, end, token, score } of edges) {
      const posterior = Math.exp(forward[start]! + score + backward[end]! - forward[n]!);
      expected.set(token, (expected.get(token) ?? 0) + count * posterior);
    }
  }
  // Characters stay, however rare, so that every word keeps a segmentation.
  const kept = scored
    .map(([token]) => [token, expected.get(token) ?? 0] as const)
    .filter(([token, count]) => count >= 0.5 || Array.from(token).length === 1)
    .map(([token, count]) => [token, Math.max(count, 1e-3)] as const);
  return { scored: normalize(kept), logLikelihood };
}

/** Keeps the `size` tokens that the words can least do without: the loss if a token's uses were spelled with others. */
function prune(words: readonly CountedWord[], scored: readonly ScoredToken[], size: number): ScoredToken[] {
  const lattice = new Lattice(scored);
  const uses = new Map<string, number>();
  for (const { characters, count } of words) {
    for (const { token } of lattice.best(characters)) uses.set(token, (uses.get(token) ?? 0) + count);
  }
  const losses = scored.map(([token, score]) => {
    const characters = Array.from(token);
    if (characters.length === 1) return Number.POSITIVE_INFINITY;
    const others = lattice.best(characters, token).reduce((sum, piece) => sum + piece.score, 0);
    return (uses.get(token) ?? 0) * (score - others);
  });
  const order = [...scored.keys()].sort((a, b) => losses[b]! - losses[a]! || b - a);
  return order.slice(0, size).map((i) => scored[i]!);
}

function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  const high = Math.max(a, b);
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** All ways to spell a word with the tokens: an edge for each token that fits, from where it starts to where it ends. */
class Lattice {
  private readonly scores: ReadonlyMap<string, number>;
  private readonly longest: number;
  private readonly unknownScore: number;

  constructor(scored: readonly ScoredToken[]) {
    this.scores = new Map(scored);
    this.longest = scored.reduce((longest, [token]) => Math.max(longest, Array.from(token).length), 1);
    this.unknownScore = scored.reduce((lowest, [, score]) => Math.min(lowest, score), 0) - UNKNOWN_PENALTY;
  }

  /** In order of their start. */
  edges(characters: readonly string[], without?: string) {
    const edges: { start: number; end: number; token: string; score: number; known: boolean }[] = [];
    for (let start = 0; start < characters.length; start++) {
      let token = "";
      let single = false;
      for (let end = start + 1; end <= Math.min(characters.length, start + this.longest); end++) {
        token += characters[end - 1]!;
        const score = this.scores.get(token);
        if (score === undefined || token === without) continue;
        edges.push({ start, end, token, score, known: true });
        single ||= end === start + 1;
      }
      if (!single) {
        edges.push({ start, end: start + 1, token: characters[start]!, score: this.unknownScore, known: false });
      }
    }
    return edges;
  }

  /** The segmentation with the largest product (Viterbi 1967). */
  best(characters: readonly string[], without?: string) {
    const edges = this.edges(characters, without);
    const score = new Float64Array(characters.length + 1).fill(Number.NEGATIVE_INFINITY);
    const by: ((typeof edges)[number] | undefined)[] = new Array(characters.length + 1).fill(undefined);
    score[0] = 0;
    for (const edge of edges) {
      const total = score[edge.start]! + edge.score;
      if (total > score[edge.end]!) {
        score[edge.end] = total;
        by[edge.end] = edge;
      }
    }
    const path: typeof edges = [];
    for (let end = characters.length; end > 0; end = path[0]!.start) path.unshift(by[end]!);
    return path;
  }
}
