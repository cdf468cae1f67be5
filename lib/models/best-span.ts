/** A span of tokens, the end included. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

export interface BestSpanOptions {
  /** The passage: tokens from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  /** At most so many tokens. Default: the whole passage. */
  readonly longest?: number;
}

/**
 * The span that a question-answering head means (Devlin et al. 2019, section 4.2): of all spans in the passage whose end
 * is not before their start, the one with the highest `start logit + end logit`.
 *
 * Shape: `startLogits [T]`, `endLogits [T]`.
 */
export function bestSpan(
  startLogits: ArrayLike<number>,
  endLogits: ArrayLike<number>,
  { from, to, longest = to - from }: BestSpanOptions,
): TokenSpan {
  if (!(from < to && to <= startLogits.length && startLogits.length === endLogits.length))
    throw new Error(
      `bestSpan: expected a passage within ${startLogits.length} start and as many end logits, got ${from} to ${to} and ${endLogits.length} end logits`,
    );
  let best: TokenSpan = { start: from, end: from, score: -Infinity };
  for (let start = from; start < to; start++) {
    for (let end = start; end < Math.min(to, start + longest); end++) {
      const score = startLogits[start]! + endLogits[end]!;
      if (score > best.score) best = { start, end, score };
    }
  }
  return best;
}
