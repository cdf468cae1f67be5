import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { type HeadFigures, loadSpeechBERT } from "../../checkpoint/speech-bert";
import { checkedEntities } from "../../data/checked-entities";
import { type DefinitionQuestion, definitionQuestions } from "../../data/definition-questions";
import { isAPairs, namesItsKind } from "../../data/is-a-pairs";
import { entityLabels, type LabelledWord, labelByGazetteer } from "../../data/named-entities";
import { type Speech, sentences, speeches, speechTokenizer } from "../../data/speeches";
import { subjectLines } from "../../data/subject-lines";
import {
  type BERT,
  BERTForQuestionAnswering,
  BERTForSequenceClassification,
  BERTForTokenClassification,
} from "../../models/bert";
import { bestSpan } from "../../models/best-span";
import { padRows } from "../../models/pad-rows";
import { bertBatch } from "../../models/speech-bert";
import type { Module } from "../../nn/module";
import { Random } from "../../random";
import { batches } from "../../train/batches";
import { saveTensors } from "../../train/checkpoint";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { linear } from "../../train/schedules";
import { type TrainResult, train } from "../../train/train";
import type { RunOptions, Training } from "./training";

const seeds = [1, 2, 3];
const batchSize = 32;

/** A head with its data: how it is built, what its loss is, how it is scored. */
interface Task<M extends Module> {
  readonly head: HeadFigures["head"];
  readonly data: string;
  readonly metric: string;
  readonly steps: number;
  readonly trainCount: number;
  readonly testCount: number;
  readonly baselines: HeadFigures["baselines"];
  make(bert: BERT, random: Random): M;
  loss(model: M, rows: readonly number[]): tf.Scalar;
  score(model: M): number;
}

/** Every head is fine-tuned from the weights of `bert-mini`, the whole model with it, once for each seed. */
export const bertHeads: Training = {
  name: "bert-heads",
  lesson: "12",
  about: "four heads on the pre-trained BERT: spam subjects, is-a pairs, names in speeches, answers in definitions",
  async run(options, modelFile) {
    const folder = path.dirname(modelFile);
    const { train: read } = speeches();
    const tokenizer = speechTokenizer(read);
    const idsOf = (text: string) => tokenizer.pieces(text).map(({ id }) => id);
    const figures: HeadFigures[] = [];
    const preTrainingSteps = preTrainedSteps();
    let result: TrainResult | undefined;
    for (const task of [classification(idsOf), pairs(idsOf), entities(idsOf, read), spans(tokenizer)]) {
      const scores: number[] = [];
      for (const seed of seeds) {
        if (options.signal.aborted) break;
        const run = await fineTune(task as Task<Module>, seed, options, seed === seeds[0] ? folder : undefined);
        result = run.result;
        scores.push(run.score);
      }
      const { head, data, metric, steps, baselines, trainCount, testCount } = task;
      const examples = { train: trainCount, test: testCount };
      figures.push({ head, data, metric, examples, preTrainingSteps, steps, scores, baselines });
    }
    if (options.signal.aborted) return { result: result!, summary: [] };
    fs.writeFileSync(path.join(folder, "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const summary = figures.map(({ head, metric, scores, baselines }) => {
      const against = baselines.map(({ name, score }) => `${name} ${percent(score)}`).join(", ");
      return `${head}: ${metric} ${scores.map(percent).join(", ")} (${against})`;
    });
    return { result: result!, summary };
  },
};

function preTrainedSteps(): number {
  const { model, figures } = loadSpeechBERT();
  model.dispose();
  return figures.steps;
}

async function fineTune<M extends Module>(task: Task<M>, seed: number, options: RunOptions, folder?: string) {
  const { model: preTrained } = loadSpeechBERT();
  const model = task.make(preTrained.bert, new Random(100 + seed));
  const readsPooler = task.head === "classification" || task.head === "pairs";
  const parameters = new Map([...model.parameters()].filter(([path]) => readsPooler || !path.includes("pooler")));
  const optimizer = new AdamW(parameters, { learningRate: 1e-3, beta2: 0.98, weightDecay: 0.01 });
  const { steps } = task;
  const result = await train({
    callbacks: options.callbacks,
    signal: options.signal,
    parameters,
    optimizer,
    batches: batches({ size: task.trainCount, batchSize, seed }, (rows) => rows),
    steps,
    schedule: linear({ peak: 5e-4, steps, warmup: Math.round(steps / 10) }),
    clipNorm: 1,
    loss: (rows) => task.loss(model, rows),
    seed,
  });
  const score = task.score(model);
  if (folder && (task.head === "entities" || task.head === "spans"))
    await saveTensors(path.join(folder, `bert-${task.head}.safetensors`), model.parameters(), { dtype: "F16" });
  optimizer.dispose();
  for (const weight of new Set([...model.parameters().values(), ...preTrained.parameters().values()])) weight.dispose();
  return { result, score };
}

type IdsOf = (text: string) => number[];

/** The share of examples for which `right` says so, read in batches. */
function share(count: number, rightOf: (rows: readonly number[]) => readonly boolean[]): number {
  let right = 0;
  for (let start = 0; start < count; start += 64) {
    const rows = Array.from({ length: Math.min(64, count - start) }, (_, i) => start + i);
    tf.tidy(() => {
      right += rightOf(rows).filter(Boolean).length;
    });
  }
  return right / count;
}

/** A label for a text or a pair of texts. */
function labelling(
  about: Pick<Task<Module>, "head" | "data" | "steps" | "baselines">,
  examples: Record<"train" | "test", readonly { first: number[]; second?: number[]; label: number }[]>,
): Task<BERTForSequenceClassification> {
  const logits = (model: BERTForSequenceClassification, some: typeof examples.train) => {
    const { ids, segments } = bertBatch(some, 30);
    return model.forward(ids, { segments });
  };
  return {
    ...about,
    metric: "accuracy",
    trainCount: examples.train.length,
    testCount: examples.test.length,
    make: (bert, random) => new BERTForSequenceClassification(bert, 2, random),
    loss(model, rows) {
      const some = rows.map((i) => examples.train[i]!);
      const labels = tf.tensor1d(
        some.map(({ label }) => label),
        "int32",
      );
      return crossEntropy(logits(model, some), labels);
    },
    score: (model) =>
      share(examples.test.length, (rows) => {
        const some = rows.map((i) => examples.test[i]!);
        const guesses = logits(model, some).argMax(-1).dataSync();
        return some.map(({ label }, i) => guesses[i] === label);
      }),
  };
}

function classification(idsOf: IdsOf) {
  const { train, test } = subjectLines();
  const examples = (list: typeof train) => list.map(({ text, spam }) => ({ first: idsOf(text), label: spam ? 1 : 0 }));
  const split = { train: examples(train), test: examples(test) };
  const majority = split.test.filter(({ label }) => label === 0).length / split.test.length;
  return labelling(
    {
      head: "classification",
      data: "subject lines of mails: spam or not",
      steps: 380,
      baselines: [
        { name: "always no spam", score: majority },
        { name: "counting words (naive Bayes)", score: naiveBayes(split.train, split.test) },
      ],
    },
    split,
  );
}

/** Each word votes by how often it stood in either class, one count added to each. */
function naiveBayes(
  train: readonly { first: readonly number[]; label: number }[],
  test: readonly { first: readonly number[]; label: number }[],
): number {
  const size = 4096;
  const counts = [0, 1].map(() => new Float64Array(size).fill(1));
  for (const { first, label } of train) for (const id of first) counts[label]![id]!++;
  const totals = counts.map((row) => row.reduce((a, b) => a + b));
  const prior = Math.log(
    train.filter(({ label }) => label === 1).length / train.filter(({ label }) => label === 0).length,
  );
  const right = test.filter(({ first, label }) => {
    const vote = (id: number) => Math.log(counts[1]![id]! / totals[1]!) - Math.log(counts[0]![id]! / totals[0]!);
    return first.reduce((sum, id) => sum + vote(id), prior) > 0 === (label === 1);
  });
  return right.length / test.length;
}

function pairs(idsOf: IdsOf) {
  const { train, test: all } = isAPairs();
  const test = new Random(3).shuffle(all).slice(0, 900);
  const examples = (list: typeof train) =>
    list.map(({ premise, hypothesis, follows }) => ({
      first: idsOf(premise),
      second: idsOf(hypothesis),
      label: follows ? 1 : 0,
    }));
  const following = test.filter(({ follows }) => follows).length / test.length;
  const rule = test.filter((pair) => namesItsKind(pair) === pair.follows).length / test.length;
  return labelling(
    {
      head: "pairs",
      data: "WordNet's is-a relations: does the second sentence follow?",
      steps: 2000,
      baselines: [
        { name: "always the same", score: Math.max(following, 1 - following) },
        { name: "follows if the kind is named", score: rule },
      ],
    },
    { train: examples(train), test: examples(test) },
  );
}

/** Sentences of at most 32 words that name something, and half as many that do not but hold a word that could. */
function entities(idsOf: IdsOf, read: readonly Speech[]): Task<BERTForTokenClassification> {
  const all = read.flatMap((speech) => sentences(speech.text).map(labelByGazetteer));
  const short = all.filter((words) => words.length >= 5 && words.length <= 32);
  const naming = short.filter((words) => words.some(({ label }) => label !== "none"));
  const tempting = /^(may|march|grant|august|pierce|turkey)$/i;
  const others = short.filter(
    (words) => words.every(({ label }) => label === "none") && words.some(({ text }) => tempting.test(text)),
  );
  const train = [...naming, ...new Random(5).shuffle(others).slice(0, Math.floor(naming.length / 2))];
  const test = checkedEntities();
  const idsOfWords = (words: readonly Pick<LabelledWord, "text">[]) => words.flatMap(({ text }) => idsOf(text));
  const labelIds = (words: readonly LabelledWord[]) => words.map(({ label }) => entityLabels.indexOf(label));
  const batch = (some: readonly (readonly LabelledWord[])[]) => ({
    ids: bertBatch(some.map((words) => ({ first: idsOfWords(words) }))).ids,
    targets: padRows(
      some.map((words) => [-1, ...labelIds(words), -1]), // [CLS] and [SEP] have no label
      -1,
    ),
  });
  return {
    head: "entities",
    data: "states, countries, presidents and months in the speeches; tested on sentences checked by hand",
    metric: "F1 of the named words",
    steps: 1000,
    trainCount: train.length,
    testCount: test.length,
    baselines: [
      {
        name: "each word's commonest label",
        score: f1(test.map(labelIds), lookUp(train.map(idsOfWords), train.map(labelIds), test.map(idsOfWords))),
      },
    ],
    make: (bert, random) => new BERTForTokenClassification(bert, entityLabels.length, random),
    loss(model, rows) {
      const { ids, targets } = batch(rows.map((i) => train[i]!));
      const logits = model.forward(ids);
      return crossEntropy(logits.reshape<tf.Tensor2D>([-1, entityLabels.length]), targets.flatten(), {
        ignoreIndex: -1,
      });
    },
    score(model) {
      const guesses = tf.tidy(() => model.forward(batch(test).ids).argMax(-1).arraySync() as number[][]);
      return f1(
        test.map(labelIds),
        guesses.map((row, i) => row.slice(1, 1 + test[i]!.length)),
      );
    },
  };
}

/** Every token gets the label that it had most often. */
function lookUp(
  texts: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
  questions: readonly (readonly number[])[],
): number[][] {
  const counts = new Map<number, number[]>();
  texts.forEach((ids, t) =>
    ids.forEach((id, i) => {
      if (!counts.has(id))
        counts.set(
          id,
          entityLabels.map(() => 0),
        );
      counts.get(id)![labels[t]![i]!]!++;
    }),
  );
  return questions.map((ids) =>
    ids.map((id) => {
      const row = counts.get(id) ?? [1];
      return row.indexOf(Math.max(...row));
    }),
  );
}

/** Of the words that name something: the harmonic mean of how many were found and how many found ones are right. */
export function f1(truth: readonly (readonly number[])[], guesses: readonly (readonly number[])[]): number {
  let [right, found, wanted] = [0, 0, 0];
  truth.forEach((row, r) =>
    row.forEach((label, i) => {
      const guess = guesses[r]![i]!;
      if (label > 0) wanted++;
      if (guess > 0) found++;
      if (label > 0 && guess === label) right++;
    }),
  );
  return (2 * right) / Math.max(1, found + wanted);
}

function spans(tokenizer: ReturnType<typeof speechTokenizer>): Task<BERTForQuestionAnswering> {
  const { train, test } = definitionQuestions();
  const prepared = (list: readonly DefinitionQuestion[]) => list.map((question) => spanExample(tokenizer, question));
  const split = { train: prepared(train), test: prepared(test).slice(0, 800) };
  const forward = (model: BERTForQuestionAnswering, some: typeof split.train) => {
    const { ids, segments } = bertBatch(some);
    return model.forward(ids, { segments });
  };
  return {
    head: "spans",
    data: "questions over WordNet's definitions",
    metric: "exact match",
    steps: 350,
    trainCount: split.train.length,
    testCount: split.test.length,
    baselines: [{ name: "each question's commonest place", score: commonestPlace(split.train, split.test) }],
    make: (bert, random) => new BERTForQuestionAnswering(bert, random),
    loss(model, rows) {
      const some = rows.map((i) => split.train[i]!);
      const { startLogits, endLogits } = forward(model, some);
      const at = (side: "start" | "end") =>
        tf.tensor1d(
          some.map((example) => example[side]),
          "int32",
        );
      return crossEntropy(startLogits, at("start"))
        .add<tf.Scalar>(crossEntropy(endLogits, at("end")))
        .div(2);
    },
    score: (model) =>
      share(split.test.length, (rows) => {
        const some = rows.map((i) => split.test[i]!);
        const { startLogits, endLogits } = forward(model, some);
        const [starts, ends] = [startLogits.arraySync(), endLogits.arraySync()];
        return some.map(({ from, to, start, end }, i) => {
          const span = bestSpan(starts[i]!, ends[i]!, { from, to });
          return span.start === start && span.end === end;
        });
      }),
  };
}

/** A question as the model reads it: `[CLS] question [SEP] passage [SEP]`; the answer's and the passage's places in it. */
export function spanExample(tokenizer: ReturnType<typeof speechTokenizer>, question: DefinitionQuestion) {
  const first = tokenizer.pieces(question.question).map(({ id }) => id);
  const pieces = tokenizer.pieces(question.passage);
  const from = first.length + 2;
  return {
    first,
    second: pieces.map(({ id }) => id),
    asks: question.asks,
    from,
    to: from + pieces.length,
    start: from + pieces.findIndex((piece) => piece.end > question.start),
    end: from + pieces.filter((piece) => piece.start < question.end).length - 1,
  };
}

/** For each question the span that was right most often in training, wherever it leads. */
function commonestPlace(train: readonly ReturnType<typeof spanExample>[], test: typeof train): number {
  const place = ({ start, end, from }: (typeof train)[number]) => `${start - from} ${end - from}`;
  const commonest = (asks: DefinitionQuestion["asks"]) => {
    const counts = new Map<string, number>();
    for (const example of train.filter((some) => some.asks === asks))
      counts.set(place(example), (counts.get(place(example)) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a)[0]![0];
  };
  const best = { kind: commonest("kind"), more: commonest("more") };
  return test.filter((example) => place(example) === best[example.asks]).length / test.length;
}
