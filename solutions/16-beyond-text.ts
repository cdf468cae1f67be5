import * as tf from "@tensorflow/tfjs";
import { crossEntropy } from "../lib/train/losses";

/**
 * Images cut into squares: the tokens of a vision Transformer.
 *
 * The patches come row by row, as you read a page: first those of the top strip from left to right, then the next strip.
 * Inside a patch its pixels come in the same order. P is the patch's side (`size`); it divides height Y and width X.
 *
 *     1  2  3  4
 *     5  6  7  8      in patches of side 2:   [1 2 5 6]  [3 4 7 8]
 *
 * Shapes: `images [B, Y, X]` → `[B, N, P · P]` with N = (Y / P) · (X / P).
 * A reshape never moves a number in memory; a transpose does. You need both.
 */
export function patches(images: tf.Tensor3D, size: number): tf.Tensor3D {
  // BEGIN 16.1
  const [B, Y, X] = images.shape;
  const [down, across] = [Y / size, X / size];
  const strips: tf.Tensor4D = images.reshape([B * down, size, across, size]);
  const turned: tf.Tensor4D = strips.transpose([0, 2, 1, 3]); // a patch's rows lie together now
  return turned.reshape([B, down * across, size * size]);
  // END 16.1
}

/**
 * What enters the first block of a vision Transformer: a learned vector, the class token, in front of every image's
 * patches, and then a position added to each place. The class token is place 0 and has a position like the others.
 *
 * Shapes: `embedded [B, N, C]`, `classToken [C]`, `positions [1 + N, C]` → `[B, 1 + N, C]`.
 */
export function withClassToken(embedded: tf.Tensor3D, classToken: tf.Tensor1D, positions: tf.Tensor2D): tf.Tensor3D {
  // BEGIN 16.2
  const [B, , C] = embedded.shape;
  const first: tf.Tensor3D = tf.zeros<tf.Rank.R3>([B, 1, C]).add(classToken);
  return tf.concat([first, embedded], 1).add(positions);
  // END 16.2
}

/**
 * What leaves the last block, read out: each image's class token, and nothing else.
 * Shapes: `states [B, 1 + N, C]` → `[B, C]`.
 */
export function readClassToken(states: tf.Tensor3D): tf.Tensor2D {
  // BEGIN 16.2
  const [B, , C] = states.shape;
  return states.slice([0, 0, 0], [B, 1, C]).reshape([B, C]);
  // END 16.2
}

/**
 * The contrastive loss of images and captions (CLIP). Row i of both belongs together; all other pairs do not.
 *
 *     u_i = image_i / |image_i|        v_j = caption_j / |caption_j|
 *     z_ij = u_i · v_j / τ                                  τ is the temperature
 *     loss = ½ · ( CE of every row of z  +  CE of every column of z ),  the right answer of i is i
 *
 * A row asks: which caption is this image's? A column asks: which image is this caption's?
 * `crossEntropy(logits, targets)` of `lib/train` takes logits `[N, N]` and int32 targets `[N]` and averages over rows.
 * Shapes: `images` and `captions` `[N, E]`, of any length → a scalar.
 */
export function contrastiveLoss(images: tf.Tensor2D, captions: tf.Tensor2D, temperature: number): tf.Scalar {
  // BEGIN 16.3
  const unit = (rows: tf.Tensor2D): tf.Tensor2D => rows.div(rows.square().sum(1, true).sqrt());
  const cosines = tf.matMul<tf.Tensor2D>(unit(images), unit(captions), false, true);
  const logits: tf.Tensor2D = cosines.div(temperature);
  const right = tf.range(0, images.shape[0], 1, "int32");
  const byImage = crossEntropy(logits, right);
  const byCaption = crossEntropy(logits.transpose<tf.Tensor2D>(), right);
  return byImage.add<tf.Scalar>(byCaption).div(2);
  // END 16.3
}

/**
 * How good is a search? `similarities[i][j]` says how well caption j fits image i, and `right[i]` is the caption that
 * belongs to image i. Recall at k is the share of images whose right caption is among the k captions that fit them best.
 *
 * No two similarities of an image are equal. Example: similarities [[0.9, 0.1, 0.5], [0.2, 0.3, 0.8]] with right [0, 1]
 * have a recall at 1 of 0.5 (the second image prefers caption 2), and at 2 of 1.
 */
export function recallAt(k: number, similarities: readonly (readonly number[])[], right: readonly number[]): number {
  // BEGIN 16.4
  let hits = 0;
  similarities.forEach((row, i) => {
    const own = row[right[i]!]!;
    const better = row.filter((value) => value > own).length;
    if (better < k) hits++;
  });
  return hits / similarities.length;
  // END 16.4
}

/**
 * Sound as frames: the first step from a wave to a picture that patches can be cut from.
 *
 * Frame i takes `length` samples, beginning at sample i · `hop`. As hop is shorter than length, frames overlap. Only frames
 * that fit whole are taken. Each is faded in and out by the window of Hann, so that its cut ends make no clicks:
 *
 *     frame_i[n] = signal[i · hop + n] · w_n        w_n = (1 − cos(2π n / length)) / 2        n = 0 … length − 1
 *
 * Example: a signal of five ones, length 4, hop 1 has two frames, both [0, 0.5, 1, 0.5].
 */
export function frames(signal: readonly number[], length: number, hop: number): number[][] {
  // BEGIN 16.5
  const count = 1 + Math.floor((signal.length - length) / hop);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length }, (_, n) => {
      const fade = (1 - Math.cos((2 * Math.PI * n) / length)) / 2;
      return signal[i * hop + n]! * fade;
    }),
  );
  // END 16.5
}

/** What a model answers: a row of numbers, its logits, for each of the tokens it reads. */
export type Answers = (tokens: readonly number[]) => readonly (readonly number[])[];

/**
 * Hospital, case 1: a probe. A decoder's answer at a place may depend on that place and on those before it, never on what
 * comes later. Find out, without looking inside the model, where it does.
 *
 * For every place t but the last: replace *all* tokens after t by `replacement`, ask the model again, and compare its
 * answer at t with the one it gave to the tokens as they were. If any of its numbers moved by more than 1e-6, the model
 * looks ahead at t. Return these places in order; a healthy model gives [].
 */
export function looksAhead(model: Answers, tokens: readonly number[], replacement: number): number[] {
  // BEGIN 16.6
  const before = model(tokens);
  const ill: number[] = [];
  for (let t = 0; t + 1 < tokens.length; t++) {
    const changed = tokens.map((token, s) => (s > t ? replacement : token));
    const after = model(changed);
    const moved = before[t]!.some((value, j) => Math.abs(value - after[t]![j]!) > 1e-6);
    if (moved) ill.push(t);
  }
  return ill;
  // END 16.6
}

/**
 * Hospital, case 2: an operation. This loss of a language model falls beautifully, and the model learns nothing useful:
 *
 *     const [B, T, V] = logits.shape;
 *     return crossEntropy(logits.reshape([B * T, V]), ids.reshape([B * T]));
 *
 * Two things are wrong. Write it healthy: the logits at place t are about the token at t + 1, so the last place of a row is
 * asked nothing; and a target that is padding does not count, neither in the sum nor in the number it is divided by.
 * `crossEntropy(logits, targets, { ignoreIndex })` leaves a target out.
 *
 * Shapes: `logits [B, T, V]`, `ids [B, T]` of type int32 → a scalar, the mean over all targets that count.
 */
export function nextTokenLoss(logits: tf.Tensor3D, ids: tf.Tensor2D, padding: number): tf.Scalar {
  // BEGIN 16.7
  const [B, T, V] = logits.shape;
  const answers: tf.Tensor2D = logits.slice([0, 0, 0], [B, T - 1, V]).reshape([B * (T - 1), V]);
  const next: tf.Tensor1D = ids.slice([0, 1], [B, T - 1]).reshape([B * (T - 1)]);
  return crossEntropy(answers, next, { ignoreIndex: padding });
  // END 16.7
}

/**
 * Hospital, case 3: the diagnosis. You get the names of all probes that found something, in any order. The patient has one
 * illness or none, but one illness often shows in many probes: whatever lies early spoils everything behind it. So look for
 * the *cause*: the first in this list, from cause to symptom, that was found.
 *
 *     "noise"                → "dropout at evaluation"      two readings differ: no other comparison can be trusted
 *     "weights sum to one"   → "softmax over queries"
 *     "norm statistics"      → "norm over time"
 *     "padding content"      → "padding visible"
 *     "padding shift"        → "positions by column"
 *     "causality"            → "no causal mask"
 *
 * Nothing found: "healthy". Something found, but none of these: "unknown".
 */
export function diagnose(findings: readonly string[]): string {
  // BEGIN 16.8
  const causes = [
    ["noise", "dropout at evaluation"],
    ["weights sum to one", "softmax over queries"],
    ["norm statistics", "norm over time"],
    ["padding content", "padding visible"],
    ["padding shift", "positions by column"],
    ["causality", "no causal mask"],
  ] as const;
  if (findings.length === 0) return "healthy";
  const cause = causes.find(([probe]) => findings.includes(probe));
  return cause ? cause[1] : "unknown";
  // END 16.8
}
