import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** A sentence of ordinary tokens below `limit`. */
function sentence(random: Random, length: number, limit = 200): number[] {
  return Array.from({ length }, () => 5 + random.integer(limit - 5));
}

/** A text with special tokens at its ends and unknown words within. */
function textWithSpecials(random: Random, length: number, limit: number): number[] {
  const words = sentence(random, length, limit).map((id, i) => (i % 7 === 3 ? 1 : id));
  return [2, ...words, 3, ...sentence(random, 5, limit), 3, 0, 0];
}

/** Documents of different numbers of sentences, all sentences different. */
function documents(random: Random, counts: readonly number[]): number[][][] {
  return counts.map((count, d) =>
    Array.from({ length: count }, (_, s) => [1000 * (d + 1) + s, ...sentence(random, 1 + ((d + s) % 3))]),
  );
}

/** Numbers from −3 to 3, no two alike in any sum of two. */
function logits(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uniform(-3, 3));
}

function numbers(random: Random, count: number, high = 2): number[] {
  return Array.from({ length: count }, () => random.uniform(0.3, high) * random.choice([-1, 1]));
}

function states(random: Random, B: number, T: number, C: number): PlainTensor {
  return tensor(Array.from({ length: B }, () => Array.from({ length: T }, () => numbers(random, C, 1))));
}

function matrix(random: Random, rows: number, columns: number): PlainTensor {
  return tensor(Array.from({ length: rows }, () => numbers(random, columns, 1)));
}

/** States and a head for `K` labels. */
function classification(random: Random, B: number, T: number, C: number, K: number) {
  const head = {
    poolerWeight: matrix(random, C, C),
    poolerBias: tensor(numbers(random, C, 1)),
    weight: matrix(random, C, K),
    bias: tensor(numbers(random, K)),
  };
  return [states(random, B, T, C), head];
}

/** Logits whose guesses are right at every second asked place; row b has b + 1 asked places, the rest −1. */
function guesses(random: Random, B: number, T: number, V: number) {
  const targets = Array.from({ length: B }, (_, b) => {
    const asked = new Set(random.shuffle(Array.from({ length: T }, (_, t) => t)).slice(0, b + 1));
    return Array.from({ length: T }, (_, t) => (asked.has(t) ? random.integer(V) : -1));
  });
  let count = 0;
  const values = targets.map((row) =>
    row.map((target) => {
      const best = target === -1 || count++ % 3 !== 0 ? random.integer(V) : target;
      return Array.from({ length: V }, (_, v) => random.uniform(-2, 1) + (v === best ? 3 : 0));
    }),
  );
  return [tensor(values), targets];
}

const lesson: Lesson = {
  name: "12-bert",
  title: "BERT",
  exercises: [
    {
      number: "12.1",
      slug: "bert/mask-tokens",
      title: "Choose and mask",
      why: "This is BERT's whole teacher: what it is asked, and what it may see while it thinks.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["maskTokens"],
      hints: [
        "Two lists go out: what the model reads, and what it is asked. Begin with a copy of the ids and with −1 everywhere.",
        "Loop over the places. Skip an id below `firstOrdinary` before you draw anything. Draw; skip if the number is not below 0.15. Now it is chosen: note the id as target. Draw again to decide among mask, any token, and nothing.",
        "`targets[place] = id; const v = random();` then `if (v < 0.8) …mask… else if (v < 0.9) …firstOrdinary + Math.floor(random() * (vocabularySize - firstOrdinary))…`",
      ],
      checks: [
        {
          title: "chosen tokens are asked; most are masked, some replaced, some kept",
          driver: "hidden",
          inputs: (random) =>
            [60, 200].map((length) => ({
              ids: sentence(random, length),
              vocabularySize: 200,
              seed: random.integer(1e6),
            })),
        },
        {
          title: "special tokens are never chosen, nor put in: every draw is small, or nearly",
          driver: "hiddenBy",
          inputs: (random) => [
            { ids: textWithSpecials(random, 12, 50), vocabularySize: 50, numbers: [0.01] },
            { ids: textWithSpecials(random, 9, 50), vocabularySize: 50, numbers: [0.02, 0.85, 0.03] },
          ],
        },
        {
          title: "a chosen token that stays is asked all the same",
          driver: "hiddenBy",
          inputs: (random) => [
            { ids: sentence(random, 4 + random.integer(4)), vocabularySize: 200, numbers: [0.1, 0.95] },
          ],
        },
        {
          title: "a number just below 0.15 chooses, 0.15 itself does not",
          driver: "hiddenBy",
          inputs: (random) => [{ ids: sentence(random, 6), vocabularySize: 200, numbers: [0.15, 0.149, 0.2, 0.6] }],
        },
      ],
      mistakes: [
        {
          name: "specials masked",
          message:
            "You ask about `[CLS]`, `[SEP]`, `[UNK]` and even padding. They are no words: where they stand is decided by whoever lays out the text. A model that is asked about them learns that padding follows padding, and loses the marks that tell it where a sentence ends.",
          edits: [["if (id < firstOrdinary) continue;", ""]],
        },
        {
          name: "always [MASK]",
          message:
            "Every chosen token of yours becomes `[MASK]`. After pre-training no text has masks; a model that was asked only about masked places has learnt nothing about all others. Of the chosen ones, some become another token and some stay.",
          edits: [["if (lot < 0.8) input[place]", "if (lot <= 1) input[place]"]],
        },
        {
          name: "the answer is overwritten first",
          message:
            "Your targets are what you put in, not what stood there: the model is asked to guess `[MASK]` where it sees `[MASK]`, which is easy and worth nothing. The target is the token before you touched it.",
          edits: [
            ["targets[place] = id;\n", ""],
            [
              "(vocabularySize - firstOrdinary));\n  }\n  return { input, targets };",
              "(vocabularySize - firstOrdinary));\n    targets[place] = input[place]!;\n  }\n  return { input, targets };",
            ],
          ],
        },
        {
          name: "everything is asked",
          message:
            "Your targets have every token of the text. Most of them stand in the input for all to see, so the loss over all tokens is mostly a test of copying. Only the chosen places are asked; the others have −1.",
          edits: [["new Array<number>(ids.length).fill(-1)", "[...ids]"]],
        },
        {
          name: "kept tokens are not asked",
          message:
            "A chosen token that stayed as it was has −1 with you. It is chosen all the same: just these teach the model to have an opinion on a word that it sees.",
          edits: [
            ["else if (lot < 0.9) input[place]", "else if (lot >= 0.9) targets[place] = -1;\n    else input[place]"],
          ],
        },
        {
          name: "special tokens are put in",
          message:
            "Among your replacements are special tokens: you draw from the whole list of ids, which begins with `[PAD]`. A `[SEP]` in the middle of a sentence, or a padding that hides a word, is no wrong word, it is a wrong text. Draw among the ordinary ones.",
          edits: [
            [
              "firstOrdinary + Math.floor(random() * (vocabularySize - firstOrdinary))",
              "Math.floor(random() * vocabularySize)",
            ],
          ],
        },
        {
          name: "the text that came in is changed",
          message:
            "You wrote into `ids` itself. The next epoch masks this text anew, and then your masks are part of the text. Work on a copy.",
          edits: [["const input = [...ids];", "const input = ids as number[];"]],
        },
      ],
    },
    {
      number: "12.2",
      slug: "bert/next-sentence-pairs",
      title: "Pairs, half of them true",
      why: "A question with a yes and a no needs examples of both, and an example of *no* must really be one.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["nextSentencePairs"],
      hints: [
        "How many sentences of a document have a next one? And in what order are the random numbers used?",
        "Two loops: documents, and their sentences but the last. Draw; below a half take the next sentence. Else draw a number below D − 1 and step over the document you are in, then draw a sentence of the one you found.",
        "If the drawn number is smaller than the number of this document it is the other one's own number; if not, the other one's number is one more.",
      ],
      checks: [
        {
          title: "one pair for each sentence that has a next one",
          driver: "pairs",
          inputs: (random) => [
            { documents: documents(random, [4, 1, 3, 6]), seed: random.integer(1e6) },
            { documents: documents(random, [2, 5]), seed: random.integer(1e6) },
          ],
        },
        {
          title: "half of the pairs are true",
          driver: "pairs",
          inputs: (random) => [{ documents: documents(random, [30, 20, 25]), seed: random.integer(1e6) }],
        },
        {
          title: "what does not follow comes from another document, whichever number is drawn",
          driver: "pairsBy",
          inputs: (random) => [
            { documents: documents(random, [3, 4, 5]), numbers: [0.5, 0.1, 0.9] },
            { documents: documents(random, [3, 4, 5]), numbers: [0.9, 0.49, 0.3] },
            { documents: documents(random, [3, 4, 5]), numbers: [0.7, 0.99, 0.6] },
          ],
        },
      ],
      mistakes: [
        {
          name: "negatives that are true neighbours",
          message:
            "Some of your *no* pairs come from the same document, and a few of them are the true next sentence, labelled *no*. You draw among all documents. Step over the one you are in.",
          edits: [["documents[drawn < here ? drawn : drawn + 1]!", "documents[drawn]!"]],
        },
        {
          name: "steps over too late",
          message:
            "When the drawn number is that of your own document you stay in it, and the document after it is never reached from there. The other documents, counted in order, are: those before, with their own numbers, then those after, each one number on.",
          edits: [["drawn < here ? drawn : drawn + 1", "drawn <= here ? drawn : drawn + 1"]],
        },
        {
          name: "labels swapped",
          message:
            "Your pairs are right, and their labels say the opposite. `follows` is true where the second sentence is the next one.",
          edits: [["second, follows });", "second, follows: !follows });"]],
        },
        {
          name: "always the next",
          message:
            "All your second sentences are true ones, whatever the label says. A model that sees the same kind of pair under both labels can only learn their frequency. Where it does not follow, a sentence from elsewhere has to stand.",
          edits: [
            ["if (!follows) {", "if (!follows && drawnNever) {"],
            [
              "const pairs: SentencePair[] = [];",
              "const pairs: SentencePair[] = [];\n  const drawnNever = documents.length === 0;",
            ],
          ],
        },
        {
          name: "one long text",
          message:
            "You pair the last sentence of a document with the first of the next, as if they followed. Nobody wrote them one after the other: the label would be a lie.",
          edits: [
            ["i < sentences.length - 1; i++", "i < sentences.length; i++"],
            [
              "let second = sentences[i + 1]!;",
              "let second = (sentences[i + 1] ?? documents[(here + 1) % documents.length]![0])!;",
            ],
          ],
        },
        {
          name: "its own sentence twice",
          message:
            "The second sentence of your true pairs is the first one again. To see that two sentences are equal needs no understanding; the next one is at i + 1.",
          edits: [["let second = sentences[i + 1]!;", "let second = sentences[i]!;"]],
        },
      ],
    },
    {
      number: "12.3",
      slug: "bert/pack-pair",
      title: "A pair as BERT reads it",
      why: "Three lists side by side, ids, segments and mask, are what every BERT in the world is given.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["packPair"],
      hints: [
        "How many tokens are left for the two texts when three places go to the special ones?",
        "Copy both texts. While together they are too long, take the last token off the longer one. Then build the head (first text and its marks), the tail (second text and its mark) and the padding, and for each list its own numbers.",
        "`while (a.length + b.length + 3 > length) …pop()`, with the first only if it is *longer*; then `[classify, ...a, separate]`, `[...b, separate]`, and `length` minus both for the padding.",
      ],
      checks: [
        {
          title: "a short pair is padded",
          call: "packPair",
          inputs: (random) => [
            [sentence(random, 3), sentence(random, 2), 12],
            [sentence(random, 1), sentence(random, 4), 11],
          ],
        },
        {
          title: "a pair that fits exactly stays whole",
          call: "packPair",
          inputs: (random) => [[sentence(random, 4), sentence(random, 3), 10]],
        },
        {
          title: "what is too long loses tokens, the longer text first",
          call: "packPair",
          inputs: (random) => [
            [sentence(random, 9), sentence(random, 3), 11],
            [sentence(random, 3), sentence(random, 9), 11],
            [sentence(random, 7), sentence(random, 6), 10],
            [sentence(random, 6), sentence(random, 6), 12],
          ],
        },
      ],
      mistakes: [
        {
          name: "padding may be seen",
          message:
            "Your mask is 1 everywhere. Then every word attends to the padding too, and what the model makes of a sentence depends on how long its neighbours in the batch are.",
          edits: [["...padding.map(() => 0)],\n  };", "...padding.map(() => 1)],\n  };"]],
        },
        {
          name: "the first [SEP] in the second segment",
          message:
            "Your first `[SEP]` has segment 1. The mark ends the first text and belongs to it; the second segment begins with the second text's first token.",
          edits: [
            ["segments: [...head.map(() => 0),", "segments: [...head.map((_, i) => (i === head.length - 1 ? 1 : 0)),"],
          ],
        },
        {
          name: "one segment for all",
          message:
            "All your segments are 0. Without them the model has only the `[SEP]` to see where one text ends; a word itself does not know which text it is in.",
          edits: [["...tail.map(() => 1),", "...tail.map(() => 0),"]],
        },
        {
          name: "no [SEP] at the end",
          message:
            "Your second text has no `[SEP]` after it. BERT was taught with one after each text; without it the end of the second is not marked, and the heads that rest on it have nothing to rest on.",
          edits: [["const tail = [...b, special.separate];", "const tail = [...b];"]],
        },
        {
          name: "only the second text is cut",
          message:
            "You take everything that is too much from the second text. A long first one then leaves nothing of it, and a question about two texts has only one. The longer of the two pays.",
          edits: [["(a.length > b.length ? a : b).pop()", "(b.length > 0 ? b : a).pop()"]],
        },
        {
          name: "of two equals the first is cut",
          message:
            "Almost: of two equally long texts you cut the *first*. Which one is a matter of agreement, and the task says the second. Two programs that cut differently read different texts.",
          edits: [["a.length > b.length ? a : b", "a.length >= b.length ? a : b"]],
        },
        {
          name: "the beginning is cut",
          message:
            "You take tokens off the beginning. What stays is the end of a sentence without its start; BERT cuts at the end.",
          edits: [["(a.length > b.length ? a : b).pop()", "(a.length > b.length ? a : b).shift()"]],
        },
      ],
    },
    {
      number: "12.4",
      slug: "bert/align-labels",
      title: "One label a word, many tokens a word",
      why: "People label words, tokenizers cut them: whoever trains a model on names, places or parts of speech writes this function.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["alignLabels"],
      hints: [
        "How can you see, from `wordOf` alone, that a token is the first of its word?",
        "Go over the tokens. No word: −1. The same word as the token before: −1. Else the word's label.",
        "`wordOf.map((word, i) => …)`, comparing `word` with `wordOf[i - 1]`.",
      ],
      checks: [
        {
          title: "the first token of each word has its label, its other tokens have −1",
          call: "alignLabels",
          inputs: (random) => [
            [[3, 1, 4].map((label) => label + random.integer(3)), [null, 0, 0, 0, 1, 2, 2, null]],
            [[5, 2].map((label) => label + random.integer(2)), [null, 0, 1, 1, null, null, null]],
          ],
        },
        {
          title: "two words with the same label are two words",
          call: "alignLabels",
          inputs: (random) => {
            const label = 1 + random.integer(5);
            return [
              [
                [label, label, 0, 0, label],
                [null, 0, 1, 1, 2, 3, 4, null],
              ],
            ];
          },
        },
        {
          title: "words that were cut off are simply not there",
          call: "alignLabels",
          inputs: (random) => [
            [[2, 6, 4, 9, 8].map((label) => label + random.integer(2)), [null, 0, 1, 1, 1, 2, null]],
          ],
        },
      ],
      mistakes: [
        {
          name: "every sub-word labelled",
          message:
            "Every piece of a word has the word's label. Then a long name counts four times and a short one once, in the loss and in the score, and the pieces can disagree about one word. The first piece speaks for it.",
          edits: [["if (word === wordOf[i - 1]) return -1;", ""]],
        },
        {
          name: "the last piece is labelled",
          message:
            "You give the label to a word's *last* piece. That could be agreed on too, but here, as in the paper, the first one speaks: it is where a reader, too, begins to know the word.",
          edits: [["if (word === wordOf[i - 1]) return -1;", "if (word === wordOf[i + 1]) return -1;"]],
        },
        {
          name: "specials are labelled 0",
          message:
            "Your `[CLS]`, `[SEP]` and padding have the label 0. But 0 is a label like any other, here *no name*: the model would be praised for finding no name in the padding, and the score would be better than the model. They do not count: −1.",
          edits: [["if (word === null) return -1;", "if (word === null) return 0;"]],
        },
        {
          name: "labels by place, not by word",
          message:
            "You took the label at the token's own place. Labels are counted in words and `wordOf` in tokens; after the first word that was cut they no longer agree.",
          edits: [["return wordLabels[word]!;", "return wordLabels[i - 1] ?? -1;"]],
        },
        {
          name: "equal labels are taken for one word",
          message:
            "Where two neighbouring words have the same label, your second one has none: you compared labels. *New York Ohio* is three words, whatever they are labelled. Compare the words' numbers.",
          edits: [
            [
              "if (word === wordOf[i - 1]) return -1;",
              'const before = wordOf[i - 1];\n    if (typeof before === "number" && wordLabels[before] === wordLabels[word]) return -1;',
            ],
          ],
        },
      ],
    },
    {
      number: "12.5",
      slug: "bert/best-span",
      title: "The best answer that is possible",
      why: "A span head says two numbers for every token; that a start comes before its end nobody has told it.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["bestSpan"],
      hints: [
        "The best start and the best end, each taken for itself, may be no span at all. What do you have to compare instead?",
        "Two loops: over starts in the passage, and for each over ends from the start itself up to the passage's end or the longest length, whichever comes first. Keep the pair with the highest sum.",
        "The inner loop runs `for (let end = start; end < Math.min(to, start + longest); end++)`.",
      ],
      checks: [
        {
          title: "of all possible spans the one with the highest sum",
          call: "bestSpan",
          inputs: (random) => [
            [logits(random, 9), logits(random, 9), 0, 9, 9],
            [logits(random, 7), logits(random, 7), 0, 7, 7],
          ],
        },
        {
          title: "the best end stands before the best start",
          call: "bestSpan",
          inputs: (random) => {
            const [starts, ends] = [logits(random, 8), logits(random, 8)];
            starts[6] = random.uniform(4, 5);
            ends[2] = random.uniform(4, 5);
            return [[starts, ends, 0, 8, 8]];
          },
        },
        {
          title: "neither the question nor the last [SEP] is an answer",
          call: "bestSpan",
          inputs: (random) => {
            const [starts, ends] = [logits(random, 11), logits(random, 11)];
            starts[1] = ends[2] = 9 + random.uniform();
            starts[10] = ends[10] = 8 + random.uniform();
            return [[starts, ends, 4, 10, 6]];
          },
        },
        {
          title: "no answer is too long, one of just the longest length is allowed",
          call: "bestSpan",
          inputs: (random) => [
            [
              [5, 0, 0, 0, 0, 0].map((x) => x + random.uniform()),
              [0, 0, 2, 4, 6, 8].map((x) => x + random.uniform()),
              0,
              6,
              3,
            ],
            [[6, 0, 0, 0].map((x) => x + random.uniform()), [0, 0, 6, 8].map((x) => x + random.uniform()), 0, 4, 2],
          ],
        },
        {
          title: "an answer of one word",
          call: "bestSpan",
          inputs: (random) => {
            const [starts, ends] = [logits(random, 6), logits(random, 6)];
            starts[3] = ends[3] = 5 + random.uniform();
            return [[starts, ends, 1, 5, 4]];
          },
        },
      ],
      mistakes: [
        {
          name: "end before start",
          message:
            "Your end stands before your start: you took the best start and the best end, each for itself. Together they are no span. Only pairs with the end at or after the start may be compared.",
          edits: [["for (let end = start; end <", "for (let end = from; end <"]],
        },
        {
          name: "question tokens as answers",
          message:
            "Your answer begins in the question. The words of the question look most like an answer, so a head that may choose them will; and *who is a king?* is not answered by *a king*. Start at the passage.",
          edits: [["for (let start = from; start < to; start++)", "for (let start = 0; start < to; start++)"]],
        },
        {
          name: "the last [SEP] as an answer",
          message:
            "Your span reaches behind the passage, to the last `[SEP]`. `to` is the first place that is no longer in it.",
          edits: [
            ["start < to; start++", "start <= to; start++"],
            ["Math.min(to, start + longest)", "Math.min(to + 1, start + longest)"],
          ],
        },
        {
          name: "one token too long",
          message:
            "Your spans may have one token more than `longest`. Both ends count: from start to start + 2 are three tokens.",
          edits: [["Math.min(to, start + longest)", "Math.min(to, start + longest + 1)"]],
        },
        {
          name: "at least two tokens",
          message:
            "An answer of one word is impossible with you: your ends begin after the start. *When?* is often answered by one word, whose start is its end.",
          edits: [["for (let end = start; end <", "for (let end = start + 1; end <"]],
        },
        {
          name: "only the start counts",
          message:
            "Your score leaves the end out, so the end is wherever you happened to look first. A span is as good as both its ends together.",
          edits: [
            [
              "const score = startLogits[start]! + endLogits[end]!;",
              "const score = startLogits[start]! + (end < 0 ? endLogits[end]! : 0);",
            ],
          ],
        },
      ],
    },
    {
      number: "12.6",
      slug: "bert/pooled-classification",
      title: "A label from [CLS]",
      why: "One vector that has read everything, and one small layer on it: so BERT sorts mails, reviews and pairs.",
      difficulty: 2,
      minutes: 12,
      points: 1,
      exports: ["classify"],
      hints: [
        "Of `[B, T, C]` you need the first token of every text. Which axis is that, and what shape is left?",
        "Slice axis 1 at 0, reshape to `[B, C]`. Then two layers as in lesson 05; between them the tanh, after the second nothing.",
        "`states.slice([0, 0, 0], [B, 1, C]).reshape([B, C])`, `.matMul(…).add(…).tanh()`, `.matMul(…).add(…)`.",
      ],
      checks: [
        {
          title: "two labels",
          call: "classify",
          inputs: (random) => [classification(random, 3, 5, 4, 2)],
        },
        {
          title: "other sizes",
          call: "classify",
          inputs: (random) => [classification(random, 2, 3, 5, 4), classification(random, 1, 7, 3, 2)],
        },
        {
          title: "as many texts as tokens",
          call: "classify",
          inputs: (random) => [classification(random, 3, 3, 2, 3)],
        },
      ],
      mistakes: [
        {
          name: "the mean of all tokens",
          message:
            "You averaged over the tokens. That can work too (lesson 14 does it), but this pooler was pre-trained on the state of `[CLS]` alone, and padding would be averaged in.",
          edits: [
            [
              "states.slice([0, 0, 0], [B, 1, C]).reshape<tf.Tensor2D>([B, C])",
              "states.mean<tf.Tensor2D>(1).reshape<tf.Tensor2D>([B, C])",
            ],
          ],
        },
        {
          name: "the last token",
          message:
            "You read the *last* token, as with GPT, where only the last one has seen everything. In BERT every token has, and `[CLS]`, the first, is the one that was trained to speak for all. In a batch the last is mostly padding.",
          edits: [
            ["states.slice([0, 0, 0], [B, 1, C])", "states.slice([0, (states.shape[1] ?? 1) - 1, 0], [B, 1, C])"],
          ],
        },
        {
          name: "no tanh",
          message:
            "Between your two layers nothing bends: without the tanh they are one linear layer, and the classifier meets other numbers than those the pooler was trained to give.",
          edits: [["add(head.poolerBias).tanh();", "add(head.poolerBias);"]],
        },
        {
          name: "the tanh at the end",
          message:
            "Your logits lie between −1 and 1: the tanh stands after the classifier. It belongs after the pooler; logits must be free to grow, or the model can never be sure.",
          edits: [
            ["add(head.poolerBias).tanh();", "add(head.poolerBias);"],
            [
              "matMul<tf.Tensor2D>(head.weight).add(head.bias);",
              "matMul<tf.Tensor2D>(head.weight).add<tf.Tensor2D>(head.bias).tanh();",
            ],
          ],
        },
        {
          name: "probabilities",
          message:
            "Your rows sum to 1: you applied a softmax. The task asks for logits; the loss takes the softmax itself, and a softmax of a softmax hardly learns.",
          edits: [
            [
              "return pooled.matMul<tf.Tensor2D>(head.weight).add(head.bias);",
              "return pooled.matMul<tf.Tensor2D>(head.weight).add<tf.Tensor2D>(head.bias).softmax();",
            ],
          ],
        },
        {
          name: "the pooler is skipped",
          message:
            "Your classifier reads the state of `[CLS]` directly. Between them is the pooler, a layer with a tanh, which next-sentence prediction has trained.",
          edits: [
            ["const pooled = first.matMul(head.poolerWeight).add(head.poolerBias).tanh();", "const pooled = first;"],
          ],
        },
      ],
    },
    {
      number: "12.7",
      slug: "bert/masked-scores",
      title: "Scores where something was asked",
      why: "A loss over all tokens looks wonderful and means nothing: most of the answers stand in the input.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["maskedScores"],
      hints: [
        "Of B · T places only some are asked. By what do you divide?",
        "Take the logarithm of the softmax of all logits. Go over the targets, skip −1, and add up three things: the surprise at the target, whether the largest entry is the target's, and one for the count. Divide at the very end.",
        "`tf.logSoftmax(logits).arraySync()` gives `[B][T][V]` as plain numbers; then `surprise -= row[target]`, `asked++`.",
      ],
      checks: [
        {
          title: "only the asked places count, however many a row has",
          call: "maskedScores",
          inputs: (random) => [guesses(random, 3, 7, 5), guesses(random, 4, 6, 11)],
          tolerance: { absolute: 1e-6, relative: 1e-5 },
        },
        {
          title: "one place asked in a long text",
          call: "maskedScores",
          inputs: (random) => [guesses(random, 1, 13, 4)],
          tolerance: { absolute: 1e-6, relative: 1e-5 },
        },
        {
          title: "every place asked",
          call: "maskedScores",
          inputs: (random) => {
            const [B, T, V] = [2, 3, 7];
            const targets = Array.from({ length: B }, () => Array.from({ length: T }, () => 1 + random.integer(V - 1)));
            return [
              [
                tensor(targets.map((row) => row.map(() => Array.from({ length: V }, () => random.uniform(-3, 3))))),
                targets,
              ],
            ];
          },
          tolerance: { absolute: 1e-6, relative: 1e-5 },
        },
      ],
      mistakes: [
        {
          name: "divided by all tokens",
          message:
            "You divide by the number of all tokens. Where nothing is asked there is neither surprise nor a right guess, so both numbers come out far too small. Divide by the number of asked places.",
          edits: [
            ["if (target === -1) continue;", "if (target === -1) {\n        asked++;\n        continue;\n      }"],
          ],
        },
        {
          name: "−1 is taken for a token",
          message:
            "You count places where nothing was asked: a target of −1 became token 0. The model is judged on guessing padding where it should not be judged at all.",
          edits: [
            ["if (target === -1) continue;", ""],
            ["surprise -= guesses[target]!;", "surprise -= guesses[Math.max(0, target)]!;"],
          ],
        },
        {
          name: "a mean of means",
          message:
            "You averaged each row first and then the rows. A row with one asked place then weighs as much as a row with four. All asked places of the batch count alike: add up first, divide once.",
          edits: [
            [
              "for (const [t, target] of row.entries()) {",
              "const inRow = row.filter((target) => target !== -1).length;\n    for (const [t, target] of row.entries()) {",
            ],
            ["surprise -= guesses[target]!;", "surprise -= guesses[target]! / inRow;"],
            ["=== target) right++;\n      asked++;", "=== target) right += 1 / inRow;\n      asked += 1 / inRow;"],
          ],
        },
        {
          name: "a sum, not a mean",
          message:
            "Your numbers grow with the batch: you did not divide. A loss that depends on how much was asked cannot be compared between two batches, let alone two models.",
          edits: [
            [
              "return { loss: surprise / asked, accuracy: right / asked };",
              "return { loss: surprise, accuracy: right };",
            ],
          ],
        },
        {
          name: "the surprise at the best guess",
          message:
            "Your loss is the surprise at what the model *guessed*. That is low whenever it is sure, right or wrong. The surprise is at what really stood there.",
          edits: [["surprise -= guesses[target]!;", "surprise -= Math.max(...guesses);"]],
        },
        {
          name: "logits without a softmax",
          message:
            "You took the logits for logarithms of probabilities. They become that only by the logarithm of the softmax; your loss changes when a constant is added to all logits, and the model's opinion does not.",
          edits: [["(tf.logSoftmax(logits) as tf.Tensor3D).arraySync()", "logits.arraySync()"]],
        },
      ],
    },
  ],
};

export default lesson;
