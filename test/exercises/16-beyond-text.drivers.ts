import type { Driver } from "../../lib/course/grader/exercise";
import type { Answers } from "../../solutions/16-beyond-text";

type Answer = typeof import("../../solutions/16-beyond-text");

interface Patient {
  readonly tokens: readonly number[];
  readonly replacement: number;
  /** Which later places the answer at `t` also depends on: those at these distances, `"all"` of them, or none. */
  readonly ahead: readonly number[] | "all";
  /** In which of its three numbers. */
  readonly column: number;
  /** With which weight. */
  readonly weight: number;
  /** At which places it looks ahead: all, or only these. */
  readonly places?: readonly number[] | undefined;
}

/** Where a made-up model looks ahead, as the answer finds it. */
export const leaks: Driver<Answer> = (answer, { tokens, replacement, ...patient }: Patient) =>
  answer.looksAhead(model(patient), tokens, replacement);

/** A model whose answer at `t` is a weighted sum of the tokens up to `t`, and of later ones where it is ill. */
function model({ ahead, column, weight, places }: Omit<Patient, "tokens" | "replacement">): Answers {
  return (tokens) =>
    tokens.map((_, t) => {
      const numbers = [0, 1, 2].map((j) =>
        tokens.slice(0, t + 1).reduce((sum, token, s) => sum + token * Math.cos(1 + s + 3 * j), 0),
      );
      if (places && !places.includes(t)) return numbers;
      const distances = ahead === "all" ? tokens.map((_, s) => s - t).filter((distance) => distance > 0) : ahead;
      for (const distance of distances) numbers[column]! += weight * (tokens[t + distance] ?? 0);
      return numbers;
    });
}
