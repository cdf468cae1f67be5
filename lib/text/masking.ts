import type { Random } from "../random";

export interface MaskingOptions {
  readonly random: Random;
  /** The id of `[MASK]`. */
  readonly mask: number;
  /** `V`. */
  readonly vocabularySize: number;
  /** Ids below this one are special: never chosen, never put in. BERT's small vocabularies: 5. */
  readonly firstOrdinary: number;
  /** Default: 0.15. */
  readonly share?: number;
}

export interface MaskedTokens {
  /** What the model reads. */
  readonly input: number[];
  /** Where tokens were chosen, in ascending order. */
  readonly places: number[];
  /** What stood there, and is to be guessed. */
  readonly originals: number[];
}

/**
 * Chooses 15 % of the ordinary tokens, at least one, for the model to guess (Devlin et al. 2019, section 3.1). Of those,
 * 80 % become `[MASK]`, 10 % another token drawn from the whole vocabulary, and 10 % stay as they are.
 * Tokens that are special are left alone, `[UNK]` among them: there is nothing to learn from guessing "unknown".
 */
export function maskTokens(
  ids: readonly number[],
  { random, mask, vocabularySize, firstOrdinary, share = 0.15 }: MaskingOptions,
): MaskedTokens {
  if (!(share > 0 && share <= 1)) throw new Error(`maskTokens: expected a share above 0 and up to 1, got ${share}`);
  if (!(firstOrdinary < vocabularySize))
    throw new Error(
      `maskTokens: expected ordinary tokens, got ${vocabularySize} tokens, the first at ${firstOrdinary}`,
    );
  const ordinary = ids.flatMap((id, place) => (id >= firstOrdinary ? [place] : []));
  const count = ordinary.length === 0 ? 0 : Math.max(1, Math.round(share * ordinary.length));
  const places = random
    .shuffle(ordinary)
    .slice(0, count)
    .sort((a, b) => a - b);
  const input = [...ids];
  for (const place of places) {
    const lot = random.uniform();
    if (lot < 0.8) input[place] = mask;
    else if (lot < 0.9) input[place] = firstOrdinary + random.integer(vocabularySize - firstOrdinary);
  }
  return { input, places, originals: places.map((place) => ids[place]!) };
}
