import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { generate } from "./generate";
import type { GPT, GPTConfig } from "./gpt";
import type { SamplingOptions } from "./sampling";
import { type Codebook, decodeImage } from "./visual-codes";

/*
 * DALL-E's idea in small (Ramesh et al. 2021): what is wanted and the picture are one sequence of tokens, and a GPT learns
 * to continue it. Here what is wanted is one token, a digit's name; the picture is 49 codes of 4 × 4 pixels.
 */

const numCodes = 128;
const patchSize = 4;
const side = 28;
const codesPerImage = (side / patchSize) ** 2;

export const painterFormat = { numCodes, patchSize, side, codesPerImage } as const;

/** Tokens 0 to 127 are codes, 128 to 137 the ten digits' names. */
export const painterConfig = {
  vocabularySize: numCodes + 10,
  contextLength: codesPerImage,
  modelSize: 96,
  numHeads: 4,
  numLayers: 3,
} as const satisfies Omit<GPTConfig, "seed">;

/** The token that asks for a digit. */
export function digitToken(digit: number): number {
  if (!Number.isInteger(digit) || digit < 0 || digit > 9)
    throw new Error(`digitToken: expected a digit from 0 to 9, got ${digit}`);
  return numCodes + digit;
}

/**
 * What the painter reads and what it should write: `[digit, c_1 … c_48] -> [c_1 … c_49]`.
 *
 * `codes` is flat, `[B, 49]`. Shapes: `[B, 49]` each.
 */
export function painterBatch(digits: ArrayLike<number>, codes: Int32Array): { ids: tf.Tensor2D; targets: tf.Tensor2D } {
  const B = digits.length;
  if (codes.length !== B * codesPerImage)
    throw new Error(`painterBatch: expected ${B * codesPerImage} codes for ${B} digits, got ${codes.length}`);
  const ids = new Int32Array(codes.length);
  for (let row = 0; row < B; row++) {
    const start = row * codesPerImage;
    ids[start] = digitToken(digits[row]!);
    ids.set(codes.subarray(start, start + codesPerImage - 1), start + 1);
  }
  const shape: [number, number] = [B, codesPerImage];
  return { ids: tf.tensor2d(ids, shape, "int32"), targets: tf.tensor2d(codes, shape, "int32") };
}

/** Paints a digit, code by code; after each one comes the picture so far, `[784]`, with paper where nothing is yet. */
export async function* paint(
  model: GPT,
  codebook: Codebook,
  digit: number,
  options: SamplingOptions & { readonly random: Random },
): AsyncGenerator<Float32Array> {
  const codes = new Int32Array(codesPerImage).fill(emptiest(codebook));
  let written = 0;
  for await (const token of generate(model, [digitToken(digit)], { ...options, maxTokens: codesPerImage })) {
    if (token < numCodes) codes[written] = token; // a digit's name has no picture: the place stays empty
    written++;
    yield decodeImage(codebook, codes, side);
  }
}

/** The entry with the least ink. */
function emptiest({ count, entries }: Codebook): number {
  const size = entries.length / count;
  const ink = Array.from({ length: count }, (_, code) =>
    entries.subarray(code * size, (code + 1) * size).reduce((sum, value) => sum + value, 0),
  );
  return ink.indexOf(Math.min(...ink));
}
