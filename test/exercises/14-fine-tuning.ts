import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 2): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

const rows = (random: Random, count: number, size: number) =>
  Array.from({ length: count }, () => numbers(random, size));
const matrix = (random: Random, count: number, size: number): PlainTensor => tensor(rows(random, count, size));

/** States of N texts of up to T tokens, and the mask of these lengths. Padding has large states: nobody can overlook it. */
function batch(random: Random, lengths: readonly number[], T: number, C: number): [PlainTensor, PlainTensor] {
  const states = lengths.map((length) =>
    Array.from({ length: T }, (_, t) => (t < length ? numbers(random, C) : numbers(random, C, 5, 9))),
  );
  const mask = lengths.map((length) => Array.from({ length: T }, (_, t) => (t < length ? 1 : 0)));
  return [tensor(states), tensor(mask)];
}

/** A vector in the direction that has this cosine with `unit`, and this length. */
function atCosine(random: Random, unit: readonly number[], cosine: number, length: number): number[] {
  const other = numbers(random, unit.length);
  const along = other.reduce((sum, x, i) => sum + x * unit[i]!, 0);
  const across = other.map((x, i) => x - along * unit[i]!);
  const norm = Math.hypot(...across);
  return unit.map((u, i) => length * (cosine * u + (Math.sqrt(1 - cosine ** 2) * across[i]!) / norm));
}

/** A query, and vectors whose cosines with it are known and well apart; the alike ones are short, or long. */
function searchInput(random: Random, count: number, k: number, alikeAre: "short" | "long" = "short") {
  const raw = numbers(random, 5);
  const unit = raw.map((x) => x / Math.hypot(...raw));
  const cosines = Array.from({ length: count }, (_, i) => 0.95 - (1.9 * i) / (count - 1));
  const vectors = cosines.map((cosine) =>
    atCosine(
      random,
      unit,
      cosine,
      0.5 + (alikeAre === "short" ? 6 * (1 - cosine) : 6 * (1 + cosine) ** 3) + random.uniform(0, 0.2),
    ),
  );
  return [raw, random.shuffle(vectors), k];
}

/** Weights of a small model and gradients for them. */
function stepInput(random: Random, paths: readonly string[], frozen: readonly string[]) {
  const some = () => Object.fromEntries(paths.map((path) => [path, numbers(random, 2 + (path.length % 3))]));
  const weights = some();
  const gradients = Object.fromEntries(
    Object.entries(weights).map(([path, values]) => [path, numbers(random, values.length)]),
  );
  return { weights, gradients, options: { frozen, rate: random.uniform(0.1, 0.3), decay: random.uniform(0.3, 0.6) } };
}

/** Arguments of `probeStep`. */
function probeInput(random: Random, N: number, size: number, decay: number) {
  const labels = Array.from({ length: N }, (_, i) => (i + random.integer(2)) % 2);
  const probe = { weights: numbers(random, size, 0.5, 1.5), bias: random.uniform(0.4, 0.9) };
  return [probe, rows(random, N, size), labels, { rate: random.uniform(0.3, 0.7), decay }];
}

const probeText = "1 / (1 + Math.exp(-z)) - labels[n]!";

/** A weight and a LoRA of distinct sizes. */
function loraParts(random: Random, inputs: number, outputs: number, rank: number) {
  const [weight, down, up] = [
    matrix(random, inputs, outputs),
    matrix(random, inputs, rank),
    matrix(random, rank, outputs),
  ];
  return { weight, down, up };
}

function loraInput(random: Random, N: number, inputs: number, outputs: number, rank: number, alpha: number) {
  const { weight, down, up } = loraParts(random, inputs, outputs, rank);
  return [matrix(random, N, inputs), weight, down, up, alpha];
}

const sizes = (random: Random, inputs: number, outputs: number, rank: number) => ({
  inputs,
  outputs,
  rank,
  seed: 1 + random.integer(1e6),
});

/** Ways to fine-tune: the best in training, in validation, in test and on the old task are four different ones. */
function tunedInput(random: Random) {
  const between = (low: number, high: number) => Math.round(random.uniform(low, high) * 1000) / 1000;
  const list = [
    {
      name: "long",
      training: between(0.95, 0.99),
      validation: between(0.7, 0.75),
      test: between(0.7, 0.74),
      oldTask: between(0.2, 0.25),
    },
    {
      name: "full",
      training: between(0.9, 0.94),
      validation: between(0.85, 0.89),
      test: between(0.8, 0.83),
      oldTask: between(0.35, 0.4),
    },
    {
      name: "lora",
      training: between(0.85, 0.89),
      validation: between(0.8, 0.84),
      test: between(0.85, 0.88),
      oldTask: between(0.5, 0.54),
    },
    {
      name: "probe",
      training: between(0.7, 0.75),
      validation: between(0.6, 0.65),
      test: between(0.6, 0.65),
      oldTask: between(0.6, 0.64),
    },
  ];
  return [random.shuffle(list), between(0.55, 0.58)];
}

const float32 = { absolute: 1e-5, relative: 1e-4 };

const lesson: Lesson = {
  name: "14-fine-tuning",
  title: "Pre-train, then fine-tune",
  exercises: [
    {
      number: "14.1",
      slug: "fine-tuning/mean-pooling",
      title: "One vector for a text",
      why: "Every search by meaning begins with it, and padding that gets into the mean is the quietest bug of all: it makes results a little worse, never wrong enough to notice.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["meanPooling"],
      hints: [
        "Multiplied by its mask, a padded state is 0 and adds nothing to a sum. But by what must the sum be divided?",
        "Give the mask a last axis of size 1, so that it can be multiplied with the states; sum over the tokens' axis; divide by each text's own number of tokens, which is the sum of its mask.",
        "`const weights = mask.expandDims(2);` is [N, T, 1]. Then `states.mul(weights).sum(1)` over `weights.sum(1)`.",
      ],
      checks: [
        {
          title: "a text that fills its row: the plain mean",
          call: "meanPooling",
          inputs: (random) => [batch(random, [4], 4, 3)],
          tolerance: float32,
        },
        {
          title: "texts of different lengths: each is divided by its own, and padding counts for nothing",
          call: "meanPooling",
          inputs: (random) => [batch(random, [2, 5, 3], 5, 4), batch(random, [1, 4], 7, 2)],
          tolerance: float32,
        },
      ],
      mistakes: [
        {
          name: "padding pooled in",
          message:
            "Your vectors change when a text is filled up with padding: its states are in your sum. The same sentence then means something else beside a longer neighbour. Let the mask take the padded states out before you add.",
          edits: [
            ["const sum: tf.Tensor2D = states.mul(weights).sum(1);", "const sum: tf.Tensor2D = states.sum(1);"],
            ["return sum.div(weights.sum(1));", "return sum.div(weights.sum(1).mul(0).add(states.shape[1]));"],
          ],
        },
        {
          name: "divided by the padded length",
          message:
            "The padded states are out of your sum, and yet you divide by the whole length of the row: short texts get vectors that are too short. Divide by how many tokens each text has.",
          edits: [["return sum.div(weights.sum(1));", "return sum.div(states.shape[1]);"]],
        },
        {
          name: "divided by all tokens of the batch",
          message:
            "You divide every text by the number of tokens in the whole batch. Each text has its own number: keep the axis of the texts when you sum the mask.",
          edits: [["return sum.div(weights.sum(1));", "return sum.div(weights.sum());"]],
        },
        {
          name: "the sum, not the mean",
          message:
            "Your numbers grow with a text's length: they are sums. A long text would look like a loud one. What is still to be done with the sum?",
          edits: [["return sum.div(weights.sum(1));", "return sum;"]],
        },
        {
          name: "only the first token is read",
          message:
            "You return the state of the first token alone, which is what a classifier with [CLS] reads. Here all tokens of the text speak, each as loudly as the others.",
          edits: [
            [
              "return sum.div(weights.sum(1));",
              "return sum.mul(0).add(states.slice([0, 0, 0], [-1, 1, -1]).squeeze<tf.Tensor2D>([1]));",
            ],
          ],
        },
      ],
    },
    {
      number: "14.2",
      slug: "fine-tuning/semantic-search",
      title: "Search by meaning",
      why: "Find what is meant, not what is spelled the same: with good vectors that is a dot product and a sort.",
      difficulty: 1,
      minutes: 15,
      points: 2,
      exports: ["search"],
      hints: [
        "Give every vector a number, how alike it is to the query. Then it is only sorting, but of places, not of numbers.",
        "Two small functions help, the dot product and the length. Compute the cosine for every vector, make the list 0, 1, 2 …, sort it by cosine from large to small, and keep the first k.",
        "`places.sort((i, j) => alike[j] - alike[i] || i - j)` sorts places by their likeness, ties by place.",
      ],
      checks: [
        {
          title: "the most alike comes first, however long the vectors are",
          call: "search",
          inputs: (random) => [searchInput(random, 6, 1), searchInput(random, 7, 3)],
        },
        {
          title: "nor do short ones win because they are short",
          call: "search",
          inputs: (random) => [searchInput(random, 6, 2, "long"), searchInput(random, 8, 4, "long")],
        },
        {
          title: "an opposite vector is the least alike of all",
          call: "search",
          inputs: (random) => [searchInput(random, 5, 5)],
        },
        {
          title: "fewer vectors than were asked for: all of them",
          call: "search",
          inputs: (random) => [searchInput(random, 3, 9)],
        },
        {
          title: "of equally alike ones the earlier comes first",
          call: "search",
          inputs: (random) => {
            const [x, y] = [1 + random.integer(3), 5 + random.integer(3)];
            return [
              [
                [x, 0],
                [
                  [0, y],
                  [0, y],
                  [y, 0],
                  [y, 0],
                ],
                4,
              ],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "not divided by the lengths",
          message:
            "You rank by the dot product alone, so long vectors win because they are long. The cosine asks for the direction: divide by both lengths.",
          edits: [["dot(query, vector) / (norm(query) * norm(vector))", "dot(query, vector)"]],
        },
        {
          name: "the least alike come first",
          message:
            "Your list begins with what has least to do with the query. It is sorted from small to large; the best is wanted first.",
          edits: [["alike[j]! - alike[i]! || i - j", "alike[i]! - alike[j]! || i - j"]],
        },
        {
          name: "the sign is lost",
          message:
            "A vector that points the other way is among your best: you look at the size of the cosine and not at its sign. Near −1 means the opposite, not the same.",
          edits: [["alike[j]! - alike[i]! || i - j", "Math.abs(alike[j]!) - Math.abs(alike[i]!) || i - j"]],
        },
        {
          name: "sorted by distance from the query's length",
          message:
            "You return the vectors whose *length* is most like the query's. What a text means is in the direction; the length only says how loudly.",
          edits: [["dot(query, vector) / (norm(query) * norm(vector))", "-Math.abs(norm(vector) - norm(query))"]],
        },
        {
          name: "divided by squared lengths",
          message:
            "You divide by the squares of the lengths: did you forget the root? Short vectors now win because they are short. |a| is the root of a · a.",
          edits: [["Math.sqrt(dot(a, a))", "dot(a, a)"]],
        },
      ],
    },
    {
      number: "14.3",
      slug: "fine-tuning/freeze-by-path",
      title: "Freeze a part of the model",
      why: "A frozen layer that still shrinks by weight decay is ruined without a single gradient, and no loss curve tells you.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["stepUnfrozen"],
      hints: [
        "When is a path below a part? `blocks.10.weight` begins with the letters `blocks.1`, and is not below it.",
        "Go through the paths. A path is frozen if it is equal to one of the parts, or begins with one of them *and a dot*. Copy frozen values as they are; move the others by the formula, decay included.",
        '`frozen.some((part) => path === part || path.startsWith(part + "."))` says whether; the rest is one `map` over the values.',
      ],
      checks: [
        {
          title: "nothing frozen: a step of descent with weight decay",
          driver: "stepAndInputs",
          inputs: (random) => [stepInput(random, ["embedding.weight", "head.weight", "head.bias"], [])],
        },
        {
          title: "what is frozen comes out exactly as it went in, weight decay or not",
          driver: "stepAndInputs",
          inputs: (random) => [
            stepInput(random, ["embedding.weight", "blocks.0.weight", "head.weight"], ["embedding", "blocks"]),
            stepInput(random, ["embedding.weight", "head.weight", "head.bias"], ["head.bias"]),
          ],
        },
        {
          title: "block 1 is frozen; block 10 is another block, and so is what only contains the name",
          driver: "stepAndInputs",
          inputs: (random) => [
            stepInput(
              random,
              ["blocks.1.weight", "blocks.10.weight", "blocks.1.norm.gain", "copy.blocks.1.weight"],
              ["blocks.1"],
            ),
          ],
        },
      ],
      mistakes: [
        {
          name: "frozen weights are still decayed",
          message:
            "Your frozen weights shrink: no gradient moves them, but weight decay does, step after step. That is how a pre-trained body is quietly worn away. What is frozen is left out of the update altogether.",
          edits: [
            ["isFrozen ? values : values.map", "isFrozen ? values.map((w) => w - rate * decay * w) : values.map"],
          ],
        },
        {
          name: "block 10 is frozen with block 1",
          message:
            "You froze blocks.10 when blocks.1 was asked for: it begins with the same letters. A path lies below a part only if a dot follows.",
          edits: [["frozen.some(isAtOrBelow)", "frozen.some((part) => path.startsWith(part))"]],
        },
        {
          name: "frozen wherever the name occurs",
          message:
            "You freeze a path because a part's name occurs somewhere inside it. `copy.blocks.1` is not below `blocks.1`: paths are read from their beginning.",
          edits: [["frozen.some(isAtOrBelow)", 'frozen.some((part) => ("." + path + ".").includes("." + part + "."))']],
        },
        {
          name: "only exact paths are frozen",
          message:
            "You freeze a path only if it is named in full. A part stands for everything below it, too: freezing `blocks` means all its weights.",
          edits: [["frozen.some(isAtOrBelow)", "frozen.includes(path)"]],
        },
        {
          name: "frozen and trained are swapped",
          message:
            "The frozen weights moved and the others did not. It is the wrong way round: look at which branch is which.",
          edits: [["isFrozen ? values : values.map", "!isFrozen ? values : values.map"]],
        },
        {
          name: "no weight decay",
          message:
            "What is not frozen moves by its gradient alone. The formula has a second term that draws every trained weight towards 0.",
          edits: [["(gradients[path]![i]! + decay * w)", "gradients[path]![i]!"]],
        },
        {
          name: "frozen weights are left out",
          message:
            "Your answer has no entry for the frozen weights. The model still needs them to compute; frozen means unchanged, not gone.",
          edits: [["after[path] = isFrozen ?", "if (isFrozen) continue;\n    after[path] = isFrozen ?"]],
        },
      ],
    },
    {
      number: "14.4",
      slug: "fine-tuning/linear-probe",
      title: "A neuron on frozen features",
      why: "The cheapest way to use a pre-trained model, and the measure of what its features know: a neuron has no room to learn anything else.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["probeStep"],
      hints: [
        "Lesson 5's prettiest formula, for two classes: probability minus truth. Every example has one such error; what is it multiplied by for a weight, and for the bias?",
        "First the errors pₙ − yₙ, one an example. Then for each weight the mean of error times feature, plus decay times the weight; for the bias the mean of the errors. Then one step downhill.",
        "`errors.reduce((sum, error, n) => sum + error * features[n][j], 0) / N + decay * weights[j]` is the slope of weight j.",
      ],
      checks: [
        { title: "one example, no decay", call: "probeStep", inputs: (random) => [probeInput(random, 1, 3, 0)] },
        {
          title: "several examples: the mean of their slopes",
          call: "probeStep",
          inputs: (random) => [probeInput(random, 5, 2, 0), probeInput(random, 4, 6, 0)],
        },
        {
          title: "weight decay draws the weights towards 0, and leaves the bias alone",
          call: "probeStep",
          inputs: (random) => [probeInput(random, 3, 4, random.uniform(0.5, 1))],
        },
      ],
      mistakes: [
        {
          name: "uphill",
          message: "Your probe gets worse: it went *up* the slope. Descent subtracts it.",
          edits: [
            [
              "weights.map((w, j) => w - rate * slopes[j]!), bias: bias - rate * biasSlope",
              "weights.map((w, j) => w + rate * slopes[j]!), bias: bias + rate * biasSlope",
            ],
          ],
        },
        {
          name: "summed, not averaged",
          message:
            "With one example you are right, with several your step is as many times too long as there are examples. The loss is a mean, and so are its slopes.",
          edits: [["const N = features.length;", "const N = 1;"]],
        },
        {
          name: "the bias is decayed",
          message:
            "Your bias is drawn towards 0 along with the weights. It only says how common the classes are; nothing is gained by keeping it small, and the formula does not.",
          edits: [
            [
              "const biasSlope = errors.reduce((sum, error) => sum + error, 0) / N;",
              "const biasSlope = errors.reduce((sum, error) => sum + error, 0) / N + decay * bias;",
            ],
          ],
        },
        {
          name: "no sigmoid",
          message:
            "Your error is z − y: the neuron's sum itself, without the sigmoid. That is regression on the numbers 0 and 1, which punishes being right with confidence.",
          edits: [[probeText, "z - labels[n]!"]],
        },
        {
          name: "the sigmoid's slope is multiplied in",
          message:
            "You multiplied the error by p(1 − p). With squared error that factor is there; with cross-entropy the logarithm cancels it, and a confidently wrong probe still learns (lesson 2).",
          edits: [
            [`return ${probeText};`, `const p = 1 / (1 + Math.exp(-z));\n    return (p - labels[n]!) * p * (1 - p);`],
          ],
        },
        {
          name: "the bias is not in the sum",
          message: "Your probabilities ignore the bias: the neuron's sum starts from it.",
          edits: [["value * weights[j]!, bias);", "value * weights[j]!, 0);"]],
        },
        {
          name: "the decay is lost",
          message:
            "Your weights move by their gradients alone. Decay adds decay · w to every weight's slope; with a few labels and hundreds of features it is what keeps a probe from learning its examples by heart.",
          edits: [["/ N + decay * w,", "/ N + 0 * w,"]],
        },
      ],
    },
    {
      number: "14.5",
      slug: "fine-tuning/lora-forward",
      title: "LoRA: a narrow path beside a frozen weight",
      why: "A large model has too many weights to give every task a copy. LoRA learns a hundredth of them, and computes the same at the start.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["loraForward"],
      hints: [
        "Follow the shapes: X is [N, in], A is [in, r], B is [r, out]. Which products fit, and in what order are they cheap?",
        "Three matrix products: X W, X A, and that times B. The correction is scaled by α / r, where r is A's second size, and added to X W.",
        "`x.matMul(down).matMul(up).mul(alpha / down.shape[1])` is the correction.",
      ],
      checks: [
        {
          title: "rank 1, and α = 1: a correction in one direction",
          call: "loraForward",
          inputs: (random) => [loraInput(random, 1, 2, 3, 1, 1)],
          tolerance: float32,
        },
        {
          title: "any rank and α, all sizes different",
          call: "loraForward",
          inputs: (random) => [
            loraInput(random, 3, 5, 4, 2, random.uniform(5, 9)),
            loraInput(random, 2, 6, 7, 3, random.uniform(0.4, 0.8)),
          ],
          tolerance: float32,
        },
        {
          title: "as many inputs as outputs, in A and in B too",
          call: "loraForward",
          inputs: (random) => [loraInput(random, 4, 3, 3, 3, random.uniform(5, 9))],
          tolerance: float32,
        },
      ],
      mistakes: [
        {
          name: "the scale α / r is forgotten",
          message:
            "Your correction is not scaled. α / r keeps it as loud when the rank changes, so that the learning rate that was found for one rank serves the others.",
          edits: [["correction.mul(alpha / rank)", "correction"]],
        },
        {
          name: "scaled by α alone",
          message:
            "You multiply by α and do not divide by the rank: with twice the rank the correction would be about twice as loud. The scale is α / r.",
          edits: [["correction.mul(alpha / rank)", "correction.mul(alpha)"]],
        },
        {
          name: "divided by the number of inputs",
          message:
            "You divide α by the number of inputs. The rank is how *narrow* the path is: A's second size, not its first.",
          edits: [
            ["const rank = down.shape[1];\n  const correction", "const rank = down.shape[0];\n  const correction"],
          ],
        },
        {
          name: "the frozen weight is left out",
          message:
            "You return the correction alone. It stands *beside* the frozen weight; what the layer knew is X W, and has to be in the sum.",
          edits: [
            [
              "return x.matMul<tf.Tensor2D>(weight).add(correction.mul(alpha / rank));",
              "return correction.mul(alpha / rank);",
            ],
          ],
        },
        {
          name: "the whole sum is scaled",
          message:
            "You scale X W along with the correction, so even a LoRA that has learnt nothing changes the layer. Only the correction is multiplied by α / r.",
          edits: [
            [
              "x.matMul<tf.Tensor2D>(weight).add(correction.mul(alpha / rank))",
              "x.matMul<tf.Tensor2D>(weight).add(correction).mul(alpha / rank)",
            ],
          ],
        },
        {
          name: "divided by the root of the rank",
          message:
            "You divide α by √r. There is a later variant that does, but the one asked for here, and Hu et al.'s, divides by r.",
          edits: [["correction.mul(alpha / rank)", "correction.mul(alpha / Math.sqrt(rank))"]],
        },
      ],
    },
    {
      number: "14.6",
      slug: "fine-tuning/new-lora",
      title: "How a LoRA starts",
      why: "Start wrong and it either destroys what the model knew in the first step, or never learns anything at all.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["newLoRA"],
      hints: [
        "What must A B be at the start, so that the model computes what it did? And which of the two may be 0 without stopping the other from learning?",
        "A is filled with draws, each divided by √in; B is all zeros. B's gradient contains A, so it moves at once, and from then on A does.",
        "`Array.from({ length: inputs * rank }, () => normal() / Math.sqrt(inputs))` for A, `tf.zeros` for B.",
      ],
      checks: [
        {
          title: "B is zero, A is not, and their shapes fit",
          driver: "newLoRAFacts",
          inputs: (random) => [sizes(random, 5, 3, 2), sizes(random, 4, 7, 3)],
        },
        {
          title: "A's entries spread by 1 / √in",
          driver: "spreadOfA",
          inputs: (random) => [sizes(random, 49, 5, 11), sizes(random, 9, 20, 60)],
        },
        {
          title: "A is drawn from the generator it was given, entry by entry",
          driver: "drawsOfA",
          inputs: (random) => [sizes(random, 6, 4, 3)],
        },
      ],
      mistakes: [
        {
          name: "A and B both zero",
          message:
            "Both matrices are 0. Then A's gradient, which contains B, is 0, and B's, which contains A, is 0: this LoRA never moves, however long you train. One of the two has to start at random.",
          edits: [["normal() / Math.sqrt(inputs));\n  return", "0 * normal());\n  return"]],
        },
        {
          name: "A and B both random",
          message:
            "Both matrices are random, so their product disturbs the pre-trained layer before the first step. Which of them must be 0 for the layer to begin as it was?",
          edits: [
            [
              "up: tf.zeros([rank, outputs])",
              "up: tf.tensor2d(Array.from({ length: rank * outputs }, () => normal() / Math.sqrt(rank)), [rank, outputs])",
            ],
          ],
        },
        {
          name: "A zero, B random",
          message:
            "You did it the other way round: A is 0 and B random. It would learn, too, but it is not what was asked, nor what Hu et al. do: A random, B zero.",
          edits: [
            [
              "return { down: tf.tensor2d(draws, [inputs, rank]), up: tf.zeros([rank, outputs]) };",
              "const others = Array.from({ length: rank * outputs }, () => normal() / Math.sqrt(inputs));\n  return { down: tf.zeros([inputs, rank]), up: tf.tensor2d(others, [rank, outputs]) };",
            ],
          ],
        },
        {
          name: "not scaled by 1 / √in",
          message:
            "A's entries have deviation 1. A sum of many inputs then grows with the root of their number (lesson 5); divide each draw by √in.",
          edits: [["normal() / Math.sqrt(inputs));\n  return", "normal());\n  return"]],
        },
        {
          name: "scaled by the rank",
          message:
            "A's entries spread by 1/√r. What A sums over are its *inputs*: their number belongs under the root.",
          edits: [["normal() / Math.sqrt(inputs));\n  return", "normal() / Math.sqrt(rank));\n  return"]],
        },
        {
          name: "divided by the number of inputs",
          message: "A's entries are smaller than they should be: you divide by in, without the root.",
          edits: [["normal() / Math.sqrt(inputs));\n  return", "normal() / inputs);\n  return"]],
        },
        {
          name: "A is transposed",
          message: "A has the shape [r, in]. With X on its left it must be [in, r]: as many rows as X has columns.",
          edits: [["tf.tensor2d(draws, [inputs, rank])", "tf.tensor2d(draws, [rank, inputs])"]],
        },
      ],
    },
    {
      number: "14.7",
      slug: "fine-tuning/merge-lora",
      title: "Merge it away",
      why: "A merged LoRA costs nothing: the model has the shape, the speed and the memory it had before, and the new skill.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["mergeLoRA"],
      hints: [
        "X W + s · (X A) B: take X out of the sum, as in school.",
        "A B has the shape of W. Scale it by α / r and add it to W; tfjs makes a new tensor, so W stays as it is.",
        "`weight.add(down.matMul(up).mul(alpha / down.shape[1]))`",
      ],
      checks: [
        {
          title: "W + (α / r) A B, in a new tensor",
          driver: "mergedAndOld",
          inputs: (random) => [{ ...loraParts(random, 5, 4, 2), alpha: random.uniform(5, 9) }],
          tolerance: float32,
        },
        {
          title: "X V is what the layer with its LoRA computed",
          driver: "mergedOutput",
          inputs: (random) => [
            { x: matrix(random, 3, 4), ...loraParts(random, 4, 4, 4), alpha: random.uniform(5, 9) },
            { x: matrix(random, 2, 3), ...loraParts(random, 3, 7, 1), alpha: random.uniform(2, 3) },
          ],
          tolerance: float32,
        },
      ],
      mistakes: [
        {
          name: "merged without the scale",
          message:
            "You added A B as it is. In the layer it was multiplied by α / r; merged without that, the model computes something else than it was trained to.",
          edits: [
            [
              "return weight.add(down.matMul<tf.Tensor2D>(up).mul(alpha / rank));",
              "return weight.add(down.matMul<tf.Tensor2D>(up));",
            ],
          ],
        },
        {
          name: "merged with α alone",
          message:
            "You multiplied A B by α and did not divide by the rank. The scale is the same as in the layer: α / r.",
          edits: [["down.matMul<tf.Tensor2D>(up).mul(alpha / rank)", "down.matMul<tf.Tensor2D>(up).mul(alpha)"]],
        },
        {
          name: "the weight is replaced",
          message:
            "You return the correction without the weight: the layer has forgotten all that it knew. Merging adds.",
          edits: [
            [
              "return weight.add(down.matMul<tf.Tensor2D>(up).mul(alpha / rank));",
              "return down.matMul<tf.Tensor2D>(up).mul(alpha / rank);",
            ],
          ],
        },
        {
          name: "subtracted",
          message: "You subtracted the correction: the merged layer does the opposite of what was learnt.",
          edits: [["return weight.add(down.matMul", "return weight.sub(down.matMul"]],
        },
        {
          name: "divided by the root of the rank",
          message: "You divided α by √r. The layer divides by r, and the merged weight has to do the same.",
          edits: [
            [
              "down.matMul<tf.Tensor2D>(up).mul(alpha / rank)",
              "down.matMul<tf.Tensor2D>(up).mul(alpha / Math.sqrt(rank))",
            ],
          ],
        },
      ],
    },
    {
      number: "14.8",
      slug: "fine-tuning/learning-rate-groups",
      title: "A learning rate for each layer",
      why: "What lies near the text serves every task and should hardly move; what lies near the answer was made for another task and must.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["learningRateOf"],
      hints: [
        "How many layers lie between a weight and the head? That is the exponent.",
        "Find the block's number in the path, all its digits. The last of L blocks has the exponent 1, block 0 has L, the embeddings L + 1, and everything else 0.",
        "`/^blocks\\.(\\d+)\\./.exec(path)` gives the number as a text in its second entry; `base * factor ** (numBlocks - Number(...))`.",
      ],
      checks: [
        {
          title: "the head, and whatever is neither block nor embedding, has the base rate",
          call: "learningRateOf",
          inputs: (random) => {
            const options = { base: random.uniform(0.5, 2), factor: random.uniform(0.3, 0.6), numBlocks: 3 };
            return [
              "head.weight",
              "pooler.bias",
              "norm.gain",
              "head.blocks.1.weight",
              "positions.embeddings.weight",
            ].map((path) => [path, options]);
          },
        },
        {
          title: "block by block the rate falls towards the text",
          call: "learningRateOf",
          inputs: (random) => {
            const options = { base: random.uniform(0.5, 2), factor: random.uniform(0.3, 0.6), numBlocks: 4 };
            return [0, 1, 3].map((i) => [`blocks.${i}.attention.query.weight`, options]);
          },
        },
        {
          title: "more than ten blocks",
          call: "learningRateOf",
          inputs: (random) => {
            const options = { base: random.uniform(0.5, 2), factor: random.uniform(0.6, 0.8), numBlocks: 12 };
            return [1, 10, 11].map((i) => [`blocks.${i}.feedForward.input.bias`, options]);
          },
        },
        {
          title: "the embeddings have the smallest rate",
          call: "learningRateOf",
          inputs: (random) => {
            const options = { base: random.uniform(0.5, 2), factor: random.uniform(0.3, 0.6), numBlocks: 3 };
            return [["embeddings.token.weight", options]];
          },
        },
      ],
      mistakes: [
        {
          name: "the order is reversed",
          message:
            "With you block 0 moves fastest. It is the one nearest the text, whose knowledge of words serves every task: it should move least.",
          edits: [["factor ** (numBlocks - Number(block[1]))", "factor ** (Number(block[1]) + 1)"]],
        },
        {
          name: "one layer too fast",
          message:
            "Your last block has the head's rate; it should already be one factor slower. Count from the head: it is 0, the last block 1.",
          edits: [["factor ** (numBlocks - Number(block[1]))", "factor ** (numBlocks - 1 - Number(block[1]))"]],
        },
        {
          name: "only one digit of the block's number",
          message: "Blocks 10 and 11 get the rate of block 1: you read one digit. A number ends at the dot.",
          edits: [["/^blocks\\.(\\d+)\\./", "/^blocks\\.(\\d)/"]],
        },
        {
          name: "the embeddings move like the head",
          message:
            "Your embeddings have the base rate. They lie farthest from the head, below block 0, and have the smallest rate of all.",
          edits: [['path.startsWith("embeddings.") ? base * factor ** (numBlocks + 1) : base', "base"]],
        },
        {
          name: "the embeddings move like block 0",
          message: "Your embeddings share block 0's rate. They lie one layer below it: one factor more.",
          edits: [["base * factor ** (numBlocks + 1) : base", "base * factor ** numBlocks : base"]],
        },
        {
          name: "a factor times the number of layers",
          message:
            "Your rates fall evenly, by the same amount from layer to layer. Each layer is to have the same *share* of the next one's: powers, not multiples.",
          edits: [
            ["base * factor ** (numBlocks - Number(block[1]))", "(base * factor) / (numBlocks - Number(block[1]))"],
          ],
        },
        {
          name: "found anywhere in the path",
          message:
            "`head.blocks.1.weight` belongs to the head, and you gave it a block's rate: you look for the name anywhere in the path. Look at its beginning.",
          edits: [["/^blocks\\.(\\d+)\\./", "/blocks\\.(\\d+)\\./"]],
        },
      ],
    },
    {
      number: "14.9",
      slug: "fine-tuning/report",
      title: "Choose, report, and say what was forgotten",
      why: "Whoever chooses by the test set reports luck; whoever tests only the new task does not see what the old one paid.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["reportBest"],
      hints: [
        "Which of the four numbers may a choice look at?",
        "Find the entry with the largest validation accuracy, the first of equals. Its test accuracy is what you report; what it forgot is the old task's accuracy before, minus after.",
        "A loop with `if (one.validation > best.validation) best = one;`, then one object.",
      ],
      checks: [
        {
          title: "chosen by validation, reported by test, and what the old task lost",
          call: "reportBest",
          inputs: (random) => [tunedInput(random), tunedInput(random)],
        },
        {
          title: "of equally good ones the first",
          call: "reportBest",
          inputs: (random) => {
            const one = (name: string, test: number) => ({
              name,
              training: 0.9,
              validation: 0.8,
              test,
              oldTask: random.uniform(0.4, 0.6),
            });
            return [[[one("first", random.uniform(0.6, 0.7)), one("second", random.uniform(0.75, 0.8))], 0.5]];
          },
        },
      ],
      mistakes: [
        {
          name: "the test set is used to choose",
          message:
            "You chose the one with the best *test* accuracy. Then the test set has taken part in the training, and its number promises more than new data will keep. Choose by validation; the test set is looked at once, at the end.",
          edits: [["one.validation > best.validation", "one.test > best.test"]],
        },
        {
          name: "chosen by training accuracy",
          message:
            "You chose the one that fits its training examples best. That is the one that has learnt them by heart, not the one that will do well.",
          edits: [["one.validation > best.validation", "one.training > best.training"]],
        },
        {
          name: "chosen by the old task",
          message:
            "You chose the one that forgot least. That would be no fine-tuning at all: choose by the new task's validation accuracy.",
          edits: [["one.validation > best.validation", "one.oldTask > best.oldTask"]],
        },
        {
          name: "the validation accuracy is reported",
          message:
            "You report the number that you chose by. Being the best of several, it is partly luck; the test accuracy of the chosen one is the honest figure.",
          edits: [["test: best.test,", "test: best.validation,"]],
        },
        {
          name: "the sign of forgetting",
          message: "Your sign is turned: what was lost should be positive. Before minus after.",
          edits: [["before - best.oldTask", "best.oldTask - before"]],
        },
        {
          name: "the last of equals",
          message:
            "Of two that are equally good you take the later one. A rule for ties is needed, and it says: the first.",
          edits: [["one.validation > best.validation", "one.validation >= best.validation"]],
        },
        {
          name: "forgetting measured against the new task",
          message:
            "You compare the old task's accuracy before with the *new* task's after. Forgetting is about the same task, measured twice.",
          edits: [["before - best.oldTask", "before - best.test"]],
        },
      ],
    },
  ],
};

export default lesson;
