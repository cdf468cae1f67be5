import type { Driver } from "../../lib/course/grader/exercise";
import { Random } from "../../lib/random";

type Answer = typeof import("../../solutions/12-bert");

/** What is hidden and asked, with the random numbers of a seed. */
export const hidden: Driver<Answer> = (
  answer,
  { ids, vocabularySize, seed }: { ids: readonly number[]; vocabularySize: number; seed: number },
) => {
  const random = new Random(seed);
  return answer.maskTokens(ids, vocabularySize, () => random.uniform());
};

/** The same with random numbers that are given one by one, and whether the ids that came in are still what they were. */
export const hiddenBy: Driver<Answer> = (
  answer,
  { ids, vocabularySize, numbers }: { ids: number[]; vocabularySize: number; numbers: readonly number[] },
) => {
  const given = [...ids];
  let drawn = 0;
  const cloze = answer.maskTokens(given, vocabularySize, () => numbers[drawn++ % numbers.length]!);
  return { ...cloze, idsUnchanged: given.join() === ids.join() };
};

/** The pairs made of documents, with the random numbers of a seed. */
export const pairs: Driver<Answer> = (answer, { documents, seed }: { documents: number[][][]; seed: number }) => {
  const random = new Random(seed);
  return answer.nextSentencePairs(documents, () => random.uniform());
};

/** The pairs made of documents with random numbers that are given: all small, all large. */
export const pairsBy: Driver<Answer> = (
  answer,
  { documents, numbers }: { documents: number[][][]; numbers: readonly number[] },
) => {
  let drawn = 0;
  return answer.nextSentencePairs(documents, () => numbers[drawn++ % numbers.length]!);
};
