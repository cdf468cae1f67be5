import { type Batches, batches, randomAt } from "./batches";

export interface LengthBatchesOptions {
  /** The length of each example. */
  readonly lengths: ArrayLike<number>;
  readonly batchSize: number;
  readonly seed: number;
  /** How many batches are sorted at a time. Default: 50. */
  readonly pool?: number;
}

/**
 * Mini-batches of examples of about the same length, so that little of a batch is padding: the shuffled examples are cut
 * into pools of some batches, each pool is sorted by length and cut into batches, and these come in random order.
 * Every example is seen once an epoch; with one batch a pool these are plain shuffled batches.
 */
export function lengthBatches<B>(
  { lengths, batchSize, seed, pool = 50 }: LengthBatchesOptions,
  make: (indices: readonly number[]) => B,
): Batches<B> {
  const stepsPerEpoch = Math.ceil(lengths.length / batchSize);
  let sorted: { number: number; batches: number[][] } | undefined;
  const pools = batches({ size: lengths.length, batchSize: pool * batchSize, seed }, (indices) => [...indices]);

  const at = (step: number) => {
    const epoch = Math.floor(step / stepsPerEpoch);
    const within = step % stepsPerEpoch;
    const number = epoch * pools.stepsPerEpoch + Math.floor(within / pool);
    if (sorted?.number !== number) {
      const indices = pools.at(number).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
      const cut: number[][] = [];
      for (let i = 0; i < indices.length; i += batchSize) cut.push(indices.slice(i, i + batchSize));
      sorted = { number, batches: randomAt(seed + 1, number).shuffle(cut) };
    }
    return make(sorted.batches[within % pool]!);
  };
  return { stepsPerEpoch, at };
}
