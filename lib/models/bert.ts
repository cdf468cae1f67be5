import * as tf from "@tensorflow/tfjs";
import { EncoderBlock } from "../nn/blocks";
import { dropout } from "../nn/dropout";
import { Embedding } from "../nn/embedding";
import { type FeedForwardActivation, feedForwardActivations } from "../nn/feed-forward";
import { truncatedNormal } from "../nn/init";
import { LayerNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { paddingMask } from "../nn/masks";
import { Module, parameter } from "../nn/module";
import { Random } from "../random";

export interface BERTConfig {
  /** `V`. */
  readonly vocabularySize: number;
  /** The longest sequence that the learned positions allow. */
  readonly contextLength: number;
  /** `C`, the model's width. */
  readonly modelSize: number;
  readonly numHeads: number;
  readonly numLayers: number;
  /** `F`. Default: `4 C`. */
  readonly feedForwardSize?: number;
  /** Default: `gelu`. */
  readonly activation?: FeedForwardActivation;
  /** Default: 2, for two sentences. */
  readonly numSegments?: number;
  /** Default: 1e-12. */
  readonly epsilon?: number;
  /** Default: 0. */
  readonly dropoutRate?: number;
  /** The deviation of the initial weights. Default: 0.02, for a width of 768; narrower models want more. */
  readonly initialDeviation?: number;
  /** The id of `[PAD]`. Default: 0. */
  readonly padding?: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** The base model (Devlin et al. 2019): 110 million weights. */
export const bertBase = {
  vocabularySize: 30522,
  contextLength: 512,
  modelSize: 768,
  numHeads: 12,
  numLayers: 12,
} as const;

export interface BERTInput {
  /** Which sentence each token belongs to, `[B, T]` int32. Default: all the first. */
  readonly segments?: tf.Tensor2D | undefined;
  /** Given only in training: the generator of dropout. */
  readonly dropout?: Random | undefined;
}

/** BERT's initial weights: a normal distribution of deviation 0.02 without its tails. */
export const bertInit: typeof truncatedNormal = (shape, random) => truncatedNormal(shape, random, 0.02);

function layerInit({ initialDeviation = 0.02 }: BERTConfig): typeof truncatedNormal {
  return (shape, random) => truncatedNormal(shape, random, initialDeviation);
}

/**
 * A stack of encoder blocks that looks both ways (Devlin et al. 2019): token, position and segment embeddings, post-norm
 * blocks, and a pooler that reads the first token, `[CLS]`. Padding is hidden.
 *
 * Shape: ids `[B, T]` -> states `[B, T, C]`, pooled `[B, C]`.
 */
export class BERT extends Module {
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: Embedding;
  readonly segmentEmbedding: Embedding;
  readonly embeddingNorm: LayerNorm;
  readonly blocks: readonly EncoderBlock[];
  readonly pooler: Linear;

  constructor(readonly config: BERTConfig) {
    super();
    const { vocabularySize, contextLength, modelSize, numHeads, numLayers, numSegments = 2, epsilon = 1e-12 } = config;
    const random = new Random(config.seed);
    const init = layerInit(config);
    this.tokenEmbedding = new Embedding(vocabularySize, modelSize, { random, init });
    this.positionEmbedding = new Embedding(contextLength, modelSize, { random, init });
    this.segmentEmbedding = new Embedding(numSegments, modelSize, { random, init });
    this.embeddingNorm = new LayerNorm(modelSize, { epsilon });
    const block = {
      size: modelSize,
      heads: numHeads,
      feedForwardSize: config.feedForwardSize ?? 4 * modelSize,
      activation: config.activation ?? "gelu",
      dropoutRate: config.dropoutRate,
      norm: "post",
      epsilon,
      random,
      init,
    } as const;
    this.blocks = Array.from({ length: numLayers }, () => new EncoderBlock(block));
    this.pooler = new Linear(modelSize, modelSize, { random, init });
  }

  forward(ids: tf.Tensor2D, input: BERTInput = {}) {
    const { states } = this.run(ids, input);
    const [B, , C] = states.shape;
    const first: tf.Tensor2D = states.slice([0, 0, 0], [B, 1, C]).squeeze([1]); // [CLS]
    return { states, pooled: this.pooler.forward(first).tanh() };
  }

  /** Each block's attention weights, `[B, H, T, T]`. */
  attentionWeights(ids: tf.Tensor2D, input: BERTInput = {}): tf.Tensor4D[] {
    return this.run(ids, input).weights;
  }

  private run(ids: tf.Tensor2D, { segments, dropout: random }: BERTInput) {
    const T = ids.shape[1];
    const { contextLength, dropoutRate = 0, padding = 0 } = this.config;
    if (T > contextLength) throw new Error(`BERT: expected at most ${contextLength} tokens, got ${T}; cut the text`);
    const embedded = this.tokenEmbedding
      .forward(ids)
      .add<tf.Tensor3D>(this.positionEmbedding.forward(tf.range(0, T, 1, "int32")))
      .add<tf.Tensor3D>(this.segmentEmbedding.forward(segments ?? tf.zerosLike(ids)));
    let x = dropout(this.embeddingNorm.forward(embedded), dropoutRate, random);
    const mask = paddingMask(ids, padding);
    const weights: tf.Tensor4D[] = [];
    for (const block of this.blocks) {
      const layer = block.forward(x, { mask, dropout: random });
      weights.push(layer.weights);
      x = layer.output;
    }
    return { states: x, weights };
  }
}

/**
 * What BERT learns from before any task (section 3.1): which token a masked one was, and whether the second sentence
 * followed the first. The masked-token head ends in the token embedding again (tied), with a bias of its own.
 *
 * Shape: ids `[B, T]` -> token logits `[B, T, V]`, next-sentence logits `[B, 2]`, class 0 = it followed.
 */
export class BERTForPreTraining extends Module {
  readonly bert: BERT;
  readonly transform: Linear;
  readonly transformNorm: LayerNorm;
  readonly tokenBias: tf.Variable<tf.Rank.R1>;
  readonly nextSentence: Linear;

  constructor(config: BERTConfig) {
    super();
    this.bert = new BERT(config);
    const random = new Random(config.seed + 1);
    this.transform = new Linear(config.modelSize, config.modelSize, { random, init: layerInit(config) });
    this.transformNorm = new LayerNorm(config.modelSize, { epsilon: config.epsilon ?? 1e-12 });
    this.tokenBias = parameter(() => tf.zeros([config.vocabularySize]));
    this.nextSentence = new Linear(config.modelSize, 2, { random, init: bertInit });
  }

  forward(ids: tf.Tensor2D, input: BERTInput = {}) {
    const { states, pooled } = this.bert.forward(ids, input);
    const [B, T, C] = states.shape;
    const tokenLogits: tf.Tensor3D = this.tokenLogits(states.reshape([B * T, C])).reshape([B, T, -1]);
    return { tokenLogits, nextSentenceLogits: this.nextSentence.forward(pooled) };
  }

  /**
   * Only what training needs: the token logits at the places where a token was masked, `[N]` indices into `[B * T]`.
   *
   * Shape: token logits `[N, V]`, next-sentence logits `[B, 2]`.
   */
  forwardMasked(ids: tf.Tensor2D, places: tf.Tensor1D, input: BERTInput = {}) {
    const { states, pooled } = this.bert.forward(ids, input);
    const [B, T, C] = states.shape;
    const masked: tf.Tensor2D = tf.gather(states.reshape<tf.Tensor2D>([B * T, C]), places);
    return { tokenLogits: this.tokenLogits(masked), nextSentenceLogits: this.nextSentence.forward(pooled) };
  }

  /** Shape: `[N, C] -> [N, V]`. */
  private tokenLogits(states: tf.Tensor2D): tf.Tensor2D {
    const activate = feedForwardActivations[this.bert.config.activation ?? "gelu"];
    const transformed = this.transformNorm.forward(activate(this.transform.forward(states)));
    return transformed.matMul<tf.Tensor2D>(this.bert.tokenEmbedding.weight, false, true).add(this.tokenBias);
  }
}

/** A label for a text or a pair of texts, read from `[CLS]` (section 4.1). Shape: ids `[B, T]` -> logits `[B, labels]`. */
export class BERTForSequenceClassification extends Module {
  readonly classifier: Linear;

  constructor(
    readonly bert: BERT,
    labels: number,
    random: Random,
  ) {
    super();
    this.classifier = new Linear(bert.config.modelSize, labels, { random, init: bertInit });
  }

  forward(ids: tf.Tensor2D, input: BERTInput = {}): tf.Tensor2D {
    const { pooled } = this.bert.forward(ids, input);
    return this.classifier.forward(dropout(pooled, this.bert.config.dropoutRate ?? 0, input.dropout));
  }
}

/** A label for every token (section 5.3). Shape: ids `[B, T]` -> logits `[B, T, labels]`. */
export class BERTForTokenClassification extends Module {
  readonly classifier: Linear;

  constructor(
    readonly bert: BERT,
    labels: number,
    random: Random,
  ) {
    super();
    this.classifier = new Linear(bert.config.modelSize, labels, { random, init: bertInit });
  }

  forward(ids: tf.Tensor2D, input: BERTInput = {}): tf.Tensor3D {
    const { states } = this.bert.forward(ids, input);
    return this.classifier.forward(dropout(states, this.bert.config.dropoutRate ?? 0, input.dropout));
  }
}

/**
 * Where in the passage an answer starts and ends (section 4.2): two numbers for every token.
 * Shape: ids `[B, T]` -> start and end logits `[B, T]` each.
 */
export class BERTForQuestionAnswering extends Module {
  readonly span: Linear;

  constructor(
    readonly bert: BERT,
    random: Random,
  ) {
    super();
    this.span = new Linear(bert.config.modelSize, 2, { random, init: bertInit });
  }

  forward(ids: tf.Tensor2D, input: BERTInput = {}) {
    const { states } = this.bert.forward(ids, input);
    const [startLogits, endLogits] = tf.unstack(this.span.forward(states), 2) as [tf.Tensor2D, tf.Tensor2D];
    return { startLogits, endLogits };
  }
}

/**
 * One vector for a text: the mean of its tokens' states, padding left out (Reimers and Gurevych 2019), scaled to length 1.
 * Shape: states `[B, T, C]`, ids `[B, T]` -> `[B, C]`.
 */
export function meanPool(states: tf.Tensor3D, ids: tf.Tensor2D, padding = 0): tf.Tensor2D {
  const weights = ids.notEqual(padding).cast("float32").expandDims(2); // [B, T, 1]
  const mean = states.mul<tf.Tensor3D>(weights).sum<tf.Tensor2D>(1).div<tf.Tensor2D>(weights.sum(1).maximum(1e-9));
  return mean.div(mean.square().sum(1, true).sqrt().maximum(1e-12));
}
