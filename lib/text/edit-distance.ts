/**
 * How many insertions, deletions and substitutions turn one sequence into the other (Levenshtein 1966).
 *
 *     d(i, j) = min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + [a_i ≠ b_j])
 */
export function editDistance<T>(a: readonly T[], b: readonly T[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substituted));
    }
    row = next;
  }
  return row[b.length]!;
}

export interface ErrorRates {
  /** Edits over the symbols of the references: of all sequences together, so long ones weigh more. */
  readonly symbols: number;
  /** The share of sequences that are not exactly right. */
  readonly sequences: number;
}

/** How far hypotheses are from their references. The symbol rate divides by the references' length, and can pass 1. */
export function errorRates<T>(
  references: readonly (readonly T[])[],
  hypotheses: readonly (readonly T[])[],
): ErrorRates {
  if (references.length !== hypotheses.length || references.length === 0) {
    throw new Error(
      `errorRates: expected as many hypotheses as references and at least one, got ${hypotheses.length} and ${references.length}`,
    );
  }
  let edits = 0;
  let symbols = 0;
  let wrong = 0;
  for (const [i, reference] of references.entries()) {
    const distance = editDistance(reference, hypotheses[i]!);
    edits += distance;
    symbols += reference.length;
    if (distance > 0) wrong++;
  }
  return { symbols: edits / symbols, sequences: wrong / references.length };
}
