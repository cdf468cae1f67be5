import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { answerTask, pronounceTask, sentimentTask } from "../../lib/data/text-tasks";
import { T5 } from "../../lib/models/t5";
import { answer, sentinels, textBatch, textTokenizer, textToTextConfig } from "../../lib/models/text-to-text";
import { sequenceLoss } from "../../lib/models/transformer";
import { encode } from "../../lib/text/tokenizer";
import { AdamW } from "../../lib/train/optimizers";
import { train } from "../../lib/train/train";

const unknown = textTokenizer.vocabulary.id("<unk>");

test("a sentinel is one token, everything else a character each", () => {
  const text = "a <0> bird<1>";
  const pieces = textTokenizer.pieces(text);
  expect(pieces.map(({ token }) => token)).toEqual(["a", " ", "<0>", " ", "b", "i", "r", "d", "<1>"]);
  expect(pieces.every(({ token, start, end }) => text.slice(start, end) === token)).toBe(true);
  expect(textTokenizer.decode(encode(textTokenizer, text))).toBe(text);
  expect(encode(textTokenizer, "é<12>").filter((id) => id === unknown)).toHaveLength(3); // é, < and >: no such sentinel
});

test("the vocabulary has every character of every task", () => {
  const examples = [pronounceTask(), answerTask()].flatMap(({ train, validation, test }) => [train, validation, test]);
  const text = examples.map((part) => part.map(({ input, target }) => input + target).join("")).join("");
  expect([...new Set(text)].filter((character) => !textTokenizer.vocabulary.has(character))).toEqual([]);
  const { train } = sentimentTask();
  expect(train.filter(({ input }) => encode(textTokenizer, input).includes(unknown)).length).toBeLessThan(3);
});

test("what the decoder reads is the target, shifted by one: it starts with padding and ends with the end mark", () => {
  tf.tidy(() => {
    const { source, shifted, target } = textBatch([
      { input: "a: bc", target: "yes" },
      { input: "a", target: "no <0>" },
    ]);
    expect([source.shape, shifted.shape, target.shape]).toEqual([
      [2, 6],
      [2, 5],
      [2, 5],
    ]);
    const [written, read] = [target.arraySync(), shifted.arraySync()];
    expect(written.map((row) => textTokenizer.decode(row))).toEqual(["yes</s><pad>", "no <0></s>"]);
    expect(read.map((row) => textTokenizer.decode(row))).toEqual(["<pad>yes<pad>", "<pad>no <0>"]);
  });
});

test("a few steps teach it to answer by prefix, and nothing is left in memory", async () => {
  const examples = [
    { input: "up: ab", target: "AB" },
    { input: "up: ba", target: "BA" },
    { input: "is: ab", target: "yes" },
    { input: "is: ba", target: "no" },
  ];
  const inputs = examples.map(({ input }) => input);
  const before = tf.memory().numTensors;
  const model = new T5({ ...textToTextConfig, modelSize: 32, headSize: 8, feedForwardSize: 32, seed: 1 });
  const optimizer = new AdamW(model.parameters(), { learningRate: 5e-3 });
  await train({
    model,
    optimizer,
    nextBatch: () => textBatch(examples),
    steps: 60,
    clipNorm: 1,
    loss: ({ source, shifted, target }) => sequenceLoss(model.forward(source, shifted), target, { padding: 0 }),
  });
  expect(answer(model, inputs)).toEqual(examples.map(({ target }) => target));
  expect(answer(model, [...inputs].reverse())).toEqual(examples.map(({ target }) => target).reverse());
  expect(answer(model, [])).toEqual([]);
  optimizer.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("ten sentinels, in order", () => {
  expect(sentinels).toHaveLength(10);
  expect(sentinels.map((token) => textTokenizer.vocabulary.id(token))).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});
