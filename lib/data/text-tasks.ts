import { withArticle } from "./article";
import { fnv1a } from "./fnv";
import { pronunciations } from "./pronunciations";
import { sentimentWords } from "./sentiment-words";
import { type Shares, splitByHash } from "./split";
import { isPolite, type Synset, wordNet } from "./wordnet";

/** A question and its answer, both as text. */
export interface TextExample {
  readonly input: string;
  readonly target: string;
  /** Every text that counts as right, the target included. */
  readonly accepted: readonly string[];
}

export interface TextTask {
  readonly train: readonly TextExample[];
  readonly validation: readonly TextExample[];
  readonly test: readonly TextExample[];
}

const shares = { train: 8, validation: 1, test: 1 } as const satisfies Shares<keyof TextTask>;

/** What the questions tell apart, by WordNet's own number of each subject. */
export const kinds = new Map([
  [5, "animal"],
  [20, "plant"],
  [13, "food"],
  [18, "person"],
  [15, "place"],
  [6, "thing"], // an artefact: something that people make
]);

/** `pronounce: cat` → `K AE T`: the words of CMUdict that have 3 or 4 letters. */
export function pronounceTask(): TextTask {
  const { train, validation, test } = pronunciations();
  const examples = (list: typeof train): TextExample[] =>
    list
      .filter(({ word }) => word.length >= 3 && word.length <= 4)
      .map(({ word, phonemes, listed }) => ({
        input: `pronounce: ${word.toLowerCase()}`,
        target: phonemes.join(" "),
        accepted: listed.map((way) => way.join(" ")),
      }));
  return { train: examples(train), validation: examples(validation), test: examples(test) };
}

/** `sentiment: sunny` → `positive`: the words of AFINN-111. */
export function sentimentTask(): TextTask {
  const { train, validation, test } = sentimentWords();
  const examples = (list: typeof train): TextExample[] =>
    list.map(({ word, score }) => example(`sentiment: ${word}`, score > 0 ? "positive" : "negative"));
  return { train: examples(train), validation: examples(validation), test: examples(test) };
}

/** `answer: what is a finch? small songbird` → `animal`: a question about each of WordNet's short definitions. */
export function answerTask(): TextTask {
  const { train, validation, test } = splitByHash(shortDefinitions(), ({ word }) => word, shares);
  return {
    train: train.map(question),
    validation: mixed(validation.map(question)),
    test: mixed(test.map(question)),
  };
}

/** What the model reads without any question: the short definitions whose words are not kept for validation or test. */
export function plainTexts(): string[] {
  const { train } = splitByHash(shortDefinitions(), ({ word }) => word, shares);
  return train.map(({ word, definition }) => `${word}: ${definition}`);
}

interface Definition {
  readonly word: string;
  readonly definition: string;
  readonly kind: string;
}

const perKind = 2000;
const living = new Set([5, 20]); // a capital letter there is the Latin name of a group

/** Words with one plain meaning that fits in a line, of six kinds; at most 2,000 of a kind, spread over the alphabet. */
function shortDefinitions(): Definition[] {
  const net = wordNet();
  const byKind = new Map([...kinds.values()].map((kind) => [kind, [] as Definition[]]));
  for (const word of net.words) {
    const sense = net.senses(word)[0]!;
    const kind = kinds.get(sense.subject);
    if (kind && fits(word, sense)) byKind.get(kind)!.push({ word, definition: sense.definition.toLowerCase(), kind });
  }
  return [...byKind.values()].flatMap((list) => {
    const every = Math.max(1, list.length / perKind);
    return Array.from({ length: Math.min(perKind, list.length) }, (_, i) => list[Math.floor(i * every)]!);
  });
}

function fits(word: string, sense: Synset): boolean {
  const { definition } = sense;
  const latin = /\b(genus|genera|family|order|class|suborder|type)\b/; // names of groups, which are no animals or plants
  return (
    /^[a-z]{3,10}$/.test(word) &&
    /^[A-Za-z ,;:()'.0-9-]{8,44}$/.test(definition) &&
    !latin.test(definition) &&
    (sense.words.includes(word) || !living.has(sense.subject)) &&
    isPolite(sense)
  );
}

function question({ word, definition, kind }: Definition): TextExample {
  return example(`answer: what is ${withArticle(word)}? ${definition}`, kind);
}

/** In the order of their hashes, so that the first hundred are a fair sample. */
function mixed(examples: readonly TextExample[]): TextExample[] {
  return [...examples].sort((a, b) => fnv1a(a.input) - fnv1a(b.input));
}

function example(input: string, target: string): TextExample {
  return { input, target, accepted: [target] };
}
