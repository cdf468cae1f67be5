import { fnv1a } from "./fnv";
import { ancestors, isPolite, type WordNet, wordNet } from "./wordnet";

/** A question whose answer stands in the passage, from character `start` to before `end`. */
export interface DefinitionQuestion {
  readonly question: string;
  readonly passage: string;
  readonly start: number;
  readonly end: number;
  readonly asks: "kind" | "more";
}

/**
 * Questions over WordNet's definitions. *What kind of thing is it?* is answered by the more general word that WordNet
 * names and the definition uses; *what about it?* by the clause that begins after *that* or *who*. Both are asked of the
 * same definitions, so the passage alone does not give the answer. Split by the hash of the word, 8 to 2.
 *
 *     "a craftsman who installs and repairs pipes"    what kind of thing is it?    "craftsman"
 *                                                     what about it?               "installs and repairs pipes"
 */
export function definitionQuestions(): { train: DefinitionQuestion[]; test: DefinitionQuestion[] } {
  const net = wordNet();
  const split: Record<"train" | "test", DefinitionQuestion[]> = { train: [], test: [] };
  for (const synset of net.synsets.values()) {
    const passage = synset.definition.toLowerCase();
    const clause = /\b(?:that|who) ([^,;:()]+?)(?=\s*(?:[,;:()]|$))/.exec(passage);
    if (!clause || passage.length > 110 || !isPolite(synset)) continue;
    const kind = kindNamed(net, synset, passage.slice(0, clause.index));
    if (!kind) continue;
    const start = clause.index + clause[0].indexOf(" ") + 1;
    split[fnv1a(synset.words[0]!.toLowerCase()) % 10 < 8 ? "train" : "test"].push(
      { question: "what kind of thing is it?", passage, ...kind, asks: "kind" },
      { question: "what about it?", passage, start, end: start + clause[1]!.length, asks: "more" },
    );
  }
  return split;
}

/** Where the beginning of a definition names what it is a kind of: the longest of the more general words. */
function kindNamed(net: WordNet, synset: Parameters<typeof ancestors>[1], beginning: string) {
  const words = ancestors(net, synset)
    .flatMap((above) => above.words)
    .sort((a, b) => b.length - a.length);
  for (const word of words) {
    const start = ` ${beginning} `.indexOf(` ${word.toLowerCase()} `);
    if (start >= 0) return { start, end: start + word.length };
  }
  return undefined;
}
