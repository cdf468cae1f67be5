import * as tf from "@tensorflow/tfjs";
import { BERT, BERTForPreTraining, meanPool } from "../../models/bert";
import { GPT } from "../../models/gpt";
import { MLP } from "../../models/mlp";
import { sampleToken } from "../../models/sampling";
import { Transformer } from "../../models/transformer";
import { tanh } from "../../nn/activations";
import type { KeyValue } from "../../nn/attention";
import { Embedding } from "../../nn/embedding";
import { Module } from "../../nn/module";
import { Random } from "../../random";
import { valueAndGradients } from "../../train/gradients";
import { crossEntropy } from "../../train/losses";
import { Adam, AdamW, type Optimizer, SGD } from "../../train/optimizers";

/** Something that can be run again and again, and its end. */
export interface Running {
  readonly run: () => void;
  readonly dispose: () => void;
}

/*
 * Whole training steps on random data of the real shapes: forward, backward, optimizer. `loss` is read at the end of
 * each, as a training loop does.
 */
function training(model: Module, optimizer: Optimizer, loss: () => tf.Scalar, data: tf.Tensor[]): Running {
  const parameters = model.parameters();
  return {
    run: () =>
      tf.tidy(() => {
        const { value, gradients } = valueAndGradients(loss, parameters);
        optimizer.step(gradients);
        value.dataSync();
      }),
    dispose: () => {
      model.dispose();
      optimizer.dispose();
      tf.dispose(data);
    },
  };
}

const random = new Random(3);

function ids<Shape extends tf.ShapeMap[tf.Rank]>(shape: Shape, count: number, from = 0): tf.Tensor {
  const values = Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => from + random.integer(count - from));
  return tf.tensor(values, shape, "int32");
}

/** 784-128-10 with ReLU, Adam, batches of 128. */
export function mnistStep(): Running {
  const model = new MLP([784, 128, 10], { random });
  const x = tf.tidy(() =>
    tf.tensor2d(
      Float32Array.from({ length: 128 * 784 }, () => random.uniform()),
      [128, 784],
    ),
  );
  const labels = ids([128], 10) as tf.Tensor1D;
  return training(model, new Adam(model.parameters()), () => crossEntropy(model.forward(x), labels), [x, labels]);
}

/** Bengio et al. 2003 on names: three characters of 27, embedded in 10, 200 hidden units, SGD, batches of 32. */
export function namesStep(): Running {
  class Names extends Module {
    readonly embedding = new Embedding(27, 10, { random });
    readonly mlp = new MLP([30, 200, 27], { random, activation: tanh });
    forward(characters: tf.Tensor2D): tf.Tensor2D {
      return this.mlp.forward(this.embedding.forward(characters).reshape([-1, 30]));
    }
  }
  const model = new Names();
  const characters = ids([32, 3], 27) as tf.Tensor2D;
  const next = ids([32], 27) as tf.Tensor1D;
  const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
  return training(model, optimizer, () => crossEntropy(model.forward(characters), next), [characters, next]);
}

export interface GptSize {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
}

/** A GPT with exact GELU and AdamW. */
export function gptStep({ batch, length, width, layers, heads, vocabulary }: GptSize): Running {
  const model = new GPT({
    vocabularySize: vocabulary,
    contextLength: length,
    modelSize: width,
    numHeads: heads,
    numLayers: layers,
    activation: "gelu",
    seed: 1,
  });
  const tokens = ids([batch, length], vocabulary) as tf.Tensor2D;
  const targets = ids([batch * length], vocabulary) as tf.Tensor1D;
  const loss = () => crossEntropy(model.forward(tokens).reshape([batch * length, vocabulary]), targets);
  return training(model, new AdamW(model.parameters()), loss, [tokens, targets]);
}

/** The trained GPT's way to write: one text from its first token to the end of the context, with cached keys and values. */
export function gptWriting({ length, width, layers, heads, vocabulary }: Omit<GptSize, "batch">): Running {
  const model = new GPT({
    vocabularySize: vocabulary,
    contextLength: length,
    modelSize: width,
    numHeads: heads,
    numLayers: layers,
    activation: "gelu",
    bias: false,
    seed: 1,
  });
  return {
    run: () => {
      let token = 0;
      let cache: KeyValue[] | undefined;
      for (let written = 0; written < length - 1; written++) {
        const step = tf.tidy(() => model.step(tf.tensor2d([token], [1, 1], "int32"), cache));
        tf.dispose(cache ?? []);
        cache = step.cache;
        token = sampleToken(step.logits.dataSync(), [], {}, random);
        step.logits.dispose();
      }
      tf.dispose(cache ?? []);
    },
    dispose: () => model.dispose(),
  };
}

/** The grapheme-to-phoneme Transformer: 3 + 3 layers of 128, pre-norm. */
function pronouncer(): Transformer {
  return new Transformer({
    sourceVocabularySize: 28,
    targetVocabularySize: 42,
    modelSize: 128,
    numHeads: 4,
    feedForwardSize: 512,
    numEncoderLayers: 3,
    numDecoderLayers: 3,
    norm: "pre",
    seed: 1,
  });
}

/** Batches of 64 words of 8 letters and 7 sounds, and an end each. */
const [wordCount, letters, sounds] = [64, 9, 8];

export function pronunciationStep(): Running {
  const model = pronouncer();
  const source = ids([wordCount, letters], 28, 1) as tf.Tensor2D;
  const target = ids([wordCount, sounds], 42, 1) as tf.Tensor2D;
  const labels = ids([wordCount * sounds], 42, 1) as tf.Tensor1D;
  const loss = () => crossEntropy(model.forward(source, target).reshape([wordCount * sounds, 42]), labels);
  return training(model, new AdamW(model.parameters()), loss, [source, target, labels]);
}

/** As many words said side by side, greedily: reads all letters, then writes a sound at a time with cached keys and values. */
export function pronunciationWriting(): Running {
  const model = pronouncer();
  const letterIds = ids([wordCount, letters], 28, 1) as tf.Tensor2D;
  return {
    run: () => {
      const source = tf.tidy(() => model.prepare(model.encode(letterIds)));
      let cache: KeyValue[] | undefined;
      let newest = new Int32Array(wordCount).fill(1);
      for (let written = 0; written < sounds; written++) {
        const step = tf.tidy(() => {
          const { logits, cache: longer } = model.step(tf.tensor2d(newest, [wordCount, 1], "int32"), source, cache);
          return { likeliest: logits.argMax(1), longer };
        });
        tf.dispose(cache ?? []);
        cache = step.longer;
        newest = Int32Array.from(step.likeliest.dataSync());
        step.likeliest.dispose();
      }
      tf.dispose([cache ?? [], source]);
    },
    dispose: () => {
      model.dispose();
      letterIds.dispose();
    },
  };
}

/** BERT-mini: 4 layers of 128, post-norm, 32 pairs of 64 tokens of 4,096, 288 of them masked. */
export function bertStep(): Running {
  const [batch, length, vocabulary, masked] = [32, 64, 4096, 288];
  const model = new BERTForPreTraining({
    vocabularySize: vocabulary,
    contextLength: length,
    modelSize: 128,
    numHeads: 4,
    numLayers: 4,
    feedForwardSize: 512,
    seed: 1,
  });
  const tokens = ids([batch, length], vocabulary, 1) as tf.Tensor2D;
  const places = tf.tensor1d(random.shuffle([...Array(batch * length).keys()]).slice(0, masked), "int32");
  const labels = ids([masked], vocabulary) as tf.Tensor1D;
  const follows = ids([batch], 2) as tf.Tensor1D;
  const loss = () => {
    const { tokenLogits, nextSentenceLogits } = model.forwardMasked(tokens, places);
    return crossEntropy(tokenLogits, labels).add<tf.Scalar>(crossEntropy(nextSentenceLogits, follows));
  };
  return training(model, new AdamW(model.parameters()), loss, [tokens, places, labels, follows]);
}

/** MiniLM-L6's way to read: 32 sentences of 24 tokens, each to the mean of its states. */
export function sentenceReading(): Running {
  const [batch, length, vocabulary] = [32, 24, 30_522];
  const model = new BERT({
    vocabularySize: vocabulary,
    contextLength: 512,
    modelSize: 384,
    numHeads: 12,
    numLayers: 6,
    feedForwardSize: 1536,
    seed: 1,
  });
  const tokens = ids([batch, length], vocabulary, 1) as tf.Tensor2D;
  return {
    run: () => tf.tidy(() => void meanPool(model.forward(tokens).states, tokens).dataSync()),
    dispose: () => {
      model.dispose();
      tokens.dispose();
    },
  };
}
