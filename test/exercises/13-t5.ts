import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

const words = "the a small red old bird dog house river stone that can sing runs over under green cold from with".split(
  " ",
);

/** `count` different words. */
const text = (random: Random, count: number) => random.shuffle(words).slice(0, count);

/** Runs of kept (`-`) and hidden (`x`) tokens: `"--xx-x"`. */
const pattern = (marks: string) => [...marks].map((mark) => mark === "x");

function matrix(random: Random, rows: number, columns: number, size = 1): PlainTensor {
  return tensor(Array.from({ length: rows }, () => numbers(random, columns, size)));
}

/** Numbers that are not near zero. */
function numbers(random: Random, count: number, size = 1): number[] {
  return Array.from({ length: count }, () => size * random.uniform(0.3, 1.4) * random.choice([-1, 1]));
}

function cube(random: Random, heads: number, rows: number, columns: number): PlainTensor {
  return tensor(Array.from({ length: heads }, () => Array.from({ length: rows }, () => numbers(random, columns))));
}

/** Some bucket for every query and key, all of them used, none the mirror image of another. */
function bucketIds(random: Random, queries: number, keys: number, buckets: number): PlainTensor {
  const ids = random.shuffle(Array.from({ length: queries * keys }, (_, i) => i % buckets));
  return tensor(
    Array.from({ length: queries }, (_, t) => ids.slice(t * keys, (t + 1) * keys)),
    "int32",
  );
}

/** The distances whose bucket does not hang on the last digit of a logarithm. */
function clearDistances(from: number, to: number, e: number, n: number, maxDistance: number): number[] {
  const place = (d: number) => (Math.log(d / e) / Math.log(maxDistance / e)) * (n - e);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
    (d) => d === e || d < e || Math.abs(place(d) - Math.round(place(d))) > 1e-6,
  );
}

interface Sides {
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;
  /** 1 for keys after the query, -1 for those before it. */
  readonly side: 1 | -1;
}

function bucketInputs({ side, ...options }: Sides, from: number, to: number) {
  const n = options.bidirectional ? options.buckets / 2 : options.buckets;
  return clearDistances(from, to, n / 2, n, options.maxDistance).map((d) => [side * d, options]);
}

function attentionInput(random: Random, H: number, T: number, S: number, D: number, N: number) {
  return [
    cube(random, H, T, D),
    cube(random, H, S, D),
    cube(random, H, S, D),
    matrix(random, N, H, 2),
    bucketIds(random, T, S, N),
  ];
}

function stackInput(random: Random, layers: number) {
  const [T, C, N] = [5, 3, 4];
  return {
    x: matrix(random, T, C),
    weights: Array.from({ length: layers }, () => matrix(random, C, C, 0.5)),
    tables: Array.from({ length: layers }, () => tensor(numbers(random, N, 2))),
    buckets: bucketIds(random, T, T, N),
  };
}

function gatedInput(random: Random, T: number, C: number, F: number) {
  return [
    matrix(random, T, C),
    { gate: matrix(random, C, F), value: matrix(random, C, F), output: matrix(random, F, C) },
  ];
}

const phonemes = "AA AE B CH D EH F IY K L M N OW P R S T".split(" ");

const lesson: Lesson = {
  name: "13-t5",
  title: "T5",
  exercises: [
    {
      number: "13.1",
      slug: "t5/span-corruption",
      title: "Make holes in a text",
      why: "This is all that T5 is pre-trained on: any text becomes a question and its answer, and nobody labels anything.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["corruptSpans"],
      hints: [
        "A sentinel marks where a run of hidden tokens *begins*. How do you see from token i and its left neighbour that a run begins there?",
        "Go through the tokens once. A kept token goes into the input. A hidden one goes into the target; if it begins a run, the next sentinel goes into both before it. At the end one more sentinel goes into the target.",
        "A run begins at i if `hidden[i] && !hidden[i - 1]`. Keep a counter `spans`: push `sentinel(spans)` to input and target, then add 1. After the loop `target.push(sentinel(spans))`.",
      ],
      checks: [
        {
          title: "holes of one token, none beside another",
          call: "corruptSpans",
          inputs: (random) => [
            [text(random, 6), pattern("--x---")],
            [text(random, 7), pattern("-x--x--")],
          ],
        },
        {
          title: "neighbours that are hidden together share one sentinel",
          call: "corruptSpans",
          inputs: (random) => [
            [text(random, 8), pattern("--xxx---")],
            [text(random, 9), pattern("-xx--xxx-")],
          ],
        },
        {
          title: "many holes, numbered from the left",
          call: "corruptSpans",
          inputs: (random) => [[text(random, 12), pattern("-x-xx--x-xx-")]],
        },
        {
          title: "the first token, the last one, all of them, none",
          call: "corruptSpans",
          inputs: (random) => [
            [text(random, 5), pattern("xx--x")],
            [text(random, 4), pattern("xxxx")],
            [text(random, 3), pattern("---")],
          ],
        },
      ],
      mistakes: [
        {
          name: "adjacent hidden tokens are not merged",
          message:
            "Every hidden token gets a sentinel of its own. A run of hidden neighbours is *one* hole: the model is to find out by itself how much is missing, and the input gets shorter, which is where T5 saves time.",
          edits: [["const begins = !hidden[i - 1];", "const begins = true;"]],
        },
        {
          name: "sentinels numbered from the right",
          message:
            "Your sentinels run backwards through the text. They are numbered from the left, in the order in which the target fills them in; otherwise the model would have to know how many holes there are before it writes its first mark.",
          edits: [
            [
              "  let spans = 0;\n  tokens.forEach((token, i) => {",
              "  let spans = 0;\n  const last = hidden.filter((hide, i) => hide && !hidden[i - 1]).length - 1;\n  tokens.forEach((token, i) => {",
            ],
            [
              "      input.push(sentinel(spans));\n      target.push(sentinel(spans));",
              "      input.push(sentinel(last - spans));\n      target.push(sentinel(last - spans));",
            ],
          ],
        },
        {
          name: "no final sentinel",
          message:
            "Your targets lack their last sentinel. It closes the last span, as each sentinel closes the one before it: without it nothing says that the answer is complete.",
          edits: [["  target.push(sentinel(spans));\n  return { input, target };", "  return { input, target };"]],
        },
        {
          name: "the same sentinel everywhere",
          message:
            "All your holes carry the same mark. Then the target cannot say which hole it fills. Count the runs: `<0>`, `<1>` and so on.",
          edits: [["      spans++;\n", ""]],
        },
        {
          name: "holes without a mark",
          message:
            "In your input the hidden tokens are simply gone. Nothing shows where something is missing, so the model would have to guess the places as well.",
          edits: [["      input.push(sentinel(spans));\n      target", "      target"]],
        },
        {
          name: "the target repeats the whole text",
          message:
            "Your target holds the kept tokens too. T5 writes only what is missing: a fifth of the text instead of all of it, and a decoder's work grows with what it writes.",
          edits: [
            [
              "      input.push(token);\n      return;",
              "      input.push(token);\n      target.push(token);\n      return;",
            ],
          ],
        },
        {
          name: "sentinels counted from 1",
          message: "Your first sentinel is `<1>`. They begin at `<0>`.",
          edits: [["let spans = 0;", "let spans = 1;"]],
        },
      ],
    },
    {
      number: "13.2",
      slug: "t5/restore",
      title: "Fill the holes again",
      why: "It shows that nothing was lost in span corruption, and it turns what a model writes into a text you can read.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["restoreSpans"],
      hints: [
        "First read the target alone. What would you like to have in hand when you then walk through the input?",
        "Make a `Map` from each sentinel of the target to the list of tokens after it, up to the next sentinel. Then walk through the input: a sentinel that is in the map is replaced by its list, everything else stays.",
        "While you read the target keep `span`, the list that is being filled: at a sentinel start a new list and put it into the map. Then `input.flatMap((token) => map.get(token) ?? [token])`.",
      ],
      checks: [
        {
          title: "one hole",
          driver: "restored",
          inputs: (random) => {
            const [a, b, c, d] = text(random, 4) as [string, string, string, string];
            return [
              { input: [a, "<0>", d], target: ["<0>", b, "<1>"] },
              { input: ["<0>", d], target: ["<0>", a, b, c, "<1>"] },
            ];
          },
        },
        {
          title: "several holes, several tokens in each",
          driver: "restored",
          inputs: (random) => {
            const w = text(random, 9) as string[];
            return [
              {
                input: [w[0]!, "<0>", w[3]!, "<1>", w[5]!, "<2>"],
                target: ["<0>", w[1]!, w[2]!, "<1>", w[4]!, "<2>", w[6]!, w[7]!, w[8]!, "<3>"],
              },
            ];
          },
        },
        {
          title: "the target's sentinels come in another order",
          driver: "restored",
          inputs: (random) => {
            const w = text(random, 6) as string[];
            return [{ input: ["<0>", w[0]!, "<1>", w[1]!], target: ["<1>", w[2]!, w[3]!, "<0>", w[4]!, "<2>"] }];
          },
        },
        {
          title: "a hole that the target leaves out keeps its sentinel; an empty span fills it with nothing",
          driver: "restored",
          inputs: (random) => {
            const w = text(random, 5) as string[];
            return [
              { input: [w[0]!, "<0>", w[1]!, "<1>"], target: ["<1>", w[2]!, "<2>"] },
              { input: [w[0]!, "<0>", w[1]!, "<1>"], target: ["<0>", "<1>", w[2]!, "<2>"] },
            ];
          },
        },
        {
          title: "what stands before the target's first sentinel fills no hole",
          driver: "restored",
          inputs: (random) => {
            const w = text(random, 5) as string[];
            return [{ input: [w[0]!, "<0>", w[1]!], target: [w[2]!, w[3]!, "<0>", w[4]!, "<1>"] }];
          },
        },
      ],
      mistakes: [
        {
          name: "spans by their order instead of their name",
          message:
            "You fill the first hole with the first span, the second with the second. A model may write its spans in another order or leave one out; the sentinel's *name* says where a span belongs.",
          edits: [
            [
              "  return input.flatMap((token) => spans.get(token) ?? [token]);",
              "  const inOrder = [...spans.values()];\n  return input.flatMap((token) => (isSentinel(token) ? (inOrder.shift() ?? [token]) : [token]));",
            ],
          ],
        },
        {
          name: "only one token a hole",
          message:
            "You put a single token into each hole. A sentinel stands for a whole run: everything up to the next sentinel.",
          edits: [["      span.push(token);", "      if (span.length === 0) span.push(token);"]],
        },
        {
          name: "the sentinels stay in the text",
          message:
            "Your text still has its sentinels, with the spans after them. A sentinel is a placeholder: the span comes *in its place*.",
          edits: [
            [
              "(token) => spans.get(token) ?? [token]);",
              "(token) => (spans.has(token) ? [token, ...spans.get(token)!] : [token]));",
            ],
          ],
        },
        {
          name: "an unfilled hole disappears",
          message:
            "A sentinel that the target does not mention vanishes from your text. Then nobody sees that the model left a hole. Keep the mark where nothing was written for it.",
          edits: [["spans.get(token) ?? [token]);", "spans.get(token) ?? (isSentinel(token) ? [] : [token]));"]],
        },
        {
          name: "the beginning of the target fills the first hole",
          message:
            "What stands before the target's first sentinel ended up in a hole. It has no sentinel before it, so it belongs to none.",
          edits: [
            [
              "  let span: string[] = []; // what comes before the first sentinel is collected here, and never used\n",
              '  let span: string[] = [];\n  spans.set("<0>", span);\n',
            ],
            [
              "      span = [];\n      spans.set(token, span);",
              "      span = spans.get(token) ?? [];\n      spans.set(token, span);",
            ],
          ],
        },
        {
          name: "spans backwards",
          message: "The tokens inside your holes stand in reverse. The first one after the sentinel comes first.",
          edits: [["      span.push(token);", "      span.unshift(token);"]],
        },
      ],
    },
    {
      number: "13.3",
      slug: "t5/relative-bucket",
      title: "How far is that, roughly?",
      why: "With buckets T5 learns a few numbers for all distances, and can read texts longer than those it was trained on.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["relativeBucket"],
      hints: [
        "Do it for the decoder first, where there is one side only. Then ask: what is different in the encoder before and after that calculation?",
        "Work out n (the places on one side), the offset (n for keys after the query in the encoder, else 0) and d (never negative). If d < n / 2 the bucket is offset + d. Else the logarithm, rounded down, added to n / 2, and at most n − 1.",
        "`const far = Math.floor((Math.log(d / e) / Math.log(maxDistance / e)) * (n - e));` and `offset + Math.min(e + far, n - 1)`.",
      ],
      checks: [
        {
          title: "near keys before the query have a bucket each",
          call: "relativeBucket",
          inputs: () => [
            ...bucketInputs({ bidirectional: true, buckets: 32, maxDistance: 128, side: -1 }, 0, 7),
            ...bucketInputs({ bidirectional: false, buckets: 12, maxDistance: 31, side: -1 }, 0, 5),
          ],
        },
        {
          title: "two-sided: keys after the query use the other half",
          call: "relativeBucket",
          inputs: () => [
            ...bucketInputs({ bidirectional: true, buckets: 32, maxDistance: 128, side: 1 }, 1, 9),
            ...bucketInputs({ bidirectional: true, buckets: 12, maxDistance: 31, side: 1 }, 1, 9),
          ],
        },
        {
          title: "one-sided: all buckets are for what came before",
          call: "relativeBucket",
          inputs: () => [
            ...bucketInputs({ bidirectional: false, buckets: 32, maxDistance: 128, side: -1 }, 6, 22),
            ...bucketInputs({ bidirectional: false, buckets: 12, maxDistance: 31, side: -1 }, 1, 12),
          ],
        },
        {
          title: "one-sided: a key after the query counts as distance 0",
          call: "relativeBucket",
          inputs: (random) =>
            [1, 2, 5, 40].map((d) => [d + random.integer(3), { bidirectional: false, buckets: 12, maxDistance: 31 }]),
        },
        {
          title: "far keys share buckets that widen with the logarithm",
          call: "relativeBucket",
          inputs: () => [
            ...bucketInputs({ bidirectional: true, buckets: 32, maxDistance: 128, side: -1 }, 8, 70),
            ...bucketInputs({ bidirectional: false, buckets: 20, maxDistance: 77, side: -1 }, 10, 70),
          ],
        },
        {
          title: "from the largest distance on there is one last bucket",
          call: "relativeBucket",
          inputs: (random) =>
            [128, 129, 400 + random.integer(500)].flatMap((d) => [
              [-d, { bidirectional: true, buckets: 32, maxDistance: 128 }],
              [d, { bidirectional: true, buckets: 32, maxDistance: 128 }],
              [-d, { bidirectional: false, buckets: 32, maxDistance: 128 }],
            ]),
        },
      ],
      mistakes: [
        {
          name: "the decoder two-sided",
          message:
            "Your decoder keeps half of its buckets for keys that come later. It never sees one: the causal mask hides them, so half of the table would learn nothing, and the rest is too coarse. One-sided, all buckets look back.",
          edits: [
            ["const n = bidirectional ? buckets / 2 : buckets;", "const n = buckets / 2;"],
            ["const side = bidirectional && relative > 0 ? n : 0;", "const side = relative > 0 ? n : 0;"],
            ["const d = bidirectional ? Math.abs(relative) : Math.max(-relative, 0);", "const d = Math.abs(relative);"],
          ],
        },
        {
          name: "the logarithmic buckets are off by one",
          message:
            "Your far buckets are one too high. The first distance that is counted by its logarithm, d = e, has log(d / e) = 0 and belongs into bucket e: round down, not up.",
          edits: [["const far = Math.floor(", "const far = 1 + Math.floor("]],
        },
        {
          name: "left and right swapped",
          message:
            "You put the keys *before* the query into the second half. It is for keys after it: `relative` is the key's place minus the query's, positive means later.",
          edits: [["bidirectional && relative > 0 ? n : 0", "bidirectional && relative < 0 ? n : 0"]],
        },
        {
          name: "no last bucket",
          message:
            "Very far keys get a bucket that the table does not have (or, two-sided, one of the other side's). From the largest distance on everything shares the last one: at most n − 1.",
          edits: [["return side + Math.min(e + far, n - 1);", "return side + e + far;"]],
        },
        {
          name: "the same bucket on both sides",
          message:
            "A key three places before and one three places after get the same bucket. In the encoder that is a loss: *not* before a verb is not the same as after it. Keys after the query use the second half.",
          edits: [["bidirectional && relative > 0 ? n : 0", "bidirectional && relative > buckets ** 9 ? n : 0"]],
        },
        {
          name: "the logarithm of the distance alone",
          message:
            "You take log d / log maxDistance. Then the far buckets do not begin at e: both distances are measured *from e*, so divide both by e inside the logarithms.",
          edits: [["(Math.log(d / e) / Math.log(maxDistance / e))", "(Math.log(d) / Math.log(maxDistance))"]],
        },
        {
          name: "even instead of logarithmic",
          message:
            "Your far buckets are all equally wide. Whether a word is 20 or 21 places away hardly matters, 2 or 3 does: the further, the wider the buckets, with the logarithm.",
          edits: [["(Math.log(d / e) / Math.log(maxDistance / e))", "((d - e) / (maxDistance - e))"]],
        },
      ],
    },
    {
      number: "13.4",
      slug: "t5/relative-attention",
      title: "Attention that knows distances",
      why: "It is lesson 8's attention with one thing added and one thing left out, and both are what makes a T5 a T5.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["relativeAttention"],
      hints: [
        "Write down the shapes: the scores are [H, T, S], and what `gather` gives is [T, S, H]. Which move makes one into the other?",
        "Look up the bias and bring its heads to the front; scores = Q Kᵀ, nothing else; add the bias; softmax along the last axis; times V.",
        "`tf.gather(table, buckets).transpose([2, 0, 1])`, and `query.matMul(key, false, true)` for Q Kᵀ.",
      ],
      checks: [
        {
          title: "one head, as many keys as queries",
          call: "relativeAttention",
          inputs: (random) => [attentionInput(random, 1, 4, 4, 3, 5)],
        },
        {
          title: "several heads, each with its own column of the table",
          call: "relativeAttention",
          inputs: (random) => [attentionInput(random, 3, 4, 5, 2, 6)],
        },
        {
          title: "as many heads as queries and keys: nothing fits by accident",
          call: "relativeAttention",
          inputs: (random) => [attentionInput(random, 3, 3, 3, 5, 4)],
        },
      ],
      mistakes: [
        {
          name: "divided by the root",
          message:
            "You divide the scores by √D, as in lesson 8. T5 does not: its queries *begin* smaller by that factor, and training takes it from there. With T5's own weights your attention would be far too flat.",
          edits: [
            [
              "const scores = query.matMul(key, false, true);",
              "const scores = query.matMul(key, false, true).div(Math.sqrt(query.shape[2]));",
            ],
          ],
        },
        {
          name: "the bias is dropped",
          message:
            "Your output does not depend on where a key stands. T5 has no other positions than this bias: without it, the sentence is a bag of words.",
          edits: [["tf.softmax(scores.add(bias))", "tf.softmax(scores.add(bias.mul(0)))"]],
        },
        {
          name: "the bias is added after the softmax",
          message:
            "You add the bias to the weights. Then they no longer sum to 1, and can be negative. It belongs to the scores, before the softmax.",
          edits: [["tf.softmax(scores.add(bias))", "tf.softmax(scores).add(bias)"]],
        },
        {
          name: "the heads are not moved to the front",
          message:
            "Your bias was brought into shape by `reshape`. That keeps the numbers in their order and gives head 1 the numbers of other queries and keys. Axes are moved by `transpose`.",
          edits: [["transpose([2, 0, 1]); // [H, T, S]", "reshape([table.shape[1], ...buckets.shape]);"]],
        },
        {
          name: "queries and keys are swapped in the bias",
          message:
            "Your bias is turned around: query t gets what belongs to key t. The rows of `buckets` are queries. (A bird *before* the verb is not one after it.)",
          edits: [
            [
              "const bias = tf.gather(table, buckets).transpose([2, 0, 1]); // [H, T, S]",
              "const turned = buckets.shape[0] === buckets.shape[1] ? (buckets.transpose() as tf.Tensor2D) : (buckets.transpose().reshape(buckets.shape) as tf.Tensor2D);\n  const bias = tf.gather(table, turned).transpose([2, 0, 1]);",
            ],
          ],
        },
        {
          name: "the bias multiplies",
          message:
            "You multiply the scores by the bias. Added, a bias b makes a key eᵇ times as important whatever its score; multiplied, it turns a good match at a distance of small bias into none.",
          edits: [["scores.add(bias)", "scores.mul(bias)"]],
        },
      ],
    },
    {
      number: "13.5",
      slug: "t5/shared-bias",
      title: "One table for the whole stack",
      why: "Hugging Face's files hold one table for each stack; who expects one for each layer finds weights missing, or invents some.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["biasedStack"],
      hints: [
        "How often may `newTable` be called if all layers are to use the same numbers?",
        "Before the loop: one table, and the bias from it. In the loop: every layer gets this bias; its answer is added to what went in.",
        "`const bias = tf.gather(newTable(), buckets);` before the loop, and in it `h = h.add(layer(h, bias));`",
      ],
      checks: [
        {
          title: "one layer",
          driver: "stackOutput",
          inputs: (random) => [stackInput(random, 1)],
        },
        {
          title: "three layers add the same bias",
          driver: "stackOutput",
          inputs: (random) => [stackInput(random, 3)],
          tolerance: { absolute: 1e-5, relative: 1e-4 },
        },
        {
          title: "one table is made, however many layers there are",
          driver: "stackTables",
          inputs: (random) => [stackInput(random, 2), stackInput(random, 4)],
        },
      ],
      mistakes: [
        {
          name: "a table for each layer",
          message:
            "Every layer of yours has a table of its own. It would work, but it is not T5: there the first layer's table serves the whole stack, and that is why a T5 file has one table for the encoder and one for the decoder.",
          edits: [
            ["  const bias = tf.gather<tf.Tensor>(newTable(), buckets) as tf.Tensor2D;\n", ""],
            ["h.add(layer(h, bias));", "h.add(layer(h, tf.gather<tf.Tensor>(newTable(), buckets) as tf.Tensor2D));"],
          ],
        },
        {
          name: "only the first layer has the bias",
          message:
            "Only your first layer knows distances; the others add zeros. The table is *learned* once and *used* in every layer.",
          edits: [
            [
              "for (const layer of layers) h = h.add(layer(h, bias));",
              "for (const [i, layer] of layers.entries()) h = h.add(layer(h, i === 0 ? bias : bias.mul(0)));",
            ],
          ],
        },
        {
          name: "the bias grows from layer to layer",
          message:
            "Your second layer adds the bias twice, the third three times. It is the same bias in every layer, not one more on top.",
          edits: [
            [
              "for (const layer of layers) h = h.add(layer(h, bias));",
              "for (const [i, layer] of layers.entries()) h = h.add(layer(h, bias.mul(i + 1)));",
            ],
          ],
        },
        {
          name: "the residual is missing",
          message:
            "Each of your layers replaces x instead of adding to it. The residual stream of lesson 9 is there in T5 too: x + layer(x).",
          edits: [["h = h.add(layer(h, bias));", "h = layer(h, bias);"]],
        },
        {
          name: "every layer reads the first input",
          message: "All your layers read the same x. A layer reads what the one before it left in the stream.",
          edits: [["h = h.add(layer(h, bias));", "h = h.add(layer(x, bias));"]],
        },
      ],
    },
    {
      number: "13.6",
      slug: "t5/gated-gelu",
      title: "A feed-forward layer with a gate",
      why: "It is the one change of T5 v1.1 inside the block, and most large models since have a gate like it.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["gatedGelu"],
      hints: [
        "Two projections go up from C to F. Only one of them is squashed. What is done with the two?",
        "z = x Wg; squash it with the formula, entry by entry. Multiply entry by entry with x Wv. One matrix product with Wo leads back to C.",
        "`z.add(z.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI))` goes into the tanh; `.mul(…)` multiplies entry by entry, `.matMul(…)` does not.",
      ],
      checks: [
        { title: "one position", call: "gatedGelu", inputs: (random) => [gatedInput(random, 1, 3, 5)] },
        { title: "several positions", call: "gatedGelu", inputs: (random) => [gatedInput(random, 4, 2, 7)] },
        {
          title: "as wide inside as outside",
          call: "gatedGelu",
          inputs: (random) => [gatedInput(random, 2, 4, 4)],
        },
      ],
      mistakes: [
        {
          name: "the wrong projection is squashed",
          message:
            "You squash x Wv and leave x Wg as it is. Both learn, so it would train as well, but with given weights the numbers are others: Wg is the gate, and the gate is squashed.",
          edits: [
            ["const z = x.matMul<tf.Tensor2D>(gate);", "const z = x.matMul<tf.Tensor2D>(value);"],
            ["open.mul<tf.Tensor2D>(x.matMul(value))", "open.mul<tf.Tensor2D>(x.matMul(gate))"],
          ],
        },
        {
          name: "the gate is added",
          message:
            "You add the two projections. A gate *multiplies*: where it is near 0 it lets nothing through, whatever the other one says.",
          edits: [["open.mul<tf.Tensor2D>(x.matMul(value))", "open.add<tf.Tensor2D>(x.matMul(value))"]],
        },
        {
          name: "a sigmoid for a gate",
          message:
            "Your gate is a sigmoid, from 0 to 1: the older GLU. T5 v1.1's gate is a GELU, which is not bounded above; the name says it, GEGLU.",
          edits: [
            [
              "const open = z.mul<tf.Tensor2D>(0.5).mul<tf.Tensor2D>(inner.tanh().add(1));",
              "const open = z.sigmoid().add<tf.Tensor2D>(inner.mul(0));",
            ],
          ],
        },
        {
          name: "ReLU for GELU",
          message:
            "Your gate is exactly 0 for every negative z: a ReLU. GELU is smooth and a little negative just below 0.",
          edits: [
            [
              "const open = z.mul<tf.Tensor2D>(0.5).mul<tf.Tensor2D>(inner.tanh().add(1));",
              "const open = z.relu().add<tf.Tensor2D>(inner.mul(0));",
            ],
          ],
        },
        {
          name: "no gate at all",
          message:
            "Your layer is the plain one, gelu(x Wg) Wo: x Wv does not matter to it. Half of the layer's first weights would never learn.",
          edits: [["open.mul<tf.Tensor2D>(x.matMul(value)).matMul(output)", "open.matMul(output)"]],
        },
        {
          name: "the exact GELU",
          message:
            "Very near, and yet not it: you use the exact GELU with the error function. T5 v1.1's weights were trained with the tanh form, and after many layers the difference is visible in the logits.",
          edits: [
            [
              "const open = z.mul<tf.Tensor2D>(0.5).mul<tf.Tensor2D>(inner.tanh().add(1));",
              "const open = z.mul<tf.Tensor2D>(0.5).mul<tf.Tensor2D>(z.div(Math.SQRT2).erf().add(inner.mul(0).add(1)));",
            ],
          ],
        },
      ],
    },
    {
      number: "13.7",
      slug: "t5/prefix-examples",
      title: "Everything is text",
      why: "Writing labels as words is all it takes to give very different tasks to one and the same model.",
      difficulty: 1,
      minutes: 15,
      points: 2,
      exports: ["asText"],
      hints: [
        "All three inputs begin in the same way. What is it, and where does it come from?",
        "The prefix is the task's name, a colon and a space. Then decide by `example.task` what follows, and what the target is: a list joined by spaces, one of two words, or the answer.",
        'For the answers: `answer === true ? "yes" : answer === false ? "no" : answer`.',
      ],
      checks: [
        {
          title: "pronounce: phonemes with spaces between them",
          call: "asText",
          inputs: (random) => [
            [
              {
                task: "pronounce",
                word: random.choice(["CAT", "NOSE"]),
                phonemes: random.shuffle(phonemes).slice(0, 4),
              },
            ],
            [{ task: "pronounce", word: "OWL", phonemes: ["OW", "L"] }],
          ],
        },
        {
          title: "sentiment: a score becomes a word",
          call: "asText",
          inputs: (random) => [
            [{ task: "sentiment", word: "Sunny", score: 1 + random.integer(4) }],
            [{ task: "sentiment", word: "GREY", score: -1 - random.integer(4) }],
            [{ task: "sentiment", word: "So", score: 0 }],
          ],
        },
        {
          title: "answer: question and context in one text",
          call: "asText",
          inputs: (random) => [
            [{ task: "answer", question: "what is a finch?", context: text(random, 4).join(" "), answer: "animal" }],
            [{ task: "answer", question: "Is a finch a plant?", context: "A small Songbird", answer: false }],
            [{ task: "answer", question: "is a finch an animal?", context: text(random, 3).join(" "), answer: true }],
          ],
        },
      ],
      mistakes: [
        {
          name: "no prefix",
          message:
            "Your inputs do not say what is asked. *sunny* alone may be a word to pronounce or to judge; the prefix is the only thing that tells the tasks apart.",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the solution
          edits: [["const prefix = `${example.task}: `;", 'const prefix = "";']],
        },
        {
          name: "the prefix in the target too",
          message:
            "You write the prefix into the target as well. The model would learn to repeat the question first; what it should write is the answer alone.",
          edits: [
            ['target: example.phonemes.join(" ") };', 'target: prefix + example.phonemes.join(" ") };'],
            [
              'target: example.score > 0 ? "positive" : "negative" };',
              'target: prefix + (example.score > 0 ? "positive" : "negative") };',
            ],
            ["target: said };", "target: prefix + said };"],
          ],
        },
        {
          name: "numbers for labels",
          message:
            "Your sentiment is a number in disguise. T5 writes the label as a *word*: its pieces are in the vocabulary anyway, and a word brings along what pre-training knows of it.",
          edits: [['example.score > 0 ? "positive" : "negative"', "String(example.score)"]],
        },
        {
          name: "phonemes without spaces",
          message: "Your phonemes run together: is `AHH` an AH and an H, or an A and an HH? Spaces keep them apart.",
          edits: [['example.phonemes.join(" ")', 'example.phonemes.join("")']],
        },
        {
          name: "true and false as such",
          message:
            "You write `true` and `false`, a program's words. The interface is text as people write it: yes and no.",
          edits: [
            [
              'const said = answer === true ? "yes" : answer === false ? "no" : answer;',
              "const said = String(answer);",
            ],
          ],
        },
        {
          name: "the context is missing",
          message:
            "Your input has the question and not the text to look in. This model has read no library: it answers from the context that you give it.",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the solution
          edits: [["input: `${prefix}${question} ${context}`", "input: `${prefix}${question}${context.slice(0, 0)}`"]],
        },
      ],
    },
    {
      number: "13.8",
      slug: "t5/exact-match",
      title: "Right to the letter",
      why: "When everything is text, one measure serves every task: is the answer the expected text, or is it not?",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["exactMatch"],
      hints: [
        "Decide for one answer first: right or wrong. Then count.",
        "Bring both texts into the same form (white space off both ends, small letters), compare with every accepted text of that question, count the right answers, divide by all.",
        "`answers.filter((answer, i) => accepted[i].some((text) => …)).length / answers.length`",
      ],
      checks: [
        {
          title: "one accepted text for each question",
          call: "exactMatch",
          inputs: (random) => {
            const [a, b, c, d] = text(random, 4) as [string, string, string, string];
            return [
              [
                [a, b, c, d, a],
                [[a], [c], [c], [b], [d]],
              ],
            ];
          },
        },
        {
          title: "any of several accepted texts will do, and counts once",
          call: "exactMatch",
          inputs: (random) => {
            const [a, b, c, d] = text(random, 4) as [string, string, string, string];
            return [
              [
                [a, b, c],
                [
                  [b, a],
                  [c, d, a],
                  [a, b, c],
                ],
              ],
              [
                [a, b],
                [[a, ` ${a.toUpperCase()}`], [c]],
              ],
            ];
          },
        },
        {
          title: "capitals and white space at the ends do not matter",
          call: "exactMatch",
          inputs: () => [
            [
              ["K AE T ", " Yes", "no", "k ae"],
              [["k ae t"], ["YES"], ["No "], ["K AE T"]],
            ],
          ],
        },
        {
          title: "half an answer is wrong, and so is one with more in it",
          call: "exactMatch",
          inputs: (random) => {
            const [a, b, c] = text(random, 3) as [string, string, string];
            return [
              [
                [`${a} ${b}`, a, b, `${c}s`],
                [[a], [`${a} ${b}`], [b], [c]],
              ],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "only the first accepted text",
          message:
            "You compare with the first accepted text only. *Either* has two pronunciations; the second one is right as well.",
          edits: [["accepted[i]!.some((text)", "accepted[i]!.slice(0, 1).some((text)"]],
        },
        {
          name: "contained is enough",
          message:
            "You accept an answer that merely contains the right text. Then a model that writes the whole dictionary is always right.",
          edits: [["plain(text) === plain(answer)", "plain(answer).includes(plain(text))"]],
        },
        {
          name: "capitals and spaces count",
          message:
            "You compare letter by letter without tidying up first: `K AE T ` with a space at its end counts as wrong. Trim, and make capitals equal, on both sides.",
          edits: [
            ["const plain = (text: string) => text.trim().toLowerCase();", "const plain = (text: string) => text;"],
          ],
        },
        {
          name: "only one side is tidied",
          message:
            "You tidy up the answer and not the accepted text, or the other way round. Only what is treated alike can be compared.",
          edits: [["plain(text) === plain(answer)", "text === plain(answer)"]],
        },
        {
          name: "divided by the accepted texts",
          message:
            "You divide by the number of accepted texts. A question with three right answers is still one question.",
          edits: [["right.length / answers.length", "right.length / accepted.flat().length"]],
        },
        {
          name: "a count instead of a share",
          message:
            "You return how many are right. A share, from 0 to 1, can be compared between tests of different size.",
          edits: [["right.length / answers.length", "right.length"]],
        },
      ],
    },
  ],
};

export default lesson;
