import type { Driver } from "../../lib/course/grader/exercise";
import { Random } from "../../lib/random";

type Answer = typeof import("../../solutions/02-loss-and-descent");

/** One step, and the parameters that were handed in as they are afterwards. */
export const stepAndOriginal: Driver<Answer> = (
  answer,
  { parameters, gradient, rate }: { parameters: number[]; gradient: number[]; rate: number },
) => ({ moved: answer.descend(parameters, gradient, rate), original: parameters });

/** What one epoch of `count` examples looks like, whatever their order. The target of example 107 is 7.5. */
export const epoch: Driver<Answer> = (
  answer,
  { count, batchSize, seed }: { count: number; batchSize: number; seed: number },
) => {
  const inputs = Array.from({ length: count }, (_, i) => 100 + i);
  const targets = inputs.map((x) => x - 99.5);
  const batches = answer.miniBatches(inputs, targets, batchSize, uniform(seed));
  const pairs = batches.flatMap((batch) => batch.inputs.map((x, i) => [x, batch.targets[i]] as const));
  return {
    batchSizes: batches.map((batch) => batch.inputs.length),
    examples: pairs.map(([x]) => x).sort((a, b) => a - b),
    inputsWithTheirOwnTarget: pairs.filter(([x, y]) => y === x - 99.5).length,
    inputsAfterwards: inputs,
    targetsAfterwards: targets,
  };
};

/** Whether two epochs drawn from generators with the same seed are equal. */
export const sameSeed: Driver<Answer> = (answer, { count, seed }: { count: number; seed: number }) => {
  const items = Array.from({ length: count }, (_, i) => i);
  const order = () => answer.miniBatches(items, items, 3, uniform(seed)).flatMap((batch) => batch.inputs);
  const [first, second] = [order(), order()];
  return { sameSeedSameOrder: first.join() === second.join() };
};

/** The orders that four examples come in, over many epochs. */
export const orders: Driver<Answer> = (answer, { epochs, seed }: { epochs: number; seed: number }) => {
  const random = uniform(seed);
  const seen = new Map<string, number>();
  for (let i = 0; i < epochs; i++) {
    const order = answer
      .miniBatches([0, 1, 2, 3], [0, 1, 2, 3], 4, random)
      .flatMap((batch) => batch.inputs)
      .join();
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  const counts = [...seen.values()];
  return {
    differentOrders: seen.size,
    shareOfTheRarest: Math.min(...counts) / epochs,
    shareOfTheCommonest: Math.max(...counts) / epochs,
  };
};

/** Several steps with momentum from a standing start, on gradients that are given. */
export const momentumRun: Driver<Answer> = (
  answer,
  { start, gradients, rate, momentum }: { start: number[]; gradients: number[][]; rate: number; momentum: number },
) => {
  let parameters: readonly number[] = start;
  let velocity: readonly number[] = start.map(() => 0);
  return gradients.map((gradient) => {
    ({ parameters, velocity } = answer.momentumStep(parameters, gradient, velocity, rate, momentum));
    return parameters;
  });
};

/** Several steps of Adam from a standing start, on gradients that are given. */
export const adamRun: Driver<Answer> = (
  answer,
  { start, gradients, options }: { start: number[]; gradients: number[][]; options: Parameters<Answer["adamStep"]>[3] },
) => {
  let parameters: readonly number[] = start;
  let state: Parameters<Answer["adamStep"]>[2] = { m: start.map(() => 0), v: start.map(() => 0), t: 0 };
  return gradients.map((gradient) => {
    ({ parameters, state } = answer.adamStep(parameters, gradient, state, options));
    return parameters;
  });
};

/** A search over a valley on the log axis, whose runs explode above `limit`; with the rates that were really tried. */
export const rateSearch: Driver<Answer> = (
  answer,
  {
    lowest,
    highest,
    count,
    valley,
    limit,
    exploded,
  }: { lowest: number; highest: number; count: number; valley: number; limit: number; exploded: "NaN" | "Infinity" },
) => {
  const tried: number[] = [];
  const train = (rate: number) => {
    tried.push(rate);
    return rate > limit ? Number(exploded) : 1 + (Math.log10(rate) - valley) ** 2;
  };
  const { rates, losses, best } = answer.findLearningRate(train, lowest, highest, count);
  return { rates, losses, best, tried };
};

function uniform(seed: number): () => number {
  const generator = new Random(seed);
  return () => generator.uniform();
}
