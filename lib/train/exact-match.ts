/**
 * The share of answers that are right to the letter: equal to one of the accepted texts, apart from capitals and white space.
 * Half an answer counts nothing.
 */
export function exactMatch(answers: readonly string[], accepted: readonly (readonly string[])[]): number {
  if (answers.length !== accepted.length || answers.length === 0)
    throw new Error(
      `exactMatch: expected as many answers as questions, at least one, got ${answers.length} for ${accepted.length}`,
    );
  const right = answers.filter((answer, i) => accepted[i]!.some((text) => plain(text) === plain(answer)));
  return right.length / answers.length;
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}
