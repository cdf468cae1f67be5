import * as tf from "@tensorflow/tfjs";
import { EncoderBlock } from "../../nn/blocks";
import { Embedding } from "../../nn/embedding";
import { normal } from "../../nn/init";
import { LayerNorm } from "../../nn/layer-norm";
import { Linear } from "../../nn/linear";
import { causalMask } from "../../nn/masks";
import { Module, parameter } from "../../nn/module";
import { Random } from "../../random";
import { valueAndGradients } from "../../train/gradients";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";

export interface GptSize {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
}

/** A pre-norm GPT with learned positions. */
class Gpt extends Module {
  readonly tokens: Embedding;
  readonly positions: tf.Variable<tf.Rank.R2>;
  readonly blocks: EncoderBlock[];
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor({ length, width, layers, heads, vocabulary }: GptSize) {
    super();
    const random = new Random(1);
    const init: typeof normal = (shape, generator) => normal(shape, generator, 0.02);
    this.tokens = new Embedding(vocabulary, width, { random, init });
    this.positions = parameter(() => init<tf.Rank.R2>([length, width], random));
    const block = {
      size: width,
      heads,
      feedForwardSize: 4 * width,
      activation: "gelu",
      norm: "pre",
      init,
      random,
    } as const;
    this.blocks = Array.from({ length: layers }, () => new EncoderBlock(block));
    this.norm = new LayerNorm(width);
    this.head = new Linear(width, vocabulary, { random, init, bias: false });
  }

  forward(ids: tf.Tensor2D): tf.Tensor3D {
    const mask = causalMask(ids.shape[1]);
    let x = this.tokens.forward(ids).add<tf.Tensor3D>(this.positions);
    for (const block of this.blocks) x = block.forward(x, { mask }).output;
    return this.head.forward(this.norm.forward(x));
  }
}

/** One training step of a GPT on random tokens, and how to end; the step returns the loss. */
export function gptStep(size: GptSize): { step: () => number; dispose: () => void } {
  const model = new Gpt(size);
  const parameters = model.parameters();
  const optimizer = new AdamW(parameters, { learningRate: 1e-3 });
  const random = new Random(2);
  const { batch, length, vocabulary } = size;
  const draw = () => Int32Array.from({ length: batch * length }, () => random.integer(vocabulary));
  const ids = tf.tensor2d(draw(), [batch, length], "int32");
  const targets = tf.tensor1d(draw(), "int32");
  const step = () =>
    tf.tidy(() => {
      const { value, gradients } = valueAndGradients(
        () => crossEntropy(model.forward(ids).reshape([batch * length, vocabulary]), targets),
        parameters,
      );
      optimizer.step(gradients);
      return value.dataSync()[0]!;
    });
  const dispose = () => {
    model.dispose();
    optimizer.dispose();
    tf.dispose([ids, targets]);
  };
  return { step, dispose };
}
