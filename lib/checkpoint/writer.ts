import { GPT, type GPTConfig } from "../models/gpt";
import { CharacterTokenizer } from "../text/characters";
import { Vocabulary } from "../text/vocabulary";
import { shippedFigures, shippedModel } from "./shipped";

/** What a training of a GPT that writes letter by letter measured: it lies beside the weights. */
export interface WriterFigures {
  /** The command that trains it again. */
  readonly command: string;
  readonly config: GPTConfig;
  readonly parameters: number;
  /** The characters, in the order of their ids. */
  readonly vocabulary: readonly string[];
  readonly steps: number;
  readonly batchSize: number;
  /** Nats a character on the first 300 windows of the validation text, after so many steps. */
  readonly curve: readonly { readonly step: number; readonly loss: number }[];
  /** Nats a character on the whole validation text, at the end. */
  readonly validationLoss: number;
  /** Of the last run: not the whole time if it was resumed. */
  readonly seconds: number;
  /** What the model wrote at several moments of its training, each time from the same prompt and the same random numbers. */
  readonly samples: readonly { readonly step: number; readonly text: string }[];
}

/** The trained writers that come with the course. */
export type WriterName = "moby-dick-gpt";

/** A GPT with trained weights, its tokenizer, and how it was trained. The caller disposes the model. */
export interface Writer {
  readonly model: GPT;
  readonly tokenizer: CharacterTokenizer;
  readonly figures: WriterFigures;
}

/** One of lesson 11's models, by its training's name. */
export function loadWriter(name: WriterName, folder?: string): Writer {
  const figures: WriterFigures = shippedFigures(name, folder);
  const model = shippedModel(name, folder, () => new GPT(figures.config));
  return { model, tokenizer: new CharacterTokenizer(new Vocabulary(figures.vocabulary)), figures };
}
