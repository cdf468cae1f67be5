import * as tf from "@tensorflow/tfjs";
import type { KeyValue } from "../nn/attention";
import type { Random } from "../random";
import type { GPT } from "./gpt";
import { type SamplingOptions, sampleToken } from "./sampling";

export interface GenerateOptions extends SamplingOptions {
  readonly random: Random;
  /** At most so many new tokens. */
  readonly maxTokens: number;
  /** Generation ends after one of these. Default: none. */
  readonly stop?: readonly number[];
}

/**
 * Continues a prompt, token by token as they come, with cached keys and values. When the context is full the model goes on
 * from the last half of it: its learned positions end there, and every cached key knows its place.
 */
export async function* generate(
  model: GPT,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<number> {
  const { random, maxTokens, stop = [] } = options;
  const { contextLength } = model.config;
  if (prompt.length === 0) throw new Error("generate: expected a prompt of at least one token, got none");
  if (prompt.length > contextLength) {
    throw new Error(
      `generate: expected a prompt of at most ${contextLength} tokens, got ${prompt.length}; give the last ${contextLength}`,
    );
  }
  const ids = [...prompt];
  let fresh = ids;
  let cache: KeyValue[] | undefined;
  try {
    for (let i = 0; i < maxTokens; i++) {
      if (ids.length > prompt.length && (cache?.[0]?.key.shape[2] ?? 0) === contextLength) {
        tf.dispose(cache ?? []);
        cache = undefined;
        fresh = ids.slice(-Math.ceil(contextLength / 2));
      }
      const step = tf.tidy(() => model.step(tf.tensor2d(fresh, [1, fresh.length], "int32"), cache));
      tf.dispose(cache ?? []);
      cache = step.cache;
      const logits = await step.logits.data();
      step.logits.dispose();
      const token = sampleToken(logits, ids, options, random);
      ids.push(token);
      fresh = [token];
      yield token;
      if (stop.includes(token)) return;
    }
  } finally {
    tf.dispose(cache ?? []);
  }
}
