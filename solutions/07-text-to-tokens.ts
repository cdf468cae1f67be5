/** A word as the symbols that it is spelled with so far, and how often it occurs in the text. */
export interface SpelledWord {
  readonly symbols: readonly string[];
  readonly count: number;
}

/**
 * How often each pair of neighbouring symbols stands in a text, which is given as its distinct words with their counts.
 * A pair is written as its two symbols with a space between them. Pairs never reach from one word into the next.
 * Every place counts: in `a a a` the pair `a a` stands twice, though the two share the middle one.
 *
 * Example: of `[{ symbols: ["s", "e", "a"], count: 3 }, { symbols: ["s", "e", "e"], count: 2 }]` the answer is
 * `Map { "s e" => 5, "e a" => 3, "e e" => 2 }`.
 */
export function pairCounts(words: readonly SpelledWord[]): Map<string, number> {
  // BEGIN 07.1
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 1; i < symbols.length; i++) {
      const pair = `${symbols[i - 1]} ${symbols[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  return counts;
  // END 07.1
}

/**
 * The pair that is merged next: the most frequent one. Of equally frequent pairs it is the first by the order of strings
 * (`<`), so that two trainings on the same text always learn the same tokens. There is at least one pair.
 *
 * `counts` gives each pair with its count: a list of both, or the `Map` of `pairCounts`.
 * Example: of `[["t h", 4], ["h e", 4], ["e r", 1]]` it is `"h e"`.
 */
export function nextMerge(counts: Iterable<readonly [pair: string, count: number]>): string {
  // BEGIN 07.1
  let best: readonly [string, number] | undefined;
  for (const [pair, count] of counts) {
    if (!best || count > best[1] || (count === best[1] && pair < best[0])) best = [pair, count];
  }
  return best![0];
  // END 07.1
}

/**
 * One merge: wherever `left` stands directly before `right`, the two become one symbol. Walk from left to right; a symbol
 * that has just been merged is used up.
 *
 * Example: `mergePair(["a", "a", "a", "a", "a"], "a", "a")` is `["aa", "aa", "a"]`.
 */
export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  // BEGIN 07.2
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i++;
    } else merged.push(symbols[i]!);
  }
  return merged;
  // END 07.2
}

/**
 * Encodes a word as byte-pair encoding does (Sennrich et al. 2016). Begin with its characters. Of all neighbouring pairs
 * that are in the list of merges, take the one with the lowest rank, which is its place in the list: it was learnt first.
 * Merge it wherever it stands (from left to right, as in 07.2). Go on until no pair of neighbours is in the list.
 *
 * Example: with the merges `[["a", "b"], ["c", "d"], ["b", "c"], ["bc", "d"]]` the word `abcd` is `["ab", "cd"]`: the
 * longest token, `bcd`, is never reached, because `ab` was learnt first.
 */
export function encodeByMerges(word: string, merges: readonly (readonly [string, string])[]): string[] {
  // BEGIN 07.3
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  let symbols = Array.from(word);
  for (;;) {
    let best = merges.length;
    for (let i = 1; i < symbols.length; i++) {
      const rank = ranks.get(`${symbols[i - 1]} ${symbols[i]}`) ?? merges.length;
      best = Math.min(best, rank);
    }
    if (best === merges.length) return symbols;
    const [left, right] = merges[best]!;
    const next: string[] = [];
    for (let i = 0; i < symbols.length; i++) {
      if (symbols[i] === left && symbols[i + 1] === right) next.push(left + symbols[++i]!);
      else next.push(symbols[i]!);
    }
    symbols = next;
  }
  // END 07.3
}

/**
 * Encodes a word as WordPiece does (Devlin et al. 2019): take the longest token of the vocabulary that the word begins
 * with; then again and again the longest that the rest begins with. Tokens that go on inside a word are marked with `##`
 * in the vocabulary and in the answer; the first token has no mark. Where nothing fits, not even one character, the whole
 * word becomes `["[UNK]"]`.
 *
 * Example: with the vocabulary `["un", "##aff", "##a", "##able"]` the word `unaffable` is `["un", "##aff", "##able"]`, and
 * `unaware` is `["[UNK]"]`.
 */
export function wordPiece(word: string, vocabulary: readonly string[]): string[] {
  // BEGIN 07.4
  const known = new Set(vocabulary);
  const tokens: string[] = [];
  let start = 0;
  while (start < word.length) {
    const mark = start > 0 ? "##" : "";
    let end = word.length;
    while (end > start && !known.has(mark + word.slice(start, end))) end--;
    if (end === start) return ["[UNK]"];
    tokens.push(mark + word.slice(start, end));
    start = end;
  }
  return tokens;
  // END 07.4
}

/** Tokens, and the logarithm of their joint probability. */
export interface Segmentation {
  readonly tokens: readonly string[];
  readonly logProbability: number;
}

/**
 * Encodes a word as Unigram does (Kudo 2018): of all ways to spell it with the tokens, the one with the largest product
 * of probabilities, found with Viterbi's algorithm. `scored` gives each token with the natural logarithm of its
 * probability. Every single character of the word is among the tokens, and no two ways are equally good.
 *
 *     best(0) = 0        best(end) = max over start < end of best(start) + log P(word.slice(start, end))
 *
 * Remember for each `end` the `start` that won, and walk back from the end of the word. An empty word has no tokens.
 *
 * Example: with `[["a", -3], ["b", -3], ["ab", -4]]` the word `ab` is `{ tokens: ["ab"], logProbability: -4 }`.
 */
export function viterbi(word: string, scored: readonly (readonly [token: string, logP: number])[]): Segmentation {
  // BEGIN 07.5
  const scores = new Map(scored);
  const best = [0];
  const from = [0];
  for (let end = 1; end <= word.length; end++) {
    best[end] = -Infinity;
    for (let start = 0; start < end; start++) {
      const total = best[start]! + (scores.get(word.slice(start, end)) ?? -Infinity);
      if (total > best[end]!) {
        best[end] = total;
        from[end] = start;
      }
    }
  }
  const tokens: string[] = [];
  for (let end = word.length; end > 0; end = from[end]!) tokens.unshift(word.slice(from[end]!, end));
  return { tokens, logProbability: best[word.length]! };
  // END 07.5
}

/**
 * The UTF-8 bytes of a text: the 256 tokens from which every text in the world can be spelled. A character (a code point
 * `c`, from `codePointAt`) takes one to four bytes. The first byte says how many follow; each of these holds 6 bits:
 *
 *     c < 0x80       c
 *     c < 0x800      0xC0 + top bits    0x80 + 6 bits
 *     c < 0x10000    0xE0 + top bits    0x80 + 6 bits    0x80 + 6 bits
 *     else           0xF0 + top bits    0x80 + 6 bits    0x80 + 6 bits    0x80 + 6 bits
 *
 * Example: `toBytes("é")` is `[0xC3, 0xA9]`: é is 0xE9, in binary 00011 101001. The text holds no half characters.
 */
export function toBytes(text: string): number[] {
  // BEGIN 07.6
  const bytes: number[] = [];
  for (const character of text) {
    const c = character.codePointAt(0)!;
    const following = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    bytes.push([0, 0xc0, 0xe0, 0xf0][following]! + (c >> (6 * following)));
    for (let i = following - 1; i >= 0; i--) bytes.push(0x80 + ((c >> (6 * i)) & 0x3f));
  }
  return bytes;
  // END 07.6
}

/**
 * The text of a list of tokens, each given as its bytes. A token may hold a part of a character only, so their bytes
 * belong together before anything is decoded. `new TextDecoder().decode(Uint8Array.from(bytes))` makes text of UTF-8
 * bytes. Bytes that are no text become `�` (U+FFFD), as it does by itself.
 *
 * Example: `fromTokens([[0x61, 0xC3], [0xA9]])` is `"aé"`.
 */
export function fromTokens(tokens: readonly (readonly number[])[]): string {
  // BEGIN 07.6
  return new TextDecoder().decode(Uint8Array.from(tokens.flat()));
  // END 07.6
}

/** Where a token stands in its text: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where each token stands in the text that it came from, to colour it there or to cut an answer out. The tokens are
 * pieces of the text in their order, but in lower case, without the white space, and with `##` before those that go on
 * inside a word. Every token stands after the one before it, at the first place that fits.
 *
 * Places count as JavaScript's strings do, in UTF-16 units: the text's `toLowerCase()` is as long as the text.
 * Example: `offsets("No  seaman", ["no", "sea", "##man"])` is
 * `[{ start: 0, end: 2 }, { start: 4, end: 7 }, { start: 7, end: 10 }]`.
 */
export function offsets(text: string, tokens: readonly string[]): Span[] {
  // BEGIN 07.7
  const lower = text.toLowerCase();
  let place = 0;
  return tokens.map((token) => {
    const plain = token.startsWith("##") ? token.slice(2) : token;
    const start = lower.indexOf(plain, place);
    place = start + plain.length;
    return { start, end: place };
  });
  // END 07.7
}
