import * as tf from "@tensorflow/tfjs";
import { Vocabulary } from "../text/vocabulary";
import { beamSearch, greedySearch, type Hypothesis, type StepDecoder } from "./search";
import { shiftRight, type Transformer, type TransformerConfig } from "./transformer";

/*
 * Spelling to sound with the Transformer: a word's letters are the source, its phonemes the target.
 */

const special = ["<pad>", "<start>", "<end>"];
const [padding, start, end] = [0, 1, 2];

export const letters = new Vocabulary([...special, ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"]);

/** The 39 phonemes of the CMU Pronouncing Dictionary, without stress. */
export const phonemes = new Vocabulary([
  ...special,
  ..."AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split(" "),
]);

/** 1,403,562 weights. */
export const pronouncerConfig = {
  sourceVocabularySize: letters.size,
  targetVocabularySize: phonemes.size,
  modelSize: 128,
  numHeads: 4,
  feedForwardSize: 512,
  numEncoderLayers: 3,
  numDecoderLayers: 3,
  norm: "pre",
  padding,
} as const satisfies Omit<TransformerConfig, "seed">;

export interface SpelledWord {
  readonly word: string;
  readonly phonemes: readonly string[];
}

/** A batch for teacher forcing: letters `[B, S]`, what the decoder reads `[B, T]` and what it should write `[B, T]`. */
export function pronouncerBatch(entries: readonly SpelledWord[]) {
  const targets = entries.map((entry) => [...entry.phonemes.map((phoneme) => phonemes.id(phoneme)), end]);
  return {
    source: padded(entries.map((entry) => spell(entry.word))),
    shifted: padded(targets.map((target) => shiftRight(target.slice(0, -1), start))),
    target: padded(targets),
  };
}

export interface PronounceOptions {
  /** Default: 1, greedy search. */
  readonly beams?: number;
  /** Default: 1. */
  readonly lengthPenalty?: number;
  /** Default: 40 phonemes. */
  readonly maxLength?: number;
}

export interface Spoken {
  readonly phonemes: readonly string[];
  readonly logProbability: number;
}

/** How the model says each word, likeliest first: as many ways as there are beams. */
export function pronounce(model: Transformer, words: readonly string[], options: PronounceOptions = {}): Spoken[][] {
  const { beams = 1, lengthPenalty = 1, maxLength = 40 } = options;
  if (words.length === 0) return [];
  const rows = words.map(spell).flatMap((row) => new Array<number[]>(beams).fill(row));
  const source = tf.tidy(() => model.prepare(model.encode(padded(rows))));
  const decoder: StepDecoder = { step: (ids, cache) => model.step(ids, source, cache) };
  const search = { rows: words.length, start, end, maxLength };
  try {
    const found =
      beams === 1
        ? greedySearch(decoder, search).map((hypothesis) => [hypothesis])
        : beamSearch(decoder, { ...search, beams, lengthPenalty });
    return found.map((hypotheses) => hypotheses.map(spoken));
  } finally {
    tf.dispose(source);
  }
}

/** Which letters the last decoder layer looks at while it writes each phoneme: the mean over its heads, `[T][S]`. */
export function alignment(model: Transformer, { word, phonemes: written }: SpelledWord): number[][] {
  return tf.tidy(() => {
    const { source, shifted } = pronouncerBatch([{ word, phonemes: written }]);
    const { crossWeights } = model.decode(shifted, model.encode(source));
    const last = crossWeights[crossWeights.length - 1]!; // [1, H, T, S]
    return last.mean<tf.Tensor3D>(1).squeeze<tf.Tensor2D>([0]).arraySync();
  });
}

function spoken({ ids, logProbability }: Hypothesis): Spoken {
  return { phonemes: ids.map((id) => phonemes.token(id)), logProbability };
}

function spell(word: string): number[] {
  const capital = word.toUpperCase();
  if (!/^[A-Z]+$/.test(capital)) {
    throw new Error(`pronounce: expected a word of the letters A to Z, got ${JSON.stringify(word)}`);
  }
  return [...Array.from(capital, (letter) => letters.id(letter)), end];
}

function padded(rows: readonly (readonly number[])[]): tf.Tensor2D {
  const length = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * length).fill(padding);
  rows.forEach((row, i) => ids.set(row, i * length));
  return tf.tensor2d(ids, [rows.length, length], "int32");
}
