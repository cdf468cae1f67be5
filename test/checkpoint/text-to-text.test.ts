import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadTextToText } from "../../lib/checkpoint/text-to-text";
import { answerTask, sentimentTask, type TextExample } from "../../lib/data/text-tasks";
import { answer } from "../../lib/models/text-to-text";
import { exactMatch } from "../../lib/train/exact-match";

test("the shipped model answers by prefix, as well as its figures say, and leaves nothing in memory", () => {
  const before = tf.memory().numTensors;
  const { model, together, alone } = loadTextToText();
  expect(Object.keys(alone)).toEqual(Object.keys(together.test));
  expect([...model.parameters().values()].reduce((sum, { size }) => sum + size, 0)).toBe(together.parameters);
  const share = (examples: readonly TextExample[]) => {
    const answers = answer(
      model,
      examples.map(({ input }) => input),
      { maxLength: 24 },
    );
    return exactMatch(
      answers,
      examples.map(({ accepted }) => accepted),
    );
  };
  for (const [task, examples] of Object.entries({ sentiment: sentimentTask().test, answer: answerTask().test })) {
    const { exact, questions } = together.test[task]!;
    expect(Math.abs(share(examples.slice(0, questions)) - exact), task).toBeLessThan(0.02); // shipped in 16 bits
  }
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("what every task gets is the same alone and together", () => {
  const { model, together, alone } = loadTextToText();
  model.dispose();
  for (const [task, figures] of Object.entries(alone)) {
    expect(figures.test[task]!.questions).toBe(together.test[task]!.questions);
    expect(figures.parameters).toBe(together.parameters);
    expect(figures.steps).toBeLessThan(together.steps);
  }
});

test("missing files are named", () => {
  expect(() => loadTextToText("no/such/folder")).toThrow(
    "shipped: expected t5-tasks.json in no/such/folder, got no such file",
  );
});
