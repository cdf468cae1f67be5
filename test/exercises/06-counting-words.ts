import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` sequences of tokens from 1 to `limit - 1`, of different lengths. */
function sequences(random: Random, count: number, limit: number): number[][] {
  return Array.from({ length: count }, (_, i) => tokens(random, 2 + ((i * 3) % 5), limit));
}

/** Tokens from 1 to `limit - 1`. */
function tokens(random: Random, count: number, limit: number): number[] {
  return Array.from({ length: count }, () => 1 + random.integer(limit - 1));
}

/** Probabilities that sum to 1, none of them near zero or like another. */
function distribution(random: Random, count: number): number[] {
  const shares = random.shuffle(Array.from({ length: count }, (_, i) => i + random.uniform(0.5, 1.2)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function table(random: Random, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(-2, 2)));
}

const lesson: Lesson = {
  name: "06-counting-words",
  title: "Counting words, then embedding them",
  exercises: [
    {
      number: "06.1",
      slug: "language/bigram-counts",
      title: "Count what follows what",
      why: "A table of neighbours is the simplest language model there is, and the baseline every larger one must beat.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["bigramCounts"],
      hints: [
        "Write the sequence down with its marks, [0, …, 0]. How many neighbouring pairs does it have?",
        "Make a table of zeros. For each sequence put a 0 at both ends, walk over the pairs, and add 1 to the row of the first and the column of the second.",
        "`const walk = [0, ...tokens, 0];` then for i from 1: `counts[walk[i - 1]][walk[i]]++`.",
      ],
      checks: [
        {
          title: "every pair of neighbours is counted, marks included",
          call: "bigramCounts",
          inputs: (random) => [
            [[[1, 2, 3, 4], [2, 3], ...sequences(random, 6, 5)], 5],
            [[[2, 2, 2]], 3],
          ],
        },
        {
          title: "an empty sequence is a beginning that ends at once",
          call: "bigramCounts",
          inputs: () => [[[[], [1]], 3]],
        },
      ],
      mistakes: [
        {
          name: "no end",
          message:
            "No token is ever followed by the mark 0. A model that never saw an end never stops: the names it writes would go on for ever. The mark belongs after the last token too.",
          edits: [["const walk = [0, ...tokens, 0];", "const walk = [0, ...tokens];"]],
        },
        {
          name: "no beginning",
          message:
            "Nothing ever follows the mark 0 at the start. Then the model does not know how a sequence begins, and cannot draw its first token.",
          edits: [["const walk = [0, ...tokens, 0];", "const walk = [...tokens, 0];"]],
        },
        {
          name: "rows and columns swapped",
          message:
            "Your table is the transpose: you count in the row of the *second* token. Rows are what came before, so that a row, normalized, is what comes next.",
          edits: [["counts[walk[i - 1]!]![walk[i]!]!++", "counts[walk[i]!]![walk[i - 1]!]!++"]],
        },
        {
          name: "one long text",
          message:
            "You count pairs across sequences: the last token of one is followed by the first of the next, and only one mark stands between them. Each sequence has a beginning and an end of its own.",
          edits: [["for (const tokens of sequences) {", "for (const tokens of [sequences.flat()]) {"]],
        },
        {
          name: "seen or not",
          message:
            "Your table holds only zeros and ones: you note *that* a pair occurred, not how often. Add 1 each time.",
          edits: [["counts[walk[i - 1]!]![walk[i]!]!++", "counts[walk[i - 1]!]![walk[i]!] = 1"]],
        },
      ],
    },
    {
      number: "06.2",
      slug: "language/smoothing",
      title: "Smoothed probabilities",
      why: "A pair that never occurred in the training text is not impossible, and a single 0 would make the loss infinite.",
      difficulty: 2,
      minutes: 10,
      points: 1,
      exports: ["smoothedProbabilities"],
      hints: [
        "If you add k to each of V counts, by how much does their sum grow?",
        "For each row: the total is the sum of its counts plus k times its length. Divide each count plus k by it. If the total is 0, answer 1/V.",
        "`const total = row.reduce((sum, c) => sum + c, 0) + k * row.length;` and then `(count + k) / total`.",
      ],
      checks: [
        {
          title: "the formula, row by row",
          call: "smoothedProbabilities",
          inputs: (random) =>
            [1, 0.1].map((k) => [
              Array.from({ length: 3 }, () => Array.from({ length: 5 }, () => 1 + random.integer(9))),
              k,
            ]),
        },
        {
          title: "without smoothing the counts speak alone",
          call: "smoothedProbabilities",
          inputs: (random) => [[[[1 + random.integer(5), 0, 3, 7]], 0]],
        },
        {
          title: "a row without counts is uniform, with or without k",
          call: "smoothedProbabilities",
          inputs: (random) => [
            [
              [
                [0, 0, 0],
                [1 + random.integer(4), 0, 2],
              ],
              0,
            ],
            [
              [
                [0, 0, 0],
                [1 + random.integer(4), 0, 2],
              ],
              0.5,
            ],
          ],
        },
      ],
      mistakes: [
        {
          name: "not normalized again",
          message:
            "Your rows sum to more than 1: k was added above the line and not below it. You handed out probability that nobody gave up; the total must grow by k for each of the V columns.",
          edits: [["+ k * row.length;", ";"]],
        },
        {
          name: "k added once to the total",
          message:
            "The total grows by k only once. But k was added to *every* one of the V counts, so the total grows by k · V.",
          edits: [["+ k * row.length;", "+ k;"]],
        },
        {
          name: "normalized by columns",
          message:
            "You divide by the total of the column: that is P(before | after). A language model goes the other way: a row says what comes *next*, and sums to 1.",
          edits: [
            ["return counts.map((row) => {", "return counts.map((row, _, all) => {"],
            [
              "return row.map((count) => (total === 0 ? 1 / row.length : (count + k) / total));",
              "return row.map((count, b) => (total === 0 ? 1 / row.length : (count + k) / all.reduce((sum, r) => sum + r[b]! + k, 0)));",
            ],
          ],
        },
        {
          name: "NaN in an empty row",
          message:
            "A row without any count gives you 0 / 0, which is NaN, and one NaN spoils every sum it enters. Who knows nothing should say so: 1 / V for everyone.",
          edits: [["(total === 0 ? 1 / row.length : (count + k) / total)", "(count + k) / total"]],
        },
        {
          name: "an empty row is all zeros",
          message:
            "A row without counts gives you only zeros. They do not sum to 1, and nothing could be drawn from them. Who knows nothing should say so: 1 / V for everyone.",
          edits: [["total === 0 ? 1 / row.length :", "total === 0 ? 0 :"]],
        },
      ],
    },
    {
      number: "06.3",
      slug: "language/sample",
      title: "Draw a token",
      why: "A model that only says probabilities is silent: drawing from them, again and again, is how every language model writes.",
      difficulty: 2,
      minutes: 10,
      points: 1,
      exports: ["sampleToken"],
      hints: [
        "Draw the line from 0 to 1 on paper, with a piece for each token. Which sums are the borders?",
        "Go through the tokens and add up their probabilities. The first time that the sum is larger than u you have arrived. Skip tokens of probability 0, and remember the last one you did not skip.",
        "`sum += p; last = token; if (u < sum) return token;` and after the loop `return last;`",
      ],
      checks: [
        {
          title: "the piece in which u falls",
          call: "sampleToken",
          inputs: (random) => {
            const p = distribution(random, 6);
            return Array.from({ length: 12 }, (_, i) => [p, (i + random.uniform(0.1, 0.9)) / 12]);
          },
        },
        {
          title: "a piece includes its left end, not its right one",
          call: "sampleToken",
          inputs: () => [
            [[0.25, 0.5, 0.25], 0],
            [[0.25, 0.5, 0.25], 0.25],
            [[0.25, 0.5, 0.25], 0.75],
          ],
        },
        {
          title: "what has probability 0 is never drawn",
          call: "sampleToken",
          inputs: () => [
            [[0, 0.5, 0, 0.5, 0], 0],
            [[0, 0.5, 0, 0.5, 0], 0.5],
            [[0.5, 0.5 - 2 ** -50, 0], 1 - 2 ** -53],
          ],
        },
      ],
      mistakes: [
        {
          name: "always the likeliest",
          message:
            "You return the likeliest token, whatever u is. That is greedy decoding: it writes the same text every time. To draw is to let u decide.",
          edits: [["if (u < sum) return token;", "if (p === Math.max(...probabilities)) return token;"]],
        },
        {
          name: "u against one probability",
          message:
            "You compare u with each token's own probability instead of with the sum so far. Then a token late in the list is drawn only if its own share is larger than u, and the shares come out wrong.",
          edits: [["if (u < sum) return token;", "if (u < p) return token;"]],
        },
        {
          name: "the right end included",
          message:
            "When u falls exactly on a border you stay on its left. With u = 0 that draws even a token of probability 0. A piece owns its left end: compare with <, not ≤.",
          edits: [
            ["if (p === 0) continue;", ""],
            ["if (u < sum) return token;", "if (u <= sum) return token;"],
          ],
        },
        {
          name: "nothing at the end",
          message:
            "If rounding leaves the sum a little below 1 and u lies above it, you return a token of probability 0, or none. Fall back to the last token that is possible at all.",
          edits: [["  return last;\n  // END 06.3", "  return probabilities.length - 1;\n  // END 06.3"]],
        },
        {
          name: "one too far",
          message:
            "You return the token after the one in whose piece u falls. The sum must already include a token's own probability when you compare.",
          edits: [
            [
              "    sum += p;\n    last = token;\n    if (u < sum) return token;",
              "    last = token;\n    if (u < sum) return token;\n    sum += p;",
            ],
          ],
        },
      ],
    },
    {
      number: "06.4",
      slug: "language/perplexity",
      title: "How surprised is the model?",
      why: "One number compares a table of counts with a Transformer: the average surprise at text that neither has seen.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["averageNegativeLogLikelihood", "perplexity"],
      hints: [
        "A product of a thousand probabilities is too small for any number. What does the logarithm make of a product?",
        "Put the marks at both ends of each sequence, add up −log P(next | before) over all pairs of all sequences, count the pairs, and divide at the very end.",
        "`sum -= Math.log(probabilities[marked[i - 1]][marked[i]]); predictions++;` and at the end `sum / predictions`. The perplexity is `Math.exp(nll)`.",
      ],
      checks: [
        {
          title: "the mean over all predictions of all sequences",
          call: "averageNegativeLogLikelihood",
          inputs: (random) => [[Array.from({ length: 5 }, () => distribution(random, 5)), sequences(random, 4, 5)]],
        },
        {
          title: "thousands of tokens",
          call: "averageNegativeLogLikelihood",
          inputs: (random) => [[Array.from({ length: 4 }, () => distribution(random, 4)), [tokens(random, 3000, 4)]]],
        },
        {
          title: "the perplexity of a surprise",
          call: "perplexity",
          inputs: (random) => [[Math.log(27)], [random.uniform(1, 3)]],
        },
      ],
      mistakes: [
        {
          name: "the logarithm of a product",
          message:
            "On long sequences your answer is Infinity: the product of the probabilities became 0 before you took its logarithm. Take the logarithm of each, and add.",
          edits: [
            ["let sum = 0;\n  let predictions = 0;", "let product = 1;\n  let predictions = 0;"],
            [
              "sum -= Math.log(probabilities[marked[i - 1]!]![marked[i]!]!);",
              "product *= probabilities[marked[i - 1]!]![marked[i]!]!;",
            ],
            ["return sum / predictions;", "return -Math.log(product) / predictions;"],
          ],
        },
        {
          name: "bits instead of nats",
          message:
            "Your numbers are larger by 1 / log 2 ≈ 1.44: you took the logarithm to base 2, which measures in bits. Either is fine, but then the perplexity is 2^nll and not e^nll, and nobody can compare your loss with theirs.",
          edits: [["sum -= Math.log(", "sum -= Math.log2("]],
        },
        {
          name: "the end is not predicted",
          message:
            "You leave out the last prediction, that the sequence ends. It is often the hardest one, and without it a model that never stops looks better than it is.",
          edits: [
            [
              "    const marked = [0, ...sequence, 0];\n    for (let i = 1; i < marked.length; i++) {",
              "    const marked = [0, ...sequence];\n    for (let i = 1; i < marked.length; i++) {",
            ],
          ],
        },
        {
          name: "a mean of means",
          message:
            "You average each sequence first and then the averages: a short sequence then weighs as much as a long one. Count the predictions of all sequences together and divide once.",
          edits: [
            ["      predictions++;\n    }\n  }", "    }\n    predictions++;\n  }"],
            [
              "sum -= Math.log(probabilities[marked[i - 1]!]![marked[i]!]!);",
              "sum -= Math.log(probabilities[marked[i - 1]!]![marked[i]!]!) / (marked.length - 1);",
            ],
          ],
        },
        {
          name: "the sign is missing",
          message:
            "Your answer is negative. Logarithms of probabilities are negative, and surprise is counted positive: the *negative* log-likelihood.",
          edits: [["sum -= Math.log(", "sum += Math.log("]],
        },
        {
          name: "perplexity to base 2",
          message:
            "Your perplexity is 2^nll, but the nll is in nats, with natural logarithms. Base and logarithm belong together: e^nll.",
          edits: [["return Math.exp(nll);", "return 2 ** nll;"]],
        },
      ],
    },
    {
      number: "06.5",
      slug: "language/interpolation",
      title: "Let short and long memory vote",
      why: "Long contexts know more but have seen little, short ones the other way round; a weighted mean has the best of both.",
      difficulty: 1,
      minutes: 5,
      points: 1,
      exports: ["interpolate"],
      hints: [
        "The answer for one token needs that token's probability from every model, and nothing else.",
        "For each token add up weight times probability over the models.",
        "`distributions.reduce((sum, distribution, m) => sum + weights[m] * distribution[token], 0)` for every token.",
      ],
      checks: [
        {
          title: "the weighted mean, token by token",
          call: "interpolate",
          inputs: (random) =>
            [2, 3].map((m) => [Array.from({ length: m }, () => distribution(random, 5)), distribution(random, m)]),
        },
      ],
      mistakes: [
        {
          name: "the plain mean",
          message:
            "You ignore the weights: every model has the same say. The weights are there because some models know better.",
          edits: [["sum + weights[m]! * distribution[token]!", "sum + distribution[token]! / distributions.length"]],
        },
        {
          name: "the weights in the wrong order",
          message: "The first weight belongs to the first distribution. Yours meet in the opposite order.",
          edits: [["weights[m]! * distribution", "weights[weights.length - 1 - m]! * distribution"]],
        },
        {
          name: "a product",
          message:
            "You multiply where you should add: a product lets any single model forbid a token, and the answer does not sum to 1. Interpolation is a vote, not a veto.",
          edits: [
            [
              "(sum, distribution, m) => sum + weights[m]! * distribution[token]!, 0)",
              "(product, distribution, m) => product * distribution[token]! ** weights[m]!, 1)",
            ],
          ],
        },
        {
          name: "divided once more",
          message:
            "Your answer sums to less than 1: you divide by the number of models although the weights already sum to 1.",
          edits: [
            ["sum + weights[m]! * distribution[token]!", "sum + (weights[m]! * distribution[token]!) / weights.length"],
          ],
        },
      ],
    },
    {
      number: "06.6",
      slug: "language/context-windows",
      title: "Examples out of plain text",
      why: "This is self-supervision: the text itself is the question and the answer, and nobody has to label anything.",
      difficulty: 2,
      minutes: 10,
      points: 1,
      exports: ["contextWindows"],
      hints: [
        "How many windows does a sequence of 2 tokens have? Count the example in the task.",
        "Put `size` marks in front and one behind. Then every token from place `size` on is a target, and the `size` tokens before it are its context.",
        "`const padded = [...new Array(size).fill(0), ...sequence, 0];` and `context: padded.slice(i, i + size)`, `target: padded[i + size]`.",
      ],
      checks: [
        {
          title: "one window for every token and one for the end",
          call: "contextWindows",
          inputs: (random) => [
            [tokens(random, 5, 9), 3],
            [tokens(random, 2, 9), 4],
          ],
        },
        {
          title: "an empty sequence has one window: it ends",
          call: "contextWindows",
          inputs: () => [[[], 2]],
        },
      ],
      mistakes: [
        {
          name: "the target leaks into the context",
          message:
            "The last token of each context *is* the target. The model would only have to copy it, its loss would fall to nothing, and it could predict no text at all. The context ends just before the target.",
          edits: [["context: padded.slice(i, i + size)", "context: padded.slice(i + 1, i + 1 + size)"]],
        },
        {
          name: "no window for the end",
          message:
            "The last window is missing: the one whose target is the mark 0. Without it the model never learns to stop.",
          edits: [["(size).fill(0), ...sequence, 0];", "(size).fill(0), ...sequence];"]],
        },
        {
          name: "only full windows",
          message:
            "Your windows begin only where `size` real tokens stand before the target. Then the model never learns how a sequence begins; put marks in front.",
          edits: [
            [
              "return padded.slice(size).map((target, i) => ({ context: padded.slice(i, i + size), target }));",
              "return padded.slice(2 * size).map((target, i) => ({ context: padded.slice(i + size, i + 2 * size), target }));",
            ],
          ],
        },
        {
          name: "the context backwards",
          message:
            "Your contexts have the newest token first. Any order would do if it were the same everywhere, but here the oldest stands first, as in the text.",
          edits: [["context: padded.slice(i, i + size)", "context: padded.slice(i, i + size).reverse()"]],
        },
      ],
    },
    {
      number: "06.7",
      slug: "language/embedding",
      title: "An embedding, forward and backward",
      why: "Every language model begins with this table, and the backward pass is where its vectors learn to mean something.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["embed", "embeddingGradient"],
      hints: [
        "A one-hot vector times a matrix picks one row. Which? And if a row was used twice, how many ways does the loss depend on it?",
        "Forward: for each token its row of the table. Backward: a table of zeros; for each place add its gradient to the row of the token that stands there.",
        "`rows[token][d] += gradient[n][d]`: the n-th gradient goes to the row of the n-th token.",
      ],
      checks: [
        {
          title: "each token's row",
          call: "embed",
          inputs: (random) => [[[4, 0, 2, 4, 6, 1], table(random, 7, 3)]],
        },
        {
          title: "gradients of a token that stands in several places add up",
          call: "embeddingGradient",
          inputs: (random) => [[[3, 1, 3, 5, 3], table(random, 5, 2), 7]],
        },
        {
          title: "each token in one place only",
          call: "embeddingGradient",
          inputs: (random) => [[[2, 0, 4], table(random, 3, 4), 5]],
        },
      ],
      mistakes: [
        {
          name: "indexed by position",
          message:
            "You take the n-th row for the n-th token: that depends on where the token stands and not on which token it is. The token itself is the row's number.",
          edits: [
            ["return tokens.map((token) => [...table[token]!]);", "return tokens.map((_, n) => [...table[n]!]);"],
          ],
        },
        {
          name: "the gradient replaces instead of adding",
          message:
            "When a token stands in several places you keep only the last place's gradient. Every use of the row changes the loss, so their gradients add up: the += of lesson 3.",
          edits: [["rows[token]![d]! += gradient[n]![d]!", "rows[token]![d] = gradient[n]![d]!"]],
        },
        {
          name: "the gradient goes to the position's row",
          message:
            "You give the n-th gradient to the n-th row. It belongs to the row that was looked up: the one with the token's number.",
          edits: [["rows[token]![d]! += gradient[n]![d]!", "rows[n]![d]! += gradient[n]![d]!"]],
        },
        {
          name: "averaged over uses",
          message:
            "You divide by how often the token occurs. The loss depends on the row through every use, and the chain rule adds the ways up; it does not average them.",
          edits: [
            [
              "rows[token]![d]! += gradient[n]![d]!",
              "rows[token]![d]! += gradient[n]![d]! / tokens.filter((t) => t === token).length",
            ],
          ],
        },
      ],
    },
  ],
};

export default lesson;
