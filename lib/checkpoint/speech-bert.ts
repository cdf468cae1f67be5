import * as fs from "node:fs";
import * as path from "node:path";
import { BERT, BERTForPreTraining, BERTForQuestionAnswering, BERTForTokenClassification } from "../models/bert";
import { speechBERTConfig } from "../models/speech-bert";
import { Random } from "../random";
import { projectRoot } from "../root";
import { restore } from "../train/checkpoint";
import { decodeSafetensors } from "./safetensors";

const shipped = path.join(projectRoot, "lib/checkpoint/pretrained");

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

/** The course's BERT, pre-trained on the State of the Union addresses. The caller disposes it. */
export function loadSpeechBERT(folder = shipped): { model: BERTForPreTraining; figures: PreTrainingFigures } {
  const figures: PreTrainingFigures = readJson(folder, "bert-mini");
  const model = new BERTForPreTraining({ ...speechBERTConfig, seed: 1 });
  fill(model, folder, "bert-mini");
  return { model, figures };
}

/** The same after fine-tuning: it marks where an answer starts and ends. */
export function loadSpanBERT(folder = shipped): BERTForQuestionAnswering {
  const model = new BERTForQuestionAnswering(new BERT({ ...speechBERTConfig, seed: 1 }), new Random(1));
  fill(model, folder, "bert-spans");
  return model;
}

/** The same after fine-tuning: it labels each token with the entity that it is part of. */
export function loadEntityBERT(labels: number, folder = shipped): BERTForTokenClassification {
  const model = new BERTForTokenClassification(new BERT({ ...speechBERTConfig, seed: 1 }), labels, new Random(1));
  fill(model, folder, "bert-entities");
  return model;
}

export function headFigures(folder = shipped): HeadFigures[] {
  return readJson(folder, "bert-heads");
}

export function continuedFigures(folder = shipped): ContinuedFigures {
  return readJson(folder, "continued-pretraining");
}

function fill(model: Parameters<typeof parametersOf>[0], folder: string, name: string): void {
  try {
    restore(parametersOf(model), decodeSafetensors(fs.readFileSync(fileIn(folder, `${name}.safetensors`))).tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
}

const parametersOf = (model: BERTForPreTraining | BERTForQuestionAnswering | BERTForTokenClassification) =>
  model.parameters();

function readJson(folder: string, name: string) {
  return JSON.parse(fs.readFileSync(fileIn(folder, `${name}.json`), "utf8"));
}

function fileIn(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (!fs.existsSync(file))
    throw new Error(
      `loadSpeechBERT: expected ${name} in ${folder}, got no such file; git checkout -- lib/checkpoint/pretrained brings it back`,
    );
  return file;
}
