import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

function numbers(random: Random, count: number, low: number, high: number): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high));
}

/** Targets of tokens from 3 up, of the given lengths. */
function targets(random: Random, lengths: readonly number[]): number[][] {
  return lengths.map((length) => Array.from({ length }, () => 3 + random.integer(20)));
}

function cube(random: Random, [a, b, c]: readonly [number, number, number]): PlainTensor {
  return tensor(Array.from({ length: a }, () => Array.from({ length: b }, () => numbers(random, c, -2, 2))));
}

/** A decoder layer's input: sizes all different, and the second source shorter than the first. */
function blockInput(random: Random) {
  const [B, T, S, C] = [2, 4, 5, 6];
  return {
    seed: random.integer(1e6),
    x: cube(random, [B, T, C]),
    context: cube(random, [B, S, C]),
    sourceMask: tensor([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0],
    ]),
  };
}

/** Logits and labels of which some are padding (0): rows of different lengths. */
function lossInput(random: Random, lengths: readonly number[], V: number): [PlainTensor, PlainTensor, number] {
  const T = Math.max(...lengths) + 1;
  const labels = lengths.map((length) =>
    Array.from({ length: T }, (_, t) => (t < length ? 1 + random.integer(V - 1) : 0)),
  );
  return [cube(random, [lengths.length, T, V]), tensor(labels, "int32"), 0];
}

/** Sizes of a Transformer, all different. */
function sizes(random: Random, norm: "post" | "pre", tying: "none" | "output" | "all") {
  const vocabulary = 30 + random.integer(20);
  return {
    sourceVocabulary: tying === "all" ? vocabulary : vocabulary + 7 + random.integer(9),
    targetVocabulary: vocabulary,
    modelSize: 8 * (1 + random.integer(3)),
    feedForwardSize: 50 + random.integer(30),
    encoderLayers: 2 + random.integer(2),
    decoderLayers: 4 + random.integer(3),
    norm,
    tying,
  };
}

/** A model to decode from, with an end that is token 2 and comes the sooner the larger `hurry`. */
function modelInput(random: Random, hurry: number, maxLength: number) {
  return { seed: random.integer(1e6), vocabularySize: 7, hurry, start: 1, end: 2, maxLength };
}

const beamInputs = (random: Random, count: number, lengthPenalty: number, options: { beams?: number } = {}) =>
  Array.from({ length: count }, (_, i) => ({
    ...modelInput(random, 0.15, 12),
    beams: options.beams ?? 3 + (i % 2),
    lengthPenalty,
  }));

const sounds = ["AA", "B", "K", "D", "EH", "IY", "L", "M", "N", "S", "T", "UW"];

/** A reference and what a model made of it: some symbols changed, some lost, some added. */
function hearing(random: Random, length: number, edits: readonly ("change" | "lose" | "add")[]) {
  const reference = Array.from({ length }, () => random.choice(sounds));
  const hypothesis = [...reference];
  for (const edit of edits) {
    const place = random.integer(hypothesis.length);
    if (edit === "change") hypothesis[place] = "ZH";
    else if (edit === "lose") hypothesis.splice(place, 1);
    else hypothesis.splice(place, 0, "W", "OY");
  }
  return { reference, hypothesis };
}

function words(random: Random) {
  const all = [
    hearing(random, 3, ["change"]),
    hearing(random, 7, []),
    hearing(random, 4, ["add"]),
    hearing(random, 9, ["lose", "lose"]),
    hearing(random, 5, []),
  ];
  return { references: all.map((one) => one.reference), hypotheses: all.map((one) => one.hypothesis) };
}

const lesson: Lesson = {
  name: "10-transformer",
  title: "The Transformer",
  exercises: [
    {
      number: "10.1",
      slug: "transformer/shift-right",
      title: "Teacher forcing: shift right",
      why: "One token to the right is the difference between a model that predicts and one that copies.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["shiftRight"],
      hints: [
        "Write both rows for one target below each other. At each place, which tokens may the decoder know?",
        "T is the longest target's length plus 1, for the mark. What is read is the start and then the target; what is written is the target and then the end. Fill both up to T.",
        "`const fill = (row) => [...row, ...new Array(T - row.length).fill(padding)];` and then two maps over the targets.",
      ],
      checks: [
        {
          title: "targets of one length",
          call: "shiftRight",
          inputs: (random) => [[targets(random, [4, 4, 4]), { start: 1, end: 2, padding: 0 }]],
        },
        {
          title: "targets of different lengths are filled up on the right",
          call: "shiftRight",
          inputs: (random) => [
            [targets(random, [2, 5, 3]), { start: 1, end: 2, padding: 0 }],
            [targets(random, [3, 1]), { start: 30, end: 31, padding: 32 }],
          ],
        },
        {
          title: "an empty target is a start that ends at once",
          call: "shiftRight",
          inputs: (random) => [[targets(random, [0, 2]), { start: 1, end: 2, padding: 0 }]],
        },
      ],
      mistakes: [
        {
          name: "the target is not shifted",
          message:
            "At every place the decoder reads the very token that it should write. The loss will fall to nearly nothing, and the model will be worthless: it has learnt to copy, and when it writes on its own there is nothing to copy from. What it reads must begin with the start.",
          edits: [["fill([start, ...target])", "fill([...target, end])"]],
        },
        {
          name: "shifted the wrong way",
          message:
            "You shifted to the left: the decoder reads the token *after* the one it should write. It sees the future. At place t it may know the tokens before t and nothing else.",
          edits: [["fill([start, ...target])", "fill([...target.slice(1), end])"]],
        },
        {
          name: "nothing says that it ends",
          message:
            "No row of `writes` has the end in it. A model that was never asked to write the end never stops by itself.",
          edits: [
            [
              "writes: targets.map((target) => fill([...target, end])),",
              "writes: targets.map((target) => fill([...target])),",
            ],
          ],
        },
        {
          name: "the start is to be written too",
          message:
            "Your `writes` begin with the start and lose the end: it is the same row as `reads`. The start is given, nobody has to guess it; what is written begins with the first token.",
          edits: [
            [
              "writes: targets.map((target) => fill([...target, end])),",
              "writes: targets.map((target) => fill([start, ...target])),",
            ],
          ],
        },
        {
          name: "filled up on the left",
          message:
            "Your padding stands before the tokens. Then the start is at another place in every row, and the positions that the model adds begin with padding. Fill up on the right.",
          edits: [
            [
              "[...row, ...new Array<number>(T - row.length).fill(padding)]",
              "[...new Array<number>(T - row.length).fill(padding), ...row]",
            ],
          ],
        },
        {
          name: "rows of different lengths",
          message:
            "Your rows are as long as their targets. A batch is one tensor [B, T], so every row needs the same length: fill the shorter ones with padding.",
          edits: [["[...row, ...new Array<number>(T - row.length).fill(padding)]", "[...row]"]],
        },
        {
          name: "filled up with ends",
          message:
            "Short rows are filled with the end mark in place of padding. The loss leaves out padding, and only padding: it would now ask for the end again and again, and short words would weigh more than they should.",
          edits: [["(T - row.length).fill(padding)", "(T - row.length).fill(end)"]],
        },
      ],
    },
    {
      number: "10.2",
      slug: "transformer/decoder-block",
      title: "A decoder layer",
      why: "This is the right half of the most famous picture of the field: looks back, looks across, thinks.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["decoderBlock"],
      hints: [
        "Three times the same pattern: norm, sublayer, add to the stream. Only the sublayers differ. Which of them needs which mask?",
        "First the self-attention of the normalized x, with the causal mask. Add its output to x. Then the cross-attention: the question is the normalized stream, the context the encoder's output, the mask the source's. Add. Then the feed-forward layer of the normalized stream. Add.",
        "`const h = x.add(selfAttention.forward(norms[0].forward(x), { mask: causalMask(T) }).output);` The next line is the same with `{ context, mask: sourceMask }`.",
      ],
      checks: [
        {
          title: "the three sublayers, each with its norm, added to the stream",
          driver: "blockOutput",
          inputs: (random) => [blockInput(random), blockInput(random)],
        },
        {
          title: "no place of the target sees a later one",
          driver: "blockCausality",
          inputs: (random) => [blockInput(random)],
        },
        {
          title: "the source is seen, and its padding is not",
          driver: "blockSource",
          inputs: (random) => [blockInput(random)],
        },
      ],
      mistakes: [
        {
          name: "cross-attention asks the decoder itself",
          message:
            "Whatever the encoder says, your output does not change: the second attention takes its keys and values from the decoder's own stream. Without a context an attention looks at itself; a translator that never looks at the source invents. Keys and values must come from the encoder.",
          edits: [
            ["norms[1].forward(h), { context, mask: sourceMask }", "norms[1].forward(h), { mask: causalMask(T) }"],
          ],
        },
        {
          name: "no causal mask",
          message:
            "A change at the last place of the target changes your output at the places before it: the decoder sees the future. In training it would read the answer there, and then miss it when it writes on its own. The look back needs the causal mask.",
          edits: [["norms[0].forward(x), { mask: causalMask(T) }", "norms[0].forward(x)"]],
        },
        {
          name: "padding of the source is seen",
          message:
            "Your output depends on places of the source that are padding. Then the same word would be said differently beside a longer one in its batch. The look across needs the source's mask.",
          edits: [["{ context, mask: sourceMask }", "{ context }"]],
        },
        {
          name: "across first, then back",
          message:
            "Your two attentions come in the other order: across to the source before back to the target. Both orders would train; the formula, the paper and all trained weights have the look back first.",
          edits: [
            [
              "const own = selfAttention.forward(norms[0].forward(x), { mask: causalMask(T) }).output;",
              "const own = crossAttention.forward(norms[1].forward(x), { context, mask: sourceMask }).output;",
            ],
            [
              "const across = crossAttention.forward(norms[1].forward(h), { context, mask: sourceMask }).output;",
              "const across = selfAttention.forward(norms[0].forward(h), { mask: causalMask(T) }).output;",
            ],
          ],
        },
        {
          name: "the stream is dropped after the first attention",
          message:
            "After the look across, what the stream held before is gone: that sublayer *replaces* it instead of adding to it. Without the residual sum nothing that the look back found reaches the next layer, and gradients have no short way home (lesson 9).",
          edits: [["const g = h.add<tf.Tensor3D>(across);", "const g = across;"]],
        },
        {
          name: "the norm is in the stream",
          message:
            "You add each sublayer to the *normalized* stream. Then the stream itself goes through a norm in every layer, and the free way from bottom to top, for which pre-LN is made, is cut. Normalize what a sublayer reads, and add to what was there before.",
          edits: [
            ["const h = x.add<tf.Tensor3D>(own);", "const h = norms[0].forward(x).add<tf.Tensor3D>(own);"],
            ["const g = h.add<tf.Tensor3D>(across);", "const g = norms[1].forward(h).add<tf.Tensor3D>(across);"],
          ],
        },
        {
          name: "norms after the sum",
          message:
            "You normalize each sum, after its sublayer: that is post-LN, as the paper of 2017 has it. This lesson's model has the norms *before* the sublayers; with its weights your layer would give other numbers.",
          edits: [
            [
              "selfAttention.forward(norms[0].forward(x), { mask: causalMask(T) })",
              "selfAttention.forward(x, { mask: causalMask(T) })",
            ],
            ["const h = x.add<tf.Tensor3D>(own);", "const h = norms[0].forward(x.add<tf.Tensor3D>(own));"],
            [
              "crossAttention.forward(norms[1].forward(h), { context, mask: sourceMask })",
              "crossAttention.forward(h, { context, mask: sourceMask })",
            ],
            ["const g = h.add<tf.Tensor3D>(across);", "const g = norms[1].forward(h.add<tf.Tensor3D>(across));"],
            [
              "return g.add(feedForward.forward(norms[2].forward(g)));",
              "return norms[2].forward(g.add<tf.Tensor3D>(feedForward.forward(g)));",
            ],
          ],
        },
        {
          name: "the context is normalized again",
          message:
            "You normalize the encoder's output with the norm of the decoder's stream. The encoder has a norm of its own at its end; the norm here belongs to what *asks*.",
          edits: [["{ context, mask: sourceMask }", "{ context: norms[1].forward(context), mask: sourceMask }"]],
        },
      ],
    },
    {
      number: "10.3",
      slug: "transformer/count-weights",
      title: "Count the weights",
      why: "Who can count the weights knows every part of the model; and can check whether a paper's table says what its text says.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["countWeights"],
      hints: [
        "Count one attention, one feed-forward layer and one norm first. Then it is bookkeeping.",
        "Encoder: layers × (attention + feed-forward + 2 norms). Decoder: layers × (2 attentions + feed-forward + 3 norms). Two more norms for pre-LN. Then the tables, by tying: none has three and a bias, output has two, all has one.",
        "`const attention = 4 * (C * C + C); const feedForward = C * F + F + F * C + C; const oneNorm = 2 * C;`",
      ],
      checks: [
        {
          title: "post-LN, nothing tied",
          call: "countWeights",
          inputs: (random) => [[sizes(random, "post", "none")], [sizes(random, "post", "none")]],
        },
        {
          title: "pre-LN has one more norm at the end of each stack",
          call: "countWeights",
          inputs: (random) => [[sizes(random, "pre", "none")]],
        },
        {
          title: "the output layer tied to the target's embedding",
          call: "countWeights",
          inputs: (random) => [[sizes(random, "post", "output")]],
        },
        {
          title: "one table for all three",
          call: "countWeights",
          inputs: (random) => [[sizes(random, "post", "all")], [sizes(random, "pre", "all")]],
        },
      ],
      mistakes: [
        {
          name: "one attention in the decoder",
          message:
            "Your decoder layers are too small by one attention each. A decoder layer has two: one that looks back at the target and one that looks across at the source.",
          edits: [["(2 * attention + feedForward", "(attention + feedForward"]],
        },
        {
          name: "biases forgotten",
          message:
            "Your number is a little too small: the projections of the attentions have a bias each. Few weights, but a checkpoint with a missing bias does not load.",
          edits: [["4 * (C * C + C)", "4 * (C * C)"]],
        },
        {
          name: "three projections",
          message:
            "Your attentions have three matrices: query, key, value. There is a fourth, which mixes what the heads bring: the output projection.",
          edits: [["4 * (C * C + C)", "3 * (C * C + C)"]],
        },
        {
          name: "a norm is one vector",
          message: "Your norms have C weights each. A norm has a gain *and* a bias: two vectors.",
          edits: [["const oneNorm = 2 * C;", "const oneNorm = C;"]],
        },
        {
          name: "two norms in the decoder",
          message:
            "Your decoder layers have two norms. Each sublayer has its own, and a decoder layer has three sublayers.",
          edits: [["feedForward + 3 * oneNorm", "feedForward + 2 * oneNorm"]],
        },
        {
          name: "the last norms forgotten",
          message:
            "With pre-LN you are short of two norms. There the stream itself is never normalized on its way, so each stack ends with one more.",
          edits: [['norm === "pre" ? 2 * oneNorm : 0', "0 * norm.length"]],
        },
        {
          name: "shared tables counted twice",
          message:
            'With `tying: "all"` you count two embeddings. They are one and the same matrix, used at two ends: one set of weights.',
          edits: [
            [
              'tying === "all" ? targetVocabulary * C : sourceVocabulary * C + targetVocabulary * C',
              "sourceVocabulary * C + targetVocabulary * C",
            ],
          ],
        },
        {
          name: "a tied output counted",
          message:
            "You count the output layer although it is tied. It multiplies with the target's embedding, and that is already counted.",
          edits: [
            [
              'tying === "none" ? C * targetVocabulary + targetVocabulary : 0',
              "C * targetVocabulary + targetVocabulary",
            ],
          ],
        },
      ],
    },
    {
      number: "10.4",
      slug: "transformer/sequence-loss",
      title: "A loss without padding",
      why: "Half of a batch may be padding. Who counts it measures how well the model predicts nothing.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["sequenceLoss"],
      forbidden: ["softmaxCrossEntropy"],
      hints: [
        "Compute the surprise at every place first, padding and all. What would you multiply it with so that some places no longer count? And what is N then?",
        "Log-softmax of the logits, times the one-hot labels, summed over the last axis, with a minus: [B, T]. Make a mask of 1 and 0 from the labels. Sum of surprise × mask, divided by the mask's sum; but never divide by 0.",
        "`const counts = labels.notEqual(padding).toFloat();` and at the end `surprise.mul(counts).sum().div(tf.maximum(counts.sum(), 1))`.",
      ],
      checks: [
        {
          title: "a batch without padding",
          call: "sequenceLoss",
          inputs: (random) => {
            const [logits, labels] = lossInput(random, [3, 3], 5);
            return [[logits, labels, 9]];
          },
        },
        {
          title: "padding counts neither in the sum nor in the mean",
          call: "sequenceLoss",
          inputs: (random) => [lossInput(random, [6, 2, 1], 5), lossInput(random, [1, 5], 7)],
        },
        {
          title: "a batch of padding alone teaches nothing: 0",
          call: "sequenceLoss",
          inputs: (random) => [lossInput(random, [0, 0], 4)],
        },
        {
          title: "confident logits do not overflow",
          call: "sequenceLoss",
          inputs: (random) => {
            const [logits, labels, padding] = lossInput(random, [4, 2], 5);
            return [[{ ...logits, tensor: logits.tensor.map((value) => 300 * value) }, labels, padding]];
          },
        },
      ],
      mistakes: [
        {
          name: "padding in the mean",
          message:
            "Your loss is too small where rows are short: padding adds nothing to the sum, but you divide by all places. Then a batch of short words has a small loss and small gradients, whatever the model knows. Divide by the number of labels that count.",
          edits: [
            [
              "div(tf.maximum(counts.sum(), 1))",
              "div(tf.maximum(tf.onesLike(counts).sum().mul(tf.minimum(counts.sum(), 1)), 1))",
            ],
          ],
        },
        {
          name: "padding is learnt",
          message:
            "Padding counts like any label. Most of a batch can be padding, and it is easy to guess: the loss looks wonderful, and the model spends its weights on predicting nothing. Leave these places out.",
          edits: [
            ["const counts = labels.notEqual(padding).toFloat();", "const counts = tf.onesLike(labels).toFloat();"],
          ],
        },
        {
          name: "a mean of means",
          message:
            "You average each row first and then the rows. A word of one sound then weighs as much as one of twelve. Count the labels of the whole batch together and divide once.",
          edits: [
            [
              "return surprise.mul(counts).sum().div(tf.maximum(counts.sum(), 1));",
              "return surprise.mul(counts).sum(1).div(tf.maximum(counts.sum(1), 1)).mean();",
            ],
          ],
        },
        {
          name: "0 / 0 without labels",
          message:
            "A batch of padding alone gives NaN: nothing divided by nothing. One NaN reaches every weight in the next step and ends the training.",
          edits: [["div(tf.maximum(counts.sum(), 1))", "div(counts.sum())"]],
        },
        {
          name: "not divided",
          message:
            "Your loss is a sum: a batch with more labels has a larger one, and its gradients make larger steps. Divide by how many labels count.",
          edits: [[".div(tf.maximum(counts.sum(), 1))", ""]],
        },
        {
          name: "softmax over time",
          message:
            "Your softmax runs along the sequence: the places compete with each other for each token. At every place the *tokens* compete: the softmax runs along the last axis.",
          edits: [["tf.logSoftmax(logits).mul(", "logits.sub(logits.logSumExp(1, true)).mul("]],
        },
        {
          name: "the logarithm is taken too late",
          message:
            "With confident logits your loss is Infinity or NaN: the softmax has rounded a probability to 0 before you took its logarithm. There is a function that does both in one go.",
          edits: [["tf.logSoftmax(logits).mul(", "tf.log(tf.softmax(logits)).mul("]],
        },
      ],
    },
    {
      number: "10.5",
      slug: "transformer/label-smoothing",
      title: "Label smoothing",
      why: "A model that must never be quite certain learns better rankings, and beam search lives on rankings.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["smoothTarget", "smoothedLoss"],
      hints: [
        "The true class gets two shares: what it keeps, and its part of what is spread.",
        "Each class gets ε / V; the true one 1 − ε more. The loss is a sum over *all* classes. The lowest is the same sum with log q in place of log p; skip the terms where q is 0.",
        "`(v === label ? 1 - epsilon : 0) + epsilon / V` for each v; `share > 0 ? share * Math.log(share) : 0` in the lowest.",
      ],
      checks: [
        {
          title: "a softened target sums to 1",
          call: "smoothTarget",
          inputs: (random) => [
            [random.integer(5), 5, random.uniform(0.05, 0.3)],
            [random.integer(8), 8, random.uniform(0.05, 0.3)],
          ],
        },
        {
          title: "without smoothing it is one-hot",
          call: "smoothTarget",
          inputs: (random) => [[random.integer(4), 4, 0]],
        },
        {
          title: "the loss, and the floor below it",
          call: "smoothedLoss",
          inputs: (random) => {
            const q = [0.05, 0.8, 0.05, 0.05, 0.05];
            const raw = numbers(random, 5, 0.5, 3);
            const total = raw.reduce((sum, p) => sum + p, 0);
            return [[raw.map((p) => Math.log(p / total)), q]];
          },
        },
        {
          title: "a one-hot target: the floor is 0",
          call: "smoothedLoss",
          inputs: (random) => {
            const p = random.uniform(0.1, 0.6);
            return [
              [
                [Math.log(p), Math.log(0.3), Math.log(0.7 - p)],
                [0, 1, 0],
              ],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "the true class gets no part of what is spread",
          message:
            "Your target sums to less than 1: the share ε is spread over all V classes, the true one too, and you left its part out. Then it has (1 − ε) + ε/V.",
          edits: [["(v === label ? 1 - epsilon : 0) + epsilon / V", "(v === label ? 1 - epsilon : epsilon / V)"]],
        },
        {
          name: "spread over the others only",
          message:
            "Your target sums to 1, but the true class has exactly 1 − ε and the others ε / (V − 1). That is another convention, found in some programs; the paper spreads ε over all V classes, the true one included.",
          edits: [["(v === label ? 1 - epsilon : 0) + epsilon / V", "(v === label ? 1 - epsilon : epsilon / (V - 1))"]],
        },
        {
          name: "nothing is taken away",
          message:
            "Your target sums to 1 + ε: you give the others something without taking it from the true class. What is spread must first be taken.",
          edits: [["(v === label ? 1 - epsilon : 0) + epsilon / V", "(v === label ? 1 : 0) + epsilon / V"]],
        },
        {
          name: "everyone gets all of ε",
          message:
            "Every class gets the whole ε, so the target sums to far more than 1. The share is divided among the V classes.",
          edits: [["(v === label ? 1 - epsilon : 0) + epsilon / V", "(v === label ? 1 - epsilon : 0) + epsilon"]],
        },
        {
          name: "the shares are swapped",
          message:
            "With you the true class keeps only ε, and nearly everything is spread: for a small ε that teaches nothing at all. ε is the part that is given *away*.",
          edits: [["(v === label ? 1 - epsilon : 0) + epsilon / V", "(v === label ? epsilon : 0) + (1 - epsilon) / V"]],
        },
        {
          name: "0 times −Infinity",
          message:
            "With a one-hot target your floor is NaN: log 0 is −Infinity, and 0 times that is NaN. What has no share adds nothing.",
          edits: [["(share > 0 ? share * Math.log(share) : 0)", "share * Math.log(share)"]],
        },
        {
          name: "only the likeliest class of the target counts",
          message:
            "Your loss looks at the true class alone. Then smoothing only scales the loss and softens nothing: the sum runs over all classes, and each small q pulls its p up a little.",
          edits: [
            [
              "sum - share * logProbabilities[v]!, 0)",
              "sum - (share === Math.max(...q) ? share * logProbabilities[v]! : 0), 0)",
            ],
          ],
        },
        {
          name: "the floor of a uniform guess",
          message:
            "You give the surprise of someone who knows nothing, log V. The floor is what remains for someone who knows *everything*: p = q.",
          edits: [["(share > 0 ? share * Math.log(share) : 0)", "(share > 0 ? share * Math.log(1 / q.length) : 0)"]],
        },
      ],
    },
    {
      number: "10.6",
      slug: "transformer/warm-up",
      title: "The warm-up",
      why: "In its first steps Adam knows its gradients badly; a model that is thrown far away then may never come back.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["warmupRate"],
      hints: [
        "The training loop counts from 0 and the paper from 1. What would the first rate be if you forgot that?",
        "n is step + 1. Compute both candidates, take the smaller, and divide by the root of the model's size.",
        "`modelSize ** -0.5 * Math.min(n ** -0.5, n * warmup ** -1.5)`",
      ],
      checks: [
        {
          title: "the very first step already learns something",
          call: "warmupRate",
          inputs: (random) => [[0, 64 * (1 + random.integer(8)), 100 * (2 + random.integer(9))]],
        },
        {
          title: "the climb and the summit",
          call: "warmupRate",
          inputs: (random) => {
            const [size, warmup] = [64 * (2 + random.integer(7)), 100 * (2 + random.integer(9))];
            return [Math.floor(warmup / 3), warmup - 2, warmup - 1].map((step) => [step, size, warmup]);
          },
        },
        {
          title: "the slow fall",
          call: "warmupRate",
          inputs: (random) => {
            const [size, warmup] = [64 * (2 + random.integer(7)), 100 * (2 + random.integer(9))];
            return [2, 5, 40].map((times) => [times * warmup + random.integer(50), size, warmup]);
          },
        },
      ],
      mistakes: [
        {
          name: "the first step is lost",
          message:
            "Your first rate is 0: that step moves nothing, and all others come one too late. The loop counts the steps that are *done*, which are none at first, and the paper's first step is n = 1.",
          edits: [["const n = step + 1;", "const n = step;"]],
        },
        {
          name: "one step ahead",
          message:
            "Your rates are those of the step after: the first is twice as large as it should be. One step is added once, not twice.",
          edits: [["const n = step + 1;", "const n = step + 2;"]],
        },
        {
          name: "the larger of the two",
          message:
            "You take the larger of the two candidates: it is huge in the first steps and grows without end after the warm-up. The smaller one climbs first and falls later.",
          edits: [["Math.min(n ** -0.5", "Math.max(n ** -0.5"]],
        },
        {
          name: "the two lines do not meet",
          message:
            "During the warm-up your rate is too large: with warmup^−½ the climb is far too steep and the summit is reached in the first steps. The exponent −1½ lets climb and fall meet exactly at n = warmup.",
          edits: [["warmup ** -1.5", "warmup ** -0.5"]],
        },
        {
          name: "the model's size is left out",
          message:
            "Your rates are too large by the root of the model's size. Wider models need smaller steps: more weights move at once.",
          edits: [["modelSize ** -0.5 * Math.min", "1 * Math.min"]],
        },
        {
          name: "the root grows",
          message: "You multiply by the root of the model's size where you should divide. The exponent is −½.",
          edits: [["modelSize ** -0.5 * Math.min", "modelSize ** 0.5 * Math.min"]],
        },
        {
          name: "it never falls",
          message:
            "After the warm-up your rate stays at its summit. The other candidate, n^−½, lets it fall, so that late steps refine what early ones found.",
          edits: [["Math.min(n ** -0.5", "Math.min(warmup ** -0.5"]],
        },
      ],
    },
    {
      number: "10.7",
      slug: "transformer/greedy",
      title: "Greedy decoding",
      why: "In training the model was handed the right tokens. From here on it has only its own.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["greedyDecode"],
      hints: [
        "What does the decoder read when it has written nothing yet? And what when it has written three tokens?",
        "Keep a list that begins with the start. Ask for the next, take the place of the largest, stop if it is the end, else append it. Stop also when maxLength tokens are written. Return the list without its start.",
        "`const best = scores.indexOf(Math.max(...scores)); if (best === end) break; soFar.push(best);`",
      ],
      checks: [
        {
          title: "a chain known by heart",
          driver: "greedyChain",
          inputs: (random) => [
            { chain: targets(random, [5])[0]!.map((token) => 3 + (token % 9)), start: 1, end: 2, maxLength: 20 },
          ],
        },
        {
          title: "the model reads everything that was written so far",
          driver: "greedyText",
          inputs: (random) => Array.from({ length: 6 }, () => modelInput(random, 0.3, 25)),
        },
        {
          title: "never more than maxLength tokens",
          driver: "greedyChain",
          inputs: (random) => [
            { chain: targets(random, [9])[0]!.map((token) => 3 + (token % 9)), start: 1, end: 2, maxLength: 4 },
          ],
        },
        {
          title: "on a tie, the smaller token",
          driver: "greedyTie",
          inputs: () => [{ best: [4, 7], end: 2 }],
        },
      ],
      mistakes: [
        {
          name: "the end is part of the answer",
          message:
            "Your answer contains the end. It says that the writing is over and is no token of the text; a pronunciation with an end in it would count as an error.",
          edits: [
            ["if (best === end) break;\n    soFar.push(best);", "soFar.push(best);\n    if (best === end) break;"],
          ],
        },
        {
          name: "it never stops",
          message:
            "You write on after the end, up to maxLength. What a model says after its end means nothing: it was never trained on it.",
          edits: [["    if (best === end) break;\n", ""]],
        },
        {
          name: "it forgets what it wrote",
          message:
            "You show the model its last token only. A decoder looks back at *everything* that is written; without that it is a bigram model of lesson 6.",
          edits: [["const scores = next(soFar);", "const scores = next(soFar.slice(-1));"]],
        },
        {
          name: "the start is missing",
          message:
            "The model is asked without the start. It has never seen that: in training its first token always stood after the start, and its places are now all one off.",
          edits: [["const scores = next(soFar);", "const scores = next(soFar.slice(1));"]],
        },
        {
          name: "one token too few",
          message: "You stop one token early: maxLength counts what is *written*, and the start was given.",
          edits: [["while (soFar.length <= maxLength)", "while (soFar.length < maxLength)"]],
        },
        {
          name: "the last of a tie",
          message:
            "Where two tokens are equally likely you take the larger one. Either would do, but everyone must do the same, or results cannot be compared: take the first.",
          edits: [["scores.indexOf(Math.max(...scores))", "scores.lastIndexOf(Math.max(...scores))"]],
        },
        {
          name: "the least likely token",
          message:
            "You take the token with the *lowest* value. Log-probabilities are negative: the likeliest is the one nearest to 0, the largest.",
          edits: [["scores.indexOf(Math.max(...scores))", "scores.indexOf(Math.min(...scores))"]],
        },
      ],
    },
    {
      number: "10.8",
      slug: "transformer/error-rates",
      title: "Edit distance and error rates",
      why: "Right or wrong is too coarse for a sequence: one wrong sound of nine is nearly right.",
      difficulty: 2,
      minutes: 25,
      points: 2,
      exports: ["editDistance", "errorRates"],
      hints: [
        "Fill a small table by hand, for CAT and CUTS: rows are the first 0, 1, 2, 3 letters of the one, columns those of the other.",
        "Keep one row of the table. The first one is 0, 1, 2, …. For each symbol of a make the next row: it begins with i, and each further entry is the smallest of three: above + 1, left + 1, above left + (0 if the symbols are equal, else 1). The rates: all edits over the length of all references, and the share of words with at least one edit.",
        "`next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));`",
      ],
      checks: [
        {
          title: "small distances",
          call: "editDistance",
          inputs: (random) => [
            [
              ["K", "AE", "T"],
              ["K", "AE", "T"],
            ],
            [
              ["K", "AE", "T"],
              ["K", "AA", "T", "S"],
            ],
            [
              ["S", "T", "AA", "P"],
              ["T", "AA", "P"],
            ],
            [hearing(random, 8, []).reference, hearing(random, 6, []).reference],
          ],
        },
        {
          title: "from and to nothing",
          call: "editDistance",
          inputs: (random) => [
            [hearing(random, 5, []).reference, []],
            [[], hearing(random, 3, []).reference],
            [[], []],
          ],
        },
        {
          title: "the rates of many words",
          driver: "rates",
          inputs: (random) => [words(random), words(random)],
        },
        {
          title: "a model that says too much can be wrong by more than everything",
          driver: "rates",
          inputs: () => [
            {
              references: [["B"], ["K", "AE"]],
              hypotheses: [
                ["M", "N", "L", "S"],
                ["K", "AE"],
              ],
            },
          ],
        },
      ],
      mistakes: [
        {
          name: "divided by what was said",
          message:
            "You divide by the length of the hypotheses. A model that babbles would then look better for babbling: every superfluous sound also makes the divisor larger. The references are what does not depend on the model.",
          edits: [["const length = references.reduce(", "const length = hypotheses.reduce("]],
        },
        {
          name: "a substitution costs two",
          message:
            "A wrong symbol counts twice with you, once as lost and once as added. A substitution is one edit: the step along the diagonal.",
          edits: [["(a[i - 1] === b[j - 1] ? 0 : 1)", "(a[i - 1] === b[j - 1] ? 0 : 2)"]],
        },
        {
          name: "compared place by place",
          message:
            "After one symbol too many everything else counts as wrong: you compare place by place. The edit distance may shift; that is what the steps down and to the right in the table are for.",
          edits: [["Math.min(row[j]! + 1, next[j - 1]! + 1, substituted)", "substituted"]],
        },
        {
          name: "a beginning costs nothing",
          message:
            "Your first column is all zeros: symbols of a may be left out at the beginning for free. Deleting i symbols costs i edits.",
          edits: [["const next = [i];", "const next = [0];"]],
        },
        {
          name: "a mean of rates",
          message:
            "You compute a rate for each word and average: an error in a short word then weighs more than one in a long word. Add all edits, add all lengths, divide once.",
          edits: [
            [
              "symbols: edits.reduce((sum, count) => sum + count, 0) / length,",
              "symbols: edits.reduce((sum, count, i) => sum + count / references[i]!.length, 0) / (edits.length + 0 * length),",
            ],
          ],
        },
        {
          name: "the share that is right",
          message: "Your word rate is the share of words that are *right*. An error rate counts what is wrong.",
          edits: [["edits.filter((count) => count > 0)", "edits.filter((count) => count === 0)"]],
        },
        {
          name: "divided by the longer one",
          message:
            "You divide by the longer of the two sequences, so that a rate never exceeds 1. Pleasant, but not what the literature reports: the divisor is the reference's length, and who says four sounds for one has a rate above 1.",
          edits: [
            [
              "(sum, reference) => sum + reference.length",
              "(sum, reference, i) => sum + Math.max(reference.length, hypotheses[i]!.length)",
            ],
          ],
        },
      ],
    },
    {
      number: "10.9",
      slug: "transformer/beam-search",
      title: "Beam search",
      why: "The likeliest first token may begin an unlikely sentence; whoever keeps a few beginnings notices in time.",
      difficulty: 3,
      minutes: 35,
      points: 3,
      exports: ["beamSearch"],
      hints: [
        "In one step every living beginning has V children. From all of these children together you keep a few. Which ones are extended in the next step, and which are not?",
        "A loop over lengths from 1 to maxLength while something lives. All children: `flatMap` over the living, `map` over next's scores, adding. Sort by log-probability, take beams − finished. Children whose last token is the end go to the finished with their score, without the end; the others are the new living. After the loop the living are finished with length maxLength. Sort by score.",
        "`const kept = longer.sort((a, b) => b.logProbability - a.logProbability).slice(0, beams - finished.length);` and the score is `logProbability / length ** lengthPenalty`.",
      ],
      checks: [
        {
          title: "one beam is greedy",
          driver: "beamResults",
          inputs: (random) => [{ models: beamInputs(random, 3, 0, { beams: 1 }) }],
        },
        {
          title: "the likeliest, without a length penalty",
          driver: "beamResults",
          inputs: (random) => [{ models: beamInputs(random, 8, 0) }],
        },
        {
          title: "a finished hypothesis is never extended",
          driver: "beamQuestions",
          inputs: (random) => beamInputs(random, 4, 0.6),
        },
        {
          title: "ordered by log-probability over length to the power of the penalty",
          driver: "beamResults",
          inputs: (random) => [{ models: [...beamInputs(random, 40, 0.7), ...beamInputs(random, 40, 1.5)] }],
        },
        {
          title: "what is still alive at the longest length counts, too",
          driver: "beamResults",
          inputs: (random) => {
            const model = () => ({ ...modelInput(random, 3, 3), beams: 3, lengthPenalty: 1 });
            return [{ models: [model(), model(), model()] }];
          },
        },
      ],
      mistakes: [
        {
          name: "finished beams are extended",
          message:
            "You ask the model how to go on after the end, and the end stands in the middle of your answers. A finished hypothesis leaves the beam; what a model says after its end means nothing.",
          edits: [
            [
              "if (ids[ids.length - 1] === end) finish({ ids: ids.slice(0, -1), logProbability }, length);\n      else living.push({ ids, logProbability });",
              "living.push({ ids, logProbability });",
            ],
          ],
        },
        {
          name: "only the last token counts",
          message:
            "A hypothesis has the log-probability of its last token alone. Its past no longer matters, so a hopeless beginning with one likely token wins. The log-probability of the whole is the *sum* over its tokens.",
          edits: [["logProbability: logProbability + added", "logProbability: added + 0 * logProbability"]],
        },
        {
          name: "logarithms are multiplied",
          message:
            "You multiply log-probabilities. Probabilities are multiplied; their logarithms are *added*. (And as you begin with 0, all your products are 0.)",
          edits: [["logProbability: logProbability + added", "logProbability: logProbability * added"]],
        },
        {
          name: "probabilities are added",
          message:
            "You add probabilities, so that a longer hypothesis is always “likelier”, which no chain of tokens can be. Multiply probabilities, or add their logarithms.",
          edits: [["logProbability: logProbability + added", "logProbability: logProbability + Math.exp(added)"]],
        },
        {
          name: "no length penalty",
          message:
            "Your order ignores the length. Every further token makes a hypothesis less likely, so short ones always win; dividing by length^penalty is what gives long ones a chance.",
          edits: [
            [
              "hypothesis.logProbability / length ** lengthPenalty",
              "hypothesis.logProbability / length ** (0 * lengthPenalty)",
            ],
          ],
        },
        {
          name: "the penalty multiplies",
          message:
            "You multiply by length^penalty. Log-probabilities are negative: that makes long hypotheses worse still. Divide, and a long one is judged by what it costs per token.",
          edits: [
            [
              "hypothesis.logProbability / length ** lengthPenalty",
              "hypothesis.logProbability * length ** lengthPenalty",
            ],
          ],
        },
        {
          name: "the end has no length",
          message:
            "In your scores the end does not count as a token. But its probability is in the sum, so its place belongs to the length, too.",
          edits: [
            [
              "finish({ ids: ids.slice(0, -1), logProbability }, length);",
              "finish({ ids: ids.slice(0, -1), logProbability }, Math.max(1, length - 1));",
            ],
          ],
        },
        {
          name: "the unfinished are thrown away",
          message:
            "What is still alive when maxLength is reached is missing from your answer. A model that has not found its end by then would answer nothing at all.",
          edits: [["for (const hypothesis of living) finish(hypothesis, maxLength);", ""]],
        },
        {
          name: "the beam stays wide",
          message:
            "You return more hypotheses than there are beams: after one has finished you still keep as many living ones as before. Each finished hypothesis takes one place.",
          edits: [["slice(0, beams - finished.length)", "slice(0, beams)"]],
        },
        {
          name: "the first found is called the best",
          message:
            "You return hypotheses in the order in which they ended. The shortest ends first and need not be the best: sort by score.",
          edits: [["finished.sort((a, b) => b.score - a.score).map(", "finished.map("]],
        },
      ],
    },
  ],
};

export default lesson;
