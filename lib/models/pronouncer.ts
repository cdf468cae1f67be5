import * as tf from "@tensorflow/tfjs";
import { Vocabulary } from "../text/vocabulary";
import { beamSearch, greedySearch, type Hypothesis, type StepDecoder } from "./search";
import { type DecodingSource, shiftRight, type Transformer, type TransformerConfig } from "./transformer";

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
  if (entries.length === 0) throw new Error("pronouncerBatch: expected at least one word, got none");
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

/** So many words are said side by side: enough to be fast, few enough to need little memory. */
const sideBySide = 100;

/** How the model says each word, likeliest first: as many ways as there are beams. */
export function pronounce(model: Transformer, words: readonly string[], options: PronounceOptions = {}): Spoken[][] {
  const spelled = words.map(spell);
  const byLength = [...spelled.keys()].sort((a, b) => spelled[a]!.length - spelled[b]!.length); // little padding
  const said = new Array<Spoken[]>(words.length);
  for (let i = 0; i < byLength.length; i += sideBySide) {
    const some = byLength.slice(i, i + sideBySide);
    const ways = pronounceTogether(
      model,
      some.map((word) => spelled[word]!),
      options,
    );
    for (const [row, word] of some.entries()) said[word] = ways[row]!;
  }
  return said;
}

function pronounceTogether(model: Transformer, rows: readonly (readonly number[])[], options: PronounceOptions) {
  const { beams = 1, lengthPenalty = 1, maxLength = 40 } = options;
  const source = tf.tidy(() => repeated(model.prepare(model.encode(padded(rows))), beams));
  const decoder: StepDecoder = { step: (ids, cache) => model.step(ids, source, cache) };
  const search = { rows: rows.length, start, end, maxLength };
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

/** Each row as often as a word has beams, side by side. */
function repeated({ cross, mask }: DecodingSource, beams: number): DecodingSource {
  if (beams === 1) return { cross, mask };
  const rows = tf.tensor1d(
    Array.from({ length: mask.shape[0] * beams }, (_, i) => Math.floor(i / beams)),
    "int32",
  );
  return {
    cross: cross.map(({ key, value }) => ({ key: tf.gather(key, rows), value: tf.gather(value, rows) })),
    mask: tf.gather(mask, rows),
  };
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
