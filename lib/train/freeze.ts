import type * as tf from "@tensorflow/tfjs";
import type { Parameters } from "./gradients";

/**
 * The parameters that are to learn, picked by their path; all others are frozen, because nobody hands them on: without a
 * gradient they cost no work, and an optimiser built from this map neither moves nor decays them.
 *
 * A tied variable learns if any of its paths is picked.
 */
export function trainable(
  parameters: Parameters,
  picked: RegExp | ((path: string) => boolean),
): Map<string, tf.Variable> {
  const matches =
    typeof picked === "function"
      ? picked
      : (path: string) => new RegExp(picked, picked.flags.replace(/[gy]/g, "")).test(path);
  const chosen = new Map([...parameters].filter(([path]) => matches(path)));
  if (chosen.size === 0) {
    const some = [...parameters.keys()].slice(0, 3).join(", ");
    throw new Error(
      `trainable: expected at least one of the ${parameters.size} paths (${some}, …) to be picked, got none`,
    );
  }
  return chosen;
}

/** How many numbers a set of parameters has; a tied variable counts once. */
export function countWeights(parameters: Parameters): number {
  return [...new Set(parameters.values())].reduce((sum, { size }) => sum + size, 0);
}
