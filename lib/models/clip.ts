import * as tf from "@tensorflow/tfjs";
import { normal } from "../nn/init";
import { Linear } from "../nn/linear";
import { Module, parameter } from "../nn/module";
import { assertShape } from "../nn/shape";
import { Random } from "../random";
import { crossEntropy } from "../train/losses";
import { GPT, type GPTConfig } from "./gpt";
import { type VisionConfig, VisionEncoder } from "./vit";

export interface CLIPConfig {
  readonly image: Omit<VisionConfig, "seed">;
  /** A Transformer with a causal mask reads the captions. */
  readonly caption: Omit<GPTConfig, "seed">;
  /** The id that ends a caption; what is read is its state. What stands after it is padding. */
  readonly end: number;
  /** `E`, the width of the space in which images and captions meet. */
  readonly embeddingSize: number;
  /** The temperature at the start. Default: 0.07. */
  readonly temperature?: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/**
 * Two encoders that put images and captions into one space, so that what belongs together lies together (CLIP, Radford et
 * al. 2021, section 2.3): a vision Transformer and a Transformer with a causal mask, each followed by a linear projection
 * without bias, and each result scaled to length 1.
 *
 * The learned temperature is kept as `logScale`, the logarithm of its inverse. The paper keeps the scale below 100; here
 * nothing does, as short trainings do not come near.
 *
 * Shape: images `[B, Y, X, K] -> [B, E]`, captions `[B, T]` int32 `-> [B, E]`.
 */
export class CLIP extends Module {
  readonly imageEncoder: VisionEncoder;
  readonly captionEncoder: GPT;
  readonly imageProjection: Linear;
  readonly captionProjection: Linear;
  readonly logScale: tf.Variable<tf.Rank.R0>;

  constructor(readonly config: CLIPConfig) {
    super();
    const { image, caption, embeddingSize, temperature = 0.07, seed } = config;
    this.imageEncoder = new VisionEncoder({ ...image, seed });
    this.captionEncoder = new GPT({ ...caption, seed: seed + 1 });
    const random = new Random(seed + 2);
    const projection = (size: number) => {
      const init: typeof normal = (shape, generator) => normal(shape, generator, size ** -0.5);
      return new Linear(size, embeddingSize, { random, bias: false, init });
    };
    this.imageProjection = projection(image.modelSize);
    this.captionProjection = projection(caption.modelSize);
    this.logScale = parameter(() => tf.scalar(Math.log(1 / temperature)));
  }

  encodeImages(images: tf.Tensor4D): tf.Tensor2D {
    return unitLength(this.imageProjection.forward(this.imageEncoder.forward(images)));
  }

  encodeCaptions(ids: tf.Tensor2D): tf.Tensor2D {
    const states = this.captionEncoder.states(ids); // [B, T, C]
    const ends = firstEnds(ids, this.config.end).expandDims<tf.Tensor3D>(2); // [B, T, 1]
    return unitLength(this.captionProjection.forward(states.mul<tf.Tensor3D>(ends).sum<tf.Tensor2D>(1)));
  }

  /** The inverse of the temperature: what cosines are multiplied by. */
  scale(): tf.Scalar {
    return this.logScale.exp();
  }

  /** The contrastive loss of images and their captions, row by row. */
  loss(images: tf.Tensor4D, captions: tf.Tensor2D): tf.Scalar {
    return contrastiveLoss(this.encodeImages(images), this.encodeCaptions(captions), this.scale());
  }
}

/**
 * The contrastive loss (Radford et al. 2021, figure 3): of all captions in the batch, which one is this image's? And of all
 * images, which one is this caption's? The mean of both cross-entropies.
 *
 *     z_ij = scale · image_i · caption_j      loss = (CE(z, diagonal) + CE(z^T, diagonal)) / 2
 *
 * Shape: both `[N, E]`, rows of length 1; row `i` of one belongs to row `i` of the other. No two rows of a batch may be
 * right for each other: the loss would push apart what belongs together.
 */
export function contrastiveLoss(images: tf.Tensor2D, captions: tf.Tensor2D, scale: tf.Scalar | number): tf.Scalar {
  assertShape("contrastiveLoss: images", images, ["N", "E"]);
  assertShape("contrastiveLoss: captions", captions, images.shape);
  const logits = images.matMul<tf.Tensor2D>(captions, false, true).mul<tf.Tensor2D>(scale); // [N, N]
  const right = tf.range(0, images.shape[0], 1, "int32");
  const byImage = crossEntropy(logits, right);
  const byCaption = crossEntropy(logits.transpose<tf.Tensor2D>(), right);
  return byImage.add<tf.Scalar>(byCaption).div(2);
}

/** Each row scaled to length 1. */
function unitLength(rows: tf.Tensor2D): tf.Tensor2D {
  return rows.div(rows.square().sum(1, true).sqrt().maximum(1e-12));
}

/** 1 where a caption's first end stands, else 0: `[B, T]`. */
function firstEnds(ids: tf.Tensor2D, end: number): tf.Tensor2D {
  const [B, T] = ids.shape;
  const values = ids.dataSync();
  const marks = new Float32Array(B * T);
  for (let row = 0; row < B; row++) {
    const at = values.subarray(row * T, (row + 1) * T).indexOf(end);
    if (at < 0) throw new Error(`CLIP: expected the end ${end} in every caption, got none in row ${row}`);
    marks[row * T + at] = 1;
  }
  return tf.tensor2d(marks, [B, T]);
}
