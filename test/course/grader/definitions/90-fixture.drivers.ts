import type { Driver } from "../../../../lib/course/grader/exercise";

type Answer = typeof import("../solutions/90-fixture");

export const countTo: Driver<Answer> = ({ Counter }, { start, limit, steps }) => {
  const counter = new Counter(start, limit);
  const counts = steps.map((step: number) => {
    try {
      return counter.add(step);
    } catch {
      return "refused";
    }
  });
  return { counts, end: counter.count };
};
