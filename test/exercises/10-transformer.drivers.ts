import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";
import { MultiHeadAttention } from "../../lib/nn/attention";
import { FeedForward } from "../../lib/nn/feed-forward";
import { LayerNorm } from "../../lib/nn/layer-norm";
import { Random } from "../../lib/random";
import { editDistance } from "../../lib/text/edit-distance";

type Answer = typeof import("../../solutions/10-transformer");

interface BlockInput {
  readonly seed: number;
  readonly x: tf.Tensor3D;
  readonly context: tf.Tensor3D;
  /** `[B, S]`. */
  readonly sourceMask: tf.Tensor2D;
}

/** What a decoder layer makes of its input. */
export const blockOutput: Driver<Answer> = (answer, { seed, x, context, sourceMask }: BlockInput) =>
  withLayers(seed, x.shape[2], (layers) =>
    answer.decoderBlock(x, context, sourceMask.reshape([x.shape[0], 1, 1, -1]), layers),
  );

/** Whether a change at the target's last place is seen at the places before it, and at its own. */
export const blockCausality: Driver<Answer> = (answer, { seed, x, context, sourceMask }: BlockInput) => {
  const [B, T, C] = x.shape;
  const mask = sourceMask.reshape<tf.Tensor4D>([B, 1, 1, -1]);
  const change = tf.concat([tf.zeros([B, T - 1, C]), tf.ones([B, 1, C])], 1);
  const difference = withLayers(seed, C, (layers) =>
    answer
      .decoderBlock(x.add(change), context, mask, layers)
      .sub<tf.Tensor3D>(answer.decoderBlock(x, context, mask, layers)),
  );
  const seen = (from: number, places: number) =>
    tf.max(tf.abs(difference.slice([0, from, 0], [B, places, C]))).dataSync()[0]! > 1e-4;
  return { seenBefore: seen(0, T - 1), seenThere: seen(T - 1, 1) };
};

/** Whether a change of the source is seen: where it is padding, and where it is not. */
export const blockSource: Driver<Answer> = (answer, { seed, x, context, sourceMask }: BlockInput) => {
  const [B, S] = sourceMask.shape;
  const C = context.shape[2];
  const mask = sourceMask.reshape<tf.Tensor4D>([B, 1, 1, S]);
  const inside = sourceMask.reshape<tf.Tensor3D>([B, S, 1]);
  const ramp = tf.linspace(-1, 1, S * C).reshape<tf.Tensor3D>([1, S, C]);
  const change = (where: tf.Tensor3D) =>
    withLayers(seed, C, (layers) => {
      const changed = answer.decoderBlock(x, context.add(ramp.mul(where)), mask, layers);
      const difference = changed.sub(answer.decoderBlock(x, context, mask, layers));
      return tf.max(tf.abs(difference)).dataSync()[0]! > 1e-4;
    });
  return { seenWherePadding: change(tf.sub(1, inside)), seenWhereTokens: change(inside) };
};

/** A decoder layer's parts, with weights, gains and biases that are all random. */
function withLayers<T>(seed: number, size: number, use: (layers: Parameters<Answer["decoderBlock"]>[3]) => T): T {
  const random = new Random(seed);
  const attention = () => new MultiHeadAttention(size, { heads: 2, random });
  const layers = {
    selfAttention: attention(),
    crossAttention: attention(),
    feedForward: new FeedForward(size, { hiddenSize: 2 * size - 1, random }),
    norms: [new LayerNorm(size), new LayerNorm(size), new LayerNorm(size)] as const,
  };
  const modules = [layers.selfAttention, layers.crossAttention, layers.feedForward, ...layers.norms];
  for (const module of modules) {
    for (const [path, parameter] of module.parameters()) {
      const middle = path.endsWith("gain") ? 1 : 0;
      const width = parameter.rank === 1 ? 0.5 : 2 / Math.sqrt(parameter.shape[0]!);
      const values = Array.from({ length: parameter.size }, () => middle + random.uniform(-width, width));
      tf.tidy(() => parameter.assign(tf.tensor(values, parameter.shape)));
    }
  }
  try {
    return use(layers);
  } finally {
    for (const module of modules) module.dispose();
  }
}

interface ModelInput {
  readonly seed: number;
  readonly vocabularySize: number;
  /** How much likelier the end becomes with every token. */
  readonly hurry: number;
  readonly start: number;
  readonly end: number;
  readonly maxLength: number;
}

/** A language of its own for every seed: what comes next depends on all that came before. It remembers what it was asked. */
function inventedModel({ seed, vocabularySize, hurry, end }: ModelInput) {
  const asked: (readonly number[])[] = [];
  const next = (soFar: readonly number[]): number[] => {
    asked.push([...soFar]);
    const mixed = soFar.reduce((sum, token) => (Math.imul(sum, 31) + token + 1) | 0, Math.imul(seed + 1, 0x9e3779b1));
    const random = new Random(mixed >>> 0);
    for (let i = 0; i < 5; i++) random.uniform();
    const logits = Array.from({ length: vocabularySize }, () => random.uniform(-3, 3));
    logits[end]! += hurry * (soFar.length - 3);
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - total);
  };
  return { next, asked };
}

/** What greedy decoding writes. */
export const greedyText: Driver<Answer> = (answer, input: ModelInput) =>
  answer.greedyDecode(inventedModel(input).next, input);

/** What greedy decoding writes with a model that knows a chain of tokens by heart: after each token of it, the next. */
export const greedyChain: Driver<Answer> = (
  answer,
  { chain, ...options }: { chain: readonly number[]; start: number; end: number; maxLength: number },
) => {
  const next = (soFar: readonly number[]) => {
    const right = chain[soFar.length - 1] ?? options.end;
    return Array.from({ length: 12 }, (_, token) => (token === right ? -0.1 : -5));
  };
  return answer.greedyDecode(next, options);
};

/** What greedy decoding writes when two tokens are equally likely. */
export const greedyTie: Driver<Answer> = (answer, { best, end }: { best: readonly number[]; end: number }) => {
  const next = (soFar: readonly number[]) =>
    Array.from({ length: 9 }, (_, token) =>
      soFar.length > 2 ? (token === end ? -0.1 : -4) : best.includes(token) ? -0.9 : -4,
    );
  return answer.greedyDecode(next, { start: 1, end, maxLength: 6 });
};

type BeamInput = ModelInput & { readonly beams: number; readonly lengthPenalty: number };

/** What beam search finds with each of some models, best first. */
export const beamResults: Driver<Answer> = (answer, { models }: { models: readonly BeamInput[] }) =>
  models.map((input) => answer.beamSearch(inventedModel(input).next, input));

/** Whether the model was asked how to go on after the end. */
export const beamQuestions: Driver<Answer> = (answer, input: BeamInput) => {
  const { next, asked } = inventedModel(input);
  answer.beamSearch(next, input);
  return { askedAfterTheEnd: asked.some((soFar) => soFar.includes(input.end)) };
};

/** Error rates by a right edit distance. */
export const rates: Driver<Answer> = (
  answer,
  { references, hypotheses }: { references: string[][]; hypotheses: string[][] },
) => answer.errorRates(references, hypotheses, editDistance);
