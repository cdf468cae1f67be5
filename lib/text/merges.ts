/** A word of a corpus, as the ids of its symbols, and how often it occurs. */
export interface CountedWord {
  readonly symbols: readonly number[];
  readonly count: number;
}

/** Two neighbours that became one symbol. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
  /** How often the pair stood in the corpus when it was chosen. */
  readonly count: number;
}

export interface MergeOptions {
  /** Whether there are merges enough; asked before each. */
  readonly enough: () => boolean;
  /** Pairs that are rarer are left alone. Default: 2. */
  readonly minimumCount?: number;
  /** The id of the symbol that a pair becomes. */
  readonly join: (left: number, right: number) => number;
}

/**
 * The heart of byte-pair encoding (Sennrich et al. 2016, algorithm 1): again and again the most frequent pair of
 * neighbouring symbols becomes one symbol. Equally frequent pairs go by their ids, the smaller first.
 *
 * Counting everything anew for each merge would take `merges * corpus` steps. Only the words that hold the pair change,
 * so each pair remembers its words, and a heap finds the next pair.
 */
export function learnMerges(words: readonly CountedWord[], { enough, minimumCount = 2, join }: MergeOptions): Merge[] {
  const symbols = words.map((word) => [...word.symbols]);
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const heap = new PairHeap(counts);
  const changed = new Set<number>();

  const count = (word: number, sign: 1 | -1) => {
    const list = symbols[word]!;
    for (let i = 1; i < list.length; i++) {
      const pair = pairKey(list[i - 1]!, list[i]!);
      counts.set(pair, (counts.get(pair) ?? 0) + sign * words[word]!.count);
      changed.add(pair);
      if (sign === 1) {
        const known = places.get(pair);
        if (known) known.add(word);
        else places.set(pair, new Set([word]));
      }
    }
  };
  const flush = () => {
    for (const pair of changed) if (counts.get(pair)! > 0) heap.push(pair);
    changed.clear();
  };

  for (const word of words.keys()) count(word, 1);
  flush();
  const learnt: Merge[] = [];
  while (!enough()) {
    const pair = heap.pop();
    if (pair === undefined || counts.get(pair)! < minimumCount) break;
    const [left, right] = [Math.floor(pair / PAIR), pair % PAIR];
    const merged = join(left, right);
    learnt.push({ left, right, merged, count: counts.get(pair)! });
    for (const word of places.get(pair)!) {
      count(word, -1);
      symbols[word] = mergePair(symbols[word]!, left, right, merged);
      count(word, 1);
    }
    counts.delete(pair);
    changed.delete(pair);
    places.delete(pair);
    flush();
  }
  return learnt;
}

/** The symbols with every `left, right` replaced by `merged`, from left to right: in `a a a` only the first pair merges. */
export function mergePair(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      result.push(merged);
      i++;
    } else result.push(symbols[i]!);
  }
  return result;
}

/** Ids stay below 2^26, so two of them fit in one exact number. */
const PAIR = 2 ** 26;

export function pairKey(left: number, right: number): number {
  return left * PAIR + right;
}

/** The ids of tokens that grow as pairs are joined. Two pairs may spell the same token: `ab c` and `a bc`. */
export class GrowingTokens {
  private readonly ids: Map<string, number>;

  constructor(readonly tokens: string[]) {
    this.ids = new Map(tokens.map((token, id) => [token, id]));
  }

  id(token: string): number {
    return this.ids.get(token)!;
  }

  /** The id of a token, which is added if it is new. */
  add(token: string): number {
    const id = this.ids.get(token) ?? this.tokens.push(token) - 1;
    this.ids.set(token, id);
    return id;
  }
}

/** A binary heap of pairs, the most frequent first. A pair whose count has changed is pushed again; old entries are skipped. */
class PairHeap {
  private readonly entries: { pair: number; count: number }[] = [];

  constructor(private readonly counts: ReadonlyMap<number, number>) {}

  push(pair: number): void {
    const { entries } = this;
    const entry = { pair, count: this.counts.get(pair)! };
    let place = entries.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(entry, entries[parent]!)) break;
      entries[place] = entries[parent]!;
      place = parent;
    }
    entries[place] = entry;
  }

  pop(): number | undefined {
    for (;;) {
      const top = this.take();
      if (!top) return undefined;
      if (this.counts.get(top.pair) === top.count) return top.pair;
    }
  }

  private take() {
    const { entries } = this;
    const top = entries[0];
    const last = entries.pop();
    if (entries.length === 0 || !last) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && before(entries[child + 1]!, entries[child]!)) child++;
      if (!before(entries[child]!, last)) break;
      entries[place] = entries[child]!;
      place = child;
    }
    entries[place] = last;
    return top;
  }
}

function before(a: { pair: number; count: number }, b: { pair: number; count: number }): boolean {
  return a.count > b.count || (a.count === b.count && a.pair < b.pair);
}
