/** The entries of a vector that are not 0. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** Cuts a text into what is counted. */
export type Terms = (text: string) => string[];

/** Words of at least two letters, in lower case. */
export const wordTerms: Terms = (text) => text.toLowerCase().match(/[a-z]{2,}/g) ?? [];

/** Every run of `shortest` to `longest` characters inside a word, with a space before and after it, in lower case. */
export function characterTerms(shortest: number, longest: number): Terms {
  return (text) => {
    const found: string[] = [];
    for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
      const characters = Array.from(` ${word} `);
      for (let n = shortest; n <= longest; n++) {
        for (let i = 0; i === 0 || i + n <= characters.length; i++) found.push(characters.slice(i, i + n).join(""));
        if (n >= characters.length) break; // the whole word is counted once
      }
    }
    return found;
  };
}

export interface TfIdf {
  /** The terms, in the order of the vectors' entries. */
  readonly terms: readonly string[];
  /** Terms that the texts it was made from do not have are left out. */
  transform(text: string): SparseVector;
}

/**
 * How texts became vectors before they were read: a text is the counts of its terms, and a term counts for more the fewer
 * texts have it (Spärck Jones 1972). Each vector is scaled to length 1.
 *
 *     entry = count · idf        idf = ln((1 + N) / (1 + texts with the term)) + 1
 *
 * Only the `maxTerms` most frequent terms stay (ties in alphabetical order). Default: all.
 */
export function tfIdf(
  texts: readonly string[],
  { terms: cut = wordTerms, maxTerms = Infinity }: { readonly terms?: Terms; readonly maxTerms?: number } = {},
): TfIdf {
  const counts = new Map<string, { total: number; texts: number }>();
  for (const text of texts) {
    for (const [term, count] of countTerms(cut(text))) {
      const known = counts.get(term) ?? { total: 0, texts: 0 };
      counts.set(term, { total: known.total + count, texts: known.texts + 1 });
    }
  }
  const frequent = [...counts].sort(([a, x], [b, y]) => y.total - x.total || (a < b ? -1 : 1)).slice(0, maxTerms);
  const ids = new Map(frequent.map(([term], i) => [term, i]));
  const idf = frequent.map(([, { texts: having }]) => Math.log((1 + texts.length) / (1 + having)) + 1);
  return {
    terms: frequent.map(([term]) => term),
    transform(text) {
      const indices: number[] = [];
      const values: number[] = [];
      for (const [term, count] of countTerms(cut(text))) {
        const id = ids.get(term);
        if (id === undefined) continue;
        indices.push(id);
        values.push(count * idf[id]!);
      }
      const length = Math.hypot(...values) || 1;
      return { indices, values: values.map((value) => value / length) };
    },
  };
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
