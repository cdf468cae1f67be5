import type { Verdict } from "../../../../lib/course/grader/record";

/** A submission that is wrong, hostile or unusual, and the verdict that it must get. */
export interface Entry {
  /** What it does. The number is its row in the list of what graders have met; letters are variants. */
  readonly name: string;
  /** The whole file, or for `softmax` its body. */
  readonly file?: string;
  readonly body?: string;
  /** Default: 90.1, softmax. */
  readonly exercise?: string;
  readonly verdict: Verdict;
  /** What the learner must read. */
  readonly says?: RegExp;
}

/** A right answer. */
export const right = `const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);`;

/** An answer that is wrong for every input. */
export const wrong = "return values.map((value) => value + 1);";

export const softmax = (body: string) =>
  `export function softmax(values: readonly number[]): number[] {\n  ${body}\n}\n`;

export const fileOf = (entry: Entry) => entry.file ?? softmax(entry.body!);
