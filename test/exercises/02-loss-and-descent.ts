import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 3): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

function table(random: Random, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => numbers(random, columns));
}

/** `count` probabilities that sum to 1, none of them near zero. */
function distribution(random: Random, count: number): number[] {
  const shares = Array.from({ length: count }, () => random.uniform(0.2, 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** `count` class numbers below `limit`, not all alike. */
function classes(random: Random, count: number, limit: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + random.integer(2)) % limit);
}

function regressionArguments(random: Random, examples: number, inputs: number) {
  return [
    table(random, examples, inputs),
    numbers(random, examples, 2, 5),
    numbers(random, inputs),
    random.uniform(1, 2),
  ];
}

const adamOptions = { learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 0.02 };

const lesson: Lesson = {
  name: "02-loss-and-descent",
  title: "Loss and descent",
  exercises: [
    {
      number: "02.1",
      slug: "descent/mean-squared-error",
      title: "The mean squared error and its gradient",
      why: "The loss says how wrong the model is; its gradient says which way every number should move to be less wrong.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["meanSquaredError", "regressionGradient"],
      hints: [
        "Write L for a single example with a single weight, and differentiate it on paper: where does the 2 come from, and where the x?",
        "For each example: the prediction (bias plus the sum of weight times input), then the error, prediction minus target. Add error · input to the slope of each weight, and the error to the slope of the bias. At the end multiply everything by 2/N.",
        "Inside the loop over n: `const error = prediction - targets[n];` then for each j `slopes[j] += error * inputs[n][j];` and `biasSlope += error;`. After it: `const scale = 2 / inputs.length;`",
      ],
      checks: [
        {
          title: "the mean of the squared differences",
          call: "meanSquaredError",
          inputs: (random) => [2, 5].map((n) => [numbers(random, n), numbers(random, n)]),
        },
        {
          title: "errors of opposite sign do not cancel",
          call: "meanSquaredError",
          inputs: (random) => {
            const [a, error] = [random.uniform(1, 3), random.uniform(1.5, 3)];
            return [
              [
                [a, a],
                [a + error, a - error],
              ],
            ];
          },
        },
        {
          title: "the gradient: one slope for each weight, one for the bias",
          call: "regressionGradient",
          inputs: (random) => [regressionArguments(random, 7, 3)],
        },
        {
          title: "also with more inputs than examples",
          call: "regressionGradient",
          inputs: (random) => [regressionArguments(random, 2, 5)],
        },
      ],
      mistakes: [
        {
          name: "a sum instead of a mean",
          message:
            "Your loss is N times too large: the squares are added and not averaged. Then twice as much data means twice the loss, and a learning rate that suits 100 examples explodes on 1,000.",
          edits: [["return total / predictions.length;", "return total;"]],
        },
        {
          name: "the absolute error",
          message:
            "You average the sizes of the errors: that is the mean *absolute* error. Squaring makes one error of 10 weigh as much as a hundred errors of 1.",
          edits: [
            ["total += (predictions[n]! - targets[n]!) ** 2;", "total += Math.abs(predictions[n]! - targets[n]!);"],
          ],
        },
        {
          name: "the square of the mean error",
          message:
            "Two errors of +2 and −2 give you a loss of 0: they cancelled before you squared. Square each error first, then average.",
          edits: [
            ["total += (predictions[n]! - targets[n]!) ** 2;", "total += predictions[n]! - targets[n]!;"],
            ["return total / predictions.length;", "return (total / predictions.length) ** 2;"],
          ],
        },
        {
          name: "the factor 2 is lost",
          message:
            "Your gradient is exactly half of what it should be. The derivative of (…)² is 2 · (…): the exponent comes down as a factor. (Some books put ½ before the loss so that it cancels; this loss has no ½.)",
          edits: [["const scale = 2 / inputs.length;", "const scale = 1 / inputs.length;"]],
        },
        {
          name: "the error has the wrong sign",
          message:
            "Every slope has the wrong sign: you took target minus prediction. A step against *your* gradient would walk uphill, and the loss would grow.",
          edits: [["const error = prediction - targets[n]!;", "const error = targets[n]! - prediction;"]],
        },
        {
          name: "the mean over the wrong axis",
          message:
            "You divide by the number of inputs of one example, D, instead of the number of examples, N. The loss averages over examples; how many numbers describe each one has no place in that average.",
          edits: [["const scale = 2 / inputs.length;", "const scale = 2 / weights.length;"]],
        },
        {
          name: "the gradient is a sum",
          message:
            "Your gradient is N times too large: it belongs to the sum of the squared errors, not to their mean. Loss and gradient must be of the same thing, or the learning rate means something else than you think.",
          edits: [["const scale = 2 / inputs.length;", "const scale = 2;"]],
        },
        {
          name: "the bias is missing from the prediction",
          message:
            "Your slopes belong to a model without a bias: the prediction leaves it out, so every error is off by b. Where does your prediction start?",
          edits: [["let prediction = bias;", "let prediction = 0;"]],
        },
        {
          name: "the input is missing from the slopes",
          message:
            "All your weights have the same slope, that of the bias. A weight acts through its input: the same nudge moves the prediction three times as far when x is 3. Chain rule: error times input.",
          edits: [["slopes[j]! += error * inputs[n]![j]!;", "slopes[j]! += error;"]],
        },
      ],
    },
    {
      number: "02.2",
      slug: "descent/one-step",
      title: "One step downhill",
      why: "This single line, repeated some millions of times, is what “training” means.",
      difficulty: 1,
      minutes: 5,
      points: 1,
      exports: ["descend"],
      hints: [
        "The gradient points to where the loss grows. Where do you want to go?",
        "Make a new array. Each new parameter is the old one minus the learning rate times its slope.",
        "`parameters.map((theta, i) => theta - …)`",
      ],
      checks: [
        {
          title: "every parameter moves against its slope, by rate times slope",
          call: "descend",
          inputs: (random) => [1, 4].map((n) => [numbers(random, n), numbers(random, n), random.uniform(0.05, 0.3)]),
        },
        {
          title: "where the slope is 0, nothing moves",
          call: "descend",
          inputs: (random) => [[numbers(random, 3), [0, ...numbers(random, 1), 0], 0.1]],
        },
        {
          title: "the array that was handed in is left as it is",
          driver: "stepAndOriginal",
          inputs: (random) => [{ parameters: numbers(random, 3), gradient: numbers(random, 3), rate: 0.1 }],
        },
      ],
      mistakes: [
        {
          name: "uphill",
          message:
            "Your parameters moved *with* the gradient. The gradient points to where the loss grows fastest: you are climbing. Turn around.",
          edits: [["theta - learningRate * gradient[i]!", "theta + learningRate * gradient[i]!"]],
        },
        {
          name: "the learning rate is forgotten",
          message:
            "Your step is the whole gradient, whatever the learning rate. A slope tells how steep the ground is *here*, not how far the valley floor is; the rate keeps the step small enough for the slope to remain true.",
          edits: [["theta - learningRate * gradient[i]!", "theta - gradient[i]!"]],
        },
        {
          name: "only the sign of the slope is used",
          message:
            "All your steps have the same size: you kept only the signs of the slopes. Near the bottom the slope shrinks and so should the step; yours would jump back and forth across it.",
          edits: [["theta - learningRate * gradient[i]!", "theta - learningRate * Math.sign(gradient[i]!)"]],
        },
        {
          name: "the gradient replaces the parameters",
          message:
            "Your answer no longer depends on where the parameters were. A step starts from where you stand: old value minus the move.",
          edits: [["theta - learningRate * gradient[i]!", "-learningRate * gradient[i]!"]],
        },
        {
          name: "the old parameters are overwritten",
          message:
            "Your numbers are right, but the array that you were given has changed. Whoever drew the path of the descent from the old points now has the same point twice. Return a new array.",
          edits: [
            [
              "parameters.map((theta, i) => theta - learningRate * gradient[i]!);",
              "parameters.map((theta, i, all) => ((all as number[])[i] = theta - learningRate * gradient[i]!));",
            ],
          ],
        },
      ],
    },
    {
      number: "02.3",
      slug: "descent/entropy",
      title: "Entropy, cross-entropy, KL divergence",
      why: "The loss of every classifier and every language model in this course is a cross-entropy; these three say what its number means.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["entropy", "crossEntropy", "klDivergence"],
      hints: [
        "What does JavaScript say to `0 * Math.log(0)`? And what should an outcome that never happens add to an average?",
        "All three are one loop over the outcomes that skips those with pₖ = 0. Entropy weighs −log p with p; cross-entropy weighs −log q with p; KL is the second minus the first.",
        "`for (let k …) if (p[k] > 0) sum -= p[k] * Math.log(q[k]);` is the cross-entropy. For the entropy put p in both places; for KL add `p[k] * Math.log(p[k] / q[k])`.",
      ],
      checks: [
        { title: "entropy, in nats", call: "entropy", inputs: (random) => [[[0.5, 0.5]], [distribution(random, 5)]] },
        {
          title: "an outcome that never happens adds 0",
          call: "entropy",
          inputs: (random) => [[[0, 1, 0]], [[...distribution(random, 3), 0]]],
        },
        {
          title: "cross-entropy: p weighs, q is surprised",
          call: "crossEntropy",
          inputs: (random) => [
            [distribution(random, 4), distribution(random, 4)],
            [[0, 1, 0], distribution(random, 3)],
          ],
        },
        {
          title: "what q calls impossible costs nothing as long as it never happens",
          call: "crossEntropy",
          inputs: (random) => [
            [
              [...distribution(random, 2), 0],
              [...distribution(random, 2), 0],
            ],
          ],
        },
        {
          title: "KL: the surprise beyond p's own, different in the two directions",
          call: "klDivergence",
          inputs: (random) => {
            const [p, q] = [distribution(random, 4), distribution(random, 4)];
            return [
              [p, q],
              [q, p],
              [p, p],
              [[0, 1, 0], distribution(random, 3)],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "bits instead of nats",
          message:
            "Your entropy of a fair coin is 1: you measure in bits, with log₂. Right in its own unit, but deep learning counts in nats, with the natural logarithm: 0.693 for the coin. (1 bit is log 2 ≈ 0.693 nats.)",
          edits: [["sum -= share * Math.log(share);", "sum -= share * Math.log2(share);"]],
        },
        {
          name: "the minus is missing",
          message:
            "Your entropy is negative. Logarithms of probabilities are never above 0, hence the minus in front: surprise is counted upwards from 0.",
          edits: [["sum -= share * Math.log(share);", "sum += share * Math.log(share);"]],
        },
        {
          name: "0 · log 0",
          message:
            "Your entropy is NaN as soon as one outcome has probability 0: log 0 is −Infinity, and 0 times −Infinity is NaN. What never happens never surprises: skip it.",
          edits: [["for (const share of p) if (share > 0) sum -=", "for (const share of p) sum -="]],
        },
        {
          name: "p and q are swapped in the cross-entropy",
          message:
            "You weigh with q and take the logarithm of p. The *world* (p) decides how often each outcome comes up; the *prediction* (q) is what gets surprised. Swap them.",
          edits: [
            [
              "if (p[k]! > 0) surprise -= p[k]! * Math.log(q[k]!);",
              "if (q[k]! > 0) surprise -= q[k]! * Math.log(p[k]!);",
            ],
          ],
        },
        {
          name: "0 · log 0 in the cross-entropy",
          message:
            "Your cross-entropy is NaN when p and q both give an outcome probability 0. It never happens (p = 0), so it adds nothing, whatever q thought of it. Skip it before you take the logarithm.",
          edits: [["if (p[k]! > 0) surprise -=", "surprise -="]],
        },
        {
          name: "KL in the wrong direction",
          message:
            "You computed KL(q ‖ p). The divergence is not a distance: the two directions differ. Here p, the first argument, is the truth that does the weighing.",
          edits: [
            [
              "if (p[k]! > 0) excess += p[k]! * Math.log(p[k]! / q[k]!);",
              "if (q[k]! > 0) excess += q[k]! * Math.log(q[k]! / p[k]!);",
            ],
          ],
        },
        {
          name: "KL with the fraction upside down",
          message:
            "Your KL divergences are negative. They never are: nobody is surprised *less*, on average, than the one who knows p. Look at the fraction inside the logarithm.",
          edits: [["Math.log(p[k]! / q[k]!)", "Math.log(q[k]! / p[k]!)"]],
        },
        {
          name: "the cross-entropy for the KL divergence",
          message:
            "Your KL(p ‖ p) is not 0: you return the whole cross-entropy. KL is what remains after p's own entropy is taken away; a perfect prediction has 0 left over.",
          edits: [["excess += p[k]! * Math.log(p[k]! / q[k]!)", "excess -= p[k]! * Math.log(q[k]!)"]],
        },
      ],
    },
    {
      number: "02.4",
      slug: "descent/binary-cross-entropy",
      title: "Binary cross-entropy from logits",
      why: "The loss of every yes-or-no question: is this mail spam, does this sentence follow that one?",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["binaryCrossEntropyFromLogits"],
      hints: [
        "A logit of −1000 for an example of class 1: what does the sigmoid make of it, and what does the logarithm make of that?",
        "Do not compute any probability. Use the second line of the formula, term by term, for each example; then divide the total by N. `Math.log1p(e)` is log(1 + e).",
        "Per example: `Math.max(z, 0) - z * y + Math.log1p(Math.exp(-…))`.",
      ],
      checks: [
        {
          title: "ordinary logits",
          call: "binaryCrossEntropyFromLogits",
          inputs: (random) => [
            [[0], [1]],
            [numbers(random, 5), [1, 0, 0, 1, 1]],
          ],
        },
        {
          title: "confidently wrong: the loss is about |z|, not Infinity or NaN",
          call: "binaryCrossEntropyFromLogits",
          inputs: (random) => [
            [[-1000], [1]],
            [[1000], [0]],
            [[random.uniform(40, 90)], [0]],
          ],
        },
        {
          title: "confidently right: the loss is about 0",
          call: "binaryCrossEntropyFromLogits",
          inputs: () => [
            [[1000], [1]],
            [[-1000], [0]],
          ],
        },
        {
          title: "nearly right is still not exactly 0",
          call: "binaryCrossEntropyFromLogits",
          tolerance: { absolute: 0, relative: 1e-6 },
          inputs: (random) => [[[random.uniform(40, 90)], [1]]],
        },
      ],
      mistakes: [
        {
          name: "log(0)",
          message:
            "At a logit of −1000 your loss is Infinity or NaN. The sigmoid becomes exactly 0 there, and log 0 is −Infinity. The true loss is 1000, an ordinary number: use the form that never makes the probability.",
          edits: [
            [
              "loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));",
              "const p = 1 / (1 + Math.exp(-z));\n    loss -= y * Math.log(p) + (1 - y) * Math.log(1 - p);",
            ],
          ],
        },
        {
          name: "the sigmoid twice",
          message:
            "Your loss for a logit of 0 is 0.474 instead of 0.693: the sigmoid has been applied *before* this formula, which applies it itself. Squashed twice, no prediction can leave 0.5 to 0.73, and the network can never be sure. Hand in the raw logit.",
          edits: [["const z = logits[n]!;", "const z = 1 / (1 + Math.exp(-logits[n]!));"]],
        },
        {
          name: "the probability is clipped",
          message:
            "You clip the probability near 0 and 1. That avoids Infinity, and the loss stands still at about 16 however wrong the answer is: with it the slope, and the worst examples teach nothing. From logits no clip is needed.",
          edits: [
            [
              "loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));",
              "const p = Math.min(Math.max(1 / (1 + Math.exp(-z)), 1e-7), 1 - 1e-7);\n    loss -= y * Math.log(p) + (1 - y) * Math.log(1 - p);",
            ],
          ],
        },
        {
          name: "the targets are swapped",
          message:
            "Your loss is small where the prediction is wrong and large where it is right: class 0 and class 1 have changed places. z is the logit of class *1*; for y = 1 a large z must be cheap.",
          edits: [["const y = targets[n]!;", "const y = 1 - targets[n]!;"]],
        },
        {
          name: "a sum instead of a mean",
          message:
            "Your loss is N times too large. Average over the examples, so that the batch size does not change the scale of the loss.",
          edits: [["return loss / logits.length;", "return loss;"]],
        },
        {
          name: "e^(−z) overflows",
          message:
            "At a logit of −1000 your loss is Infinity: without the bars, e^(−z) is e¹⁰⁰⁰. The exponent must be −|z|, which is never positive; the other two terms make up for it.",
          edits: [
            [
              "loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));",
              "loss += z - z * y + Math.log1p(Math.exp(-z));",
            ],
          ],
        },
        {
          name: "max(z, 0) is missing",
          message:
            "Your loss is negative for large positive logits. A cross-entropy never is: it is an average of −log of probabilities. One of the three terms is missing.",
          edits: [["loss += Math.max(z, 0) - z * y", "loss += -z * y"]],
        },
        {
          name: "log(1 + e) instead of log1p(e)",
          message:
            "For an answer that is right with a logit of 40 or more your loss is exactly 0: 1 + e is rounded to 1 before the logarithm sees it. `Math.log1p` keeps the tiny rest.",
          edits: [["Math.log1p(Math.exp(-Math.abs(z)))", "Math.log(1 + Math.exp(-Math.abs(z)))"]],
        },
      ],
    },
    {
      number: "02.5",
      slug: "descent/categorical-cross-entropy",
      title: "Cross-entropy from logits: the log-sum-exp trick",
      why: "GPT is trained on this number and no other: how surprised it is by the next token.",
      difficulty: 3,
      minutes: 15,
      points: 3,
      exports: ["crossEntropyFromLogits"],
      hints: [
        "What does softmax do when you add the same number to all logits? Which number makes every exponent harmless?",
        "For each row: find its largest logit m; sum e^(z − m) over the row; the loss is m + log(sum) − the logit of the true class. Average over the rows.",
        "`const largest = Math.max(...row);`, `const sum = row.reduce((s, z) => s + Math.exp(z - largest), 0);`, then `largest + Math.log(sum) - row[…]`.",
      ],
      checks: [
        {
          title: "ordinary logits, averaged over the examples",
          call: "crossEntropyFromLogits",
          inputs: (random) => [
            [[[0, 0, 0]], [1]],
            [table(random, 5, 3), classes(random, 5, 3)],
            [table(random, 2, 7), classes(random, 2, 7)],
          ],
        },
        {
          title: "large logits: numbers, not Infinity or NaN",
          call: "crossEntropyFromLogits",
          inputs: (random) => [
            [[[1000, 0]], [1]],
            [[[1000, 0]], [0]],
            [[[1000, 1001, 1002]], [0]],
            [[numbers(random, 4).map((z) => z - 1000)], [2]],
          ],
        },
        {
          title: "the same number added to all logits changes nothing",
          call: "crossEntropyFromLogits",
          inputs: (random) => {
            const row = numbers(random, 4);
            return [0, 5].map((shift) => [[row.map((z) => z + shift)], [3]]);
          },
        },
      ],
      mistakes: [
        {
          name: "no maximum is taken out",
          message:
            "With logits near 1000 your loss is Infinity: e¹⁰⁰⁰ does not fit into a number. Near −1000 every power is 0, and log 0 is −Infinity. Take the largest logit out before the exponential and put it back after the logarithm.",
          edits: [["const largest = Math.max(...row);", "const largest = 0;"]],
        },
        {
          name: "softmax as written, then the logarithm",
          message:
            "With logits near 1000 your loss is NaN or Infinity: e¹⁰⁰⁰ does not fit into a number, so the softmax divides Infinity by Infinity, or something by Infinity. No probability has to be formed at all: use the last two lines of the formula.",
          edits: [
            [
              "lossSum += largest + Math.log(sumOfPowers) - row[targets[n]!]!;",
              "lossSum -= Math.log(Math.exp(row[targets[n]!]!) / row.reduce((sum, z) => sum + Math.exp(z), 0));",
            ],
          ],
        },
        {
          name: "softmax first, logarithm afterwards",
          message:
            "For a hopeless answer your loss is Infinity: its probability was rounded to 0, and then you took the logarithm. Softmax and logarithm belong together: log(sum) minus the logit never makes the tiny number.",
          edits: [
            [
              "lossSum += largest + Math.log(sumOfPowers) - row[targets[n]!]!;",
              "lossSum -= Math.log(Math.exp(row[targets[n]!]! - largest) / sumOfPowers);",
            ],
          ],
        },
        {
          name: "softmax twice",
          message:
            "Your loss moves far too little: even a perfect answer costs a lot. The logits went through softmax before a formula that contains softmax itself. Probabilities lie between 0 and 1, so as logits they are almost equal. Hand in raw logits.",
          edits: [
            [
              "const row = logits[n]!;",
              "const top = Math.max(...logits[n]!);\n    const powers = logits[n]!.map((z) => Math.exp(z - top));\n    const row = powers.map((e) => e / powers.reduce((a, b) => a + b, 0));",
            ],
          ],
        },
        {
          name: "the mean over the wrong axis",
          message:
            "Your loss is too small by the number of classes: you divided by N · K. Each *example* has one loss, that of its true class; average over the N examples.",
          edits: [["return lossSum / logits.length;", "return lossSum / (logits.length * logits[0]!.length);"]],
        },
        {
          name: "a sum instead of a mean",
          message:
            "Your loss grows with the number of examples. Divide the total by N, so that one learning rate suits every batch size.",
          edits: [["return lossSum / logits.length;", "return lossSum;"]],
        },
        {
          name: "the maximum is not put back",
          message:
            "Your loss changes when the same number is added to all logits, and it can be negative. You took the largest logit out of the sum and did not add it again after the logarithm.",
          edits: [["lossSum += largest + Math.log(sumOfPowers)", "lossSum += Math.log(sumOfPowers)"]],
        },
        {
          name: "the largest logit instead of the true class",
          message:
            "You subtract the largest logit, so the loss no longer depends on the target: the network is told it is right whatever it says. Use the logit of the class that the target names.",
          edits: [["- row[targets[n]!]!;", "- largest;"]],
        },
        {
          name: "the bare logit",
          message:
            "You return minus the logit of the true class; the sum over all classes is missing. Then the network can win by pushing *every* logit up. The log-sum-exp makes the classes compete.",
          edits: [["lossSum += largest + Math.log(sumOfPowers) - row[targets[n]!]!;", "lossSum -= row[targets[n]!]!;"]],
        },
      ],
    },
    {
      number: "02.6",
      slug: "descent/mini-batches",
      title: "Shuffled mini-batches",
      why: "Real data never fits into one step; how you cut it decides whether every example is heard.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["miniBatches"],
      hints: [
        "Shuffle one list, not two. Which list could stand for both inputs and targets?",
        "Make the list 0, 1, …, N − 1 and shuffle it. Then cut it into pieces of `batchSize`; a slice beyond the end is simply shorter. Look up inputs *and* targets by the numbers of each piece.",
        "`for (let i = order.length - 1; i > 0; i--) { const j = Math.floor(random() * (i + 1)); … swap … }`, then `for (let start = 0; start < order.length; start += batchSize)` with `order.slice(start, start + batchSize)`.",
      ],
      checks: [
        {
          title: "every example exactly once, with its own target, the last batch shorter",
          driver: "epoch",
          inputs: (random) => [
            { count: 11, batchSize: 4, seed: random.integer(1e6) },
            { count: 12, batchSize: 3, seed: random.integer(1e6) },
            { count: 3, batchSize: 8, seed: random.integer(1e6) },
          ],
        },
        {
          title: "chance comes from `random` alone: the same seed gives the same order",
          driver: "sameSeed",
          inputs: (random) => [{ count: 30, seed: random.integer(1e6) }],
        },
        {
          title: "all 24 orders of four examples come up equally often",
          driver: "orders",
          tolerance: { absolute: 0.006 },
          inputs: (random) => [{ epochs: 12_000, seed: random.integer(1e6) }],
        },
      ],
      mistakes: [
        {
          name: "the last short batch is dropped",
          message:
            "Your batches do not cover all examples: the rest that does not fill a batch is gone. With 11 examples in fours you lose 3 in every epoch. (Some loaders offer this as an option, to keep shapes equal. Here every example counts.)",
          edits: [
            ["start < order.length; start += batchSize", "start + batchSize <= order.length; start += batchSize"],
          ],
        },
        {
          name: "inputs are shuffled without their targets",
          message:
            "Your inputs stand beside other examples' targets. The code runs, the loss even falls a little, and the network learns nothing but the average. Look both up by the same shuffled numbers.",
          edits: [["targets: chosen.map((i) => targets[i]!)", "targets: targets.slice(start, start + batchSize)"]],
        },
        {
          name: "nothing is shuffled",
          message:
            "Your examples always come in the same order. Data is often sorted (all zeros, then all ones), and then each batch pulls the network towards a single class.",
          edits: [["[order[i], order[j]] = [order[j]!, order[i]!];", ""]],
        },
        {
          name: "drawn with replacement",
          message:
            "Some of your examples come twice in one epoch and others not at all: each place is drawn afresh. Over an epoch more than a third of the data goes unseen. Shuffle and deal, like cards.",
          edits: [
            ["[order[i], order[j]] = [order[j]!, order[i]!];", "order[i] = Math.floor(random() * order.length);"],
          ],
        },
        {
          name: "the partner is drawn from all places",
          message:
            "All orders occur, but not equally often: some come up almost twice as often as others. You draw j from all N places in each round. That makes Nᴺ equally likely paths, which cannot be divided evenly among N! orders. Draw j only from 0 to i.",
          edits: [["Math.floor(random() * (i + 1))", "Math.floor(random() * order.length)"]],
        },
        {
          name: "an example never stays in its place",
          message:
            "Only 6 of the 24 orders of four examples ever occur: your j is drawn from 0 to i − 1, so every example must move. An example may also stay where it is; j may equal i.",
          edits: [["Math.floor(random() * (i + 1))", "Math.floor(random() * i)"]],
        },
        {
          name: "sorted by a coin",
          message:
            "You sort with a comparison that answers at random. A sort assumes that its comparisons agree with each other; with a coin some orders come up far more often than others. It looks shuffled and is not. Swap as Fisher and Yates do.",
          edits: [
            [
              "const order = inputs.map((_, i) => i);\n  for (let i = order.length - 1; i > 0; i--) {",
              "const order = inputs.map((_, i) => i).sort(() => random() - 0.5);\n  for (let i = 0; i > 0; i--) {",
            ],
          ],
        },
        {
          name: "Math.random",
          message:
            "With the same seed your order differs from run to run: chance comes from somewhere else than `random`. Then a failure cannot be repeated, and what cannot be repeated is hard to mend.",
          edits: [["Math.floor(random() * (i + 1))", "Math.floor(Math.random() * (i + 1))"]],
        },
        {
          name: "the caller's arrays are shuffled",
          message:
            "Your batches are fine, but the arrays that you were given are in another order now. Whoever shares them (a plot, a second model, the test) will be surprised. Shuffle a list of positions instead.",
          edits: [
            [
              "return batches;",
              "(inputs as X[]).splice(0, inputs.length, ...batches.flatMap((b) => b.inputs));\n  (targets as Y[]).splice(0, targets.length, ...batches.flatMap((b) => b.targets));\n  return batches;",
            ],
          ],
        },
      ],
    },
    {
      number: "02.7",
      slug: "descent/momentum",
      title: "Momentum",
      why: "A ball rolls through a narrow valley where a walker zigzags; one remembered number per parameter makes the difference.",
      difficulty: 2,
      minutes: 10,
      points: 2,
      exports: ["momentumStep"],
      hints: [
        "Which comes first, the new velocity or the step?",
        "Compute the new velocity for every parameter from the old velocity and the gradient. Then take a plain descent step, with the new velocity in place of the gradient.",
        "`const newVelocity = velocity.map((v, i) => momentum * v + …);` then `parameters.map((theta, i) => theta - learningRate * newVelocity[i])`.",
      ],
      checks: [
        {
          title: "one step, already rolling",
          call: "momentumStep",
          inputs: (random) => [
            [[1], [2], [10], 0.1, 0.5],
            [
              numbers(random, 3),
              numbers(random, 3),
              numbers(random, 3),
              random.uniform(0.05, 0.2),
              random.uniform(0.6, 0.9),
            ],
          ],
        },
        {
          title: "without momentum (μ = 0) it is plain descent",
          call: "momentumStep",
          inputs: (random) => [[numbers(random, 3), numbers(random, 3), numbers(random, 3), 0.1, 0]],
        },
        {
          title: "four steps from a standing start",
          driver: "momentumRun",
          inputs: (random) => [{ start: numbers(random, 2), gradients: table(random, 4, 2), rate: 0.1, momentum: 0.9 }],
        },
      ],
      mistakes: [
        {
          name: "the velocity is forgotten",
          message:
            "Your velocity is the gradient of this step alone. Nothing is remembered, so this is plain descent. The old velocity, shrunk by μ, must be part of the new one.",
          edits: [["momentum * v + gradient[i]!", "gradient[i]!"]],
        },
        {
          name: "the old velocity never fades",
          message:
            "Your velocity adds up all gradients and forgets none: μ is missing. Then nothing ever slows the ball, and it swings through the valley for ever.",
          edits: [["momentum * v + gradient[i]!", "v + gradient[i]!"]],
        },
        {
          name: "the gradient is damped",
          message:
            "Your gradient enters with the factor (1 − μ): that is a running *average*, as Adam keeps. In this convention, PyTorch's, the gradient enters at full weight, so with μ = 0.9 a steady slope builds up to 10 times the step. Both are in use; never mix their learning rates.",
          edits: [["momentum * v + gradient[i]!", "momentum * v + (1 - momentum) * gradient[i]!"]],
        },
        {
          name: "the step uses the old velocity",
          message:
            "Your step uses the velocity from before: it answers every gradient one step late, and the very first step goes nowhere. Update the velocity, then move.",
          edits: [["theta - learningRate * newVelocity[i]!", "theta - learningRate * velocity[i]!"]],
        },
        {
          name: "uphill",
          message:
            "Your parameters move with the velocity, which points uphill like the gradients it is made of. Subtract.",
          edits: [["theta - learningRate * newVelocity[i]!", "theta + learningRate * newVelocity[i]!"]],
        },
        {
          name: "the learning rate is inside the velocity",
          message:
            "You multiply the gradient by η when it enters the velocity, and not when you move. With a constant rate the path is the same; once a schedule changes η, the old steps keep their old rate. Here, as in PyTorch, the velocity holds plain gradients.",
          edits: [
            ["momentum * v + gradient[i]!", "momentum * v + learningRate * gradient[i]!"],
            ["theta - learningRate * newVelocity[i]!", "theta - newVelocity[i]!"],
          ],
        },
        {
          name: "μ multiplies the gradient",
          message:
            "You shrink the new gradient and keep the old velocity whole. It is the *memory* that must fade: μ belongs to v.",
          edits: [["momentum * v + gradient[i]!", "v + momentum * gradient[i]!"]],
        },
      ],
    },
    {
      number: "02.8",
      slug: "descent/adam",
      title: "Adam",
      why: "Every Transformer in this course, like nearly every one outside it, is trained with this rule.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["adamStep"],
      hints: [
        "Take it line by line, from the top of the formula. What is t in the very first step?",
        "New t, new m, new v (each of the last two with its own β). Then, for each parameter, the two corrected values, and the step. The state that you return holds t, m and v, uncorrected.",
        "`const mHat = m[i] / (1 - beta1 ** t);`, the same for vHat with `beta2`, then `theta - (learningRate * mHat) / (Math.sqrt(vHat) + …)`.",
      ],
      checks: [
        {
          title: "the first step",
          call: "adamStep",
          inputs: (random) => [
            [numbers(random, 3), numbers(random, 3), { m: [0, 0, 0], v: [0, 0, 0], t: 0 }, adamOptions],
          ],
        },
        {
          title: "a later step, with memory",
          call: "adamStep",
          inputs: (random) => [
            [
              numbers(random, 3),
              numbers(random, 3),
              { m: numbers(random, 3), v: numbers(random, 3).map((v) => v * v), t: 2 + random.integer(4) },
              adamOptions,
            ],
          ],
        },
        {
          title: "small gradients, where ε counts",
          call: "adamStep",
          inputs: (random) => [
            [numbers(random, 2), numbers(random, 2, 0.01, 0.03), { m: [0, 0], v: [0, 0], t: 0 }, adamOptions],
          ],
        },
        {
          title: "four steps in a row",
          driver: "adamRun",
          inputs: (random) => [{ start: numbers(random, 2), gradients: table(random, 4, 2), options: adamOptions }],
        },
        {
          title: "with the paper's numbers",
          driver: "adamRun",
          inputs: (random) => [
            {
              start: numbers(random, 3),
              gradients: table(random, 5, 3),
              options: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
            },
          ],
        },
      ],
      mistakes: [
        {
          name: "no bias correction",
          message:
            "Your first steps have the wrong size. m and v start at 0 and are dragged towards it, v much longer than m (β₂ is nearer to 1), so the division makes your early steps too large: with the paper's numbers about three times. Divide both by 1 − βᵗ before you use them.",
          edits: [
            ["const mHat = m[i]! / (1 - beta1 ** t);", "const mHat = m[i]!;"],
            ["const vHat = v[i]! / (1 - beta2 ** t);", "const vHat = v[i]!;"],
          ],
        },
        {
          name: "only m is corrected",
          message:
            "Only your average gradient is corrected. v started at 0 as well, and without its correction the root below the fraction bar is far too small at first, and the step too large.",
          edits: [["const vHat = v[i]! / (1 - beta2 ** t);", "const vHat = v[i]!;"]],
        },
        {
          name: "only v is corrected",
          message:
            "Only your average squared gradient is corrected. m started at 0 as well: your first step is just (1 − β₁) of what it should be.",
          edits: [["const mHat = m[i]! / (1 - beta1 ** t);", "const mHat = m[i]!;"]],
        },
        {
          name: "t from 0",
          message:
            "Your first step is NaN: with t = 0 the correction 1 − β⁰ is 0, and both averages are divided by it. Count the step before you correct; the first step has t = 1.",
          edits: [["const t = state.t + 1;\n", "const t = state.t;\n"]],
        },
        {
          name: "ε inside the root",
          message:
            "With small gradients your steps are too small: ε stands under the root, and √(v̂ + ε) is much larger than √v̂ + ε. For ε = 10⁻⁸ it would act like 10⁻⁴. Add it after the root.",
          edits: [["(Math.sqrt(vHat) + epsilon)", "Math.sqrt(vHat + epsilon)"]],
        },
        {
          name: "ε is missing",
          message:
            "Your step leaves ε out. As soon as a parameter has had no gradient yet (a word that has not come up), it would divide 0 by 0.",
          edits: [["(Math.sqrt(vHat) + epsilon)", "Math.sqrt(vHat)"]],
        },
        {
          name: "the gradient is not squared in v",
          message:
            "Your v averages the gradient, not its square. v should tell how *large* gradients are, whatever their sign; yours can be negative, and then its root is NaN.",
          edits: [["(1 - beta2) * gradient[i]! ** 2", "(1 - beta2) * gradient[i]!"]],
        },
        {
          name: "the root is forgotten",
          message:
            "You divide by v̂ without its root. v̂ is in units of gradient², so large gradients now give *smaller* steps than small ones. The root makes both sides of the fraction comparable.",
          edits: [["(Math.sqrt(vHat) + epsilon)", "(vHat + epsilon)"]],
        },
        {
          name: "β₁ and β₂ are swapped",
          message:
            "Your two averages use each other's β. m should forget quickly (β₁, usually 0.9), v slowly (β₂, usually 0.999).",
          edits: [
            [
              "const { learningRate, beta1, beta2, epsilon } = options;",
              "const { learningRate, beta1: beta2, beta2: beta1, epsilon } = options;",
            ],
          ],
        },
        {
          name: "the corrected averages are stored",
          message:
            "Your first step is right and the second is not: the state holds m̂ and v̂, so the next step corrects what was corrected already. Keep m and v; the corrected values live only within the step.",
          edits: [
            [
              "return { parameters: moved, state: { m, v, t } };",
              "return {\n    parameters: moved,\n    state: { m: m.map((a) => a / (1 - beta1 ** t)), v: v.map((a) => a / (1 - beta2 ** t)), t },\n  };",
            ],
          ],
        },
        {
          name: "t is not counted on",
          message:
            "Your first step is right, but the state comes back with the old t: every later step is corrected as if it were the first.",
          edits: [["state: { m, v, t } };", "state: { m, v, t: state.t } };"]],
        },
        {
          name: "uphill",
          message:
            "Your parameters moved with the gradient. Adam changes the size of the step, never its side: subtract.",
          edits: [["theta - (learningRate * mHat)", "theta + (learningRate * mHat)"]],
        },
      ],
    },
    {
      number: "02.9",
      slug: "descent/learning-rate-finder",
      title: "A learning-rate finder",
      why: "The learning rate is the one number you will tune in every project; a minute of searching saves hours.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["findLearningRate"],
      hints: [
        "How many of ten evenly spaced rates between 0.0001 and 1 lie below 0.1? How many would you like there?",
        "First all rates, by the formula. Then all losses, one call of `train` each. Then one pass that remembers the smallest loss so far and its rate; start with Infinity as the smallest.",
        "`Array.from({ length: count }, (_, i) => lowest * (highest / lowest) ** (i / (count - 1)))`. A comparison `losses[i] < bestLoss` is false for NaN, so NaN can never win it.",
      ],
      checks: [
        {
          title: "the rates are spaced by a constant factor, both ends included",
          driver: "rateSearch",
          inputs: (random) => [
            { lowest: 0.001, highest: 1, count: 4, valley: -2.1, limit: 10, exploded: "NaN" },
            {
              lowest: random.uniform(1e-4, 2e-4),
              highest: random.uniform(2, 4),
              count: 9,
              valley: -1.3,
              limit: 10,
              exploded: "NaN",
            },
          ],
        },
        {
          title: "a run that ends in NaN is kept and never wins",
          driver: "rateSearch",
          inputs: (random) => [
            { lowest: 1e-3, highest: 30, count: 7, valley: random.uniform(-1.6, -1.2), limit: 0.9, exploded: "NaN" },
          ],
        },
        {
          title: "nor does one that ends in Infinity",
          driver: "rateSearch",
          inputs: (random) => [
            {
              lowest: 1e-3,
              highest: 30,
              count: 7,
              valley: random.uniform(-1.6, -1.2),
              limit: 0.9,
              exploded: "Infinity",
            },
          ],
        },
      ],
      mistakes: [
        {
          name: "evenly spaced",
          message:
            "Your rates grow by the same *amount*. Between 0.001 and 1 nearly all of them are then above 0.1, and the small rates are hardly tried. A learning rate is felt as a factor: 0.01 to 0.02 matters as much as 0.1 to 0.2.",
          edits: [
            ["lowest * (highest / lowest) ** (i / (count - 1))", "lowest + (highest - lowest) * (i / (count - 1))"],
          ],
        },
        {
          name: "the highest rate is left out",
          message:
            "Your rates stop before `highest`. Between `count` points there are only count − 1 gaps: the fence-post error.",
          edits: [["** (i / (count - 1))", "** (i / count)"]],
        },
        {
          name: "NaN wins",
          message:
            "As soon as one run explodes, your best rate is undefined: `Math.min` with a NaN among its numbers is NaN, and NaN equals nothing, not even itself. Compare one loss at a time with `<`, which is false for NaN.",
          edits: [
            [
              "return { rates, losses, best };",
              "return { rates, losses, best: rates[losses.indexOf(Math.min(...losses))]! };",
            ],
          ],
        },
        {
          name: "the worst rate is chosen",
          message: "You return the rate with the *highest* loss. Low is good here.",
          edits: [
            ["let bestLoss = Number.POSITIVE_INFINITY;", "let bestLoss = Number.NEGATIVE_INFINITY;"],
            ["if (losses[i]! < bestLoss) {", "if (losses[i]! > bestLoss) {"],
          ],
        },
        {
          name: "the last good rate is chosen",
          message:
            "You return the highest rate that did not explode. That is the edge of the cliff, not the bottom of the valley: the lowest loss lies at a smaller rate.",
          edits: [["if (losses[i]! < bestLoss) {", "if (losses[i]! < Number.POSITIVE_INFINITY) {"]],
        },
        {
          name: "the lowest loss is returned instead of its rate",
          message: "Your `best` is a loss. The caller already has the losses and asks which *rate* reached the lowest.",
          edits: [["best = rates[i]!;", "best = losses[i]!;"]],
        },
        {
          name: "the best rate is trained again",
          message:
            "You call `train` more often than there are rates. Each call is a whole training run; remember the losses that you have instead of asking again.",
          edits: [
            [
              "if (losses[i]! < bestLoss) {\n      bestLoss = losses[i]!;",
              "if (losses[i]! < bestLoss) {\n      bestLoss = train(rates[i]!);",
            ],
          ],
        },
      ],
    },
  ],
};

export default lesson;
