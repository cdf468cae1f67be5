import * as tf from "@tensorflow/tfjs";
import { Embedding } from "../nn/embedding";
import { type Initializer, normal } from "../nn/init";
import { Linear } from "../nn/linear";
import { Module } from "../nn/module";
import { assertShape } from "../nn/shape";
import { Random } from "../random";
import type { LanguageModel } from "../text/ngram";

export interface NeuralNGramConfig {
  /** `V`. */
  readonly vocabularySize: number;
  /** How many tokens before the next one are seen: `n - 1` of the n-gram. */
  readonly contextLength: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/**
 * The neural n-gram (Bengio et al. 2003, eq. 1, without its direct connections): the last tokens become vectors, one after
 * the other in one row, and a hidden layer turns the row into the next token's logits. What it learns of one context it
 * also knows of contexts with similar vectors, which no count can.
 *
 *     logits = tanh(concat(e_1 … e_{n-1}) W + b) U + c
 *
 * Shape: int32 contexts `[B, n - 1]` -> logits `[B, V]`.
 */
export class NeuralNGram extends Module {
  readonly embedding: Embedding;
  readonly hidden: Linear;
  readonly output: Linear;

  constructor(readonly config: NeuralNGramConfig) {
    super();
    const { vocabularySize, contextLength, embeddingSize, hiddenSize } = config;
    const random = new Random(config.seed);
    const inputs = contextLength * embeddingSize;
    const scaled =
      (deviation: number): Initializer =>
      (shape, generator) =>
        normal(shape, generator, deviation);
    this.embedding = new Embedding(vocabularySize, embeddingSize, { random });
    // 5/3 keeps the signal's size through tanh; the small output starts near a uniform guess.
    this.hidden = new Linear(inputs, hiddenSize, { random, init: scaled(5 / 3 / Math.sqrt(inputs)) });
    this.output = new Linear(hiddenSize, vocabularySize, { random, init: scaled(0.01) });
  }

  forward(contexts: tf.Tensor2D): tf.Tensor2D {
    const { contextLength, embeddingSize } = this.config;
    assertShape("NeuralNGram", contexts, ["B", contextLength]);
    const B = contexts.shape[0];
    const row: tf.Tensor2D = this.embedding.forward(contexts).reshape([B, contextLength * embeddingSize]);
    return this.output.forward(this.hidden.forward(row).tanh());
  }

  /** The same model as something that samples and is measured like counts: `P(token | the last tokens)`. */
  asLanguageModel(): LanguageModel {
    const { contextLength, vocabularySize } = this.config;
    const lastTokens = (context: readonly number[]) => {
      if (context.length < contextLength) {
        throw new Error(
          `NeuralNGram: expected at least ${contextLength} tokens before the next one, got ${context.length}; ` +
            "begin a sequence with its mark, so many times",
        );
      }
      const last = context.slice(context.length - contextLength);
      const unknown = last.find((token) => !(token >= 0 && token < vocabularySize));
      if (unknown !== undefined) throw new Error(`NeuralNGram: expected ids below ${vocabularySize}, got ${unknown}`);
      return last;
    };
    const predictMany = (contexts: readonly (readonly number[])[]) => {
      const flat = contexts.flatMap(lastTokens);
      const probabilities = tf.tidy(() =>
        tf.softmax(this.forward(tf.tensor2d(flat, [contexts.length, contextLength], "int32"))).dataSync(),
      );
      const V = vocabularySize;
      return contexts.map((_, i) => Float64Array.from(probabilities.subarray(i * V, (i + 1) * V)));
    };
    return { vocabularySize, predictMany, predict: (context) => predictMany([context])[0]! };
  }
}
