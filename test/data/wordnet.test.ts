import { expect, test } from "vitest";
import { ancestors, isA, isPolite, wordNet } from "../../lib/data/wordnet";

const nouns = wordNet();
const first = (word: string) => nouns.senses(word)[0]!;

test("all nouns of WordNet 3.1, every link leads somewhere", () => {
  expect([nouns.synsets.size, nouns.words.length]).toEqual([82_192, 117_953]);
  const links = [...nouns.synsets.values()].flatMap(({ hypernyms, hyponyms }) => [...hypernyms, ...hyponyms]);
  expect(links.length).toBeGreaterThan(150_000);
  expect(links.filter((id) => !nouns.synsets.has(id))).toEqual([]);
  expect(nouns.words.filter((word) => nouns.senses(word).some((sense) => sense === undefined))).toEqual([]);
});

test("what goes up comes down: hyponyms are the hypernyms read backwards", () => {
  const up = [...nouns.synsets.values()].flatMap(({ id, hypernyms }) => hypernyms.map((above) => `${id} ${above}`));
  const down = [...nouns.synsets.values()].flatMap(({ id, hyponyms }) => hyponyms.map((below) => `${below} ${id}`));
  expect(down.sort()).toEqual(up.sort());
});

test("a meaning: its words, definition and examples apart", () => {
  const dog = first("dog");
  expect(dog.words).toEqual(["dog", "domestic dog", "Canis familiaris"]);
  expect(dog.definition).toBe(
    "a member of the genus Canis (probably descended from the common wolf) that has been domesticated by man since prehistoric times; occurs in many breeds",
  );
  expect(dog.examples).toEqual(["the dog barked all night"]);
  expect(dog.subject).toBe(5);
  expect([...nouns.synsets.values()].filter(({ definition }) => definition === "" || definition.includes('"'))).toEqual(
    [],
  );
});

test("the commonest meaning stands first, whatever the word's case; names may have several words", () => {
  expect(nouns.senses("Dog")).toHaveLength(7);
  expect(nouns.senses("mercury").map(({ words }) => words[0])).toEqual(["mercury", "Mercury", "Mercury", "mercury"]);
  expect(first("fire ant").words).toEqual(["fire ant"]);
  expect(nouns.senses("no such word")).toEqual([]);
  expect([nouns.attested("house"), nouns.attested("fire ant"), nouns.attested("no such word")]).toEqual([7, 0, 0]);
});

test("a dog is an animal, by two ways; an animal is no dog, and nothing is a kind of itself", () => {
  const [dog, animal] = [first("dog"), first("animal")];
  expect(
    ancestors(nouns, dog)
      .slice(0, 4)
      .map(({ words }) => words[0]),
  ).toEqual(["canine", "domestic animal", "carnivore", "animal"]);
  expect(ancestors(nouns, dog).at(-1)!.words).toEqual(["entity"]);
  expect([isA(nouns, dog, animal), isA(nouns, animal, dog), isA(nouns, dog, dog)]).toEqual([true, false, false]);
  expect(isA(nouns, first("Paris"), first("city"))).toBe(true); // an instance
});

test("the other parts of speech", () => {
  expect(wordNet("verb").senses("pronounce")[0]!.definition).toMatch(/^speak, pronounce/);
  expect(wordNet("adjective").senses("acute accent")).toEqual([]);
  expect(wordNet("adjective").senses("galore")[0]!.words).toContain("galore"); // stored as galore(ip)
  expect(wordNet("adverb").senses("quickly")[0]!.words[0]).toBe("quickly");
});

test("rude meanings are told from polite ones", () => {
  const told = (definition: string) => isPolite({ ...first("dog"), definition });
  expect([told("a large animal"), told("an offensive term"), told("(ethnic slur) a person")]).toEqual([
    true,
    false,
    false,
  ]);
  const polite = [...nouns.synsets.values()].filter(isPolite);
  expect(polite.length).toBeGreaterThan(0.98 * nouns.synsets.size);
});
