import { type Course, selectOne } from "./lessons";
import { changeProgress, progressOf, readProgress, writeProgress } from "./progress";

const tiers = ["a nudge", "a plan", "nearly the code"];

/** The next hint that the learner has not seen; after the third, all three again. It is remembered which were seen. */
export async function nextHint(what: string, where: Course, file?: string): Promise<string> {
  const { exercise } = await selectOne(what, where);
  const progress = readProgress(file);
  const seen = progressOf(progress, exercise.slug).hints;
  const next = Math.min(seen + 1, exercise.hints.length);
  writeProgress(changeProgress(progress, exercise.slug, { hints: next }), file);
  const shown = exercise.hints.slice(seen < exercise.hints.length ? seen : 0, next);
  const first = next - shown.length;
  const lines = shown.map((hint, i) => `Hint ${first + i + 1} of 3, ${tiers[first + i]}: ${hint}`);
  const more = next < exercise.hints.length ? "Ask again for the next one." : "There are no more hints.";
  return [`${exercise.number} ${exercise.title}`, ...lines, more].join("\n");
}
