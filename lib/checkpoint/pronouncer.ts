import { pronouncerConfig } from "../models/pronouncer";
import { Transformer } from "../models/transformer";
import { shippedFigures, shippedModel } from "./shipped";

/** Error rates on test words, from 0 up. */
export interface MeasuredRates {
  /** 1: greedy. */
  readonly beams: number;
  readonly words: number;
  readonly phonemeErrorRate: number;
  readonly wordErrorRate: number;
  /** The share of words that are said as none of the dictionary's pronunciations. */
  readonly unlisted: number;
}

/** What a training of the pronouncer measured: it lies beside the weights. */
export interface PronouncerFigures {
  /** The command that trains it again. */
  readonly command: string;
  readonly steps: number;
  readonly batchSize: number;
  /** Of the last run: not the whole time if it was resumed. */
  readonly seconds: number;
  readonly resumed: boolean;
  readonly greedy: MeasuredRates;
  readonly beam: MeasuredRates;
  /** Greedy, on 1,000 validation words. */
  readonly curve: readonly {
    readonly step: number;
    readonly phonemeErrorRate: number;
    readonly wordErrorRate: number;
  }[];
  /** The mean training loss of every 100 steps. */
  readonly losses: readonly number[];
}

/** The Transformer of lesson 10 with trained weights, and how it was trained. The caller disposes the model. */
export function loadPronouncer(folder?: string): { model: Transformer; figures: PronouncerFigures } {
  const figures: PronouncerFigures = shippedFigures("g2p", folder);
  const model = shippedModel("g2p", folder, () => new Transformer({ ...pronouncerConfig, seed: 1 }));
  return { model, figures };
}
