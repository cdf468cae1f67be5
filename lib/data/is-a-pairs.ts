import { Random } from "../random";
import { withArticle } from "./article";
import { fnv1a } from "./fnv";
import { ancestors, isPolite, type Synset, wordNet } from "./wordnet";

/** Two sentences, and whether the second follows from the first. */
export interface IsAPair {
  readonly premise: string;
  readonly hypothesis: string;
  readonly follows: boolean;
}

/** The kinds that hypotheses speak of: a word, and how the meaning that is wanted is described. */
const kinds = [
  ["person", "a human being"],
  ["plant", "(botany) a living organism lacking the power of locomotion"],
  ["disease", "an impairment of health or a condition of abnormal functioning"],
  ["food", "any substance that can be metabolized by an animal"],
  ["language", "a systematic means of communicating"],
  ["fish", "any of various mostly cold-blooded aquatic vertebrates"],
  ["city", "a large and densely populated urban area"],
  ["instrument", "a device that requires skill for proper use"],
  ["science", "a particular branch of scientific knowledge"],
  ["feeling", "the experiencing of affective and emotional states"],
  ["river", "a large natural stream of water"],
  ["building", "a structure that has a roof and walls"],
] as const;

/** So many meanings of each kind at most; persons alone would be ten thousand. */
const mostOfAKind = 450;

/**
 * Inference from WordNet's is-a relations: the premise is a meaning with its definition, the hypothesis says of what kind
 * it is. Each meaning makes two pairs, one that follows and one that does not, so that the hypothesis alone tells nothing.
 * Meanings are split by the hash of their word, 8 to 2: no word of the test is learnt from.
 *
 *     "craftsman: a professional whose work is consistently of high quality"    "it is a person"    follows
 */
export function isAPairs(): { train: IsAPair[]; test: IsAPair[] } {
  const net = wordNet();
  const roots = kinds.map(([word, begin]) => {
    const root = net.senses(word).find(({ definition }) => definition.startsWith(begin));
    if (!root) throw new Error(`isAPairs: expected WordNet to define ${word} as "${begin} …", got other meanings`);
    return root;
  });
  const found = roots.map((): { synset: Synset; kinds: readonly number[] }[] => []);
  for (const synset of net.synsets.values()) {
    if (!isPolite(synset)) continue;
    const above = new Set(ancestors(net, synset));
    const kinds = roots.flatMap((root, kind) => (above.has(root) ? [kind] : []));
    for (const kind of kinds) found[kind]!.push({ synset, kinds });
  }
  const split: Record<"train" | "test", IsAPair[]> = { train: [], test: [] };
  const random = new Random(12);
  found.forEach((list, kind) => {
    for (const { synset, kinds } of random.shuffle(list).slice(0, mostOfAKind)) {
      const premise = `${synset.words[0]}: ${synset.definition}`;
      const others = roots.map((_, other) => other).filter((other) => !kinds.includes(other));
      split[fnv1a(synset.words[0]!.toLowerCase()) % 10 < 8 ? "train" : "test"].push(
        { premise, hypothesis: hypothesisOf(kind), follows: true },
        { premise, hypothesis: hypothesisOf(random.choice(others)), follows: false },
      );
    }
  });
  return split;
}

function hypothesisOf(kind: number): string {
  const word = kinds[kind]![0];
  return `it is ${withArticle(word)}`;
}

/** The rule to beat: it follows if the kind stands in the premise. */
export function namesItsKind({ premise, hypothesis }: IsAPair): boolean {
  const kind = hypothesis.split(" ").at(-1)!;
  return premise
    .toLowerCase()
    .split(/[^a-z]+/)
    .includes(kind);
}
