import type { Random } from "../random";

/** A text as its sentences, each a list of ids. */
export type Sentences = readonly (readonly number[])[];

export interface SentencePair {
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Whether the second really came next. */
  readonly follows: boolean;
}

/** Where a sentence is that has another one after it. */
export interface SentencePlace {
  readonly document: number;
  readonly sentence: number;
}

/** Every sentence with a next one, in order. */
export function placesWithNext(documents: readonly Sentences[]): SentencePlace[] {
  return documents.flatMap((sentences, document) =>
    sentences.slice(1).map((_, sentence): SentencePlace => ({ document, sentence })),
  );
}

/**
 * A pair for next-sentence prediction (Devlin et al. 2019, section 3.1): half the time the sentence that came next,
 * half the time one from another document. From the same document it could be the next one after all.
 */
export function sentencePair(
  documents: readonly Sentences[],
  { document, sentence }: SentencePlace,
  random: Random,
): SentencePair {
  const first = documents[document]?.[sentence];
  const next = documents[document]?.[sentence + 1];
  if (!first || !next)
    throw new Error(`sentencePair: expected a sentence with a next one, got sentence ${sentence} of text ${document}`);
  if (documents.length < 2)
    throw new Error(`sentencePair: expected at least two documents to draw from, got ${documents.length}`);
  if (random.uniform() < 0.5) return { first, second: next, follows: true };
  const other = documents[(document + 1 + random.integer(documents.length - 1)) % documents.length]!;
  return { first, second: random.choice(other), follows: false };
}

export interface PackOptions {
  /** The ids of `[CLS]` and `[SEP]`. */
  readonly classify: number;
  readonly separate: number;
  /** The longest sequence; what does not fit is cut off. */
  readonly length: number;
  /** The longest first sentence. Default: what fits. */
  readonly firstLength?: number;
}

/**
 * What BERT reads: `[CLS] first [SEP]`, and with a second text `second [SEP]` after it. The segments say which of the
 * two a token belongs to; `[CLS]` and the first `[SEP]` belong to the first.
 */
export function packPair(
  first: readonly number[],
  second: readonly number[] | undefined,
  { classify, separate, length, firstLength = length }: PackOptions,
): { ids: number[]; segments: number[] } {
  if (length < 5) throw new Error(`packPair: expected a length of at least 5, got ${length}`);
  const room = Math.min(firstLength, second ? length - 4 : length - 2); // one token of the second at least
  const head = [classify, ...first.slice(0, room), separate];
  if (!second) return { ids: head, segments: head.map(() => 0) };
  const tail = [...second.slice(0, length - 1 - head.length), separate];
  return { ids: [...head, ...tail], segments: [...head.map(() => 0), ...tail.map(() => 1)] };
}
