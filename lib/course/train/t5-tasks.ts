import * as fs from "node:fs";
import * as path from "node:path";
import type { TextTaskFigures } from "../../checkpoint/text-to-text";
import {
  answerTask,
  plainTexts,
  pronounceTask,
  sentimentTask,
  type TextExample,
  type TextTask,
} from "../../data/text-tasks";
import { T5 } from "../../models/t5";
import { answer, sentinels, textBatch, textToTextConfig } from "../../models/text-to-text";
import { sequenceLoss } from "../../models/transformer";
import { corruptSpans, drawSpans } from "../../text/span-corruption";
import { type Batches, randomAt } from "../../train/batches";
import { saveTensors } from "../../train/checkpoint";
import { exactMatch } from "../../train/exact-match";
import { lengthBatches } from "../../train/length-batches";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import type { Training } from "./training";

const { padding } = textToTextConfig;
const seed = 13;
const tested = 500; // test questions of each task, at the end
const longest = 24; // characters of an answer
const shown = 100; // validation questions of each task at each evaluation

const tasks = { pronounce: pronounceTask, sentiment: sentimentTask, answer: answerTask } as const;
export type TaskName = keyof typeof tasks;
const batchSizes: Record<TaskName, number> = { pronounce: 64, sentiment: 32, answer: 24 };

/** Whose turn it is, round after round: the task with the most to learn comes most often. */
const round = [
  "pronounce",
  "answer",
  "pronounce",
  "sentiment",
  "pronounce",
  "answer",
  "pronounce",
  "fill",
  "pronounce",
];
const rounds = 600;

type TextBatch = ReturnType<typeof textBatch>;

/** Lesson 13's T5. Every task gets the same batches whether it is learnt alone or beside others. */
function textTraining(name: string, about: string, learnt: readonly TaskName[], fill: boolean): Training {
  return {
    name,
    lesson: "13",
    about,
    async run(options, modelFile) {
      const data = new Map(learnt.map((task) => [task, tasks[task]()]));
      const streams = new Map<string, Batches<TextBatch>>();
      for (const [task, { train }] of data) streams.set(task, taskBatches(train, batchSizes[task]));
      if (fill) streams.set("fill", spanBatches(plainTexts()));
      const turns = Array.from({ length: rounds }, () => round.filter((task) => streams.has(task))).flat();
      const before = turns.map((task, step) => turns.slice(0, step).filter((other) => other === task).length);
      const model = new T5({ ...textToTextConfig, seed });
      const optimizer = new AdamW(model.parameters(), { beta2: 0.98, weightDecay: 0.01 });
      const steps = turns.length;
      const exactOn = (part: keyof TextTask, limit: number) =>
        Object.fromEntries([...data].map(([task, parts]) => [task, exact(model, parts[part].slice(0, limit))]));
      const result = await train({
        ...options,
        model,
        optimizer,
        nextBatch: (step) => streams.get(turns[step]!)!.at(before[step]!),
        steps,
        schedule: cosine({ peak: 3e-3, steps, warmup: 50, floor: 1e-4 }),
        clipNorm: 1,
        loss: ({ source, shifted, target }) => sequenceLoss(model.forward(source, shifted), target, { padding }),
        seed,
        evaluate: () => exactOn("validation", shown),
        evaluateEvery: steps / 5,
      });
      await saveTensors(modelFile, model.parameters(), { dtype: "F16" });
      const summary: string[] = [];
      if (result.end !== "interrupted") {
        const found = exactOn("test", tested);
        const test = Object.fromEntries(
          [...data].map(([task, parts]) => {
            const questions = parts.test.slice(0, tested);
            return [
              task,
              { exact: found[task]!, questions: questions.length, commonest: commonest(parts.train, questions) },
            ];
          }),
        );
        const figures: TextTaskFigures = {
          command: `npm run train -- ${name}`,
          parameters: [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0),
          steps,
          seconds: Math.round(result.seconds),
          test,
          curve: result.evaluations.map(({ step, metrics }) => ({ step, exact: metrics })),
        };
        fs.writeFileSync(path.join(path.dirname(modelFile), "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
        for (const [task, { exact, questions, commonest }] of Object.entries(test))
          summary.push(
            `${task}: ${percent(exact)} of ${questions} test questions answered to the letter; the commonest answer alone gets ${percent(commonest)}`,
          );
      }
      optimizer.dispose();
      model.dispose();
      return { result, summary };
    },
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function taskBatches(examples: readonly TextExample[], batchSize: number): Batches<TextBatch> {
  const lengths = examples.map(({ input }) => input.length);
  return lengthBatches({ lengths, batchSize, seed }, (rows) => textBatch(rows.map((i) => examples[i]!)));
}

/** Texts with holes, other holes every time. */
function spanBatches(texts: readonly string[]): Batches<TextBatch> {
  const chosen = lengthBatches({ lengths: texts.map((text) => text.length), batchSize: 32, seed }, (rows) => rows);
  return {
    stepsPerEpoch: chosen.stepsPerEpoch,
    at: (step) => {
      const random = randomAt(seed, step);
      return textBatch(
        chosen.at(step).map((row) => {
          const characters = [...texts[row]!];
          const { input, target } = corruptSpans(characters, drawSpans(characters.length, { random }), sentinels);
          return { input: input.join(""), target: target.join("") };
        }),
      );
    },
  };
}

function exact(model: T5, examples: readonly TextExample[]): number {
  const answers: string[] = [];
  for (let i = 0; i < examples.length; i += 100)
    answers.push(
      ...answer(
        model,
        examples.slice(i, i + 100).map(({ input }) => input),
        { maxLength: longest },
      ),
    );
  return exactMatch(
    answers,
    examples.map(({ accepted }) => accepted),
  );
}

/** What a model gets that always gives the answer which is commonest in training among questions that begin alike. */
function commonest(train: readonly TextExample[], test: readonly TextExample[]): number {
  const kind = ({ input }: TextExample) =>
    input
      .split(" ", 2)
      .join(" ")
      .replace(/^(pronounce|sentiment): .*/, "$1:");
  const counts = new Map<string, Map<string, number>>();
  for (const example of train) {
    const answers = counts.get(kind(example)) ?? new Map<string, number>();
    counts.set(kind(example), answers.set(example.target, (answers.get(example.target) ?? 0) + 1));
  }
  const best = (answers: Map<string, number> | undefined) =>
    [...(answers ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  return exactMatch(
    test.map((example) => best(counts.get(kind(example)))),
    test.map(({ accepted }) => accepted),
  );
}

export const t5Tasks = textTraining(
  "t5-tasks",
  "one T5 for three tasks and for filling in holes, told apart by their prefix",
  ["pronounce", "sentiment", "answer"],
  true,
);
const alone = (task: TaskName) =>
  textTraining(`t5-${task}`, `the same T5 for the task ${task} alone, with the same batches`, [task], false);
export const t5Pronounce = alone("pronounce");
export const t5Sentiment = alone("sentiment");
export const t5Answer = alone("answer");
