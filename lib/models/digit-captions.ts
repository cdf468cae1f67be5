import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { Vocabulary } from "../text/vocabulary";
import type { CLIPConfig } from "./clip";

/*
 * Captions for handwritten digits, and the CLIP that reads them.
 */

export const digitNames = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] as const;
export const strokes = ["thin", "bold"] as const;

/** How a caption can be put; `{}` is where the digit's name goes, with or without its stroke. */
export const captionForms = [
  "a picture of the digit {}",
  "a picture of a {}",
  "a handwritten {}",
  "the digit {}",
  "someone wrote a {}",
  "{}",
] as const;

export interface Described {
  readonly digit: number;
  readonly stroke?: (typeof strokes)[number] | undefined;
}

const [padding, end] = [0, 1];
const longest = 8;

export const captionVocabulary = new Vocabulary([
  "<pad>",
  "<end>",
  ..."a picture of the digit handwritten someone wrote".split(" "),
  ...strokes,
  ...digitNames,
]);

/** A vision Transformer of three layers and a caption Transformer of two. */
export const digitCLIP = {
  image: { imageSize: [28, 28], patchSize: 7, modelSize: 64, numHeads: 4, numLayers: 3, feedForwardSize: 256 },
  caption: {
    vocabularySize: captionVocabulary.size,
    contextLength: longest,
    modelSize: 64,
    numHeads: 4,
    numLayers: 2,
    padding,
  },
  end,
  embeddingSize: 32,
} as const satisfies Omit<CLIPConfig, "seed">;

/** `caption({ digit: 7, stroke: "bold" })` is "a picture of the digit bold seven" in the first form. */
export function caption({ digit, stroke }: Described, form: (typeof captionForms)[number] = captionForms[0]): string {
  const name = digitNames[digit];
  if (name === undefined) throw new Error(`caption: expected a digit from 0 to 9, got ${digit}`);
  return form.replace("{}", stroke ? `${stroke} ${name}` : name);
}

/** Captions as ids, each with its end, padded to the right: `[B, 8]`. */
export function captionIds(captions: readonly string[]): tf.Tensor2D {
  const ids = new Int32Array(captions.length * longest).fill(padding);
  captions.forEach((text, row) => {
    const words = text.trim().toLowerCase().split(/\s+/);
    const unknown = words.find((word) => !captionVocabulary.has(word));
    if (unknown !== undefined)
      throw new Error(
        `captionIds: expected words among ${captionVocabulary.tokens.slice(2).join(", ")}, got ${JSON.stringify(unknown)}`,
      );
    if (words.length >= longest)
      throw new Error(
        `captionIds: expected at most ${longest - 1} words, got ${words.length}: ${JSON.stringify(text)}`,
      );
    ids.set([...words.map((word) => captionVocabulary.id(word)), end], row * longest);
  });
  return tf.tensor2d(ids, [captions.length, longest], "int32");
}

/**
 * How boldly each image is written: its share of ink against the median of its digit, `"bold"` from there on.
 * `images` is flat, `[N, 784]`; `medians` has ten numbers, from `inkMedians`.
 */
export function strokeOf(images: Float32Array, labels: ArrayLike<number>, medians: readonly number[]) {
  return Array.from(inkOf(images, labels.length), (ink, i) => (ink < medians[labels[i]!]! ? strokes[0] : strokes[1]));
}

/** The median share of ink of each digit. */
export function inkMedians(images: Float32Array, labels: ArrayLike<number>): number[] {
  const ink = inkOf(images, labels.length);
  return digitNames.map((_, digit) => {
    const own = ink.filter((_, i) => labels[i] === digit).sort();
    return own[Math.floor(own.length / 2)] ?? 0;
  });
}

/**
 * Which images and captions make one contrastive batch: every caption is right for exactly one image of it, else the loss
 * would push apart what belongs together. With strokes there are 20 pairs, without 10.
 */
export function drawGroup(
  labels: ArrayLike<number>,
  strokesOfImages: readonly string[],
  withStroke: boolean,
  random: Random,
): { readonly rows: number[]; readonly captions: string[] } {
  const rows: number[] = [];
  const captions: string[] = [];
  for (let digit = 0; digit < 10; digit++) {
    for (const stroke of withStroke ? strokes : [undefined]) {
      let row = random.integer(labels.length);
      while (labels[row] !== digit || (stroke && strokesOfImages[row] !== stroke)) row = random.integer(labels.length);
      rows.push(row);
      captions.push(caption({ digit, stroke }, random.choice(captionForms)));
    }
  }
  return { rows, captions };
}

function inkOf(images: Float32Array, count: number): Float32Array {
  const pixels = images.length / count;
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let p = i * pixels; p < (i + 1) * pixels; p++) sum += images[p]!;
    return sum / pixels;
  });
}
