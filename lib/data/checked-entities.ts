import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { type EntityLabel, type LabelledWord, labelByGazetteer } from "./named-entities";

interface CheckedSentence {
  readonly year: number;
  readonly text: string;
  readonly names: readonly { readonly word: string; readonly start: number; readonly label: EntityLabel }[];
}

/**
 * Sentences of the validation speeches whose names were labelled by the gazetteer and then read and mended by hand, as
 * rows of labelled words. What the rule got wrong: a senator called Wilson, the city of New York, Hawaii while it was a
 * kingdom, countries that the list does not have.
 */
export function checkedEntities(): LabelledWord[][] {
  const file = path.join(projectRoot, "lib/data/hand-checked.json");
  const sentences: CheckedSentence[] = JSON.parse(fs.readFileSync(file, "utf8"));
  return sentences.map(({ text, names }) => {
    const labels = new Map(names.map(({ start, label }) => [start, label]));
    return labelByGazetteer(text).map((word): LabelledWord => ({ ...word, label: labels.get(word.start) ?? "none" }));
  });
}
