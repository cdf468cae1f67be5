import type { Driver } from "../../lib/course/grader/exercise";

type Answer = typeof import("../../solutions/15-side-by-side");

interface Entrant {
  readonly name: string;
  readonly tokensPerStep: number;
  readonly level: number;
}

/** A comparison of things whose score grows with their steps and jumps with the seed, and how often they were run. */
export const comparison: Driver<Answer> = (
  answer,
  { entrants, seeds, budget }: { entrants: readonly Entrant[]; seeds: readonly number[]; budget: number },
) => {
  let runs = 0;
  let tokensRead = 0;
  const contestants = entrants.map(({ name, tokensPerStep, level }) => ({
    name,
    tokensPerStep,
    run: (seed: number, steps: number) => {
      runs++;
      tokensRead += steps * tokensPerStep;
      return level + 0.01 * steps + Math.sin(17 * seed + level);
    },
  }));
  return { rows: answer.runComparison(contestants, seeds, budget), runs, tokensRead };
};
