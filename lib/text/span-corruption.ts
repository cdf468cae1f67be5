import type { Random } from "../random";

/** What T5 is pre-trained on: a text with holes, and what was in them. */
export interface CorruptedSpans<T> {
  readonly input: readonly T[];
  readonly target: readonly T[];
}

/**
 * Span corruption (Raffel et al. 2020, section 3.1.4 and figure 2): every run of hidden tokens is replaced by one
 * sentinel. The target has each sentinel followed by what it hides, and one more sentinel at its end.
 *
 *     tokens   Thank you for inviting me to your party last week        hidden: for inviting, last
 *     input    Thank you <0> me to your party <1> week
 *     target   <0> for inviting <1> last <2>
 *
 * `hidden[i]` says whether token `i` is hidden; `sentinels` are the sentinel tokens in their order.
 */
export function corruptSpans<T>(
  tokens: readonly T[],
  hidden: readonly boolean[],
  sentinels: readonly T[],
): CorruptedSpans<T> {
  if (hidden.length !== tokens.length)
    throw new Error(`corruptSpans: expected hidden for ${tokens.length} tokens, got ${hidden.length}`);
  const needed = hidden.filter((hide, i) => hide && !hidden[i - 1]).length + 1;
  if (needed > sentinels.length)
    throw new Error(`corruptSpans: expected at least ${needed} sentinels, got ${sentinels.length}`);
  const input: T[] = [];
  const target: T[] = [];
  let spans = 0;
  for (const [i, token] of tokens.entries()) {
    if (!hidden[i]) {
      input.push(token);
      continue;
    }
    if (!hidden[i - 1]) {
      const sentinel = sentinels[spans++]!;
      input.push(sentinel);
      target.push(sentinel);
    }
    target.push(token);
  }
  target.push(sentinels[spans]!);
  return { input, target };
}

/**
 * The text again: each sentinel of the input is replaced by what follows it in the target. A sentinel that the target does
 * not name stays where it is, so a model's incomplete answer shows its gaps.
 */
export function restoreSpans<T>({ input, target }: CorruptedSpans<T>, sentinels: readonly T[]): T[] {
  const isSentinel = new Set(sentinels);
  const hidden = new Map<T, T[]>();
  let span: T[] | undefined;
  for (const token of target) {
    if (isSentinel.has(token)) {
      span = [];
      hidden.set(token, span);
    } else span?.push(token);
  }
  return input.flatMap((token) => (isSentinel.has(token) ? (hidden.get(token) ?? [token]) : [token]));
}

export interface DrawSpansOptions {
  readonly random: Random;
  /** Which share of the tokens is hidden. Default: 0.15. */
  readonly density?: number;
  /** How long a span is on average. Default: 3. */
  readonly meanLength?: number;
}

/**
 * Draws which tokens to hide as T5 does: how many tokens and how many spans is fixed by the length, where the cuts between
 * spans fall is random. Spans never touch each other; the first token is kept, and the last one hidden.
 */
export function drawSpans(length: number, { random, density = 0.15, meanLength = 3 }: DrawSpansOptions): boolean[] {
  if (length < 2) throw new Error(`drawSpans: expected at least 2 tokens, got ${length}`);
  const hiddenCount = Math.min(Math.max(Math.round(length * density), 1), length - 1);
  const spans = Math.min(Math.max(Math.round(hiddenCount / meanLength), 1), hiddenCount, length - hiddenCount);
  const hidden = segments(hiddenCount, spans, random);
  const kept = segments(length - hiddenCount, spans, random);
  return kept.flatMap((run, i) => [
    ...new Array<boolean>(run).fill(false),
    ...new Array<boolean>(hidden[i]!).fill(true),
  ]);
}

/** `total` as a sum of `parts` whole numbers of at least 1, every such sum equally likely. */
function segments(total: number, parts: number, random: Random): number[] {
  const places = Array.from({ length: total - 1 }, (_, i) => i + 1);
  const cuts = random
    .shuffle(places)
    .slice(0, parts - 1)
    .sort((a, b) => a - b);
  return [...cuts, total].map((cut, i) => cut - (cuts[i - 1] ?? 0));
}
