import * as tf from "@tensorflow/tfjs";
import { CharacterTokenizer } from "../text/characters";
import type { Piece, Tokenizer } from "../text/tokenizer";
import { Vocabulary } from "../text/vocabulary";
import { greedySearch, type StepDecoder } from "./search";
import type { T5, T5Config } from "./t5";
import { shiftRight } from "./transformer";

/*
 * Text in, text out with T5, character by character: one vocabulary for spellings, sounds, questions and answers.
 */

const [padding, end] = [0, 1]; // padding is also what the decoder starts from

/** The marks that stand for a hidden span: `<0>`, `<1>` … In T5's own vocabulary they are called `<extra_id_0>` … */
export const sentinels: readonly string[] = Array.from({ length: 10 }, (_, i) => `<${i}>`);

const characters = " '(),-./0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Characters, and a sentinel as one token. What is none of them is `<unk>`. */
class SentinelTokenizer implements Tokenizer {
  private readonly letters: CharacterTokenizer;

  constructor(readonly vocabulary: Vocabulary) {
    this.letters = new CharacterTokenizer(vocabulary);
  }

  pieces(text: string): Piece[] {
    let start = 0;
    return text.split(/(<\d>)/).flatMap((part) => {
      const from = start;
      start += part.length;
      if (/^<\d>$/.test(part)) return [{ token: part, id: this.vocabulary.id(part), start: from, end: start }];
      const moved = (piece: Piece) => ({ ...piece, start: from + piece.start, end: from + piece.end });
      return this.letters.pieces(part).map(moved);
    });
  }

  decode(ids: readonly number[]): string {
    return this.letters.decode(ids);
  }
}

export const textTokenizer: Tokenizer = new SentinelTokenizer(
  new Vocabulary(["<pad>", "</s>", "<unk>", ...sentinels, ...characters], "<unk>"),
);

/** About two hundred thousand weights: T5 v1.1 in small. */
export const textToTextConfig = {
  vocabularySize: textTokenizer.vocabulary.size,
  modelSize: 64,
  numHeads: 4,
  headSize: 16,
  feedForwardSize: 128,
  numEncoderLayers: 2,
  numDecoderLayers: 2,
  version: "1.1",
  padding,
} as const satisfies Omit<T5Config, "seed">;

/** A batch for teacher forcing: what is read `[B, S]`, what the decoder reads `[B, T]` and what it should write `[B, T]`. */
export function textBatch(examples: readonly { readonly input: string; readonly target: string }[]) {
  const targets = examples.map(({ target }) => ended(target));
  return {
    source: padded(examples.map(({ input }) => ended(input))),
    shifted: padded(targets.map((target) => shiftRight(target.slice(0, -1), padding))),
    target: padded(targets),
  };
}

/** What the model writes for each input, the likeliest character at every step. */
export function answer(model: T5, inputs: readonly string[], { maxLength = 40 } = {}): string[] {
  if (inputs.length === 0) return [];
  const source = tf.tidy(() => model.prepare(model.encode(padded(inputs.map(ended)))));
  const decoder: StepDecoder = { step: (ids, cache) => model.step(ids, source, cache) };
  try {
    const found = greedySearch(decoder, { rows: inputs.length, start: padding, end, maxLength });
    return found.map(({ ids }) => textTokenizer.decode(ids));
  } finally {
    tf.dispose(source);
  }
}

function ended(text: string): number[] {
  return [...textTokenizer.pieces(text).map(({ id }) => id), end];
}

function padded(rows: readonly (readonly number[])[]): tf.Tensor2D {
  const length = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * length).fill(padding);
  rows.forEach((row, i) => ids.set(row, i * length));
  return tf.tensor2d(ids, [rows.length, length], "int32");
}
