import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** Numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 1.5): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

function matrix(random: Random, rows: number, columns: number): PlainTensor {
  return tensor(Array.from({ length: rows }, () => numbers(random, columns)));
}

/** A text in which no two neighbours and no two windows are alike: its tokens are all different. */
function differentTokens(random: Random, count: number): number[] {
  return random.shuffle(Array.from({ length: count }, (_, i) => i + 3));
}

/** Probabilities that sum to 1, none of them near another, in no order. */
function distribution(random: Random, count: number): number[] {
  const shares = random.shuffle(Array.from({ length: count }, (_, i) => 1.6 ** i + random.uniform(0, 0.3)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** A threshold between the sums of the likeliest `kept - 1` and `kept` probabilities. */
function threshold(random: Random, probabilities: readonly number[], kept: number): number {
  const sorted = [...probabilities].sort((a, b) => b - a);
  const before = sorted.slice(0, kept - 1).reduce((sum, p) => sum + p, 0);
  return before + random.uniform(0.2, 0.8) * sorted[kept - 1]!;
}

function blockInput(random: Random, B: number, T: number, C: number, F: number) {
  return {
    x: tensor(Array.from({ length: B }, () => Array.from({ length: T }, () => numbers(random, C)))),
    gains: [tensor(numbers(random, C, 0.5, 1.5)), tensor(numbers(random, C, 0.5, 1.5))],
    attention: [matrix(random, C, C), matrix(random, C, C), matrix(random, C, C)],
    feedForward: [matrix(random, C, F), matrix(random, F, C)],
  };
}

function gptInput(random: Random, T: number, C: number, blocks: number) {
  const V = 7; // fewer tokens than places, so that a token's number is also the number of a place
  return {
    ids: tensor(
      Array.from({ length: T }, (_, t) => (t === 0 ? 4 : random.integer(V))),
      "int32",
    ),
    tokens: matrix(random, V, C),
    positions: matrix(random, V + 4, C),
    blocks: Array.from({ length: blocks }, () => tensor(numbers(random, C))),
    gain: tensor(numbers(random, C, 0.5, 1.5)),
  };
}

function cachedInput(random: Random, steps: number, contextLength: number, C = 5) {
  const V = 11;
  return {
    ids: Array.from({ length: steps }, () => random.integer(V)),
    tokens: matrix(random, V, C),
    positions: matrix(random, contextLength, C),
    query: matrix(random, C, C),
    key: matrix(random, C, C),
    value: matrix(random, C, C),
  };
}

function sizes(random: Random) {
  const modelSize = 6 + random.integer(5);
  return {
    numLayers: 2 + random.integer(4),
    modelSize,
    feedForwardSize: 3 * modelSize + 1,
    vocabularySize: 40 + random.integer(20),
  };
}

/** Several products in float32, whose order is the learner's. */
const products = { absolute: 1e-5, relative: 1e-4 };

const lesson: Lesson = {
  name: "11-gpt",
  title: "GPT",
  exercises: [
    {
      number: "11.1",
      slug: "gpt/causal-targets",
      title: "Every place is a question",
      why: "One shift by one place turns any text into training examples, as many as it has tokens; every GPT learns from nothing else.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["causalExamples"],
      hints: [
        "Write down a window and, below it, what comes next at each place. The lower row is a window too: which one?",
        "A helper that cuts a window of the text at a start is used twice: at the start, and one place further.",
        "`ids.slice(start, start + length)` for the inputs, the same with `start + 1` for the targets.",
      ],
      checks: [
        {
          title: "the targets are the text, one place later",
          call: "causalExamples",
          inputs: (random) => [[differentTokens(random, 13), [2, 7, 0], 4]],
        },
        {
          title: "the last target lies behind the window, up to the end of the text",
          call: "causalExamples",
          inputs: (random) => [[differentTokens(random, 6), [0, 2], 3]],
        },
        {
          title: "windows of one token",
          call: "causalExamples",
          inputs: (random) => [[differentTokens(random, 9), [4, 1], 1]],
        },
      ],
      mistakes: [
        {
          name: "the targets are the inputs",
          message:
            "Your targets equal your inputs. The model would be asked to say the token that it is reading: it learns to copy, its loss falls to nearly 0, and it can continue nothing. The target is the *next* token.",
          edits: [["starts.map((start) => window(start + 1))", "starts.map((start) => window(start))"]],
        },
        {
          name: "the targets lie before the inputs",
          message:
            "Your targets are the tokens *before* the inputs: you shifted to the wrong side. The model would learn to remember the past, not to continue. What comes next stands one place to the right.",
          edits: [
            [
              "inputs: starts.map((start) => window(start)),\n    targets: starts.map((start) => window(start + 1)),",
              "inputs: starts.map((start) => window(start + 1)),\n    targets: starts.map((start) => window(start)),",
            ],
          ],
        },
        {
          name: "shifted by two",
          message:
            "Your targets are two places ahead. The model would learn what comes after next, and its text would have holes.",
          edits: [["window(start + 1)", "window(start + 2)"]],
        },
        {
          name: "shifted within the window",
          message:
            "You shifted the window instead of the text: your last target is not the token behind the window. That token is known, the text goes on there; take the targets from the text itself.",
          edits: [
            [
              "targets: starts.map((start) => window(start + 1)),",
              "targets: starts.map((start) => [...window(start).slice(1), window(start)[0]!]),",
            ],
          ],
        },
        {
          name: "a target is missing",
          message:
            "Your targets are shorter than your inputs: the last place of each window has a question and no answer. The loss is taken place by place, so both need the same length.",
          edits: [["window(start + 1)", "window(start).slice(1)"]],
        },
      ],
    },
    {
      number: "11.2",
      slug: "gpt/block-and-model",
      title: "A block, and the whole model",
      why: "Twelve lines, and it is GPT-2: everything in them you have built before.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["gptBlock", "gptLogits"],
      hints: [
        "The stream goes straight through; each sublayer reads a normalised copy of it and adds something. Which stream does the second sublayer read?",
        "Block: make the mask for T places; h is x plus the attention of the normalised x; the answer is h plus the feed-forward of the normalised h. Model: gather the tokens' rows, add the first T rows of the positions, reshape to [1, T, C], go through the blocks in order, normalise, reshape to [T, C], multiply by the token table transposed.",
        "`const h = x.add(parts.attention(parts.attentionNorm(x), mask));` and, at the end of the model, `norm(x).reshape([T, C]).matMul(tokens, false, true)`.",
      ],
      checks: [
        {
          title: "a block of one text",
          driver: "blockOutput",
          inputs: (random) => [blockInput(random, 1, 4, 6, 9)],
          tolerance: products,
        },
        {
          title: "a batch, lengths and widths all different",
          driver: "blockOutput",
          inputs: (random) => [blockInput(random, 3, 5, 7, 4)],
          tolerance: products,
        },
        {
          title: "a model without blocks: token and place, norm, head",
          driver: "logitsOf",
          inputs: (random) => [gptInput(random, 5, 4, 0)],
          tolerance: products,
        },
        {
          title: "a model of three blocks",
          driver: "logitsOf",
          inputs: (random) => [gptInput(random, 6, 3, 3)],
          tolerance: products,
        },
      ],
      mistakes: [
        {
          name: "no mask",
          message:
            "Your block sees the future: every place looks at all places, also at those to its right. In training it would read the answer off its input, and when it writes there is no right side to read. Give the attention a causal mask.",
          edits: [["const mask = causalMask(x.shape[1]!);", "const mask = tf.onesLike(causalMask(x.shape[1]!));"]],
        },
        {
          name: "the mask is transposed",
          message:
            "Your mask points the other way: each place sees itself and the *future*, and nothing of the past. Rows look, columns are looked at: row t may see the columns 0 … t.",
          edits: [["const mask = causalMask(x.shape[1]!);", "const mask = causalMask(x.shape[1]!).transpose();"]],
        },
        {
          name: "the norms stand after the sums",
          message:
            "You normalise the *sum* of stream and sublayer: that is the post-norm of 2017. GPT-2 normalises what each sublayer *reads*, and leaves the stream itself alone, so that gradients pass through it undisturbed.",
          edits: [
            [
              "const h = x.add(parts.attention(parts.attentionNorm(x), mask));",
              "const h = parts.attentionNorm(x.add(parts.attention(x, mask)));",
            ],
            [
              "return h.add(parts.feedForward(parts.feedForwardNorm(h)));",
              "return parts.feedForwardNorm(h.add(parts.feedForward(h)));",
            ],
          ],
        },
        {
          name: "the feed-forward layer reads the old stream",
          message:
            "Your feed-forward layer reads x, as it was before the attention. So it cannot think about what the attention has just fetched; it has to read h.",
          edits: [["parts.feedForward(parts.feedForwardNorm(h))", "parts.feedForward(parts.feedForwardNorm(x))"]],
        },
        {
          name: "the attention replaces the stream",
          message:
            "Your attention's output replaces x instead of being added to it. Without that residual a place keeps nothing of its own, and the gradient of deep blocks has no straight way down.",
          edits: [["const h = x.add(parts.attention(parts", "const h = (parts.attention(parts"]],
        },
        {
          name: "no positions",
          message:
            "Your model does not add the positions. Attention does not know order by itself: to this model the same letters in another order would be nearly the same text.",
          edits: [[".add(positions.slice([0, 0], [T, C]))", ""]],
        },
        {
          name: "positions looked up by token",
          message:
            "You look the positions up by the token's number. A position belongs to the *place*: the first token gets row 0, whatever it is, the next one row 1, and so on.",
          edits: [["positions.slice([0, 0], [T, C])", "tf.gather(positions, ids)"]],
        },
        {
          name: "no last norm",
          message:
            "Your head reads the stream as the last block left it. In a pre-norm model nothing has normalised it: it grows with every block, so one last norm stands before the head.",
          edits: [["return norm(x).reshape", "return x.reshape"]],
        },
        {
          name: "only the last block counts",
          message:
            "Each of your blocks reads the same x, the sum of the embeddings: what a block returned is forgotten. Every block must read what the one before it wrote.",
          edits: [
            [
              "for (const block of blocks) x = block(x);",
              "const embedded = x;\n  for (const block of blocks) x = block(embedded);",
            ],
          ],
        },
      ],
    },
    {
      number: "11.3",
      slug: "gpt/temperature",
      title: "Temperature",
      why: "One number between a clerk and a dreamer: the same model, bolder or more careful, without any training.",
      difficulty: 2,
      minutes: 10,
      points: 1,
      exports: ["atTemperature"],
      hints: [
        "Temperature is division, and it happens before the exponential. What does the exponential do to twice the difference?",
        "Subtract the largest logit from all, divide by the temperature, take e to that, divide by the sum. Treat 0 first, on its own: 1 for the first largest logit, 0 for the others.",
        "`Math.exp((z - highest) / temperature)`; for 0: `logits.map((_, i) => (i === logits.indexOf(highest) ? 1 : 0))`.",
      ],
      checks: [
        {
          title: "temperature 1 is softmax",
          call: "atTemperature",
          inputs: (random) => [[numbers(random, 5, 0.5, 3), 1]],
        },
        {
          title: "below 1 sharper, above 1 flatter",
          call: "atTemperature",
          inputs: (random) => [0.5, 0.8, 2, 5].map((temperature) => [numbers(random, 6, 0.5, 3), temperature]),
        },
        {
          title: "temperature 0 takes the largest logit, the first of several",
          call: "atTemperature",
          inputs: (random) => {
            const z = numbers(random, 4, 0.5, 2);
            return [
              [z, 0],
              [[-2, 3, z[0]!, 3, 1], 0],
            ];
          },
        },
        {
          title: "large logits do not overflow, however cold",
          call: "atTemperature",
          inputs: (random) => [
            [numbers(random, 3).map((z) => z + 1000), 0.7],
            [numbers(random, 3).map((z) => z + 40), 0.01],
          ],
        },
      ],
      mistakes: [
        {
          name: "temperature on probabilities",
          message:
            "You divide the *probabilities* by the temperature. Dividing all of them by one number and normalising again changes nothing: your distribution is the same at every temperature. The logits must be divided, before the exponential.",
          edits: [["Math.exp((z - highest) / temperature)", "Math.exp(z - highest) / temperature"]],
        },
        {
          name: "multiplied instead of divided",
          message:
            "Your knob turns the wrong way: a high temperature makes you careful and a low one bold. The logits are *divided* by it.",
          edits: [["Math.exp((z - highest) / temperature)", "Math.exp((z - highest) * temperature)"]],
        },
        {
          name: "overflow",
          message:
            "With large logits you get NaN: e to the power of a thousand is Infinity, and Infinity by Infinity is nothing. Subtract the largest logit from all of them first; the probabilities stay the same.",
          edits: [["Math.exp((z - highest) / temperature)", "Math.exp(z / temperature)"]],
        },
        {
          name: "temperature 0 divides by zero",
          message:
            "At temperature 0 you divide by 0 and get NaN. The formula has no value there, but it has a limit: the likeliest token gets everything. Treat 0 on its own.",
          edits: [["if (temperature === 0) return", "if (temperature < 0) return"]],
        },
        {
          name: "not normalised",
          message:
            "Your numbers do not sum to 1: they are powers of e, not yet probabilities. Divide each by their sum.",
          edits: [["return powers.map((power) => power / total);", "return powers;"]],
        },
        {
          name: "several winners at temperature 0",
          message:
            "At temperature 0 you give 1 to *every* token with the largest logit, and the probabilities sum to more than 1. One token is drawn: take the first of them.",
          edits: [["(token === logits.indexOf(highest) ? 1 : 0)", "(logits[token] === highest ? 1 : 0)"]],
        },
      ],
    },
    {
      number: "11.4",
      slug: "gpt/top-k",
      title: "Only the k likeliest",
      why: "A vocabulary has a long tail of tokens, each nearly impossible; together they are likely enough to spoil a text now and then.",
      difficulty: 2,
      minutes: 12,
      points: 1,
      exports: ["topK"],
      hints: [
        "You need the tokens' order by probability, but the answer in the order of their ids. What would you sort?",
        "Sort the ids by probability, largest first; keep the first k in a set. Set the others' probabilities to 0, sum what is left, divide by that.",
        "`[...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, k)` are the ids to keep.",
      ],
      checks: [
        {
          title: "the k likeliest stay, at their places",
          call: "topK",
          inputs: (random) => [2, 4].map((k) => [distribution(random, 7), k]),
        },
        {
          title: "k = 1 leaves one token",
          call: "topK",
          inputs: (random) => [[distribution(random, 5), 1]],
        },
        {
          title: "of equally likely tokens those with the smaller ids stay",
          call: "topK",
          inputs: (random) => {
            const p = random.uniform(0.15, 0.2);
            return [[[p, 1 - 4 * p, p, p, p], 3]];
          },
        },
        {
          title: "k larger than the vocabulary changes nothing",
          call: "topK",
          inputs: (random) => [[distribution(random, 4), 9]],
        },
      ],
      mistakes: [
        {
          name: "renormalise forgotten",
          message:
            "What you keep does not sum to 1: you took probability away from the tail and gave it to nobody. Whoever draws from this falls off its end. Divide by the sum of what is left.",
          edits: [["return left.map((p) => p / total);", "return left;"]],
        },
        {
          name: "the k unlikeliest stay",
          message:
            "You keep the *un*likeliest tokens: your order is the other way round. The largest probability must come first.",
          edits: [
            [
              "const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);\n  const kept",
              "const order = [...probabilities.keys()].sort((a, b) => probabilities[a]! - probabilities[b]!);\n  const kept",
            ],
          ],
        },
        {
          name: "the first k ids stay",
          message:
            "You keep the tokens with the smallest ids, likely or not. The id is only a name; sort by probability first.",
          edits: [
            ["const kept = new Set(order.slice(0, k));", "const kept = new Set(order.map((_, i) => i).slice(0, k));"],
          ],
        },
        {
          name: "one too few",
          message: "You keep one token fewer than k.",
          edits: [["order.slice(0, k)", "order.slice(0, Math.max(1, k - 1))"]],
        },
        {
          name: "ties let more than k through",
          message:
            "You keep everything at least as likely as the k-th token. Where several are equally likely, that is more than k; the task says which of them stay.",
          edits: [
            [
              "const kept = new Set(order.slice(0, k));",
              "const kept = new Set(order.filter((token) => probabilities[token]! >= probabilities[order[Math.min(k, order.length) - 1]!]!));",
            ],
          ],
        },
        {
          name: "all that stay are alike",
          message:
            "Every token that you keep has the same probability, 1/k. Top-k cuts the tail off; among those that stay, the model's preferences still count.",
          edits: [
            [
              "const left = probabilities.map((p, token) => (kept.has(token) ? p : 0));",
              "const left = probabilities.map((_, token) => (kept.has(token) ? 1 : 0));",
            ],
          ],
        },
      ],
    },
    {
      number: "11.5",
      slug: "gpt/top-p",
      title: "The nucleus",
      why: "Sometimes two tokens are sensible, sometimes fifty: the nucleus is small where the model is sure and large where it is not, which no fixed k can be.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["topP"],
      hints: [
        "Go down from the likeliest and keep a sum. When must you stop: before or after you have added the token that crosses p?",
        "Sort the ids by probability. Walk: if the sum has already reached p, stop; else keep this token and add its probability. Divide by the sum at the end.",
        "`for (const token of order) { if (mass >= p) break; left[token] = probabilities[token]; mass += probabilities[token]; }`",
      ],
      checks: [
        {
          title: "the token that crosses p stays, those after it go",
          call: "topP",
          inputs: (random) =>
            [2, 3, 4].map((kept) => {
              const probabilities = distribution(random, 7);
              return [probabilities, threshold(random, probabilities, kept)];
            }),
        },
        {
          title: "a sum that reaches p exactly is enough",
          call: "topP",
          inputs: () => [
            [[0.25, 0.5, 0.125, 0.125], 0.75],
            [[0.125, 0.125, 0.25, 0.5], 0.5],
          ],
        },
        {
          title: "the likeliest token always stays",
          call: "topP",
          inputs: (random) => [[distribution(random, 5), 0.01]],
        },
        {
          title: "p = 1 keeps everything",
          call: "topP",
          inputs: () => [[[0.125, 0.5, 0.25, 0.125], 1]],
        },
      ],
      mistakes: [
        {
          name: "top-p excludes the crossing token",
          message:
            "You drop the token whose probability takes the sum over p. What you keep then stays *below* p, and where one token alone has more than p, nothing is left at all. The token that crosses belongs to the nucleus.",
          edits: [["if (mass >= p) break;", "if (mass + probabilities[token]! > p) break;"]],
        },
        {
          name: "renormalise forgotten",
          message:
            "What you keep does not sum to 1. The tail's probability has to go to those that stay: divide by their sum.",
          edits: [["return left.map((q) => q / mass);", "return left;"]],
        },
        {
          name: "a threshold for each token",
          message:
            "You compare each token's own probability with p. p is a threshold for the *sum* of the likeliest tokens, not for one of them.",
          edits: [["if (mass >= p) break;", "if (mass > 0 && probabilities[token]! < p) break;"]],
        },
        {
          name: "in the order of the ids",
          message:
            "You take tokens in the order of their ids, until p is reached. The nucleus is the *smallest* set that does it: begin with the likeliest.",
          edits: [
            [
              "const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);\n  const left = probabilities.map(() => 0);",
              "const order = [...probabilities.keys()];\n  const left = probabilities.map(() => 0);",
            ],
          ],
        },
        {
          name: "one too many",
          message:
            "You keep one token more than needed: your sum had already reached p before you took the last one. Where it reaches p exactly, that is enough.",
          edits: [
            ["if (mass >= p) break;", "if (done) break;\n    done = mass >= p;"],
            [
              "  let mass = 0;\n  for (const token of order) {",
              "  let mass = 0;\n  let done = false;\n  for (const token of order) {",
            ],
          ],
        },
      ],
    },
    {
      number: "11.6",
      slug: "gpt/cached-step",
      title: "A step with a cache",
      why: "Without a cache every new token pays for the whole text again; with it, only for itself. And nobody could tell from the text.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["cachedStep"],
      hints: [
        "Causal attention: does a new token change anything that the older ones computed? So what of theirs is still needed?",
        "The place is the number of rows in the cache, 0 without one. Refuse if it is not below the number of positions. Add the token's row and the place's row. Make its key and value, put them below the cached ones with tf.concat, and attend with the one query.",
        "`const keys = cache ? tf.concat([cache.keys, ownKey]) : ownKey;`, likewise the values; then `tf.softmax(x.matMul(query).matMul(keys, false, true).div(Math.sqrt(C))).matMul(values)`.",
      ],
      checks: [
        {
          title: "the first token, without a cache",
          driver: "cachedOutputs",
          inputs: (random) => [cachedInput(random, 1, 7)],
          tolerance: products,
        },
        {
          title: "six tokens, one by one: every output as in a whole pass",
          driver: "cachedOutputs",
          inputs: (random) => [cachedInput(random, 6, 9), cachedInput(random, 4, 4, 3)],
          tolerance: products,
        },
        {
          title: "the cache holds all keys and all values, oldest first",
          driver: "cacheAfter",
          inputs: (random) => [cachedInput(random, 5, 8)],
          tolerance: products,
        },
        {
          title: "a full context is refused",
          driver: "untilRefused",
          inputs: (random) => [cachedInput(random, 9, 5)],
        },
      ],
      mistakes: [
        {
          name: "positions restart",
          message:
            "Your first token is right and all later ones are wrong: each gets the position 0, as if the text began anew. The newest token stands at the place after all that are in the cache.",
          edits: [["row(positions, place)", "row(positions, 0 * place)"]],
        },
        {
          name: "the new token does not see itself",
          message:
            "Your newest token looks only at those before it. In causal attention a place sees the past *and itself*: its own key and value must be there when it attends.",
          edits: [
            [
              "matMul(keys, false, true).div(Math.sqrt(C));\n  return { output: tf.softmax(scores).matMul(values), cache",
              "matMul(cache?.keys ?? keys, false, true).div(Math.sqrt(C));\n  return { output: tf.softmax(scores).matMul(cache?.values ?? values), cache",
            ],
          ],
        },
        {
          name: "the cache forgets",
          message:
            "Your cache holds only the newest token: you replace it instead of making it longer. So every token sees nobody but itself and its predecessor's place is lost.",
          edits: [
            ["const keys = cache ? tf.concat([cache.keys, ownKey]) : ownKey;", "const keys = ownKey;"],
            ["const values = cache ? tf.concat([cache.values, ownValue]) : ownValue;", "const values = ownValue;"],
          ],
        },
        {
          name: "grows past the context",
          message:
            "You go on when the context is full. There is no position for one more token: whatever you add in its place, the model has never seen it in training. An error is better than nonsense.",
          edits: [
            ["if (place >= contextLength) throw", "if (place >= 1e9) throw"],
            ["row(positions, place)", "row(positions, Math.min(place, contextLength - 1))"],
          ],
        },
        {
          name: "refused one too early",
          message:
            "You refuse the last token that would still have a position. The places are 0 … contextLength − 1, so a cache of contextLength − 1 tokens has room for one more.",
          edits: [["if (place >= contextLength) throw", "if (place >= contextLength - 1) throw"]],
        },
        {
          name: "not divided by the root",
          message:
            "Your scores are not divided by √C. The softmax then is too sharp, and the step no longer equals the pass that the model was trained with.",
          edits: [["matMul(keys, false, true).div(Math.sqrt(C))", "matMul(keys, false, true)"]],
        },
        {
          name: "keys taken for values",
          message:
            "Your output is a mixture of *keys*. A key says what a place can be found by; what it hands over is its value, and the cache must keep both.",
          edits: [["tf.softmax(scores).matMul(values)", "tf.softmax(scores).matMul(keys)"]],
        },
      ],
    },
    {
      number: "11.7",
      slug: "gpt/perplexity-per-character",
      title: "The probability of a text",
      why: "Two models that cut the same text into different tokens can only be compared by what they share: its characters.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["logProbability", "perplexityPerCharacter"],
      hints: [
        "The chain rule multiplies. What does a logarithm make of a product, and why does a computer need that here?",
        "First: the sum of the logarithms. Second: minus that, divided by the number of characters, and e to that power. `[...text]` splits into characters.",
        "`probabilities.reduce((sum, p) => sum + Math.log(p), 0)` and `Math.exp(-logProbability / [...text].length)`.",
      ],
      checks: [
        {
          title: "the chain rule, in logarithms",
          call: "logProbability",
          inputs: (random) => [[Array.from({ length: 5 }, () => random.uniform(0.05, 0.9))]],
        },
        {
          title: "thousands of tokens",
          call: "logProbability",
          inputs: (random) => [[Array.from({ length: 3000 }, () => random.uniform(0.05, 0.9))]],
        },
        {
          title: "a text of letters",
          call: "perplexityPerCharacter",
          inputs: (random) => [
            [-random.uniform(10, 20), "white whale"],
            [-random.uniform(2, 5), "sea"],
          ],
        },
        {
          title: "a character is a code point",
          call: "perplexityPerCharacter",
          inputs: (random) => [[-random.uniform(5, 9), "a 🐳, après"]],
        },
      ],
      mistakes: [
        {
          name: "the product underflows",
          message:
            "For a long text you get −Infinity: you multiplied the probabilities first, and the product of thousands of them is 0 for a computer. Add logarithms instead.",
          edits: [
            [
              "return probabilities.reduce((sum, p) => sum + Math.log(p), 0);",
              "return Math.log(probabilities.reduce((product, p) => product * p, 1));",
            ],
          ],
        },
        {
          name: "the average instead of the sum",
          message:
            "You return the *average* logarithm. The probability of a text is a product over all of its tokens, so its logarithm is their sum; how it is spread comes later.",
          edits: [
            [
              "return probabilities.reduce((sum, p) => sum + Math.log(p), 0);",
              "return probabilities.reduce((sum, p) => sum + Math.log(p), 0) / probabilities.length;",
            ],
          ],
        },
        {
          name: "probabilities are added",
          message:
            "You added the probabilities. That two things happen *both* is a product; in logarithms, a sum of *logarithms*.",
          edits: [
            [
              "return probabilities.reduce((sum, p) => sum + Math.log(p), 0);",
              "return Math.log(probabilities.reduce((sum, p) => sum + p, 0));",
            ],
          ],
        },
        {
          name: "base 2",
          message:
            "You count in bits in one place and in nats in the other. The text's logarithm comes in natural logarithms, so the power is one of e.",
          edits: [
            [
              "return Math.exp(-logProbability / [...text].length);",
              "return 2 ** (-logProbability / [...text].length);",
            ],
          ],
        },
        {
          name: "not spread over the characters",
          message:
            "You take e to the power of the whole text's surprise: that grows without end with the length of the text. Spread it over the characters first.",
          edits: [["-logProbability / [...text].length", "-logProbability"]],
        },
        {
          name: "code units counted",
          message:
            "You count `text.length`, and for it 🐳 is two. Your text is too long, so your model looks better than it is. Spread the text into its code points before you count.",
          edits: [["[...text].length", "text.length"]],
        },
        {
          name: "spread over the words",
          message:
            "You divide by the number of words. Then the result is a perplexity per word; the task is per character, spaces and signs included.",
          edits: [["[...text].length", 'text.split(" ").length']],
        },
      ],
    },
    {
      number: "11.8",
      slug: "gpt/count-operations",
      title: "What a training costs",
      why: "Before anyone trains a large model, they do this sum on paper: it says how many days, and on what.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["multiplyingWeights", "trainingOperations"],
      hints: [
        "Every weight of a matrix meets every token once. How many matrices has a block, and of what size?",
        "Per block 4·C² for the attention and 2·C·F for the feed-forward layer, times L; then the head, C·V. The operations: 6 for each weight and each token, and the tokens are steps × batch × length.",
        "`numLayers * (4 * modelSize ** 2 + 2 * modelSize * feedForwardSize) + modelSize * vocabularySize`.",
      ],
      checks: [
        {
          title: "weights of models of several sizes",
          call: "multiplyingWeights",
          inputs: (random) => [[sizes(random)], [sizes(random)]],
        },
        {
          title: "operations of a training",
          call: "trainingOperations",
          inputs: (random) => [
            [100 + random.integer(900), { steps: 7 + random.integer(5), batchSize: 3, length: 5 }],
            [1_000_003, { steps: 2000, batchSize: 12, length: 64 }],
          ],
        },
      ],
      mistakes: [
        {
          name: "one layer only",
          message: "You counted the matrices of a single block. The model has several, and the head only once.",
          edits: [["return numLayers * perBlock + modelSize", "return perBlock + modelSize"]],
        },
        {
          name: "the head is forgotten",
          message:
            "Your count lacks the head: every token's vector meets every row of the vocabulary. In small models it is a large share.",
          edits: [["numLayers * perBlock + modelSize * vocabularySize", "numLayers * perBlock"]],
        },
        {
          name: "the attention has three matrices",
          message:
            "You counted query, key and value. The heads' results go through one more matrix, the output projection, before they join the stream.",
          edits: [["4 * modelSize ** 2", "3 * modelSize ** 2"]],
        },
        {
          name: "the feed-forward layer has one matrix",
          message:
            "You counted one matrix in the feed-forward layer. It goes up from C to F *and* down again from F to C.",
          edits: [["2 * modelSize * feedForwardSize", "modelSize * feedForwardSize"]],
        },
        {
          name: "the backward pass is free",
          message:
            "Your training costs 2 operations for each weight and token: that is the forward pass. The backward pass needs two more products for each one of it: the gradient by the inputs, and the gradient by the weights.",
          edits: [["return 6 * weights * tokens;", "return 2 * weights * tokens;"]],
        },
        {
          name: "a multiplication without its addition",
          message:
            "You count 3 operations for each weight and token. Each weight multiplies *and* its product is added to a sum: two operations, forward and twice that backward.",
          edits: [["return 6 * weights * tokens;", "return 3 * weights * tokens;"]],
        },
        {
          name: "one window a step",
          message:
            "Your D counts one window for each step. A step reads a whole batch of windows, and all their tokens are questions.",
          edits: [["const tokens = steps * batchSize * length;", "const tokens = steps * length;"]],
        },
      ],
    },
  ],
};

export default lesson;
