import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Scores by seed around a level. */
const around = (random: Random, level: number, spread: number, n: number) =>
  count(n).map(() => level + random.uniform(-spread, spread));

/** Two models whose scores go up and down together with the seed: `gap` apart, give or take `jitter`. */
function together(random: Random, gap: number, jitter: number, n: number) {
  const b = around(random, 50, 9, n);
  const signs = count(n).map((i) => (i % 2 === 0 ? 1 : -1));
  return [b.map((score, i) => score + gap + signs[i]! * jitter * random.uniform(0.8, 1.2)), b];
}

/** Contestants that differ in how much they read a step, and in level, none in order of merit. */
function comparisonInput(random: Random, howMany: number, seeds: number) {
  const levels = random.shuffle(count(howMany).map((i) => 3 * i + random.uniform(1, 2)));
  return {
    entrants: levels.map((level, i) => ({
      name: `model ${"ABCDE"[i]}`,
      tokensPerStep: 130 + 90 * i + random.integer(40),
      level,
    })),
    seeds: random.shuffle(count(9)).slice(0, seeds),
    budget: 4000 + random.integer(2000),
  };
}

const lesson: Lesson = {
  name: "15-side-by-side",
  title: "The three side by side",
  exercises: [
    {
      number: "15.1",
      slug: "side-by-side/three-masks",
      title: "Three masks over one text",
      why: "Who may see whom is the whole difference in architecture between BERT, GPT and T5; drawn as three tables it fits on a hand.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["threeMasks"],
      hints: [
        "Draw the t5 table for two read and two written tokens on paper, row by row. Which quarter is full, which is empty, which is a triangle?",
        "Write one condition for each family: may token t see token s? BERT: always. GPT: s ≤ t. T5: s is a read token, or both are written and s ≤ t.",
        "`s < read || (t >= read && s <= t)` for t5; build rows with `Array.from`, and `Number(condition)` makes 1 or 0 of it.",
      ],
      checks: [
        {
          title: "some read, some written",
          call: "threeMasks",
          inputs: (random) => [
            [3 + random.integer(2), 2 + random.integer(2)],
            [2, 4],
          ],
        },
        { title: "nothing is written: t5 only reads, as bert does", call: "threeMasks", inputs: () => [[3, 0]] },
        { title: "nothing was read: t5 only writes, as gpt does", call: "threeMasks", inputs: () => [[0, 4]] },
      ],
      mistakes: [
        {
          name: "t5's readers see what is written",
          message:
            "Your t5 encoder sees the answer: rows of read tokens have a 1 at written ones. The encoder is done before the first word is written. Look at the quarter top right.",
          edits: [["s < read || (t >= read && s <= t)", "s < read || s <= t || t < read"]],
        },
        {
          name: "t5's writers see the future",
          message:
            "Your written tokens see one another in both directions. A decoder writes word by word: bottom right is a triangle, as in GPT.",
          edits: [["s < read || (t >= read && s <= t)", "s < read || t >= read"]],
        },
        {
          name: "t5 reads in one direction",
          message:
            "Your t5 is a GPT: its read tokens only look back. What T5 gains from an encoder is that the source is read *both* ways.",
          edits: [["s < read || (t >= read && s <= t)", "s <= t"]],
        },
        {
          name: "the writers do not look at the source",
          message:
            "Your written tokens see only what was written. Without the quarter bottom left, cross-attention, the answer would have nothing to do with the text that was read.",
          edits: [
            ["s < read || (t >= read && s <= t)", "(s < read && t < read) || (s >= read && t >= read && s <= t)"],
          ],
        },
        {
          name: "gpt does not see itself",
          message: "The diagonal of your gpt mask is empty. A token may see itself; the *next* one it may not.",
          edits: [["const gpt = table((t, s) => s <= t);", "const gpt = table((t, s) => s < t);"]],
        },
        {
          name: "gpt sees the future",
          message:
            "Your gpt triangle points up: each token sees what comes after it. Rows look, columns are looked at; allowed is s ≤ t.",
          edits: [["const gpt = table((t, s) => s <= t);", "const gpt = table((t, s) => s >= t);"]],
        },
        {
          name: "bert does not see itself",
          message:
            "Your bert tokens see all but themselves. That is not how BERT hides words: it replaces the *input* by [MASK]. Its mask of attention is full.",
          edits: [["const bert = table(() => true);", "const bert = table((t, s) => s !== t);"]],
        },
      ],
    },
    {
      number: "15.2",
      slug: "side-by-side/which-family",
      title: "Which family for which task?",
      why: "Choosing the shape that fits the task saves more than any tuning afterwards.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["familyFor"],
      hints: [
        "Ask two questions: does anything have to be *written*? And is there something complete to *read* first?",
        "Nothing to write: the text is there as a whole, so look both ways. Something to write: is it made from another text, or does it just go on?",
        "Two lines: one for answers that are no text; one that decides between t5 and gpt by `task.source`.",
      ],
      checks: [
        {
          title: "a label or a vector for a text",
          call: "familyFor",
          inputs: () => [[{ answer: "label", source: true }], [{ answer: "vector", source: true }]],
        },
        { title: "a text from a text", call: "familyFor", inputs: () => [[{ answer: "text", source: true }]] },
        { title: "a text that goes on", call: "familyFor", inputs: () => [[{ answer: "text", source: false }]] },
        {
          title: "a label or a vector for a few words, with no long text to read",
          call: "familyFor",
          inputs: () => [[{ answer: "label", source: false }], [{ answer: "vector", source: false }]],
        },
      ],
      mistakes: [
        {
          name: "gpt for all writing",
          message:
            "You give translating and summarising to gpt. It can be made to do it (with enough size it does it well), but while it reads the source it looks one way only. An encoder reads both ways: that is what t5 is built for.",
          edits: [['return task.source ? "t5" : "gpt";', 'return "gpt";']],
        },
        {
          name: "t5 for all writing",
          message:
            "You give free continuation to t5. Its encoder would have nothing to read: half of its weights idle. Going on from what is there is gpt's own training task.",
          edits: [['return task.source ? "t5" : "gpt";', 'return "t5";']],
        },
        {
          name: "source decides everything",
          message:
            "You look only at whether there is a text to read. A label needs no writer: bert reads it off directly, with one small layer. T5 would have to spell the label, word by word.",
          edits: [['if (task.answer !== "text") return "bert";', ""]],
        },
        {
          name: "bert writes",
          message:
            "You let bert write. It guesses hidden words all at once, and none of them knows the others; going on word by word is not what it was trained for (lesson 12 tried).",
          edits: [['return task.source ? "t5" : "gpt";', 'return task.source ? "t5" : "bert";']],
        },
        {
          name: "vectors by gpt",
          message:
            "You take the vectors for search from gpt. There only the last token has seen the whole text. With bert every token has, and their mean is a good summary.",
          edits: [
            [
              'if (task.answer !== "text") return "bert";',
              'if (task.answer === "label") return "bert";\n  if (task.answer === "vector") return "gpt";',
            ],
          ],
        },
      ],
    },
    {
      number: "15.3",
      slug: "side-by-side/read-the-table",
      title: "Better, or lucky?",
      why: "Half of all “improvements” in tables are seeds; this small formula tells you which half.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["compareSeeds"],
      hints: [
        "A lucky seed (the same data in the same order) often helps both models. What can you do with a[i] and b[i] so that shared luck falls out?",
        "Work with the differences only: their mean, their standard deviation with n − 1 below the line, then divided by the root of n. The winner depends on the size of the mean, and its name on the sign.",
        "`error = Math.sqrt(squares / (n - 1)) / Math.sqrt(n)` and `Math.abs(difference) > 2 * error`.",
      ],
      checks: [
        {
          title: "a is better with every seed",
          call: "compareSeeds",
          inputs: (random) => [together(random, 5, 1, 3), together(random, 3, 0.5, 5)],
        },
        {
          title: "b is better with every seed",
          call: "compareSeeds",
          inputs: (random) => [together(random, -5, 1, 3), together(random, -4, 0.5, 4)],
        },
        {
          title: "the difference is smaller than its uncertainty",
          call: "compareSeeds",
          inputs: (random) => [together(random, 1, 6, 4), together(random, -1, 7, 3)],
        },
        {
          title: "not a winner: equal with every seed",
          call: "compareSeeds",
          inputs: (random) => {
            const scores = [3, 5, 8].map((score) => score + random.integer(9));
            return [[scores, scores]];
          },
        },
        {
          title: "clear by the rule, although the differences stray",
          call: "compareSeeds",
          inputs: (random) => [together(random, 6, 5, 8)],
        },
      ],
      mistakes: [
        {
          name: "the larger mean wins",
          message:
            "You name a winner whenever the means differ, and they always do. Compare the difference with its own error: less than twice, and another set of seeds may turn it round.",
          edits: [["const isClear = Math.abs(difference) > 2 * error;", "const isClear = difference !== 0;"]],
        },
        {
          name: "divided by n",
          message:
            "Your error is a little too small: the sum of squares is divided by n. The mean was made from the same numbers, so one is no longer free: n − 1. With three seeds that matters.",
          edits: [["Math.sqrt(squares / (n - 1))", "Math.sqrt(squares / n)"]],
        },
        {
          name: "the root of n is missing",
          message:
            "Your error is how far *one* seed strays. The mean of n seeds strays less, by the root of n. Without it, more seeds would never make you surer.",
          edits: [["Math.sqrt(squares / (n - 1)) / Math.sqrt(n)", "Math.sqrt(squares / (n - 1))"]],
        },
        {
          name: "the seeds are not paired",
          message:
            "You compute the spread of a and of b each for itself. Luck that both share (the same windows, in the same order) then counts as uncertainty. Subtract seed by seed first.",
          edits: [
            [
              "const squares = differences.reduce((sum, d) => sum + (d - difference) ** 2, 0);",
              "const around = (list: readonly number[]) => list.reduce((sum, x) => sum + (x - list.reduce((p, q) => p + q, 0) / n) ** 2, 0);\n  const squares = around(a) + around(b);",
            ],
          ],
        },
        {
          name: "only a can win",
          message:
            "You never name b. The sign of the difference says who is better; whether it is clear depends on its size alone.",
          edits: [["const isClear = Math.abs(difference) > 2 * error;", "const isClear = difference > 2 * error;"]],
        },
        {
          name: "the winner has the wrong name",
          message: "You name the loser. The difference is a − b, and a higher score is better: positive means a.",
          edits: [['difference > 0 ? "a" : "b"', 'difference > 0 ? "b" : "a"']],
        },
      ],
    },
    {
      number: "15.4",
      slug: "side-by-side/your-own-comparison",
      title: "A fair comparison",
      why: "Whoever sets the rules of a comparison decides who wins it; these are rules that you can defend.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["runComparison"],
      hints: [
        "What must be equal for all contestants, and what follows from it for each of them?",
        "Steps of a contestant: the budget divided by its tokens per step, rounded down. Run it with every seed, keep all scores, and make mean, lowest and highest of them. Sort at the end.",
        "`Math.floor(budget / contestant.tokensPerStep)`; `rows.sort((one, other) => other.mean - one.mean)`.",
      ],
      checks: [
        { title: "one contestant", driver: "comparison", inputs: (random) => [comparisonInput(random, 1, 3)] },
        {
          title: "several, that read differently much in a step",
          driver: "comparison",
          inputs: (random) => [comparisonInput(random, 3, 3), comparisonInput(random, 5, 4)],
        },
        {
          title: "a single seed has no spread",
          driver: "comparison",
          inputs: (random) => [comparisonInput(random, 3, 1)],
        },
      ],
      mistakes: [
        {
          name: "equal steps",
          message:
            "All of your contestants take the same number of steps. One that reads more in a step then gets more text, and will look better for it. Equal is the *budget* of tokens.",
          edits: [
            ["Math.floor(budget / contestant.tokensPerStep)", "Math.floor(budget / contestants[0]!.tokensPerStep)"],
          ],
        },
        {
          name: "over the budget",
          message:
            "Somebody reads more than the budget: you round up (or to the nearest). The last step that does not fit is not taken.",
          edits: [["Math.floor(budget / contestant.tokensPerStep)", "Math.ceil(budget / contestant.tokensPerStep)"]],
        },
        {
          name: "the best seed is reported",
          message:
            "Your mean is the highest score. The best of many seeds says how often you tried, not how good the model is.",
          edits: [["scores.reduce((sum, score) => sum + score, 0) / scores.length", "Math.max(...scores)"]],
        },
        {
          name: "one seed",
          message:
            "You run the first seed only, so lowest and highest are equal. Without a spread nobody can say whether a difference means anything.",
          edits: [
            [
              "seeds.map((seed) => contestant.run(seed, steps))",
              "seeds.slice(0, 1).map((seed) => contestant.run(seed, steps))",
            ],
          ],
        },
        {
          name: "each its own seed",
          message:
            "Your contestants were run with different seeds. Use the same ones for all: then what luck they share falls out of the comparison.",
          edits: [
            [
              "seeds.map((seed) => contestant.run(seed, steps))",
              "seeds.map((seed) => contestant.run(seed + 10 * contestants.indexOf(contestant), steps))",
            ],
          ],
        },
        {
          name: "the worst first",
          message: "Your rows are right, and the order is reversed (or as given): the best mean comes first.",
          edits: [["other.mean - one.mean", "one.mean - other.mean"]],
        },
      ],
    },
  ],
};

export default lesson;
