import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { attend, joinHeads, splitHeads } from "../../lib/nn/attention";
import { causalMask } from "../../lib/nn/masks";

type Answer = typeof import("../../solutions/08-attention");
type Weights = import("../../solutions/08-attention").AttentionWeights;

/** Splitting into heads, and joining what is there by heads. */
export const thereAndBack: Driver<Answer> = (answer, { x, heads }: { x: tf.Tensor3D; heads: number }) =>
  answer.joinHeads(answer.splitHeads(x, heads));

/** Multi-head attention whose splitting and joining are right whatever the learner's are. */
export const multiHead: Driver<Answer> = (
  answer,
  { x, weights, heads, mask }: { x: tf.Tensor3D; weights: Weights; heads: number; mask: tf.Tensor },
) => answer.multiHeadAttention(x, weights, heads, mask, { split: splitHeads, join: joinHeads });

/** What a hand-made head answers for a text, at the positions that have a symbol so far before them. */
export const copied: Driver<Answer> = (
  answer,
  {
    ids,
    symbols,
    positions,
    distance,
  }: { ids: readonly number[]; symbols: number; positions: number; distance: number },
) => {
  const head = answer.copyingHead(symbols, positions, distance);
  const rows = ids.map((id, t) =>
    Array.from({ length: symbols + positions }, (_, i) => Number(i === id || i === symbols + t)),
  );
  const x = tf.tensor2d(rows);
  const [query, key, value] = [head.query, head.key, head.value].map((weight) => {
    const projected = x.matMul(weight);
    return projected.reshape([1, 1, ...projected.shape]) as tf.Tensor4D;
  }) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const { output } = attend(query, key, value, { mask: causalMask(ids.length) });
  const width = output.shape[3];
  return output.reshape([ids.length, width]).slice([distance, 0], [ids.length - distance, width]);
};
