import * as fs from "node:fs";
import * as path from "node:path";
import { decodeSafetensors } from "../../checkpoint/safetensors";
import type { PreTrainingFigures } from "../../checkpoint/speech-bert";
import { type Speech, sentences, speeches, speechTokenizer } from "../../data/speeches";
import { BERTForPreTraining } from "../../models/bert";
import { preTrainingBatch, preTrainingLoss, preTrainingScores, speechBERTConfig } from "../../models/speech-bert";
import { Random } from "../../random";
import { placesWithNext, type Sentences, sentencePair } from "../../text/sentence-pairs";
import { batches, randomAt } from "../../train/batches";
import { restore, saveTensors } from "../../train/checkpoint";
import { AdamW } from "../../train/optimizers";
import { linear } from "../../train/schedules";
import { train } from "../../train/train";
import type { RunOptions, Training } from "./training";

const batchSize = 32;
const seed = 1;

/** The reference's budget: what PyTorch reaches in as many steps is known. Its weights ship with the course. */
export const bertMini: Training = {
  name: "bert-mini",
  lesson: "12",
  about: `a BERT of 1.4 M weights reads the State of the Union addresses: 1,890 steps of ${batchSize} sentence pairs`,
  run: (options, modelFile) => preTrain(1890, options, modelFile),
};

/** The same reading five times over, which takes five times as long: for those who want to see better guesses. */
export const bertMiniLong: Training = {
  name: "bert-mini-long",
  lesson: "12",
  about: `the same BERT reads for longer: 9,450 steps of ${batchSize} sentence pairs`,
  run: (options, modelFile) => preTrain(9450, options, modelFile),
};

async function preTrain(steps: number, options: RunOptions, modelFile: string): ReturnType<Training["run"]> {
  const split = speeches();
  const tokenizer = speechTokenizer(split.train);
  const toIds = (list: readonly Speech[]): Sentences[] =>
    list.map((speech) => sentences(speech.text).map((text) => tokenizer.pieces(text).map(({ id }) => id)));
  const [documents, held] = [toIds(split.train), toIds(split.validation)];
  const places = placesWithNext(documents);
  const model = new BERTForPreTraining({ ...speechBERTConfig, seed });
  const optimizer = new AdamW(model.parameters(), {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.98,
    weightDecay: 0.01,
  });
  const scores = () => preTrainingScores(model, validationBatches(held));
  const start = scores();
  const result = await train({
    ...options,
    model,
    optimizer,
    batches: batches({ size: places.length, batchSize, seed }, (rows) => rows),
    steps,
    schedule: linear({ peak: 1e-3, steps, warmup: 300 }),
    clipNorm: 1,
    loss: (rows, { random }) =>
      preTrainingLoss(
        model,
        preTrainingBatch(
          rows.map((i) => sentencePair(documents, places[i]!, random)),
          random,
        ),
      ),
    seed,
    evaluate: () => {
      const { maskedLoss, maskedAccuracy, nextAccuracy } = scores();
      return { maskedLoss, maskedAccuracy, nextAccuracy };
    },
    evaluateEvery: Math.round(steps / 5),
  });
  await saveTensors(modelFile, model.parameters(), { dtype: "F16" });
  const summary: string[] = [];
  if (result.end !== "interrupted") {
    restore(model.parameters(), decodeSafetensors(fs.readFileSync(modelFile)).tensors); // the figures are of what is shipped
    const { tokens, pairs, ...end } = scores();
    const baseline = unigramLoss(documents, held);
    summary.push(
      `masked tokens: ${end.maskedLoss.toFixed(3)} nats, ${(100 * end.maskedAccuracy).toFixed(1)} % right (${tokens} tokens; word frequencies alone: ${baseline.toFixed(3)} nats)`,
      `next sentence: ${(100 * end.nextAccuracy).toFixed(1)} % right (${pairs} pairs)`,
    );
    const curve = [
      { step: 0, ...pick(start) },
      ...result.evaluations.map(({ step, metrics }) => ({ step, ...(metrics as ReturnType<typeof pick>) })),
    ];
    const figures: PreTrainingFigures = {
      steps,
      plannedSteps: steps,
      batchSize,
      tokens,
      pairs,
      unigramLoss: baseline,
      ...end,
      curve,
    };
    fs.writeFileSync(path.join(path.dirname(modelFile), "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
  }
  optimizer.dispose();
  model.dispose();
  return { result, summary };
}

function pick({ maskedLoss, maskedAccuracy, nextAccuracy }: ReturnType<typeof preTrainingScores>) {
  return { maskedLoss, maskedAccuracy, nextAccuracy };
}

/** The same 3,200 pairs with the same masks at every evaluation. */
function validationBatches(documents: readonly Sentences[]) {
  const places = new Random(9).shuffle(placesWithNext(documents)).slice(0, 3200);
  return Array.from({ length: Math.ceil(places.length / 100) }, (_, i) => () => {
    const random = randomAt(9, i);
    const pairs = places.slice(100 * i, 100 * (i + 1)).map((place) => sentencePair(documents, place, random));
    return preTrainingBatch(pairs, random);
  });
}

/** What guessing each word by its frequency in the training speeches costs, in nats; unknown words do not count. */
function unigramLoss(documents: readonly Sentences[], held: readonly Sentences[]): number {
  const counts = new Float64Array(speechBERTConfig.vocabularySize);
  for (const id of documents.flat(2)) counts[id]!++;
  const known = (id: number) => id > 4;
  const total = counts.reduce((sum, count, id) => sum + (known(id) ? count : 0), 0);
  const words = held.flat(2).filter(known);
  return words.reduce((sum, id) => sum - Math.log(counts[id]! / total), 0) / words.length;
}
