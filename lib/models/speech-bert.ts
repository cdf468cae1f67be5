import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { maskTokens } from "../text/masking";
import { packPair, type SentencePair } from "../text/sentence-pairs";
import { bertSpecial } from "../text/wordpiece";
import { crossEntropy } from "../train/losses";
import type { BERTConfig, BERTForPreTraining } from "./bert";
import { padRows } from "./pad-rows";

/*
 * The small BERT of lesson 12, which reads the State of the Union addresses: 4,096 words, sequences of 64.
 */

export const [padding, unknown, classify, separate, mask] = [0, 1, 2, 3, 4] as const;

/** 1,363,714 weights with the pre-training heads. */
export const speechBERTConfig = {
  vocabularySize: 4096,
  contextLength: 64,
  modelSize: 128,
  numHeads: 4,
  numLayers: 4,
  initialDeviation: 0.05, // 0.02 √(768 / 128)
  padding,
} as const satisfies Omit<BERTConfig, "seed">;

/** How a text or a pair is laid out. A first sentence of at most 30 tokens leaves as many for the second. */
export const speechPacking = { classify, separate, length: speechBERTConfig.contextLength } as const;

/** Texts or pairs of ids as a batch, padded to the longest: ids and segments, `[B, T]`. */
export function bertBatch(
  rows: readonly { readonly first: readonly number[]; readonly second?: readonly number[] }[],
  firstLength?: number,
) {
  const packing = firstLength === undefined ? speechPacking : { ...speechPacking, firstLength };
  const packed = rows.map(({ first, second }) => packPair(first, second, packing));
  return {
    ids: padRows(
      packed.map((row) => row.ids),
      padding,
    ),
    segments: padRows(
      packed.map((row) => row.segments),
      0,
    ),
  };
}

export interface PreTrainingBatch {
  /** `[B, T]`, some tokens masked. */
  readonly ids: tf.Tensor2D;
  /** `[B, T]`. */
  readonly segments: tf.Tensor2D;
  /** Where tokens are to be guessed, `[N]` indices into `[B * T]`, and what they were, `[N]`. */
  readonly places: tf.Tensor1D;
  readonly originals: tf.Tensor1D;
  /** `[B]`, 0 = the second sentence followed the first. */
  readonly next: tf.Tensor1D;
}

/** Sentence pairs, masked anew. */
export function preTrainingBatch(
  pairs: readonly SentencePair[],
  random: Random,
  { vocabularySize }: { readonly vocabularySize: number } = speechBERTConfig,
): PreTrainingBatch {
  const packed = pairs.map(({ first, second }) => packPair(first, second, { ...speechPacking, firstLength: 30 }));
  const masked = packed.map(({ ids }) =>
    maskTokens(ids, { random, mask, vocabularySize, firstOrdinary: bertSpecial.length }),
  );
  const ids = padRows(
    masked.map((row) => row.input),
    padding,
  );
  const T = ids.shape[1];
  return {
    ids,
    segments: padRows(
      packed.map((row) => row.segments),
      0,
    ),
    places: tf.tensor1d(
      masked.flatMap((row, i) => row.places.map((place) => i * T + place)),
      "int32",
    ),
    originals: tf.tensor1d(
      masked.flatMap((row) => row.originals),
      "int32",
    ),
    next: tf.tensor1d(
      pairs.map(({ follows }) => (follows ? 0 : 1)),
      "int32",
    ),
  };
}

/** The sum of both losses: which tokens were masked, and whether the second sentence followed (section 3.1). */
export function preTrainingLoss(model: BERTForPreTraining, batch: PreTrainingBatch, random?: Random): tf.Scalar {
  const { ids, segments, places, originals, next } = batch;
  const { tokenLogits, nextSentenceLogits } = model.forwardMasked(ids, places, { segments, dropout: random });
  return crossEntropy(tokenLogits, originals).add(crossEntropy(nextSentenceLogits, next));
}

/** How well a model guesses: nats and accuracy at the masked tokens of all batches together, accuracy of next sentences. */
export function preTrainingScores(model: BERTForPreTraining, batches: Iterable<() => PreTrainingBatch>) {
  let [surprise, right, tokens, rightPairs, pairs] = [0, 0, 0, 0, 0];
  for (const makeBatch of batches) {
    tf.tidy(() => {
      const { ids, segments, places, originals, next } = makeBatch();
      const { tokenLogits, nextSentenceLogits } = model.forwardMasked(ids, places, { segments });
      const hits = (logits: tf.Tensor2D, labels: tf.Tensor1D) =>
        logits.argMax(-1).equal(labels).cast("float32").sum().dataSync()[0]!;
      const N = originals.shape[0];
      surprise += crossEntropy(tokenLogits, originals).dataSync()[0]! * N;
      right += hits(tokenLogits, originals);
      tokens += N;
      rightPairs += hits(nextSentenceLogits, next);
      pairs += next.shape[0];
    });
  }
  return {
    maskedLoss: surprise / tokens,
    maskedAccuracy: right / tokens,
    nextAccuracy: rightPairs / pairs,
    tokens,
    pairs,
  };
}
