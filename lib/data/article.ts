/** "a plumber", "an ant". Goes by the first letter, so "hour" and "unicorn" get the wrong one. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
