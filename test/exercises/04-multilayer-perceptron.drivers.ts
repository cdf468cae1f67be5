import type { Driver } from "../../lib/course/grader/exercise";
import { Random } from "../../lib/random";
import { MLP } from "../../lib/scalar/mlp";

type Answer = typeof import("../../solutions/04-multilayer-perceptron");
type DenseLayer = import("../../solutions/04-multilayer-perceptron").DenseLayer;
type Split = import("../../solutions/04-multilayer-perceptron").Split;

/** A bend that is not symmetric and never flat, so that a missing or a doubled one shows. */
const bend = (z: number) => Math.tanh(z) + 0.1 * z + 0.05;

export const layer: Driver<Answer> = (answer, { layer, inputs }: { layer: DenseLayer; inputs: number[] }) =>
  answer.layerForward(layer, inputs, bend);

export const network: Driver<Answer> = (answer, { layers, inputs }: { layers: DenseLayer[]; inputs: number[] }) =>
  answer.mlpForward(layers, inputs, bend);

interface Training {
  readonly seed: number;
  readonly inputs: number[][];
  readonly targets: number[];
  readonly rate: number;
  readonly steps: number;
}

/** Some steps of a small network: the losses that were returned, and the weights at the end. */
export const training: Driver<Answer> = (answer, { seed, inputs, targets, rate, steps }: Training) => {
  const model = new MLP([2, 3, 1], { random: new Random(seed) });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(answer.trainingStep(model, inputs, targets, rate));
  return { losses, parametersAfterwards: model.parameters().map((parameter) => parameter.data) };
};

/** A step of a network that comes with gradients of something else. */
export const stepAfterOther: Driver<Answer> = (answer, { seed, inputs, targets, rate }: Training) => {
  const model = new MLP([2, 3, 1], { random: new Random(seed) });
  for (const parameter of model.parameters()) parameter.grad = 5;
  const loss = answer.trainingStep(model, inputs, targets, rate);
  return { loss, parametersAfterwards: model.parameters().map((parameter) => parameter.data) };
};

interface Deal {
  readonly count: number;
  readonly validationShare: number;
  readonly testShare: number;
  readonly seed: number;
}

/** What a split looks like, however it was dealt. */
export const split: Driver<Answer> = (answer, deal: Deal) => {
  const { training, validation, test } = dealt(answer, deal);
  const all = [...training, ...validation, ...test];
  const inBoth = (a: readonly number[], b: readonly number[]) => a.filter((i) => b.includes(i)).length;
  return {
    sizes: { training: training.length, validation: validation.length, test: test.length },
    examplesThatAreNowhere: deal.count - new Set(all).size,
    inTrainingAndValidation: inBoth(training, validation),
    inTrainingAndTest: inBoth(training, test),
    inValidationAndTest: inBoth(validation, test),
  };
};

/** Whether each part holds examples from everywhere, over several splits; and whether the same seed deals the same. */
export const dealing: Driver<Answer> = (answer, { splits, ...deal }: Deal & { splits: number }) => {
  const means = { training: 0, validation: 0, test: 0 };
  for (let i = 0; i < splits; i++) {
    const parts = dealt(answer, { ...deal, seed: deal.seed + i });
    for (const part of ["training", "validation", "test"] as const) {
      const mean = parts[part].reduce((sum, index) => sum + index, 0) / Math.max(1, parts[part].length);
      means[part] += mean / (deal.count - 1) / splits;
    }
  }
  const [first, second] = [dealt(answer, deal), dealt(answer, deal)];
  return { meanPlaceFrom0To1: means, sameSeedSameSplit: JSON.stringify(first) === JSON.stringify(second) };
};

/** How often each example is in each part, over many splits. */
export const chances: Driver<Answer> = (answer, { splits, ...deal }: Deal & { splits: number }) => {
  const shares = { training: [] as number[], validation: [] as number[], test: [] as number[] };
  const parts = Object.keys(shares) as (keyof Split)[];
  for (const part of parts) shares[part] = Array.from({ length: deal.count }, () => 0);
  for (let i = 0; i < splits; i++) {
    const split = dealt(answer, { ...deal, seed: deal.seed + i });
    for (const part of parts) for (const example of split[part]) shares[part][example]! += 1 / splits;
  }
  return shares;
};

function dealt(answer: Answer, { count, validationShare, testShare, seed }: Deal): Split {
  const generator = new Random(seed);
  return answer.splitExamples(count, validationShare, testShare, () => generator.uniform());
}

interface Course {
  /** The losses after each epoch, as they would come. */
  readonly trainingLosses: number[];
  readonly validationLosses: number[];
  readonly patience: number;
  readonly maxEpochs: number;
}

/** A training whose losses are known beforehand. The weights after epoch k are [k, 10k]. */
export const stopping: Driver<Answer> = (answer, { trainingLosses, validationLosses, patience, maxEpochs }: Course) => {
  let epoch = 0;
  let weights: readonly number[] = [0, 0];
  const lossOf = (losses: number[]) => losses[Math.max(0, epoch - 1)] ?? 100;
  const stopped = answer.trainWithEarlyStopping(
    {
      trainEpoch() {
        if (epoch >= 100) throw new Error("The training goes on for ever: 100 epochs, and no end");
        epoch++;
        weights = [epoch, 10 * epoch];
      },
      trainingLoss: () => lossOf(trainingLosses),
      validationLoss: () => lossOf(validationLosses),
      copyWeights: () => [...weights],
      setWeights: (copy) => {
        weights = [...copy];
      },
    },
    patience,
    maxEpochs,
  );
  return { ...stopped, weightsAfterwards: weights };
};
