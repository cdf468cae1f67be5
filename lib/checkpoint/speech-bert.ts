import { BERT, BERTForPreTraining, BERTForQuestionAnswering, BERTForTokenClassification } from "../models/bert";
import { speechBERTConfig } from "../models/speech-bert";
import { Random } from "../random";
import { shippedFigures, shippedModel } from "./shipped";

/** What `npm run train -- bert-mini` measured on the validation speeches. */
export interface PreTrainingFigures {
  /** Steps done, of so many that the schedule has. */
  readonly steps: number;
  readonly plannedSteps: number;
  readonly batchSize: number;
  readonly tokens: number;
  readonly pairs: number;
  /** Nats for a masked token that is guessed by its frequency alone. */
  readonly unigramLoss: number;
  readonly maskedLoss: number;
  readonly maskedAccuracy: number;
  readonly nextAccuracy: number;
  readonly curve: readonly {
    readonly step: number;
    readonly maskedLoss: number;
    readonly maskedAccuracy: number;
    readonly nextAccuracy: number;
  }[];
}

/** What `npm run train -- bert-heads` measured, a score for each seed. */
export interface HeadFigures {
  readonly head: "classification" | "pairs" | "entities" | "spans";
  readonly data: string;
  readonly metric: string;
  readonly examples: { readonly train: number; readonly test: number };
  /** How many steps the model was pre-trained for, and then fine-tuned. */
  readonly preTrainingSteps: number;
  readonly steps: number;
  readonly scores: readonly number[];
  readonly baselines: readonly { readonly name: string; readonly score: number }[];
}

/** What a model had read before it learned a task. */
export type Reading = "nothing" | "speeches" | "more speeches" | "Moby-Dick";

/** What a model has read, and how well it guesses masked words of either kind of text, in nats, afterwards. */
export interface ReadingRow {
  readonly reading: Reading;
  readonly speeches: number;
  readonly mobyDick: number;
}

/** How many sentences of Moby-Dick were told right from wrong, spoken from told, after learning from so many of them. */
export interface VoiceRow {
  readonly reading: Reading;
  readonly labels: number;
  readonly seed: number;
  readonly accuracy: number;
}

/** What `npm run train -- continued-pretraining` measured. */
export interface ContinuedFigures {
  readonly command: string;
  /** Of either kind of reading on. */
  readonly readingSteps: number;
  /** Of learning the task, each time. */
  readonly taskSteps: number;
  readonly testSentences: number;
  /** Words that the speeches' vocabulary got from Moby-Dick, and the share of the book's words unknown before and after. */
  readonly newWords: number;
  readonly unknown: readonly [before: number, after: number];
  readonly readings: readonly ReadingRow[];
  readonly voices: readonly VoiceRow[];
  /** Counting words, on the same draws of labels. */
  readonly counting: readonly Omit<VoiceRow, "reading">[];
}

const config = { ...speechBERTConfig, seed: 1 };

/** The course's BERT, pre-trained on the State of the Union addresses. The caller disposes it. */
export function loadSpeechBERT(folder?: string): { model: BERTForPreTraining; figures: PreTrainingFigures } {
  const figures: PreTrainingFigures = shippedFigures("bert-mini", folder);
  const model = shippedModel("bert-mini", folder, () => new BERTForPreTraining(config));
  return { model, figures };
}

/** The same after fine-tuning: it marks where an answer starts and ends. */
export function loadSpanBERT(folder?: string): BERTForQuestionAnswering {
  const build = () => new BERTForQuestionAnswering(new BERT(config), new Random(1));
  return shippedModel("bert-spans", folder, build);
}

/** The same after fine-tuning: it labels each token with the entity that it is part of. */
export function loadEntityBERT(labels: number, folder?: string): BERTForTokenClassification {
  const build = () => new BERTForTokenClassification(new BERT(config), labels, new Random(1));
  return shippedModel("bert-entities", folder, build);
}

export function headFigures(folder?: string): HeadFigures[] {
  return shippedFigures("bert-heads", folder);
}

export function continuedFigures(folder?: string): ContinuedFigures {
  return shippedFigures("continued-pretraining", folder);
}
