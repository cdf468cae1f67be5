import * as tf from "@tensorflow/tfjs";
import type { Tokenizer } from "../text/tokenizer";
import { type BERT, meanPool } from "./bert";
import { padRows } from "./pad-rows";

/** What turns texts into vectors: a BERT, and the tokenizer it was trained with. */
export interface SentenceEncoder {
  readonly model: BERT;
  readonly tokenizer: Tokenizer;
}

export interface EmbedOptions {
  /** Longer texts are cut to so many tokens, `[CLS]` and `[SEP]` included. Default: 128. */
  readonly longest?: number;
  /** Default: 32. */
  readonly batchSize?: number;
  readonly onProgress?: ((done: number, total: number) => unknown) | undefined;
}

/**
 * A vector of length 1 for every text, so that the dot product of two is the cosine of their angle (Reimers and Gurevych
 * 2019): the mean of the states of a text's tokens, `[CLS]` and `[SEP]` among them. Texts of like length share a batch.
 *
 * Shape: `N` texts -> `N` vectors of `C` numbers, in the texts' order.
 */
export async function embedTexts(
  { model, tokenizer }: SentenceEncoder,
  texts: readonly string[],
  { longest = 128, batchSize = 32, onProgress }: EmbedOptions = {},
): Promise<Float32Array[]> {
  const { contextLength, modelSize, padding = 0 } = model.config;
  if (longest > contextLength)
    throw new Error(`embedTexts: expected at most ${contextLength} tokens a text, got ${longest}`);
  const rows = texts.map((text) => sentenceIds(tokenizer, text, longest));
  const order = [...rows.keys()].sort((a, b) => rows[a]!.length - rows[b]!.length);
  const vectors: Float32Array[] = new Array(texts.length);
  for (let start = 0; start < order.length; start += batchSize) {
    const some = order.slice(start, start + batchSize);
    const pooled = tf.tidy(() => {
      const ids = padRows(
        some.map((i) => rows[i]!),
        padding,
      );
      return meanPool(model.forward(ids).states, ids, padding);
    });
    const flat = pooled.dataSync<"float32">(); // out here: tidy looks through all that it returns, number by number
    pooled.dispose();
    for (const [row, i] of some.entries()) vectors[i] = flat.slice(row * modelSize, (row + 1) * modelSize);
    await onProgress?.(start + some.length, order.length);
    await new Promise((resolve) => setImmediate(resolve)); // figures move, interrupts arrive
  }
  return vectors;
}

/** `[CLS]`, the text's tokens as far as there is room, `[SEP]`. */
export function sentenceIds(tokenizer: Tokenizer, text: string, longest: number): number[] {
  const { vocabulary } = tokenizer;
  const pieces = tokenizer.pieces(text).slice(0, longest - 2);
  return [vocabulary.id("[CLS]"), ...pieces.map(({ id }) => id), vocabulary.id("[SEP]")];
}
