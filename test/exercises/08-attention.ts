import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

/** `count` numbers, none of them near zero. */
function numbers(random: Random, howMany: number, low = 0.3, high = 2): number[] {
  return count(howMany).map(() => random.uniform(low, high) * random.choice([-1, 1]));
}

function matrix(random: Random, rows: number, columns: number, high = 2): PlainTensor {
  return tensor(count(rows).map(() => numbers(random, columns, 0.3, high)));
}

/** A batch of sentences: `[B, T, C]`. */
function sentences(random: Random, B: number, T: number, C: number): PlainTensor {
  return tensor(count(B).map(() => count(T).map(() => numbers(random, C))));
}

/** Rows of 1 and 0, each with at least one of both. */
function visible(random: Random, T: number, S: number): number[][] {
  return count(T).map(() => {
    const open = random.integer(S);
    const shut = (open + 1 + random.integer(S - 1)) % S;
    return count(S).map((s) => (s === open ? 1 : s === shut ? 0 : random.integer(2)));
  });
}

const causal = (T: number, S = T) => tensor(count(T).map((t) => count(S).map((s) => Number(s <= t + S - T))));

/** Scores between hidden and visible keys, each drawn from its own range. */
function scoresBehind(mask: number[][], of: (seen: boolean) => number): PlainTensor {
  return tensor(mask.map((row) => row.map((open) => of(open === 1))));
}

/** Queries, keys and values of these sizes. */
const triple = (random: Random, T: number, S: number, D: number, E: number) => [
  matrix(random, T, D),
  matrix(random, S, D),
  matrix(random, S, E),
];

/** Weights of a size at which no softmax is all or nothing. */
function attentionWeights(random: Random, inputs: number, inner: number) {
  const high = 1.6 / Math.sqrt(inputs);
  const of = (rows: number, columns: number) =>
    tensor(count(rows).map(() => numbers(random, columns, 0.3 * high, high)));
  return {
    query: of(inputs, inner),
    key: of(inputs, inner),
    value: of(inputs, inner),
    output: of(inner, inputs),
  };
}

/** Sentences of these lengths, filled up with the padding id. Other ids are anything else from 0 up. */
function paddedIds(random: Random, lengths: readonly number[], S: number, padding: number): PlainTensor {
  const token = () => (padding + 1 + random.integer(7)) % 8;
  return tensor(
    lengths.map((length) => count(S).map((s) => (s < length ? token() : padding))),
    "int32",
  );
}

/** Cross-attention of T tokens to S, of which the last `hidden` are padding. */
const crossInput = (random: Random, T: number, S: number, C: number, D: number, hidden: number) => [
  matrix(random, T, C),
  matrix(random, S, C),
  tensor(count(S).map((s) => (s < S - hidden ? 1 : 0))),
  attentionWeights(random, C, D),
];

/** Sums of many float32 products, whose order is the learner's. */
const products = { absolute: 1e-5, relative: 1e-4 };

const lesson: Lesson = {
  name: "08-attention",
  title: "Attention",
  exercises: [
    {
      number: "08.1",
      slug: "attention/similarity",
      title: "How well does a key fit a query?",
      why: "One matrix product compares every token with every other; all of attention rests on it.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["similarityScores"],
      hints: [
        "One entry of the answer is the dot product of a row of the queries with a row of the keys. A matrix product takes rows of the first with *columns* of the second.",
        "So the keys must be turned on their side: Q Kᵀ. `matMul` can do it while it multiplies. Check with the shapes: [T, D] times [D, S].",
        "`tf.matMul(a, b, false, true)` is A Bᵀ.",
      ],
      checks: [
        {
          title: "one query, one key: a dot product",
          call: "similarityScores",
          inputs: (random) => [[matrix(random, 1, 3), matrix(random, 1, 3)]],
        },
        {
          title: "as many keys as numbers in a key",
          call: "similarityScores",
          inputs: (random) => [[matrix(random, 2, 3), matrix(random, 3, 3)]],
        },
        {
          title: "a row for each query, a column for each key",
          call: "similarityScores",
          inputs: (random) => [
            [matrix(random, 2, 3), matrix(random, 5, 3)],
            [matrix(random, 5, 2), matrix(random, 3, 2)],
          ],
        },
      ],
      mistakes: [
        {
          name: "the table lies on its side",
          message:
            "Your numbers are right and your table is on its side: a row for each *key*. Later each row becomes one query's weights, so queries must be the rows.",
          edits: [["return tf.matMul(queries, keys, false, true);", "return keys.matMul(queries, false, true);"]],
        },
        {
          name: "the keys are not transposed",
          message:
            "You multiply Q by K as it lies. That pairs a query's numbers with one number of *every* key. What is wanted is row with row: look at the transpose.",
          edits: [["return tf.matMul(queries, keys, false, true);", "return queries.matMul(keys);"]],
        },
        {
          name: "lengths are divided out",
          message:
            "Your scores lie between −1 and 1: you divide by the lengths, which is the cosine of lesson 6. Attention does not: a long key is a loud key, and may win for it.",
          edits: [
            [
              "return tf.matMul(queries, keys, false, true);",
              "const unit = (x: tf.Tensor2D): tf.Tensor2D => x.div(x.norm(2, 1, true));\n  return unit(queries).matMul(unit(keys), false, true);",
            ],
          ],
        },
        {
          name: "scaled already",
          message:
            "Your scores are too small by one common factor: √D, or D. Scaling is a step of its own, exercise 08.3. Here it is the plain sum of products.",
          edits: [
            [
              "return tf.matMul(queries, keys, false, true);",
              "return queries.matMul(keys, false, true).div(Math.sqrt(queries.shape[1]));",
            ],
          ],
        },
        {
          name: "distances instead of products",
          message:
            "You return (negative) squared distances: largest where query and key are *equal*. A dot product is largest where they point the same way and are long. It is one matrix product, which is why it was chosen.",
          edits: [
            [
              "return tf.matMul(queries, keys, false, true);",
              "return queries.expandDims(1).sub(keys.expandDims(0)).square().sum(2).neg();",
            ],
          ],
        },
      ],
    },
    {
      number: "08.2",
      slug: "attention/masked-softmax",
      title: "A softmax that may not see everything",
      why: "Hiding the future and hiding padding is all that separates BERT, GPT and T5; a mask that leaks makes a model look brilliant in training and useless afterwards.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["maskedSoftmax"],
      forbidden: ["softmax", "logSoftmax"],
      hints: [
        "What score must a hidden key have so that e^score is 0, and so that the visible ones share the whole sum?",
        "First replace the hidden scores by a very low number. Then the stable softmax of lesson 2: take the row's maximum away, exponentiate, divide by the row's sum. Which axis is a row's, and does it survive the sum? Why is −1e9 better than −Infinity for a row that is hidden altogether?",
        "`visible.sub(visible.max(1, true)).exp()`, then divide by `.sum(1, true)`; `true` keeps the axis, so that broadcasting finds the row.",
      ],
      checks: [
        {
          title: "everything is visible: an ordinary softmax, each row sums to 1",
          call: "maskedSoftmax",
          inputs: (random) => [[matrix(random, 3, 5), tensor(count(3).map(() => count(5).map(() => 1)))]],
        },
        {
          title: "a hidden key gets 0, and the others share all of its weight",
          call: "maskedSoftmax",
          inputs: (random) => [
            [matrix(random, 3, 5), tensor(visible(random, 3, 5))],
            [matrix(random, 4, 2), tensor(visible(random, 4, 2))],
          ],
        },
        {
          title: "visible scores in the thousands",
          call: "maskedSoftmax",
          inputs: (random) => {
            const mask = visible(random, 3, 5);
            const base = random.uniform(2000, 9000);
            return [
              [
                scoresBehind(mask, (seen) => (seen ? base + random.uniform(-1, 1) : random.uniform(-2, 2))),
                tensor(mask),
              ],
            ];
          },
        },
        {
          title: "a hidden score in the thousands stays without effect",
          call: "maskedSoftmax",
          inputs: (random) => {
            const mask = visible(random, 3, 5);
            return [
              [scoresBehind(mask, (seen) => (seen ? random.uniform(-2, 2) : random.uniform(2000, 9000))), tensor(mask)],
            ];
          },
        },
        {
          title: "a row that may see nothing looks at all keys alike",
          call: "maskedSoftmax",
          inputs: (random) => [[matrix(random, 2, 3), tensor([[0, 0, 0], visible(random, 1, 3)[0]!])]],
        },
      ],
      mistakes: [
        {
          name: "softmax over the queries",
          message:
            "Your *columns* sum to 1, not your rows. That shares each key among the queries, as if there were only so much of it. Each query shares its own attention among the keys: along a row.",
          edits: [
            ["visible.sub(visible.max(1, true)).exp()", "visible.sub(visible.max(0, true)).exp()"],
            ["powers.div(powers.sum(1, true))", "powers.div(powers.sum(0, true))"],
          ],
        },
        {
          name: "the mask comes after the softmax",
          message:
            "Hidden keys have weight 0, but your rows no longer sum to 1: what the hidden ones had taken is lost, and the output shrinks. Worse, that loss tells the model how large the hidden scores were. Hide first, then normalize.",
          edits: [
            ['tf.where(mask.cast("bool"), scores, -1e9)', "scores"],
            ["return powers.div(powers.sum(1, true));", "return powers.div(powers.sum(1, true)).mul(mask);"],
          ],
        },
        {
          name: "the mask is the wrong way round",
          message:
            "You hide what may be seen and show what may not. In this course 1 means *may be seen*; some libraries mean the opposite, so read that line twice in every code.",
          edits: [['mask.cast("bool"), scores, -1e9)', 'mask.cast("bool"), -1e9, scores)']],
        },
        {
          name: "minus infinity",
          message:
            "A row in which everything is hidden comes out as NaN: −∞ minus its own maximum, −∞, has no value. One such row, say of a sentence that is all padding, and the whole model is NaN one step later. A very low *finite* number does the same work.",
          edits: [["scores, -1e9", "scores, -Infinity"]],
        },
        {
          name: "hidden scores are set to 0",
          message:
            "Your hidden keys still get weight. You set their *scores* to 0, but e⁰ is 1, often more than what the visible ones have. A hidden score must be so low that its exponential is 0.",
          edits: [["scores, -1e9", "scores, 0"]],
        },
        {
          name: "the maximum is not taken away",
          message:
            "Your large scores give NaN: e^1000 is larger than any float32. Softmax does not change when a number is taken from a whole row, so take its maximum: the largest exponent is then 0.",
          edits: [["visible.sub(visible.max(1, true)).exp()", "visible.exp()"]],
        },
        {
          name: "the maximum of hidden scores, too",
          message:
            "A large *hidden* score ruins your row: you take the maximum over all keys, and then all visible exponentials are 0, and 0 / 0 is NaN. Take it over what may be seen.",
          edits: [["visible.sub(visible.max(1, true)).exp()", "visible.sub(scores.max(1, true)).exp()"]],
        },
      ],
    },
    {
      number: "08.3",
      slug: "attention/scaled-dot-product",
      title: "Scaled dot-product attention",
      why: "Equation 1 of “Attention is all you need”. Every large language model runs it some billions of times a second.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["attention"],
      hints: [
        "Three steps, three lines: scores, weights, blend. Which size does each have?",
        "Scores [T, S] as in 08.1, divided by the root of *how many numbers a query has*. Softmax along the keys, which are the last axis. Then weights [T, S] times values [S, E].",
        "`const weights = tf.softmax(scores.div(Math.sqrt(D)));` and then a plain `matMul` with the values.",
      ],
      checks: [
        {
          title: "as many queries as keys as numbers",
          call: "attention",
          inputs: (random) => [triple(random, 3, 3, 3, 3)],
          tolerance: products,
        },
        {
          title: "four different sizes",
          call: "attention",
          inputs: (random) => [triple(random, 2, 5, 7, 3), triple(random, 5, 3, 2, 4)],
          tolerance: products,
        },
        {
          title: "a single key: every query takes its value",
          call: "attention",
          inputs: (random) => [triple(random, 3, 1, 2, 4)],
          tolerance: products,
        },
      ],
      mistakes: [
        {
          name: "not scaled",
          message:
            "Your weights are too sharp: the scores are not divided by √D. With the sizes of real models the softmax would nearly be a maximum, and its gradient nearly 0.",
          edits: [["tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)))", "tf.softmax(scores)"]],
        },
        {
          name: "divided by D",
          message:
            "Your weights are too even: you divide by D. The *variance* of a dot product grows with D; its typical size, which is what the softmax sees, with the root.",
          edits: [["scores.div<tf.Tensor2D>(Math.sqrt(D))", "scores.div<tf.Tensor2D>(D)"]],
        },
        {
          name: "the root of another size",
          message:
            "You divide by the root of another size, of how many keys or values there are. What adds up in a dot product are the numbers of *one query*: their count is D.",
          edits: [["const D = queries.shape[1];\n  const scores", "const D = values.shape[0];\n  const scores"]],
        },
        {
          name: "softmax over the queries",
          message:
            "You share each key among the queries. Each *query* shares its attention among the keys: with scores [T, S] that is the last axis.",
          edits: [
            [
              "tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)))",
              "tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)).transpose()).transpose()",
            ],
          ],
        },
        {
          name: "the weights are scaled, not the scores",
          message:
            "Your answers are right but for one factor, √D: you divided after the softmax. Then the weights no longer sum to 1, and the softmax is as sharp as before. The root belongs inside.",
          edits: [
            ["tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)))", "tf.softmax(scores).div<tf.Tensor2D>(Math.sqrt(D))"],
          ],
        },
        {
          name: "the scores themselves are the weights",
          message:
            "You blend with the raw scores; there is no softmax. Such weights can be negative and grow without bound. Softmax makes them shares: positive, with sum 1.",
          edits: [["tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)))", "scores.div<tf.Tensor2D>(Math.sqrt(D))"]],
        },
      ],
    },
    {
      number: "08.4",
      slug: "attention/causal-mask",
      title: "Nobody sees the future",
      why: "With this triangle a model learns to predict all tokens of a text at once, without peeking.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["causalMask"],
      hints: [
        "Write the rows of a mask for three tokens on paper. Where is the last 1 of row t?",
        "With equal lengths row t has a 1 at every s ≤ t. With more keys than queries, query 0 is not the first token of the text: how many tokens came before it?",
        "Count them as `sources - targets`, and compare s with t plus that.",
      ],
      checks: [
        {
          title: "as many keys as queries: a triangle with its diagonal",
          call: "causalMask",
          inputs: (random) => {
            const T = 3 + random.integer(4);
            return [
              [T, T],
              [1, 1],
            ];
          },
        },
        {
          title: "more keys: the queries are the last ones",
          call: "causalMask",
          inputs: (random) => {
            const T = 2 + random.integer(3);
            return [
              [T, T + 1 + random.integer(3)],
              [1, T],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "it does not see itself",
          message:
            "The diagonal is missing: no token may see itself, and the first sees nothing at all. A token's own vector is known to it; what it must not see is the *next*.",
          edits: [["s <= t + before ? 1 : 0", "s < t + before ? 1 : 0"]],
        },
        {
          name: "one step into the future",
          message:
            "Each of your rows has one 1 too many: token t sees t + 1, the very answer it is asked for. The training loss will be wonderful, and the model useless.",
          edits: [["s <= t + before ? 1 : 0", "s <= t + before + 1 ? 1 : 0"]],
        },
        {
          name: "it sees the future only",
          message:
            "Your triangle points the other way: each token sees itself and what comes *after*. Row t is the query, column s the key; allowed is s up to t.",
          edits: [["s <= t + before ? 1 : 0", "s >= t + before ? 1 : 0"]],
        },
        {
          name: "ones and zeros swapped",
          message:
            "You mark what is *hidden* with 1. In this course 1 means that it may be seen. Other libraries differ, so it is worth a second look each time.",
          edits: [["s <= t + before ? 1 : 0", "s <= t + before ? 0 : 1"]],
        },
        {
          name: "the queries are taken for the first ones",
          message:
            "Right for equal lengths. With more keys than queries the queries are the *last* tokens: the newest one sees all that is there. Yours sees the beginning only.",
          edits: [["const before = sources - targets;", "const before = 0;"]],
        },
      ],
    },
    {
      number: "08.5",
      slug: "attention/combined-mask",
      title: "Padding, and the future, in one mask",
      why: "Sentences of one batch have different lengths; what only fills them up must not be read by anyone.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["combinedMask"],
      hints: [
        "Padding is a property of the *key*: nobody may look at it. Which of the axes [B, 1, T, S] does it depend on, and which not?",
        "Compare the ids with the padding id: 1 where they differ, [B, S]. Reshape so that broadcasting repeats it for all heads and all queries. “And” for numbers that are 0 or 1 is a product.",
        "`ids.notEqual(padding).toFloat().reshape([B, 1, 1, S])`, then multiply.",
      ],
      checks: [
        {
          title: "no padding: the causal mask, once for each sentence",
          call: "combinedMask",
          inputs: (random) => [[causal(3), paddedIds(random, [3, 3], 3, 0), 0]],
        },
        {
          title: "padded sentences of different lengths",
          call: "combinedMask",
          inputs: (random) => [[causal(5), paddedIds(random, [5, 2 + random.integer(2), 4], 5, 0), 0]],
        },
        {
          title: "more keys than queries",
          call: "combinedMask",
          inputs: (random) => [[causal(2, 5), paddedIds(random, [4, 3, 5], 5, 0), 0]],
        },
        {
          title: "another padding id; 0 is an ordinary token",
          call: "combinedMask",
          inputs: (random) => {
            const padding = 1 + random.integer(6);
            const ids = paddedIds(random, [3, 4], 5, padding);
            return [[causal(5), { ...ids, tensor: ids.tensor.map((id, i) => (i === 1 ? 0 : id)) }, padding]];
          },
        },
      ],
      mistakes: [
        {
          name: "padding queries are blinded",
          message:
            "You hide whole *rows*: the padding tokens may not look. That harms nobody. What must not happen is that others look *at* them: hide columns. Which of the last two axes are the keys?",
          edits: [["real.reshape([B, 1, 1, S])", "real.reshape([B, 1, S, 1])"]],
        },
        {
          name: "the future is visible again",
          message:
            "Padding is hidden, but your causal mask is gone: every token sees what comes after it. Both rules must hold at once.",
          edits: [["return forAllQueries.mul(causal);", "return forAllQueries.mul(causal.onesLike());"]],
        },
        {
          name: "one rule is enough",
          message:
            "With you a key is visible if *one* of the rules allows it. It takes both: not in the future, and not padding.",
          edits: [["return forAllQueries.mul(causal);", "return forAllQueries.maximum(causal);"]],
        },
        {
          name: "the masks are added",
          message:
            "There are twos in your mask: you added the two. “Both allow it” is a product of zeros and ones. Used as a condition, your sum would mean “one is enough”.",
          edits: [["return forAllQueries.mul(causal);", "return forAllQueries.add(causal);"]],
        },
        {
          name: "real tokens are hidden",
          message:
            "You show the padding and hide the words. 1 means that a key may be seen: where the id is *not* the padding id.",
          edits: [["ids.notEqual(padding)", "ids.equal(padding)"]],
        },
        {
          name: "padding is always 0",
          message:
            "Right where padding has the id 0. Each vocabulary has its own (BERT's is 0, GPT-2 has none, others 1): use the argument, or an ordinary token becomes invisible.",
          edits: [["ids.notEqual(padding)", "ids.notEqual(0)"]],
        },
        {
          name: "no axis for the heads",
          message:
            "Your numbers are right, your shape is not: [B, T, S]. Next to scores [B, H, T, S] it would be broadcast from the right, B against H, and sentence and head are mixed up. Give the heads an axis of size 1.",
          edits: [["return forAllQueries.mul(causal);", "return forAllQueries.mul(causal).squeeze([1]);"]],
        },
      ],
    },
    {
      number: "08.6",
      slug: "attention/heads",
      title: "Cut into heads, and glue together",
      why: "One tensor instead of twelve: all heads run in a single product. It is also the place where two axes are most easily mixed up.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["splitHeads", "joinHeads"],
      hints: [
        "`reshape` never moves a number in memory, it only draws the lines anew. A token's channels lie side by side: what shape can you get by drawing lines alone?",
        "First [B, T, heads, D] by reshape; then swap the two middle axes by `transpose`. Joining is the same two steps backward: transpose first, then reshape.",
        "`x.reshape([B, T, heads, C / heads]).transpose([0, 2, 1, 3])`; and the same permutation undoes itself.",
      ],
      checks: [
        {
          title: "one sentence, two heads",
          call: "splitHeads",
          inputs: (random) => [[sentences(random, 1, 3, 4), 2]],
        },
        {
          title: "split: four different sizes",
          call: "splitHeads",
          inputs: (random) => [
            [sentences(random, 2, 5, 21), 3],
            [sentences(random, 3, 2, 20), 5],
          ],
        },
        {
          title: "join: four different sizes",
          call: "joinHeads",
          inputs: (random) => [
            [tensor(count(2).map(() => count(3).map(() => count(5).map(() => numbers(random, 7)))))],
          ],
        },
        {
          title: "there and back, nothing changes",
          driver: "thereAndBack",
          inputs: (random) => [{ x: sentences(random, 2, 5, 6), heads: 3 }],
        },
      ],
      mistakes: [
        {
          name: "split by reshape alone",
          message:
            "The shape is right, the numbers are not: your heads got *tokens*, not channels. Reshape draws new lines and moves nothing, so the first head holds the first tokens whole. Nothing crashes, the model only learns badly. Reshape to [B, T, heads, D], then swap axes.",
          edits: [
            ["x.reshape([B, T, heads, C / heads])", "x.reshape([B, heads, T, C / heads])"],
            ["return pieces.transpose([0, 2, 1, 3]);", "return pieces;"],
          ],
        },
        {
          name: "joined by reshape alone",
          message:
            "Splitting is right. When you join, a token gets pieces of *other tokens*: in memory the tokens of one head lie together. Bring each token's pieces side by side first, then reshape.",
          edits: [["const byToken: tf.Tensor4D = x.transpose([0, 2, 1, 3]);", "const byToken = x;"]],
        },
        {
          name: "heads take every H-th channel",
          message:
            "Your head takes every H-th channel, like dealing cards. A head is a *run* of D neighbours: h · D + d. In the shape, heads stand before D.",
          edits: [
            ["x.reshape([B, T, heads, C / heads])", "x.reshape([B, T, C / heads, heads])"],
            ["return pieces.transpose([0, 2, 1, 3]);", "return pieces.transpose([0, 3, 1, 2]);"],
          ],
        },
        {
          name: "joined like dealt cards",
          message:
            "Joining, you mix the heads channel by channel. A token's new vector is head 1's piece, then head 2's, each in one run.",
          edits: [
            [
              "const byToken: tf.Tensor4D = x.transpose([0, 2, 1, 3]);",
              "const byToken: tf.Tensor4D = x.transpose([0, 2, 3, 1]);",
            ],
          ],
        },
        {
          name: "heads before sentences",
          message:
            "Your first axis is the head, the second the sentence: [H, B, T, D]. A mask [B, 1, T, S] would then meet the wrong axis. Sentence first.",
          edits: [["return pieces.transpose([0, 2, 1, 3]);", "return pieces.transpose([2, 0, 1, 3]);"]],
        },
        {
          name: "channels before tokens",
          message:
            "Your last two axes are swapped: [B, H, D, T]. Attention multiplies [T, D] by [D, S]; with yours it would compare channels instead of tokens.",
          edits: [["return pieces.transpose([0, 2, 1, 3]);", "return pieces.transpose([0, 2, 3, 1]);"]],
        },
      ],
    },
    {
      number: "08.7",
      slug: "attention/multi-head",
      title: "Multi-head attention",
      why: "The layer that is stacked in BERT, GPT and T5, twelve times or ninety-six times.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["multiHeadAttention"],
      hints: [
        "Write the shape behind every line. Where does C become H pieces of D, and where do they become C again?",
        "Project three times and split three times: q, k, v are [B, H, T, D]. Scores [B, H, T, T], divided by √D, hidden where the mask is 0, softmax, times v. Join, then the fourth projection.",
        '`tf.where(mask.cast("bool"), scores, -1e9)`; at the end `project(join(…), weights.output)`.',
      ],
      checks: [
        {
          title: "one head, everything visible",
          driver: "multiHead",
          inputs: (random) => [
            { x: sentences(random, 1, 3, 5), weights: attentionWeights(random, 5, 5), heads: 1, mask: tensor([[1]]) },
          ],
          tolerance: products,
        },
        {
          title: "three heads",
          driver: "multiHead",
          inputs: (random) => [
            { x: sentences(random, 2, 5, 6), weights: attentionWeights(random, 6, 6), heads: 3, mask: tensor([[1]]) },
          ],
          tolerance: products,
        },
        {
          title: "three heads with a causal mask",
          driver: "multiHead",
          inputs: (random) => [
            { x: sentences(random, 2, 4, 6), weights: attentionWeights(random, 6, 6), heads: 3, mask: causal(4) },
          ],
          tolerance: products,
        },
      ],
      mistakes: [
        {
          name: "the root of the model's size",
          message:
            "You divide by the root of C, the whole model's size. A head's dot product adds up D = C / heads numbers only; your scores are too small, and every head looks everywhere alike.",
          edits: [
            [
              "tf.matMul(q, k, false, true).div<tf.Tensor4D>(Math.sqrt(D))",
              "tf.matMul(q, k, false, true).div<tf.Tensor4D>(Math.sqrt(D * heads))",
            ],
          ],
        },
        {
          name: "not scaled",
          message: "Your heads' scores are not divided by √D, the root of a head's size. The weights are too sharp.",
          edits: [["tf.matMul(q, k, false, true).div<tf.Tensor4D>(Math.sqrt(D))", "tf.matMul(q, k, false, true)"]],
        },
        {
          name: "one large head",
          message:
            "You project, but do not split: one attention over all C channels. It gives one set of weights where three heads would each have had a question of their own.",
          edits: [
            ["const q = split(project(x, weights.query), heads);", "const q = split(project(x, weights.query), 1);"],
            ["const k = split(project(x, weights.key), heads);", "const k = split(project(x, weights.key), 1);"],
            ["const v = split(project(x, weights.value), heads);", "const v = split(project(x, weights.value), 1);"],
          ],
        },
        {
          name: "the values are not projected",
          message:
            "You blend the tokens' own vectors. Values are projected, too: what a token *tells* need not be what it *is*. That is W_value's work.",
          edits: [["const v = split(project(x, weights.value), heads);", "const v = split(x, heads);"]],
        },
        {
          name: "the last projection is forgotten",
          message:
            "The heads' answers stand side by side and never meet. The fourth matrix, W_output, mixes them: without it channel 0 only ever hears of head 1.",
          edits: [["return project(join(blended), weights.output);", "return join(blended);"]],
        },
        {
          name: "the mask is not used",
          message: "With a mask your answer is the same as without: some tokens still see the future.",
          edits: [['tf.where(mask.cast("bool"), fit, -1e9)', "fit"]],
        },
        {
          name: "the mask comes after the softmax",
          message:
            "You set weights to 0 after the softmax. What is left of a row no longer sums to 1, and your answers are too small where much is hidden. Hide the scores, before.",
          edits: [
            ['tf.where(mask.cast("bool"), fit, -1e9)', "fit"],
            ["tf.matMul(tf.softmax(seen), v)", "tf.matMul(tf.softmax(seen).mul(mask), v)"],
          ],
        },
        {
          name: "queries and keys are swapped",
          message:
            "Your keys ask and your queries are asked. Without a mask it looks plausible; but “the verb looks for its subject” is not “the subject looks for its verb”. Rows are the queries.",
          edits: [
            ["const q = split(project(x, weights.query), heads);", "const q = split(project(x, weights.key), heads);"],
            ["const k = split(project(x, weights.key), heads);", "const k = split(project(x, weights.query), heads);"],
          ],
        },
      ],
    },
    {
      number: "08.8",
      slug: "attention/cross-attention",
      title: "Asking another sentence",
      why: "A translator writes one sentence and reads another; T5 and the first Transformer do it with this.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["crossAttention"],
      hints: [
        "Who asks? Who is asked? One of the three projections reads `x`, two read `context`.",
        "Scores are [T, S]: a row for each token that writes, a column for each that is read. Padding hides columns, and `real [S]` is broadcast along the last axis by itself. The root is that of D, the projections' width.",
        '`tf.where(real.cast("bool"), scores, -1e9)`, softmax, times the values, times `weights.output`.',
      ],
      checks: [
        {
          title: "equal lengths, equal sizes",
          call: "crossAttention",
          inputs: (random) => [crossInput(random, 4, 4, 4, 4, 0)],
          tolerance: products,
        },
        {
          title: "a short sentence asks a long one",
          call: "crossAttention",
          inputs: (random) => [crossInput(random, 3, 5, 7, 2, 0)],
          tolerance: products,
        },
        {
          title: "a long sentence asks a short one",
          call: "crossAttention",
          inputs: (random) => [crossInput(random, 5, 2, 4, 4, 0)],
          tolerance: products,
        },
        {
          title: "padding in the sentence that is asked stays unread",
          call: "crossAttention",
          inputs: (random) => [crossInput(random, 5, 5, 3, 3, 2), crossInput(random, 2, 7, 3, 5, 3)],
          tolerance: products,
        },
      ],
      mistakes: [
        {
          name: "the context asks",
          message:
            "You have it the other way round: the context asks and x is asked. There must be one row of answers for each token of `x`: it is the one that wants to know.",
          edits: [
            ["tf.matMul(x, weights.query)", "tf.matMul(context, weights.query)"],
            ["tf.matMul(context, weights.key)", "tf.matMul(x, weights.key)"],
            ["tf.matMul(context, weights.value)", "tf.matMul(x, weights.value)"],
          ],
        },
        {
          name: "the keys are x's own",
          message:
            "Queries and keys both come from `x`: it compares itself with itself, and takes values from the other sentence. Keys and values must be of the same tokens, those of the context.",
          edits: [["tf.matMul(context, weights.key)", "tf.matMul(x, weights.key)"]],
        },
        {
          name: "the values are x's own",
          message:
            "You look at the context and then take values from `x`: nothing of the other sentence ever arrives. What is looked at is also what is told.",
          edits: [["tf.matMul(context, weights.value)", "tf.matMul(x, weights.value)"]],
        },
        {
          name: "self-attention",
          message: "Your answer does not depend on the context at all: query, key and value all come from `x`.",
          edits: [
            ["tf.matMul(context, weights.key)", "tf.matMul(x, weights.key)"],
            ["tf.matMul(context, weights.value)", "tf.matMul(x, weights.value)"],
          ],
        },
        {
          name: "the values are not projected",
          message:
            "You blend the context's vectors as they are. Each of the three has its matrix: values, too. (With sizes C and D that differ, your product does not even fit.)",
          edits: [["tf.matMul(context, weights.value)", "context"]],
        },
        {
          name: "the last projection is forgotten",
          message:
            "Your answer has D columns and stops before W_output. It must have C again: it is added to the vectors of `x` that asked.",
          edits: [
            ["tf.matMul(tf.matMul(tf.softmax(open), told), weights.output)", "tf.matMul(tf.softmax(open), told)"],
          ],
        },
        {
          name: "padding is read",
          message: "Right as long as the context has no padding. Hide it before the softmax; a filler tells nothing.",
          edits: [['tf.where(real.cast("bool"), fits, -1e9)', "fits"]],
        },
        {
          name: "the root of the model's size",
          message:
            "You divide by the root of C, the size of the vectors *before* the projection. The dot product adds up D numbers.",
          edits: [["const depth = asking.shape[1];", "const depth = x.shape[1];"]],
        },
      ],
    },
    {
      number: "08.9",
      slug: "attention/copying-head",
      title: "A head made by hand",
      why: "Who can set the matrices by hand knows what training looks for. Heads that copy from a fixed distance are found in every trained language model.",
      difficulty: 3,
      minutes: 30,
      points: 3,
      exports: ["copyingHead"],
      hints: [
        "The value matrix decides *what* is copied, query and key decide *from where*. Which part of the input row does each of the three have to read?",
        "Let value pass the symbol part and drop the positions. Let key pass the position part. Query must turn “I am at t” into “I want t − distance”: a matrix with ones beside the diagonal. Then multiply query by something large, for the softmax; remember that scores are divided by √D.",
        "With D = P: key has a 1 at [V + p, p], query a large number at [V + p + distance, p], value a 1 at [v, v]. 20 · √D is large enough.",
      ],
      checks: [
        {
          title: "the previous symbol",
          driver: "copied",
          inputs: (random) => [{ ids: count(7).map(() => random.integer(5)), symbols: 5, positions: 7, distance: 1 }],
          tolerance: { absolute: 0.01 },
        },
        {
          title: "from farther away",
          driver: "copied",
          inputs: (random) => [
            { ids: random.shuffle(count(6)), symbols: 6, positions: 11, distance: 3 },
            { ids: random.shuffle(count(9)), symbols: 9, positions: 9, distance: 2 },
          ],
          tolerance: { absolute: 0.01 },
        },
        {
          title: "a long text, where many keys compete",
          driver: "copied",
          inputs: (random) => [
            { ids: count(40).map(() => random.integer(4)), symbols: 4, positions: 40, distance: 2 + random.integer(4) },
          ],
          tolerance: { absolute: 0.01 },
        },
      ],
      mistakes: [
        {
          name: "it looks into the future",
          message:
            "Your query wants t + distance: a key that the causal mask hides, so every position gets the blend of all it may see. Row t of the query matrix must hold its number in column t − distance.",
          edits: [["row - symbols - distance === p ? strength : 0", "row - symbols + distance === p ? strength : 0"]],
        },
        {
          name: "it copies itself",
          message:
            "Every position answers its own symbol: query and key match where position (or symbol) is the same. What has to match is the position, and one of the two has to be shifted by the distance.",
          edits: [["row - symbols - distance === p ? strength : 0", "row - symbols === p ? strength : 0"]],
        },
        {
          name: "always the previous one",
          message:
            "Right for distance 1. You ignore the argument: with distance 3 it still copies the previous symbol.",
          edits: [["row - symbols - distance === p ? strength : 0", "row - symbols - 1 === p ? strength : 0"]],
        },
        {
          name: "too weak",
          message:
            "The right symbol leads, but others shine through: the winning score is too small. Softmax of 1 against nine zeros is only about a fifth. Make the query (or the key) larger.",
          edits: [["const strength = 20 * Math.sqrt(positions);", "const strength = 3;"]],
        },
        {
          name: "positions are copied",
          message:
            "Your answers name a *position*, not a symbol: the value matrix reads the wrong part of the row. The first V numbers of a row are the symbol.",
          edits: [["(row === v ? 1 : 0)", "(row - symbols === v ? 1 : 0)"]],
        },
      ],
    },
  ],
};

export default lesson;
