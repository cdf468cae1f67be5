import * as fs from "node:fs";
import * as path from "node:path";
import { pronouncerConfig } from "../models/pronouncer";
import { Transformer } from "../models/transformer";
import { projectRoot } from "../root";
import { restore } from "../train/checkpoint";
import { decodeSafetensors } from "./safetensors";

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

/** The trained pronouncer that comes with the course. */
export const pronouncerFile = path.join(projectRoot, "lib/checkpoint/pretrained/g2p.safetensors");

/** The Transformer of lesson 10 with trained weights, and how it was trained. The caller disposes the model. */
export function loadPronouncer(file = pronouncerFile): { model: Transformer; figures: PronouncerFigures } {
  const figuresFile = file.replace(/\.safetensors$/, ".json");
  for (const needed of [file, figuresFile]) {
    if (!fs.existsSync(needed)) {
      throw new Error(
        `loadPronouncer: expected ${path.basename(needed)} in ${path.dirname(needed)}, got no such file; git checkout -- lib/checkpoint/pretrained brings it back`,
      );
    }
  }
  const figures: PronouncerFigures = JSON.parse(fs.readFileSync(figuresFile, "utf8"));
  const { tensors } = decodeSafetensors(fs.readFileSync(file));
  const model = new Transformer({ ...pronouncerConfig, seed: 1 });
  try {
    restore(model.parameters(), tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, figures };
}
