import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 2): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

function matrix(random: Random, rows: number, columns: number): PlainTensor {
  return tensor(Array.from({ length: rows }, () => numbers(random, columns)));
}

function vector(random: Random, size: number): PlainTensor {
  return tensor(numbers(random, size));
}

/** `count` class numbers below `classes`, not all alike. */
function labels(random: Random, count: number, classes: number): PlainTensor {
  return tensor(
    Array.from({ length: count }, (_, i) => (i + random.integer(2)) % classes),
    "int32",
  );
}

/** Arguments of a matrix product with these sizes. */
function product(random: Random, N: number, K: number, M: number) {
  return [numbers(random, N * K), numbers(random, K * M), [N, K, M]];
}

/** A layer and the gradient that reaches it: all sizes equal, all different, a batch of one. */
function backwardInputs(random: Random, of: "x" | "weight" | "bias") {
  const layer = (N: number, inputs: number, outputs: number) => {
    const [x, weight, dy] = [matrix(random, N, inputs), matrix(random, inputs, outputs), matrix(random, N, outputs)];
    return { of, x, weight, dy };
  };
  return [layer(3, 3, 3), layer(5, 2, 3), layer(1, 2, 3)];
}

/** Logits whose largest entry is clear, and labels of which `right` rows name it. */
function guesses(random: Random, rows: number, classes: number, right: number) {
  const rights = random.shuffle(Array.from({ length: rows }, (_, i) => i < right));
  const best = rights.map(() => random.integer(classes));
  const logits = best.map((top) =>
    Array.from({ length: classes }, (_, k) => random.uniform(-3, 1) + (k === top ? 5 : 0)),
  );
  const labels = best.map((top, i) => (rights[i] ? top : (top + 1 + random.integer(classes - 1)) % classes));
  return { logits: tensor(logits), labels: tensor(labels, "int32") };
}

/** What one epoch needs; `count` examples whose classes differ along the order, so that rows and labels can be told apart. */
function epochInput(random: Random, count: number, inputs: number, classes: number, batchSize: number) {
  return {
    weight: matrix(random, inputs, classes),
    bias: vector(random, classes),
    images: matrix(random, count, inputs),
    labels: labels(random, count, classes),
    order: random.shuffle(Array.from({ length: count }, (_, i) => i)),
    batchSize,
    learningRate: random.uniform(0.2, 0.4),
  };
}

/** Several steps in float32, whose order of operations is the learner's. */
const steps = { absolute: 1e-5, relative: 1e-4 };

const lesson: Lesson = {
  name: "05-tensors",
  title: "Tensors",
  exercises: [
    {
      number: "05.1",
      slug: "tensors/broadcast-shape",
      title: "The rule of broadcasting",
      why: "Half of all tensor bugs are a shape that fits by accident; who can work out the rule in their head finds them.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["broadcastShape"],
      hints: [
        "Read both shapes from the right. What is the size of an axis that a shape does not have?",
        "Loop over axes counted from the end: 1, 2, … up to the longer rank. Take each shape's size there, 1 where there is none. Throw if they differ and neither is 1. Else the size is the one that is not 1, put in front of what you have.",
        "In the loop: `const sizeA = a[a.length - axis] ?? 1;` and likewise for b; the check; then `shape.unshift(sizeA === 1 ? sizeB : sizeA);`",
      ],
      checks: [
        {
          title: "equal ranks: a size of 1 stretches to the other's, in either shape",
          call: "broadcastShape",
          inputs: (random) => {
            const [p, q, r] = [2, 3, 4].map((n) => n + 5 * random.integer(3)) as [number, number, number];
            return [
              [
                [p, q],
                [p, q],
              ],
              [
                [p, 1],
                [1, q],
              ],
              [
                [1, q, r],
                [p, 1, 1],
              ],
            ];
          },
        },
        {
          title: "shapes of different rank are aligned at their last axis",
          call: "broadcastShape",
          inputs: (random) => {
            const [p, q, r] = [2, 3, 4].map((n) => n + 5 * random.integer(3)) as [number, number, number];
            return [
              [[p, q], [q]],
              [[r], [p, q, r]],
              [
                [r, 1, q],
                [p, 1],
              ],
              [[], [p, q]],
            ];
          },
        },
        {
          title: "aligned from the left they would fit; aligned rightly they do not: an error",
          call: "broadcastShape",
          inputs: (random) => {
            const p = 2 + random.integer(3);
            return [[[p, p + 3], [p]]];
          },
        },
        {
          title: "sizes that differ, neither of them 1, are an error, even if one divides the other",
          call: "broadcastShape",
          inputs: (random) => {
            const p = 2 + random.integer(4);
            return [[[p, 2 * p], [p]]];
          },
        },
        {
          title: "a batch that happens to be empty stays empty",
          call: "broadcastShape",
          inputs: (random) => {
            const p = 2 + random.integer(4);
            return [
              [
                [0, p],
                [1, p],
              ],
              [[1], [0]],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "aligned at the first axis",
          message:
            "You aligned the shapes at their first axis, as one aligns text. Tensors are aligned at the *last*: a bias [out] must fit a batch [N, out] whatever N is.",
          edits: [
            ["a[a.length - axis] ?? 1", "a[axis - 1] ?? 1"],
            ["b[b.length - axis] ?? 1", "b[axis - 1] ?? 1"],
            ["shape.unshift(", "shape.push("],
          ],
        },
        {
          name: "the axes come out in reverse",
          message:
            "Your sizes are right and their order is reversed. You walk from the last axis to the first, so each new size belongs *in front* of those you already have.",
          edits: [["shape.unshift(", "shape.push( "]],
        },
        {
          name: "sizes that do not fit are let through",
          message:
            "You return a shape where there is none: 3 and 6 do not fit, nor do 2 and 5. Only a size of 1 is repeated. A rule that guesses here would hide exactly the bugs that it should show; throw an error.",
          edits: [["if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1)", "if (rank < 0)"]],
        },
        {
          name: "only the second shape stretches",
          message:
            "With you only the second tensor may have a size of 1. The rule is symmetric: [1, 3] + [4, 1] stretches *both*, one along each axis, to [4, 3].",
          edits: [
            ["sizeA !== sizeB && sizeA !== 1 && sizeB !== 1", "sizeA !== sizeB && sizeB !== 1"],
            ["shape.unshift(sizeA === 1 ? sizeB : sizeA);", "shape.unshift(sizeA);"],
          ],
        },
        {
          name: "different ranks are refused",
          message:
            "You throw when the shapes have different lengths. The shorter one may miss axes on its left: they count as 1. That is how a bias [out] is added to a whole batch [N, out].",
          edits: [
            [
              "const rank = Math.max(a.length, b.length);",
              'const rank = Math.max(a.length, b.length);\n  if (a.length !== b.length) throw new Error("broadcastShape: expected equal ranks");',
            ],
          ],
        },
        {
          name: "the larger size wins",
          message:
            "Almost: you take the larger of the two sizes. For 1 and 5 that is 5, as it should be, but 1 against 0 gives 0: an empty batch plus one row is an empty batch. Take the one that is not 1.",
          edits: [["shape.unshift(sizeA === 1 ? sizeB : sizeA);", "shape.unshift(Math.max(sizeA, sizeB));"]],
        },
      ],
    },
    {
      number: "05.2",
      slug: "tensors/matrix-product",
      title: "A matrix product, entry by entry",
      why: "Nine tenths of a Transformer's time goes into this triple loop; everything fast in this course is this, done cleverly.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["matrixProduct"],
      hints: [
        "A neuron's weighted sum, for every neuron (column of B) and every example (row of A). How far apart in memory are two neighbours in a column?",
        "Three loops: i over N rows, j over M columns, and inside a sum over k. Entry [i, k] of a matrix with K columns is at i·K + k: the row number times the length of a row.",
        "`sum += a[i * K + k] * b[k * M + j];` and after the inner loop `c[i * M + j] = sum;`",
      ],
      checks: [
        {
          title: "one example, one neuron: a weighted sum",
          call: "matrixProduct",
          inputs: (random) => [product(random, 1, 3, 1)],
        },
        {
          title: "square matrices",
          call: "matrixProduct",
          inputs: (random) => [product(random, 3, 3, 3)],
        },
        {
          title: "three different sizes",
          call: "matrixProduct",
          inputs: (random) => [product(random, 2, 5, 3), product(random, 5, 2, 7), product(random, 3, 1, 2)],
        },
        {
          title: "times the identity, nothing changes",
          call: "matrixProduct",
          inputs: (random) => [[numbers(random, 6), [1, 0, 0, 0, 1, 0, 0, 0, 1], [2, 3, 3]]],
        },
      ],
      mistakes: [
        {
          name: "B is read as its transpose",
          message:
            "You walk along B's *rows*: that is A Bᵀ. The weights of neuron j are column j of B, so from one k to the next you step over a whole row of B.",
          edits: [["b[k * M + j]!", "b[j * K + k]!"]],
        },
        {
          name: "A is read as its transpose",
          message:
            "You read A as if it lay column after column. Row i begins at i·K, where K is how long a row is; k counts within the row.",
          edits: [["a[i * K + k]!", "a[k * N + i]!"]],
        },
        {
          name: "only the last product is kept",
          message:
            "Your entries are the last products alone: the sum over k starts anew each time. It is `+=` that makes a weighted sum.",
          edits: [["sum += a[i", "sum = a[i"]],
        },
        {
          name: "the answer is stored column by column",
          message:
            "Your numbers are right and lie in the wrong order: C is stored column after column. C's rows are M long, so entry [i, j] belongs at i·M + j.",
          edits: [["c[i * M + j] = sum;", "c[j * N + i] = sum;"]],
        },
        {
          name: "entry by entry instead of row by column",
          message:
            "You multiplied the matrices entry by entry, as `a.mul(b)` does. A matrix product gives each entry a whole weighted sum: row i of A with column j of B.",
          edits: [
            [
              "for (let k = 0; k < K; k++) sum += a[i * K + k]! * b[k * M + j]!;",
              "sum += a[i * K + j]! * b[i * M + j]!;",
            ],
          ],
        },
      ],
    },
    {
      number: "05.3",
      slug: "tensors/linear-forward",
      title: "A layer of neurons for a whole batch",
      why: "The most used line of deep learning: every layer of every later lesson contains it.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["linear"],
      hints: [
        "What you wrote in lesson 01 for one neuron and one example is one entry of a matrix product.",
        "Multiply the batch by the weights, `[N, in]` times `[in, out]`. The bias `[out]` is added to every row; broadcasting does that.",
        "`x.matMul(…).add(…)`",
      ],
      checks: [
        {
          title: "as many neurons as inputs and examples",
          call: "linear",
          inputs: (random) => [[matrix(random, 3, 3), matrix(random, 3, 3), vector(random, 3)]],
        },
        {
          title: "different sizes",
          call: "linear",
          inputs: (random) => [[matrix(random, 5, 2), matrix(random, 2, 3), vector(random, 3)]],
        },
        {
          title: "a batch of one",
          call: "linear",
          inputs: (random) => [[matrix(random, 1, 4), matrix(random, 4, 2), vector(random, 2)]],
        },
      ],
      mistakes: [
        {
          name: "the bias is dropped",
          message:
            "Each of your columns is off by a constant: the bias. Without it every neuron's line goes through 0.",
          edits: [["return x.matMul(weight).add(bias);", "return x.matMul(weight);"]],
        },
        {
          name: "the weights are transposed",
          message:
            "You multiply by Wᵀ, as PyTorch's `Linear` does, which stores `[out, in]`. Here the weights lie as the formula reads, `[in, out]`: one column for each neuron, no transpose.",
          edits: [["return x.matMul(weight).add(bias);", "return x.matMul(weight, false, true).add(bias);"]],
        },
        {
          name: "the bias is added to the inputs",
          message:
            "Your bias went through the weights: (X + b) W. It belongs to the neuron, not to its inputs: first the weighted sum, then the bias.",
          edits: [["return x.matMul(weight).add(bias);", "return (x.add(bias) as tf.Tensor2D).matMul(weight);"]],
        },
        {
          name: "one bias for each example",
          message:
            "Your bias runs down the rows: every *example* has its own. Each *neuron*, a column, has one bias, the same for all examples.",
          edits: [["return x.matMul(weight).add(bias);", "return x.matMul(weight).add(bias.reshape([-1, 1]));"]],
        },
        {
          name: "an activation is applied",
          message:
            "Your negative sums are gone: there is a ReLU in your layer. A linear layer has no activation; the network puts one after it, except after the last layer.",
          edits: [["return x.matMul(weight).add(bias);", "return x.matMul(weight).add(bias).relu();"]],
        },
      ],
    },
    {
      number: "05.4",
      slug: "tensors/linear-backward",
      title: "The same layer, backward",
      why: "Backpropagation through a layer is two more matrix products; that is why training costs about three forward passes.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["linearBackward"],
      hints: [
        "Write the three shapes on paper: X [N, in], W [in, out], dY [N, out]. Each answer has the shape of what it belongs to. Which product of two of them has it?",
        "The gradient by X has shape [N, in]: dY [N, out] times W turned over. By W: [in, out], so X turned over times dY; the product itself sums over the examples. By b: nothing multiplies b, so only the sum over examples is left.",
        "`dy.matMul(weight, false, true)`, `x.matMul(dy, true)`, `dy.sum(0)`",
      ],
      checks: [
        {
          title: "by the input: from every neuron that read it",
          driver: "gradientBy",
          inputs: (random) => backwardInputs(random, "x"),
        },
        {
          title: "by the weights: from every example that they served",
          driver: "gradientBy",
          inputs: (random) => backwardInputs(random, "weight"),
        },
        {
          title: "by the biases",
          driver: "gradientBy",
          inputs: (random) => backwardInputs(random, "bias"),
        },
      ],
      mistakes: [
        {
          name: "dW is transposed",
          message:
            "Your gradient by W is transposed: [out, in] instead of [in, out]. It will be subtracted from W, so it must lie as W lies. Swap the two sides of your product.",
          edits: [["weight: x.matMul(dy, true),", "weight: dy.matMul(x, true),"]],
        },
        {
          name: "the weights are not turned over on the way back",
          message:
            "Your gradient by X multiplies with W as the forward pass did. Going back, the roles change: an input collects from all the neurons that read it, and those stand in a *row* of W. You need Wᵀ.",
          edits: [["x: dy.matMul(weight, false, true),", "x: dy.matMul(weight),"]],
        },
        {
          name: "db is not summed over the batch",
          message:
            "Your gradient by b still has one row for each example. The same bias served them all, so its gradient is the *sum* over the batch, of shape [out]. Broadcasting forward is summing backward.",
          edits: [["bias: dy.sum(0),", "bias: dy,"]],
        },
        {
          name: "db is summed over the neurons",
          message:
            "You summed dY along the wrong axis: one number for each *example*. The examples disappear and the neurons stay: sum over axis 0.",
          edits: [["bias: dy.sum(0),", "bias: dy.sum(1),"]],
        },
        {
          name: "db is averaged",
          message:
            "Your gradient by b is N times too small: you averaged. If the loss is a mean, dY already contains the 1/N; here every example's share is added.",
          edits: [["bias: dy.sum(0),", "bias: dy.mean(0),"]],
        },
        {
          name: "dW is averaged",
          message:
            "Your gradient by W is N times too small: you divided by the batch's size. If the loss is a mean, dY already contains the 1/N; dividing again makes the learning rate depend on the batch size.",
          edits: [["weight: x.matMul(dy, true),", "weight: x.matMul(dy, true).div(x.shape[0]),"]],
        },
        {
          name: "X is not turned over for dW",
          message:
            "Your gradient by W multiplies X and dY as they stand. Then the sum runs over inputs and neurons; it must run over the *examples*, which both have in front: Xᵀ times dY.",
          edits: [["weight: x.matMul(dy, true),", "weight: x.matMul(dy),"]],
        },
      ],
    },
    {
      number: "05.5",
      slug: "tensors/cross-entropy-gradient",
      title: "Probability minus truth",
      why: "This is what starts every backward pass of every classifier and language model: how wrong was each probability?",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["crossEntropyGradient"],
      hints: [
        "For the true class the push is p − 1, for every other class it is p. How do you write both at once?",
        "Softmax of the logits, minus the labels as one-hot rows, and the 1/N of the mean. `tf.softmax` works along the last axis and is safe for large logits.",
        "`p.sub(tf.oneHot(labels, K)).div(N)` with `[N, K]` from `logits.shape`",
      ],
      checks: [
        {
          title: "as many examples as classes",
          call: "crossEntropyGradient",
          inputs: (random) => [[matrix(random, 3, 3), labels(random, 3, 3)]],
        },
        {
          title: "different sizes",
          call: "crossEntropyGradient",
          inputs: (random) => [
            [matrix(random, 7, 3), labels(random, 7, 3)],
            [matrix(random, 2, 5), labels(random, 2, 5)],
          ],
        },
        {
          title: "a single example",
          call: "crossEntropyGradient",
          inputs: (random) => [[matrix(random, 1, 4), labels(random, 1, 4)]],
        },
        {
          title: "very large logits do not turn into NaN",
          call: "crossEntropyGradient",
          inputs: (random) => [
            [
              tensor([
                [700 + random.uniform(), 701, -500],
                [-800, -801, 0.5],
              ]),
              tensor([0, 1], "int32"),
            ],
          ],
        },
      ],
      mistakes: [
        {
          name: "truth minus probability",
          message:
            "Every entry has the wrong sign. The gradient says where the loss *grows*: more probability on a wrong class raises it (plus), more on the true class lowers it (minus).",
          edits: [["return p.sub(truth).div(N);", "return truth.sub(p).div(N) as tf.Tensor2D;"]],
        },
        {
          name: "the sum instead of the mean over the batch",
          message:
            "Your gradient is N times too large: it belongs to the sum of the losses, not to their mean. Twice the batch would mean twice the step.",
          edits: [["return p.sub(truth).div(N);", "return p.sub(truth);"]],
        },
        {
          name: "the mean also over the classes",
          message:
            "You divided by N·K, the number of all logits. The loss is an average over examples; the K classes of one example are not averaged.",
          edits: [["return p.sub(truth).div(N);", "return p.sub(truth).div(N * K);"]],
        },
        {
          name: "softmax over the wrong axis",
          message:
            "Your probabilities sum to 1 down the columns: the examples of the batch compete with each other. Each *example* has its own distribution over classes: sum along each row.",
          edits: [["const p = tf.softmax(logits);", "const p = tf.softmax(logits.transpose()).transpose();"]],
        },
        {
          name: "the truth is not subtracted",
          message:
            "You return the probabilities themselves (over N): all your pushes are positive, so every logit would fall, the true one too. Subtract 1 at the true class.",
          edits: [["return p.sub(truth).div(N);", "return p.div(N);"]],
        },
        {
          name: "logits instead of probabilities",
          message:
            "You subtract the truth from the raw logits. They are not probabilities yet: softmax first. (That would be the gradient of a squared error.)",
          edits: [["const p = tf.softmax(logits);", "const p = logits;"]],
        },
        {
          name: "softmax overflows",
          message:
            "Right for small logits, NaN for large ones: e^700 is Infinity, and Infinity / Infinity is NaN. Take each row's largest logit off first (softmax does not change), or use tf.softmax.",
          edits: [["const p = tf.softmax(logits);", "const p = logits.exp().div(logits.exp().sum(1, true));"]],
        },
      ],
    },
    {
      number: "05.6",
      slug: "tensors/initial-weights",
      title: "How to begin: Xavier and He",
      why: "A deep network that starts at the wrong scale never learns; this one number decides.",
      difficulty: 1,
      minutes: 12,
      points: 2,
      exports: ["initialDeviation", "uniformLimit", "initialWeights"],
      hints: [
        "A sum of `in` random terms has `in` times the variance of one. What must one term's variance be so that the sum's is 1?",
        "The formulas give σ: do not forget the root. For the uniform limit solve σ² = a²/3 for a. For the weights draw inputs·outputs numbers, multiply each by σ, and make them a tensor of shape [inputs, outputs].",
        "`Math.sqrt(2 / (inputs + outputs))`, `Math.sqrt(2 / inputs)`, `Math.sqrt(3) * deviation`, `tf.tensor2d(values, [inputs, outputs])`",
      ],
      checks: [
        {
          title: "Xavier: the mean of fan-in and fan-out counts",
          call: "initialDeviation",
          inputs: (random) => [
            [2 + random.integer(9), 20 + random.integer(50), "xavier"],
            [784, 256, "xavier"],
          ],
        },
        {
          title: "He: fan-in counts, fan-out does not",
          call: "initialDeviation",
          inputs: (random) => [
            [2 + random.integer(9), 20 + random.integer(50), "he"],
            [784, 256, "he"],
          ],
        },
        {
          title: "the uniform distribution that scatters as widely",
          call: "uniformLimit",
          inputs: (random) => [[random.uniform(0.1, 2)]],
        },
        {
          title: "weights of the right shape, every entry its own draw times the deviation",
          driver: "weightsFromCounting",
          inputs: (random) => [{ inputs: 3, outputs: 5, deviation: random.uniform(0.2, 0.9) }],
          tolerance: { relative: 1e-5 },
        },
      ],
      mistakes: [
        {
          name: "variance instead of deviation",
          message:
            "Your number is σ², the variance. What scales a draw is the standard deviation: take the root. With 784 inputs you would begin ten times too small or more.",
          edits: [["return Math.sqrt(variance);", "return variance;"]],
        },
        {
          name: "fan-in and fan-out are swapped",
          message:
            "With He you used the number of *outputs*. How large a neuron's sum gets depends on how many inputs it adds up: fan-in. (Xavier does not show this swap; it is symmetric.)",
          edits: [["2 / (inputs + outputs) : 2 / inputs;", "2 / (inputs + outputs) : 2 / outputs;"]],
        },
        {
          name: "He without its 2",
          message:
            "Your He scale misses the 2: that is LeCun's, made for activations that keep everything. ReLU silences half of the signal, so the variance must be doubled, or the signal halves with every layer.",
          edits: [["2 / (inputs + outputs) : 2 / inputs;", "2 / (inputs + outputs) : 1 / inputs;"]],
        },
        {
          name: "Xavier with the sum of the fans",
          message:
            "Your Xavier variance is half of what it should be: 1 / (in + out). It wants 1 over the *mean* of fan-in and fan-out, which is 2 / (in + out).",
          edits: [["2 / (inputs + outputs) : 2 / inputs;", "1 / (inputs + outputs) : 2 / inputs;"]],
        },
        {
          name: "Xavier looks at the inputs only",
          message:
            "Your Xavier scale ignores fan-out. The forward signal cares about fan-in, the backward signal about fan-out; Glorot and Bengio take the mean of both.",
          edits: [["2 / (inputs + outputs) : 2 / inputs;", "1 / inputs : 2 / inputs;"]],
        },
        {
          name: "the limit is the deviation",
          message:
            "A uniform distribution on (−σ, σ) scatters less than σ: most of it lies inside. Solve σ² = a² / 3 for a.",
          edits: [["return Math.sqrt(3) * deviation;", "return deviation;"]],
        },
        {
          name: "the weights' shape is transposed",
          message:
            "Your weights are [outputs, inputs]. In this course they lie as the formula x W reads: [inputs, outputs], one column for each neuron.",
          edits: [["return tf.tensor2d(values, [inputs, outputs]);", "return tf.tensor2d(values, [outputs, inputs]);"]],
        },
        {
          name: "all weights are the same draw",
          message:
            "All your weights are one number. Then all neurons of a layer compute the same, receive the same gradient and stay the same for ever: a layer of one neuron. Draw anew for every entry.",
          edits: [
            [
              "Array.from({ length: inputs * outputs }, () => deviation * normal());",
              "new Array<number>(inputs * outputs).fill(deviation * normal());",
            ],
          ],
        },
        {
          name: "the deviation is forgotten",
          message:
            "Your weights are the draws themselves, with deviation 1 whatever was asked for. Multiply each by the deviation.",
          edits: [["() => deviation * normal()", "() => normal()"]],
        },
      ],
    },
    {
      number: "05.7",
      slug: "tensors/dropout",
      title: "Inverted dropout",
      why: "The simplest cure for overfitting, and the classic of bugs that only show at evaluation.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["dropout"],
      hints: [
        "If 30 % of the entries become 0, how large must the others become so that the sum stays what it was on average?",
        "Not training: return x. Training: make a mask with one draw for every entry, 0 where the draw is below the rate and 1 / (1 − rate) where it is not, as a tensor of x's shape, and multiply.",
        "`Array.from({ length: x.size }, () => (random() < rate ? 0 : 1 / (1 - rate)))`, then `x.mul(tf.tensor(mask, x.shape))`",
      ],
      checks: [
        {
          title: "in training: the right share is silenced, the rest is scaled by 1 / (1 − rate)",
          driver: "dropoutFacts",
          inputs: (random) => [{ rate: random.uniform(0.2, 0.35), training: true, seed: random.integer(1e6) }],
          // Shares of 5,917 draws scatter by about 0.006; six deviations of the difference between two of them.
          tolerance: { absolute: 0.05, relative: 0 },
        },
        {
          title: "in evaluation: nothing happens",
          driver: "dropoutFacts",
          inputs: (random) => [{ rate: random.uniform(0.2, 0.35), training: false, seed: random.integer(1e6) }],
          tolerance: { absolute: 0.05, relative: 0 },
        },
        {
          title: "every entry has its own draw, every call its own mask, and the same seed gives the same mask",
          driver: "dropoutMasks",
          inputs: (random) => [{ rate: random.uniform(0.3, 0.6), seed: random.integer(1e6) }],
        },
      ],
      mistakes: [
        {
          name: "no rescaling",
          message:
            "What you keep keeps its size, so the sums shrink in training and jump back in evaluation: the next layer meets numbers that it was never trained on. Scale what is left by 1 / (1 − rate).",
          edits: [["const scale = 1 / (1 - rate);", "const scale = 1;"]],
        },
        {
          name: "rescaled by 1 / rate",
          message:
            "You scale by 1 / rate. The share that is *left* is 1 − rate; divide by that. At rate 0.2 you would multiply by 5 what should grow by a quarter.",
          edits: [["const scale = 1 / (1 - rate);", "const scale = 1 / rate;"]],
        },
        {
          name: "keeps what it should silence",
          message:
            "You keep the share `rate` and silence the rest. The rate is the probability of being *dropped*. (tf.dropout means it so too; old TensorFlow had keep_prob, the other way round.)",
          edits: [["random() < rate ? 0 : scale", "random() < rate ? scale : 0"]],
        },
        {
          name: "active in evaluation",
          message:
            "Your network drops entries in evaluation too: asked twice about the same picture, it would give two answers. Dropout is noise for learning; when it counts, everyone works.",
          edits: [["if (!training) return x;", ""]],
        },
        {
          name: "scaled in evaluation",
          message:
            "You shrink x in evaluation. That belongs to the original dropout, which did not scale in training; *inverted* dropout has already done it there. Return x as it is.",
          edits: [["if (!training) return x;", "if (!training) return x.mul(1 - rate);"]],
        },
        {
          name: "randomness that is not the given one",
          message:
            "Your mask is not drawn from `random`: with the same seed it comes out differently. Then nobody, you included, can repeat your run. `Math.random` and tf's own generators are out.",
          edits: [["random() < rate ? 0 : scale", "Math.random() < rate ? 0 : scale"]],
        },
        {
          name: "one mask for the whole batch",
          message:
            "All rows have the same mask: every example of the batch loses the same neurons. Each *entry* has its own draw, so x.size of them.",
          edits: [
            [
              "const mask = Array.from({ length: x.size }, () => (random() < rate ? 0 : scale));",
              "const mask = Array.from({ length: x.shape[x.rank - 1]! }, () => (random() < rate ? 0 : scale));",
            ],
            ["x.mul(tf.tensor(mask, x.shape))", "x.mul(tf.tensor1d(mask))"],
          ],
        },
        {
          name: "whole rows are silenced",
          message:
            "You drop whole rows: an example loses everything or nothing. One draw for each *entry*, not one for each example.",
          edits: [
            [
              "const mask = Array.from({ length: x.size }, () => (random() < rate ? 0 : scale));",
              "const mask = Array.from({ length: x.shape[0]! }, () => (random() < rate ? 0 : scale));",
            ],
            ["x.mul(tf.tensor(mask, x.shape))", "x.mul(tf.tensor2d(mask, [x.shape[0]!, 1]))"],
          ],
        },
      ],
    },
    {
      number: "05.8",
      slug: "tensors/one-hot-and-accuracy",
      title: "One-hot rows and accuracy",
      why: "What goes into the loss and what comes out for people: the two ends of every classifier.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["oneHot", "accuracy"],
      hints: [
        "Which axis of `[N, K]` are the classes? A guess is the place of the largest entry along it.",
        "`tf.oneHot` does most of the first part, but look at the dtype of what it gives. For the second: argMax along the classes, compare with the labels, turn true and false into 1 and 0, take the mean, read the number, all inside a tidy.",
        "`tf.oneHot(labels, classes).toFloat()`; `logits.argMax(1).equal(labels).toFloat().mean().dataSync()[0]` inside `tf.tidy(() => …)`",
      ],
      checks: [
        {
          title: "a 1 in the place of the class, in every row, of type float32",
          call: "oneHot",
          inputs: (random) => [
            [labels(random, 3, 3), 3],
            [labels(random, 5, 3), 4],
            [tensor([6, 0], "int32"), 7],
          ],
        },
        {
          title: "the share of rows whose largest logit is at the label",
          driver: "accuracyAndMemory",
          inputs: (random) => [guesses(random, 5, 5, 3), guesses(random, 8, 3, 5), guesses(random, 3, 7, 1)],
          tolerance: { absolute: 1e-6 },
        },
        {
          title: "all right and all wrong",
          driver: "accuracyAndMemory",
          inputs: (random) => [guesses(random, 4, 4, 4), guesses(random, 4, 4, 0)],
          tolerance: { absolute: 1e-6 },
        },
      ],
      mistakes: [
        {
          name: "whole numbers",
          message:
            "Right numbers, wrong type: `tf.oneHot` gives int32, and a loss computes in float32. Some operations would convert silently, others throw. Cast with `.toFloat()`.",
          edits: [
            [
              "return tf.oneHot(labels, classes).toFloat() as tf.Tensor2D;",
              "return tf.oneHot(labels, classes) as tf.Tensor2D;",
            ],
          ],
        },
        {
          name: "one column for each example",
          message:
            "Your rows and columns are swapped: [classes, N]. Examples come first, always: row n belongs to label n.",
          edits: [
            [
              "return tf.oneHot(labels, classes).toFloat() as tf.Tensor2D;",
              "return tf.oneHot(labels, classes).toFloat().transpose() as tf.Tensor2D;",
            ],
          ],
        },
        {
          name: "classes counted from one",
          message:
            "Your 1 stands one place too far left, and class 0 has none: classes are counted from 0, so class k is column k.",
          edits: [
            [
              "return tf.oneHot(labels, classes).toFloat() as tf.Tensor2D;",
              "return tf.oneHot(labels.sub(1).toInt(), classes).toFloat() as tf.Tensor2D;",
            ],
          ],
        },
        {
          name: "argmax over the wrong axis",
          message:
            "You take the largest entry of each *column*: for each class, the example that likes it most. A guess is made for each example: the largest entry of each row, argMax(1).",
          edits: [["const guesses = logits.argMax(1);", "const guesses = logits.argMax(0);"]],
        },
        {
          name: "a count instead of a share",
          message:
            "You count the right answers. A share can be compared between sets of different size: divide by how many there are.",
          edits: [["right.toFloat().mean()", "right.toFloat().sum()"]],
        },
        {
          name: "the error rate",
          message: "You return the share of *wrong* answers: 1 minus the accuracy.",
          edits: [["const right = guesses.equal(labels);", "const right = guesses.notEqual(labels);"]],
        },
        {
          name: "tensors are left behind",
          message:
            "Your number is right, but the tensors made on the way are still there. tfjs frees nothing by itself: called after every epoch, this fills the memory. Put the work into `tf.tidy(() => …)`.",
          edits: [
            [
              "return tf.tidy(() => {\n    const guesses",
              "return ((work: () => number) => work())(() => {\n    const guesses",
            ],
          ],
        },
      ],
    },
    {
      number: "05.9",
      slug: "tensors/mini-batch-epoch",
      title: "An epoch of mini-batches",
      why: "The loop inside every training run: slice, gather, step, free.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["trainEpoch"],
      hints: [
        "Which examples belong to the batch that starts at place `start` of the order? And whose labels must go with them?",
        "For start = 0, batchSize, 2·batchSize …: take the slice of the order; in a tidy make it an int32 tensor, gather images and labels with it, get value and gradients, assign each variable itself minus rate times gradient, and return the loss as a number. Add loss · (number of examples in the batch); divide by all at the end.",
        '`const rows = tf.tensor1d(batch, "int32"); const x = images.gather(rows); const y = labels.gather(rows);` then `valueAndGradients(() => crossEntropy(x.matMul(weight).add(bias), y), parameters)` and `variable.assign(variable.sub(gradients.get(name).mul(learningRate)))`',
      ],
      checks: [
        {
          title: "one batch that holds everything: one step",
          driver: "epochWeights",
          inputs: (random) => [epochInput(random, 5, 3, 2, 5)],
          tolerance: steps,
        },
        {
          title: "several batches: several steps, each from where the last one ended",
          driver: "epochWeights",
          inputs: (random) => [epochInput(random, 12, 3, 4, 4)],
          tolerance: steps,
        },
        {
          title: "the short last batch takes its step too",
          driver: "epochWeights",
          inputs: (random) => [epochInput(random, 7, 2, 3, 3)],
          tolerance: steps,
        },
        {
          title: "the mean loss of the epoch's examples",
          driver: "epochLoss",
          inputs: (random) => [epochInput(random, 6, 2, 3, 3), epochInput(random, 7, 2, 3, 3)],
          tolerance: steps,
        },
        {
          title: "no tensor is left behind",
          driver: "epochMemory",
          inputs: (random) => [epochInput(random, 7, 2, 3, 3)],
        },
      ],
      mistakes: [
        {
          name: "the short last batch is dropped",
          message:
            "The last examples of the order never have their turn: you stop when a batch is not full. slice gives what is left; use it.",
          edits: [
            [
              "for (let start = 0; start < order.length; start += batchSize) {\n    const batch",
              "for (let start = 0; start + batchSize <= order.length; start += batchSize) {\n    const batch",
            ],
          ],
        },
        {
          name: "the order is ignored",
          message:
            "You take the examples as they lie and ignore `order`. Batches must be drawn anew each epoch; data that lies sorted by class would teach one class after the other.",
          edits: [
            [
              "const batch = order.slice(start, start + batchSize);",
              "const batch = order.map((_, i) => i).slice(start, start + batchSize);",
            ],
          ],
        },
        {
          name: "images shuffled without their labels",
          message:
            "Your images follow the order and your labels do not: most images are trained towards another image's label. Gather both with the same indices.",
          edits: [
            [
              "const [x, y] = [images.gather(rows), labels.gather(rows)];",
              "const [x, y] = [images.gather(rows), labels.slice(start, batch.length)];",
            ],
          ],
        },
        {
          name: "uphill",
          message: "Your variables moved *with* their gradients: the loss grows with every batch. Subtract.",
          edits: [
            [
              "variable.assign(variable.sub(gradients.get(name)!.mul(learningRate)));",
              "variable.assign(variable.add(gradients.get(name)!.mul(learningRate)));",
            ],
          ],
        },
        {
          name: "the bias does not learn",
          message: "Only your weights move; the bias stays as it was. Both are parameters: assign both.",
          edits: [["of parameters)", "of [...parameters].slice(0, 1))"]],
        },
        {
          name: "always the first batch",
          message:
            "Every step uses the same examples, those at the front of the order: the slice does not move with `start`.",
          edits: [["const batch = order.slice(start, start + batchSize);", "const batch = order.slice(0, batchSize);"]],
        },
        {
          name: "the mean of the batches' means",
          message:
            "Your weights are right and your mean loss is a little off: you averaged over *batches*, so the few examples of the short last batch count more than others. Weigh each batch's loss with its number of examples.",
          edits: [
            ["total += loss * batch.length;", "total += loss;"],
            ["return total / order.length;", "return total / Math.ceil(order.length / batchSize);"],
          ],
        },
        {
          name: "only the last loss is returned",
          message:
            "You return the last batch's loss. One batch jumps up and down by luck; the mean over the epoch is what a curve should show.",
          edits: [["total += loss * batch.length;", "total = loss * order.length;"]],
        },
        {
          name: "tensors are left behind",
          message:
            "All right, but each batch leaves its tensors behind: indices, rows, gradients. After a few epochs on MNIST the memory is full. One `tf.tidy(() => …)` around each batch frees them; the variables survive.",
          edits: [["const loss = tf.tidy(() => {", "const loss = ((work: () => number) => work())(() => {"]],
        },
      ],
    },
  ],
};

export default lesson;
