import { type Exercise, type Lesson, tensor } from "../../../../lib/course/grader/exercise";
import type { Random } from "../../../../lib/random";

/* A lesson for the grader's own tests: numbers, tensors, a class behind a driver, and a list that may be changed. */

const numbers = (random: Random, count: number) => Array.from({ length: count }, () => random.normal(0, 2));

const softmax: Exercise = {
  ...{
    number: "90.1",
    slug: "fixture/softmax",
    title: "Softmax",
    why: "A test.",
    difficulty: 1,
    minutes: 5,
    points: 4,
  },
  exports: ["softmax"],
  hints: ["Shares sum to 1.", "Take exp, then divide by the sum.", "Subtract the largest number before exp."],
  checks: [
    {
      title: "the shares of ordinary numbers",
      call: "softmax",
      inputs: (random) => [3, 5, 7].map((count) => [numbers(random, count)]),
    },
    {
      title: "numbers whose exp is too large for a number",
      call: "softmax",
      inputs: (random) => [[numbers(random, 4).map((value) => value + 800)]],
    },
  ],
  mistakes: [
    {
      name: "the largest number is not subtracted",
      message: "exp(800) is Infinity, and Infinity / Infinity is NaN.",
      edits: [["Math.exp(value - largest)", "Math.exp(value)"]],
    },
    {
      name: "the shares are not divided by their sum",
      message: "Your numbers do not sum to 1.",
      edits: [["powers.map((power) => power / sum)", "powers"]],
    },
    {
      name: "divided by the count",
      message: "Divide by the sum of the powers, not by how many there are.",
      edits: [["power / sum)", "power / values.length)"]],
    },
  ],
};

const rowMeans: Exercise = {
  ...{ number: "90.2", slug: "fixture/row-means", title: "Means of rows", why: "A test.", difficulty: 1, minutes: 5 },
  points: 2,
  exports: ["rowMeans"],
  forbidden: ["moments"],
  hints: ["Which axis?", "The last axis disappears.", "x.mean(1)"],
  checks: [
    {
      title: "one mean for each row",
      call: "rowMeans",
      inputs: (random) => [[tensor([numbers(random, 3), numbers(random, 3)])], [tensor([numbers(random, 5)])]],
    },
  ],
  mistakes: [
    { name: "means of columns", message: "Axis 0 runs over rows.", edits: [["x.mean(1)", "x.mean(0)"]] },
    { name: "sums", message: "Divide by the width.", edits: [["x.mean(1)", "x.sum(1)"]] },
    { name: "the axis is kept", message: "One axis too many.", edits: [["x.mean(1)", "x.mean(1, true)"]] },
  ],
};

const counter: Exercise = {
  ...{
    number: "90.3",
    slug: "fixture/counter",
    title: "A counter",
    why: "A test.",
    difficulty: 1,
    minutes: 5,
    points: 2,
  },
  exports: ["Counter"],
  hints: ["Ask first.", "Compare before you add.", "throw before this.count changes"],
  checks: [
    {
      title: "counts, and refuses what would pass the limit",
      driver: "countTo",
      inputs: (random) => [
        { start: random.integer(5), limit: 20, steps: [2, 30, 3, 5 + random.integer(3)] },
        { start: 1, limit: 7, steps: [6, 1] },
      ],
    },
  ],
  mistakes: [
    {
      name: "the limit itself is refused",
      message: "Beyond, not at.",
      edits: [["+ step > this.limit", "+ step >= this.limit"]],
    },
    {
      name: "the limit is forgotten",
      message: "Nothing is refused.",
      edits: [["this.count + step > this.limit", "false"]],
    },
    { name: "counts in ones", message: "Add the step.", edits: [["this.count += step", "this.count += 1"]] },
  ],
};

const insert: Exercise = {
  ...{ number: "90.4", slug: "fixture/insert", title: "Insert", why: "A test.", difficulty: 1, minutes: 5, points: 2 },
  exports: ["insert"],
  hints: ["Find the place.", "The first item that is larger.", "findIndex"],
  checks: [
    {
      title: "the list stays in order",
      call: "insert",
      inputs: (random) => {
        const ordered = numbers(random, 6).sort((a, b) => a - b);
        return [-9, 0, 9].map((value) => [ordered, value]);
      },
    },
  ],
  mistakes: [
    { name: "put at the end", message: "Order!", edits: [["place < 0 ?", "true ?"]] },
    { name: "before the smaller", message: "The other way.", edits: [["item > value", "item < value"]] },
    {
      name: "replaces an item",
      message: "One is lost.",
      edits: [["...ordered.slice(place)]", "...ordered.slice(place + 1)]"]],
    },
  ],
};

export const lesson: Lesson = {
  name: "90-fixture",
  title: "A fixture",
  exercises: [softmax, rowMeans, counter, insert],
};
