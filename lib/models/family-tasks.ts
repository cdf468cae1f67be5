import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { corruptSpans, drawSpans } from "../text/span-corruption";
import { crossEntropy } from "../train/losses";
import type { FamilyModel } from "./family";

/*
 * What the three families learn from, and what they are asked, on the same windows of text. The special tokens have the ids
 * of BERT's vocabulary: 0 begins what t5 writes, and the last three serve it as sentinels.
 */

const [begin, classify, separator, mask] = [0, 2, 3, 4] as const;
const sentinels = [mask, separator, classify];
/** Ids below this one are no words. */
export const firstWord = 5;

type Ids = readonly (readonly number[])[];

const toTensor = (rows: Ids) =>
  tf.tensor2d(
    rows.map((row) => [...row]),
    undefined,
    "int32",
  );
const toFlat = (rows: Ids) => tf.tensor1d(rows.flat(), "int32");

/** Logits at one place of every row, `[B, V]`; the head is computed there only. */
function logitsAt(model: FamilyModel, ids: Ids, places: readonly (readonly number[])[], written?: Ids): tf.Tensor2D {
  const states = model.outputStates(toTensor(ids), written && toTensor(written));
  const [B, T, C] = states.shape;
  const rows = places.flatMap((list, b) => list.map((place) => b * T + place));
  return model.head(tf.gather(states.reshape<tf.Tensor2D>([B * T, C]), tf.tensor1d(rows, "int32")));
}

/**
 * The loss of pre-training, each family's own, on windows of equal length.
 *
 *     bert   15 % of the tokens are hidden behind [MASK]: which were they?     (all of them: no 80/10/10 here)
 *     gpt    which token comes next, at every place
 *     t5     15 % of the tokens are cut out in spans: write them
 */
export function familyLoss(model: FamilyModel, windows: Ids, random: Random): tf.Scalar {
  const { family } = model.config;
  if (family === "gpt") {
    const inputs = windows.map((row) => row.slice(0, -1));
    const logits = model.forward(toTensor(inputs));
    return crossEntropy(
      logits.reshape([inputs.length * inputs[0]!.length, -1]),
      toFlat(windows.map((row) => row.slice(1))),
    );
  }
  if (family === "bert") {
    const hidden = windows.map((row) => {
      const count = Math.max(1, Math.round(0.15 * row.length));
      return random.shuffle(row.map((_, i) => i)).slice(0, count);
    });
    const masked = windows.map((row, b) => row.map((id, i) => (hidden[b]!.includes(i) ? mask : id)));
    const originals = windows.map((row, b) => hidden[b]!.map((i) => row[i]!));
    return crossEntropy(logitsAt(model, masked, hidden), toFlat(originals));
  }
  const corrupted = windows.map((row) => corruptSpans(row, drawSpans(row.length, { random }), sentinels));
  const targets = corrupted.map(({ target }) => target);
  const logits = model.forward(toTensor(corrupted.map(({ input }) => input)), toTensor(targets.map(shifted)));
  return crossEntropy(logits.reshape([targets.length * targets[0]!.length, -1]), toFlat(targets));
}

const shifted = (row: readonly number[]) => [begin, ...row.slice(0, -1)];

/**
 * Asks which word stands in a gap, `[B, V]`. What comes after the gap is given too, if the family can read it: bert and t5
 * do, gpt writes on from what is before it. With an empty `after` the question is: what comes next?
 */
export function gapLogits(model: FamilyModel, before: Ids, after: Ids): tf.Tensor2D {
  const { family } = model.config;
  if (family === "gpt")
    return logitsAt(
      model,
      before,
      before.map((row) => [row.length - 1]),
    );
  const asked = before.map((row, b) => [...row, mask, ...after[b]!]);
  if (family === "bert")
    return logitsAt(
      model,
      asked,
      before.map((row) => [row.length]),
    );
  return logitsAt(
    model,
    asked,
    asked.map(() => [1]),
    asked.map(() => [begin, mask]),
  );
}

/**
 * How well gaps are filled: the share that is right, and the mean surprise in nats, among words only: that a word is
 * "unknown" is no answer. Frees what it makes.
 */
export function gapScores(model: FamilyModel, before: Ids, after: Ids, words: readonly number[]) {
  return tf.tidy(() => {
    const logits = gapLogits(model, before, after).slice([0, firstWord]) as tf.Tensor2D;
    const answers = tf.tensor1d(
      words.map((word) => word - firstWord),
      "int32",
    );
    const right = logits.argMax(-1).equal(answers).cast("float32").mean().dataSync()[0]!;
    return { right, nats: crossEntropy(logits, answers).dataSync()[0]! };
  });
}

/**
 * The loss of learning to turn one text into another of a fixed length.
 *
 *     bert   source [SEP] [MASK] [MASK] …: all words of the answer at once, none knowing the others
 *     gpt    source [SEP] answer: each word knows those before it
 *     t5     reads the source, writes the answer: each word knows those before it
 */
export function transformLoss(model: FamilyModel, sources: Ids, answers: Ids): tf.Scalar {
  return crossEntropy(transformLogits(model, sources, answers), toFlat(answers));
}

function transformLogits(model: FamilyModel, sources: Ids, answers: Ids): tf.Tensor2D {
  const { family } = model.config;
  if (family === "t5") {
    const logits = model.forward(toTensor(sources), toTensor(answers.map(shifted)));
    return logits.reshape([answers.length * answers[0]!.length, -1]);
  }
  const asked = sources.map((row, b) => [
    ...row,
    separator,
    ...(family === "bert" ? answers[b]!.map(() => mask) : answers[b]!.slice(0, -1)),
  ]);
  const first = (row: readonly number[]) => row.length + (family === "bert" ? 1 : 0);
  return logitsAt(
    model,
    asked,
    sources.map((row, b) => answers[b]!.map((_, i) => first(row) + i)),
  );
}

/** The answers of so many words: bert's all at once, the others' word by word, the likeliest each time. */
export function transformed(model: FamilyModel, sources: Ids, length: number): number[][] {
  let answers = sources.map(() => new Array<number>(length).fill(firstWord));
  const rounds = model.config.family === "bert" ? 1 : length;
  for (let round = 0; round < rounds; round++) {
    const guesses = tf.tidy(() => transformLogits(model, sources, answers).argMax(-1).dataSync());
    answers = answers.map((row, b) => row.map((_, i) => guesses[b * length + i]!));
  }
  return answers;
}
