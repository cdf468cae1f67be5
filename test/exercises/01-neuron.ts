import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 3): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** The corners, and around each one points that are off by up to 0.1. */
function nearCorners(random: Random): number[][] {
  const off = [-0.099, 0.099];
  return corners.flatMap(([a, b]) => [
    ...off.flatMap((da) => off.map((db) => [a + da, b + db])),
    [a + random.uniform(-0.099, 0.099), b + random.uniform(-0.099, 0.099)],
  ]);
}

/** A neuron, inputs and the target that makes it wrong (or right). */
function perceptronCase(random: Random, output: 0 | 1, target: 0 | 1) {
  const drawn = numbers(random, 3);
  const inputs = numbers(random, 3);
  const drawnSum = drawn.reduce((total, w, i) => total + w * inputs[i]!, 0);
  const flip = drawnSum >= 0 === (output === 1) ? -1 : 1; // without its bias the neuron would answer otherwise
  const weights = drawn.map((w) => flip * w);
  const bias = -flip * drawnSum + (output === 1 ? 1 : -1) * random.uniform(0.4, 2);
  return { neuron: { weights, bias }, inputs, target, rate: random.uniform(0.1, 0.4) };
}

function perceptronArguments(random: Random, output: 0 | 1, target: 0 | 1) {
  const { neuron, inputs, rate } = perceptronCase(random, output, target);
  return [neuron, inputs, target, rate];
}

const lesson: Lesson = {
  name: "01-neuron",
  title: "The neuron",
  exercises: [
    {
      number: "01.1",
      slug: "neuron/weighted-sum",
      title: "The weighted sum",
      why: "Every layer of every network in this course, GPT included, spends most of its time on this sum.",
      difficulty: 1,
      minutes: 5,
      points: 1,
      exports: ["weightedSum"],
      hints: [
        "How many multiplications are there for three inputs? How many additions of the bias?",
        "Start a running total at the bias. Walk over the inputs with an index, and add input times weight of the same index.",
        "`let sum = bias;` then a `for` loop over `i` that does `sum += … * …;` then `return sum;`",
      ],
      checks: [
        {
          title: "each input is multiplied by its own weight",
          call: "weightedSum",
          inputs: (random) => [1, 2, 5].map((n) => [numbers(random, n), numbers(random, n), 0]),
        },
        {
          title: "the bias is added, and added once",
          call: "weightedSum",
          inputs: (random) =>
            [2, 3, 4].map((n) => [numbers(random, n), numbers(random, n), ...numbers(random, 1, 10, 20)]),
        },
        {
          title: "when every input is 0, the bias is what remains",
          call: "weightedSum",
          inputs: (random) => [[[0, 0, 0], numbers(random, 3), ...numbers(random, 1)]],
        },
      ],
      mistakes: [
        {
          name: "the bias is dropped",
          message:
            "With all inputs at 0 your sum is 0, whatever the bias says. Without its bias the neuron's line is nailed to the origin: it can turn but never move. Where does `bias` enter your sum?",
          edits: [
            [
              "let sum = bias;\n  for (let i = 0; i < inputs.length; i++) sum",
              "let sum = 0;\n  for (let i = 0; i < inputs.length; i++) sum",
            ],
          ],
        },
        {
          name: "the bias is added once per input",
          message:
            "Your answer is too large by the bias times (number of inputs − 1): the bias goes in with every product. A neuron has one bias however many inputs it has. Look at what stands inside your loop.",
          edits: [
            [
              "let sum = bias;\n  for (let i = 0; i < inputs.length; i++) sum",
              "let sum = 0;\n  for (let i = 0; i < inputs.length; i++) sum",
            ],
            ["i++) sum += weights[i]! * inputs[i]!;", "i++) sum += weights[i]! * inputs[i]! + bias;"],
          ],
        },
        {
          name: "the bias is subtracted",
          message:
            "Your bias has the wrong sign. Some books write w·x − θ, with a threshold θ that the sum must exceed; here the bias is b = −θ, and it is added.",
          edits: [
            [
              "let sum = bias;\n  for (let i = 0; i < inputs.length; i++) sum",
              "let sum = -bias;\n  for (let i = 0; i < inputs.length; i++) sum",
            ],
          ],
        },
        {
          name: "weights are added, not multiplied",
          message:
            "An input and its weight are added here. Then every input counts the same and the weight only shifts the total. A weight says how much its input *counts*: it is a factor.",
          edits: [["i++) sum += weights[i]! * inputs[i]!;", "i++) sum += weights[i]! + inputs[i]!;"]],
        },
        {
          name: "the last input is left out",
          message:
            "Your sum stops one input early; with a single input only the bias is left. Check where your loop ends.",
          edits: [["i < inputs.length; i++) sum +=", "i < inputs.length - 1; i++) sum +="]],
        },
        {
          name: "an average instead of a sum",
          message:
            "Your answer is divided by the number of inputs. A neuron does not average: each further input adds its own evidence, and the bias must not shrink because there are many inputs.",
          edits: [
            [
              "sum += weights[i]! * inputs[i]!;\n  return sum;",
              "sum += weights[i]! * inputs[i]!;\n  return sum / inputs.length;",
            ],
          ],
        },
      ],
    },
    {
      number: "01.2",
      slug: "neuron/signed-distance",
      title: "How far from the line?",
      why: "It separates two things that the weighted sum mixes: where the line is, and how loudly the neuron speaks.",
      difficulty: 1,
      minutes: 7,
      points: 1,
      exports: ["signedDistance"],
      hints: [
        "What happens to the weighted sum when you double all weights and the bias? And to the line?",
        "You need two running totals: the weighted sum with its bias, and the squares of the weights. The answer is one divided by the square root of the other.",
        "In one loop: `sum += weights[i] * inputs[i]` and `squaredLength += weights[i] * weights[i]`; then `return sum / Math.sqrt(…)`.",
      ],
      checks: [
        {
          title: "the distance in two dimensions",
          call: "signedDistance",
          inputs: (random) => [
            [{ weights: [3, 4], bias: -10 }, [2, 6]],
            [{ weights: numbers(random, 2), bias: random.uniform(1, 3) }, numbers(random, 2)],
          ],
        },
        {
          title: "it is negative where the neuron stays silent",
          call: "signedDistance",
          inputs: (random) => {
            const { neuron, inputs } = perceptronCase(random, 0, 0);
            return [[neuron, inputs]];
          },
        },
        {
          title: "ten times the weights and ten times the bias: the same line, the same distance",
          call: "signedDistance",
          inputs: (random) => {
            const [weights, point, bias] = [numbers(random, 3), numbers(random, 3), random.uniform(1, 2)];
            return [1, 10].map((k) => [{ weights: weights.map((w) => k * w), bias: k * bias }, point]);
          },
        },
      ],
      mistakes: [
        {
          name: "not divided by the length of the weights",
          message:
            "You return the weighted sum itself. It grows with the weights: ten times the weights and bias gives ten times your answer, yet the line has not moved. Divide by the length of the weight vector.",
          edits: [["return sum / Math.sqrt(squaredLength);", "return sum;"]],
        },
        {
          name: "divided by the squared length",
          message:
            "You divide by w₁² + w₂² + …, which is the length *squared*. Now the distance shrinks when the weights grow. A root is missing.",
          edits: [["return sum / Math.sqrt(squaredLength);", "return sum / squaredLength;"]],
        },
        {
          name: "divided by the sum of the weights' sizes",
          message:
            "You divide by |w₁| + |w₂| + …, for weights [3, 4] by 7. The straight-line length of [3, 4] is 5: Pythagoras, squares first and then the root.",
          edits: [
            ["squaredLength += weights[i]! * weights[i]!;", "squaredLength += Math.abs(weights[i]!);"],
            ["return sum / Math.sqrt(squaredLength);", "return sum / squaredLength;"],
          ],
        },
        {
          name: "the bias is dropped",
          message:
            "Your distance is measured to the line through the origin: the bias is missing from the sum above the fraction bar. It is the bias that moves the line away from the origin.",
          edits: [["let sum = bias;\n  let squaredLength", "let sum = 0;\n  let squaredLength"]],
        },
        {
          name: "the sign is lost",
          message:
            "Your distances are never negative. Then nobody can tell on which *side* of the line a point lies, and the side is the neuron's answer. Keep the sign of the weighted sum.",
          edits: [["return sum / Math.sqrt(squaredLength);", "return Math.abs(sum) / Math.sqrt(squaredLength);"]],
        },
        {
          name: "the bias counts into the length",
          message:
            "The bias is squared into the length here. The direction of the line depends on the weights alone; only they belong under the root.",
          edits: [["let squaredLength = 0;", "let squaredLength = bias * bias;"]],
        },
      ],
    },
    {
      number: "01.3",
      slug: "neuron/gates",
      title: "AND, OR and NAND by hand",
      why: "Choosing nine numbers yourself shows what learning will have to do for you, and NAND alone can build any computer.",
      difficulty: 1,
      minutes: 10,
      points: 2,
      exports: ["gateNeuron"],
      hints: [
        "Draw the four corners of a square on paper. Which of them must fire? Draw a line that has these on one side and the others on the other.",
        "Take equal weights. Then only x₁ + x₂ counts: it is 0, 1 or 2 at the corners. AND must fire at 2 only, OR at 1 and 2. NAND is AND with every answer flipped.",
        "With weights [1, 1], the bias is minus the smallest sum that fires, moved half-way towards the largest that does not: for AND −1.5. Flip the sign of all three numbers, and the answers flip.",
      ],
      checks: [
        {
          title: "the right answer at all four corners",
          driver: "gateAnswers",
          inputs: () => ["AND", "OR", "NAND"].map((gate) => ({ gate, points: corners })),
        },
        {
          title: "the same answers when the inputs are off by up to 0.1",
          driver: "gateAnswers",
          inputs: (random) => ["AND", "OR", "NAND"].map((gate) => ({ gate, points: nearCorners(random) })),
        },
      ],
      mistakes: [
        {
          name: "AND fires as soon as one input is on",
          message:
            "Your AND answers like OR: one input alone lifts it over the threshold. Make the bias more negative, so that only both inputs together reach it.",
          edits: [
            [
              'if (gate === "AND") return { weights: [1, 1], bias: -1.5 };',
              'if (gate === "AND") return { weights: [1, 1], bias: -0.5 };',
            ],
          ],
        },
        {
          name: "AND's line runs through a corner",
          message:
            "At the exact corner (1, 1) your AND just reaches 0 and fires; with inputs of 0.95 it falls silent. The line passes through the corner itself. Move it half-way towards the other corners: room on both sides makes a decision robust.",
          edits: [
            [
              'if (gate === "AND") return { weights: [1, 1], bias: -1.5 };',
              'if (gate === "AND") return { weights: [1, 1], bias: -2 };',
            ],
          ],
        },
        {
          name: "OR fires for (0, 0)",
          message:
            "Your OR fires even when both inputs are 0: its weighted sum there is the bias alone, and 0 already counts as fired. It needs a bias below 0.",
          edits: [
            [
              'if (gate === "OR") return { weights: [1, 1], bias: -0.5 };',
              'if (gate === "OR") return { weights: [1, 1], bias: 0 };',
            ],
          ],
        },
        {
          name: "OR's line runs through two corners",
          message:
            "Your OR is right at exact corners and wrong beside them: with bias −1 the line runs through (0, 1) and (1, 0). Move it half-way towards (0, 0).",
          edits: [
            [
              'if (gate === "OR") return { weights: [1, 1], bias: -0.5 };',
              'if (gate === "OR") return { weights: [1, 1], bias: -1 };',
            ],
          ],
        },
        {
          name: "NAND keeps AND's bias",
          message:
            "Your NAND never fires: the weights were flipped and the bias was not, so all three numbers pull down. A neuron that should be on while its inputs are off needs a positive bias.",
          edits: [["return { weights: [-1, -1], bias: 1.5 };", "return { weights: [-1, -1], bias: -1.5 };"]],
        },
        {
          name: "NAND's line runs through a corner",
          message:
            "Your NAND still fires at (1, 1): its weighted sum there is exactly 0, and 0 counts as fired. Lower the bias until the line runs half-way between (1, 1) and the two corners beside it.",
          edits: [["return { weights: [-1, -1], bias: 1.5 };", "return { weights: [-1, -1], bias: 2 };"]],
        },
        {
          name: "NAND is AND",
          message:
            "Your NAND answers like AND. NAND means *not* AND: every answer flipped. What happens to the sign of a weighted sum when all its weights and the bias change sign?",
          edits: [["return { weights: [-1, -1], bias: 1.5 };", "return { weights: [1, 1], bias: -1.5 };"]],
        },
        {
          name: "NAND is NOR",
          message:
            "Your NAND falls silent as soon as one input is on: that is NOR, “neither”. NAND falls silent only when *both* are on, so a single −1 must not yet pull the sum below 0.",
          edits: [["return { weights: [-1, -1], bias: 1.5 };", "return { weights: [-1, -1], bias: 0.5 };"]],
        },
      ],
    },
    {
      number: "01.4",
      slug: "neuron/perceptron-step",
      title: "One step of the perceptron rule",
      why: "The first rule by which a machine found its own weights: after each mistake, move the line a little.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["perceptronStep"],
      hints: [
        "The rule needs to know whether the neuron was wrong, and in which direction. Compute its answer first.",
        "Four lines: the weighted sum z; the output, 1 or 0; the error, target minus output; then a new neuron whose weights and bias each moved by rate · error · (input, or 1 for the bias).",
        "`weights: neuron.weights.map((w, i) => w + learningRate * error * inputs[i])`, and the bias likewise with an input of 1.",
      ],
      checks: [
        {
          title: "it stayed silent and should have fired: the line moves towards the point",
          call: "perceptronStep",
          inputs: (random) => [perceptronArguments(random, 0, 1)],
        },
        {
          title: "it fired and should have stayed silent: the line moves the other way",
          call: "perceptronStep",
          inputs: (random) => [perceptronArguments(random, 1, 0)],
        },
        {
          title: "when it was right, nothing moves",
          call: "perceptronStep",
          inputs: (random) => [perceptronArguments(random, 0, 0), perceptronArguments(random, 1, 1)],
        },
        {
          title: "a weighted sum of exactly 0 counts as fired",
          call: "perceptronStep",
          inputs: (random) => {
            const [a, b] = [4 + random.integer(4), 1 + random.integer(2)]; // a negative bias
            return [0, 1].map((target) => [{ weights: [2, -3], bias: 3 * b - 2 * a }, [a, b], target, 0.5]);
          },
        },
        {
          title: "the neuron that was handed in is left as it is",
          driver: "stepAndOriginal",
          inputs: (random) => [perceptronCase(random, 0, 1)],
        },
      ],
      mistakes: [
        {
          name: "the error has the wrong sign",
          message:
            "Your neuron moves *away* from the right answer: where it should have fired, its next sum is even lower. The error is target minus output, in this order.",
          edits: [["const error = target - output;", "const error = output - target;"]],
        },
        {
          name: "the bias does not learn",
          message:
            "The weights move and the bias stays. Then the line can only turn about one fixed point. Treat the bias like a weight whose input is always 1.",
          edits: [["bias: neuron.bias + learningRate * error,", "bias: neuron.bias,"]],
        },
        {
          name: "the inputs are left out of the step",
          message:
            "All your weights move by the same amount. A weight should move in proportion to its own input: an input of 0 had no part in the mistake, and a negative one pushed the other way.",
          edits: [["w + learningRate * error * inputs[i]!", "w + learningRate * error"]],
        },
        {
          name: "the raw sum is compared with the target",
          message:
            "Your error uses the weighted sum instead of the neuron's answer, so the neuron moves even when it was right. (With a gentle enough rate that is a rule of its own, by Widrow and Hoff. It is not this one.) Turn the sum into 0 or 1 first.",
          edits: [["const error = target - output;", "const error = target - z;"]],
        },
        {
          name: "it moves even when it was right",
          message:
            "Your neuron moves after every example. The perceptron rule learns from mistakes only: when output and target agree, the error is 0 and nothing may change.",
          edits: [["const error = target - output;", "const error = target === 1 ? 1 : -1;"]],
        },
        {
          name: "a sum of 0 does not fire",
          message:
            "At a weighted sum of exactly 0 your neuron stays silent. The task says “fires if z ≥ 0”. A neuron that starts with all weights at 0 sits exactly on this border, so the border decides its first step.",
          edits: [["const output = z >= 0 ? 1 : 0;", "const output = z > 0 ? 1 : 0;"]],
        },
        {
          name: "the bias is not in the sum",
          message:
            "Your neuron judges itself without its bias: it takes some right answers for wrong ones, and the other way round. The bias belongs in z, as always.",
          edits: [["let z = neuron.bias;", "let z = 0;"]],
        },
        {
          name: "the learning rate is forgotten",
          message:
            "Your steps always have full size, whatever the learning rate. Both the weights and the bias move by learningRate · error · input.",
          edits: [
            ["w + learningRate * error * inputs[i]!", "w + error * inputs[i]!"],
            ["bias: neuron.bias + learningRate * error,", "bias: neuron.bias + error,"],
          ],
        },
        {
          name: "the old neuron is overwritten",
          message:
            "Your numbers are right, but you changed the weights of the neuron that you were given. Whoever kept it, for a picture of the line before and after, now holds something else. Build a new array.",
          edits: [
            [
              "weights: neuron.weights.map((w, i) => w + learningRate * error * inputs[i]!),",
              "weights: neuron.weights.map((w, i, all) => ((all as number[])[i] = w + learningRate * error * inputs[i]!)),",
            ],
          ],
        },
      ],
    },
    {
      number: "01.5",
      slug: "neuron/activations",
      title: "Five activations",
      why: "The activation turns a sum into an answer; without one, a hundred layers can do no more than a single one.",
      difficulty: 1,
      minutes: 10,
      points: 2,
      exports: ["step", "relu", "leakyRelu", "sigmoid", "tanh"],
      hints: [
        "Say in words what each one does to −2, 0 and 2, then write that down.",
        "The first three are a choice between two values (`x >= 0 ? … : …`) or `Math.max`. The sigmoid is its formula with `Math.exp`. For tanh, think about what eˣ is at x = 1000.",
        "`Math.max(0, x)`, `x > 0 ? x : slope * x`, `1 / (1 + Math.exp(-x))`, and `Math.tanh`, which was written with large x in mind.",
      ],
      checks: [
        {
          title: "step: 1 from 0 on",
          call: "step",
          inputs: (random) => [[random.uniform(0.1, 3)], [-random.uniform(0.1, 3)], [0]],
        },
        {
          title: "ReLU: x or 0",
          call: "relu",
          inputs: (random) => [[random.uniform(1.2, 3)], [-random.uniform(1.2, 3)], [0]],
        },
        {
          title: "leaky ReLU: x or slope · x",
          call: "leakyRelu",
          inputs: (random) => [
            [random.uniform(1.2, 3), random.uniform(0.05, 0.3)],
            [-random.uniform(1.2, 3), random.uniform(0.05, 0.3)],
          ],
        },
        {
          title: "sigmoid: between 0 and 1, rising",
          call: "sigmoid",
          inputs: (random) => [[0], [random.uniform(0.5, 4)], [-random.uniform(0.5, 4)]],
        },
        {
          title: "tanh: between −1 and 1, rising",
          call: "tanh",
          inputs: (random) => [[0], [random.uniform(0.5, 3)], [-random.uniform(0.5, 3)]],
        },
        { title: "tanh of ±1000 is ±1", call: "tanh", inputs: () => [[1000], [-1000]] },
      ],
      mistakes: [
        {
          name: "step(0) is 0",
          message:
            "Your step is 0 at exactly 0. The definition says 1 from 0 on (x ≥ 0). Either choice works; what matters is that the whole course makes the same one.",
          edits: [["return x >= 0 ? 1 : 0;", "return x > 0 ? 1 : 0;"]],
        },
        {
          name: "ReLU returns the size of x",
          message: "Your ReLU turns −2 into 2. “Rectified” here means cut off, not flipped: negative inputs give 0.",
          edits: [["return Math.max(0, x);", "return Math.abs(x);"]],
        },
        {
          name: "ReLU returns 0 or 1",
          message:
            "Your ReLU answers 1 for every positive x: that is the step. ReLU lets a positive x through unchanged, so that a stronger input stays a stronger signal.",
          edits: [["return Math.max(0, x);", "return x > 0 ? 1 : 0;"]],
        },
        {
          name: "the leak is on the wrong side",
          message:
            "Your leaky ReLU damps positive inputs and lets negative ones through. The leak is for the negative side only.",
          edits: [["return x > 0 ? x : slope * x;", "return x > 0 ? slope * x : x;"]],
        },
        {
          name: "no leak",
          message:
            "Your leaky ReLU is 0 for negative inputs: that is the plain ReLU. The leak is the point of it: a neuron that sits on the negative side still gets a slope and can find its way back.",
          edits: [["return x > 0 ? x : slope * x;", "return x > 0 ? x : 0;"]],
        },
        {
          name: "the leak answers a constant",
          message:
            "For a negative x your leaky ReLU answers −slope, the same for −1 and for −100. Slope *times x* is what leaks through.",
          edits: [["return x > 0 ? x : slope * x;", "return x > 0 ? x : -slope;"]],
        },
        {
          name: "the sigmoid falls",
          message:
            "Your sigmoid falls from 1 to 0; it should rise. It is a mirror image of the right one, and at 0 both are 0.5, so that point alone cannot tell them apart. Look at the sign in the exponent.",
          edits: [["return 1 / (1 + Math.exp(-x));", "return 1 / (1 + Math.exp(x));"]],
        },
        {
          name: "the sigmoid exceeds 1",
          message:
            "Your sigmoid is 1 at 0 and grows beyond all bounds: it is eˣ. The 1 + in the denominator is what holds it below 1.",
          edits: [["return 1 / (1 + Math.exp(-x));", "return 1 / Math.exp(-x);"]],
        },
        {
          name: "tanh overflows",
          message:
            "Your tanh gives NaN at ±1000. e¹⁰⁰⁰ is too large for a number: it becomes Infinity, and Infinity divided by Infinity is NaN. One NaN spreads through every sum it enters, and the network is lost. Use a form in which nothing becomes infinite.",
          edits: [["return Math.tanh(x);", "return (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x));"]],
        },
        {
          name: "tanh is half as steep",
          message:
            "Your tanh is too flat: it is 2σ(x) − 1, which rises half as fast. The two are relatives indeed, but tanh(x) = 2σ(2x) − 1, with 2x.",
          edits: [["return Math.tanh(x);", "return Math.tanh(x / 2);"]],
        },
      ],
    },
    {
      number: "01.6",
      slug: "neuron/derivatives",
      title: "Their slopes",
      why: "Learning will ask every neuron: if your sum were a little larger, how much larger would your answer be?",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["reluDerivative", "leakyReluDerivative", "sigmoidDerivative", "tanhDerivative"],
      hints: [
        "A slope is rise over run. Which of the four are straight lines on each side of 0, and how steep?",
        "For the two ReLUs choose between two constants. For the other two compute the squashed value first, store it, and put it into the formula.",
        "`const s = 1 / (1 + Math.exp(-x)); return s * (1 - s);` is the sigmoid's; tanh's is 1 minus a square.",
      ],
      checks: [
        {
          title: "ReLU: 1 or 0",
          call: "reluDerivative",
          inputs: (random) => [[random.uniform(1.2, 3)], [-random.uniform(1.2, 3)]],
        },
        { title: "ReLU at 0: 0, as PyTorch does", call: "reluDerivative", inputs: () => [[0]] },
        {
          title: "leaky ReLU: 1 or the slope",
          call: "leakyReluDerivative",
          inputs: (random) => [
            [random.uniform(1.2, 3), random.uniform(0.05, 0.3)],
            [-random.uniform(1.2, 3), random.uniform(0.05, 0.3)],
            [0, random.uniform(0.05, 0.3)],
          ],
        },
        {
          title: "sigmoid: σ(x)(1 − σ(x)), from x before squashing",
          call: "sigmoidDerivative",
          inputs: (random) => [[0], [random.uniform(0.5, 3)], [-random.uniform(0.5, 3)]],
        },
        {
          title: "tanh: 1 − tanh(x)², from x before squashing",
          call: "tanhDerivative",
          inputs: (random) => [[0], [random.uniform(0.5, 2)], [-random.uniform(0.5, 2)]],
        },
        {
          title: "far out both are flat: saturation",
          call: "sigmoidDerivative",
          inputs: () => [[30], [-30]],
        },
      ],
      mistakes: [
        {
          name: "ReLU′(0) is 1",
          message:
            "Your slope at exactly 0 is 1. There is a corner, so mathematics leaves the choice open; this course, like PyTorch, chooses 0 and says so. It matters more than it seems: after a ReLU many numbers *are* exactly 0.",
          edits: [["return x > 0 ? 1 : 0;", "return x >= 0 ? 1 : 0;"]],
        },
        {
          name: "ReLU′(0) is ½",
          message:
            "At exactly 0 your slope is the mean of both sides. A fair thought, but the convention here, as in PyTorch, is 0.",
          edits: [["return x > 0 ? 1 : 0;", "return x === 0 ? 0.5 : x > 0 ? 1 : 0;"]],
        },
        {
          name: "ReLU instead of its slope",
          message:
            "You return x itself for positive x: that is ReLU, not its slope. On the positive side ReLU is the line y = x. How steep is it?",
          edits: [["return x > 0 ? 1 : 0;", "return x > 0 ? x : 0;"]],
        },
        {
          name: "the leak's slope is forgotten",
          message:
            "Your leaky ReLU has slope 0 on the negative side. There it is the line y = slope · x, and it must pass this slope on: that is how a silent neuron keeps learning.",
          edits: [["return x > 0 ? 1 : slope;", "return x > 0 ? 1 : 0;"]],
        },
        {
          name: "leaky ReLU′(0) is 1",
          message:
            "At exactly 0 your slope is 1. The course counts 0 to the negative side here, as PyTorch does, so it is `slope`.",
          edits: [["return x > 0 ? 1 : slope;", "return x >= 0 ? 1 : slope;"]],
        },
        {
          name: "the sigmoid's slope, with x taken for the squashed value",
          message:
            "At 0 your slope is 0 instead of 0.25. You wrote x(1 − x), which is right when x has *already* been through the sigmoid. Here x is the number before it. Many programs store the squashed value and use that short form; mixing the two is the classic mistake.",
          edits: [["return squashed * (1 - squashed);", "return x * (1 - x);"]],
        },
        {
          name: "the sigmoid itself",
          message:
            "You return σ(x). Its slope is largest in the middle (0.25 at x = 0) and falls to 0 on *both* sides; yours keeps rising.",
          edits: [["return squashed * (1 - squashed);", "return squashed;"]],
        },
        {
          name: "tanh's formula for the sigmoid",
          message:
            "At 0 your sigmoid's slope is 0.75: that is 1 − σ², tanh's pattern. The sigmoid's is σ times (1 − σ).",
          edits: [["return squashed * (1 - squashed);", "return 1 - squashed * squashed;"]],
        },
        {
          name: "tanh′ as 1 − tanh",
          message:
            "For negative x your slope is greater than 1, yet tanh is nowhere steeper than at 0. The square is missing: 1 − tanh(x)². With it, the slope is the same left and right.",
          edits: [["return 1 - squashedTanh * squashedTanh;", "return 1 - squashedTanh;"]],
        },
        {
          name: "tanh′ with x taken for the squashed value",
          message:
            "Your slope is 1 − x², and it turns negative beyond x = 1, though tanh never falls. Here x is the number before squashing: squash it first, then square.",
          edits: [["return 1 - squashedTanh * squashedTanh;", "return 1 - x * x;"]],
        },
        {
          name: "the sigmoid's formula for tanh",
          message:
            "At 0 your tanh has slope 0, but that is where it is steepest. You used t(1 − t), the sigmoid's pattern. For tanh it is 1 − t².",
          edits: [["return 1 - squashedTanh * squashedTanh;", "return squashedTanh * (1 - squashedTanh);"]],
        },
      ],
    },
    {
      number: "01.7",
      slug: "neuron/stable-sigmoid",
      title: "A sigmoid that survives ±1000",
      why: "Real networks do produce such sums, and one Infinity or NaN ends a training run that took all night.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["stableSigmoid", "logSigmoid"],
      hints: [
        "Type `Math.exp(1000)` and `Math.exp(-1000)` into a cell. Which of the two is harmless?",
        "For x ≥ 0 use the form with e⁻ˣ, for x < 0 the one with eˣ: the exponent is then −|x| in both. For the logarithm, also −|x|: one form for each sign, or one for both, log σ(x) = min(x, 0) − log(1 + e^(−|x|)).",
        "`const e = Math.exp(-Math.abs(x));` lies between 0 and 1 for every x. The sigmoid is `1 / (1 + e)` or `e / (1 + e)`, depending on the sign of x; the logarithm is `Math.min(x, 0) - Math.log1p(…)`.",
      ],
      checks: [
        {
          title: "ordinary numbers, as before",
          call: "stableSigmoid",
          inputs: (random) => [[0], [random.uniform(0.5, 5)], [-random.uniform(0.5, 5)]],
        },
        { title: "±1000 give 1 and 0, not NaN", call: "stableSigmoid", inputs: () => [[1000], [-1000]] },
        {
          title: "tiny is not zero: about e^(−720) at −720",
          call: "stableSigmoid",
          tolerance: { absolute: 0, relative: 1e-6 },
          inputs: (random) => [[-720], [-random.uniform(711, 719)], [-random.uniform(35, 60)]],
        },
        {
          title: "the logarithm, for ordinary numbers",
          call: "logSigmoid",
          inputs: (random) => [[0], [random.uniform(0.5, 5)], [-random.uniform(0.5, 5)]],
        },
        {
          title: "the logarithm, far to the left, is about x",
          call: "logSigmoid",
          inputs: (random) => [[-1000], [-random.uniform(50, 700)]],
        },
        {
          title: "the logarithm, far to the right, is tiny and not zero",
          call: "logSigmoid",
          tolerance: { absolute: 0, relative: 1e-6 },
          inputs: (random) => [[40], [random.uniform(45, 600)]],
        },
      ],
      mistakes: [
        {
          name: "eˣ / (1 + eˣ) everywhere",
          message:
            "At x = 1000 your answer is NaN: e¹⁰⁰⁰ is Infinity, and Infinity / Infinity is not a number. This form is safe only where x is not positive.",
          edits: [
            ["const e = Math.exp(-Math.abs(x));", "const e = Math.exp(x);"],
            ["x >= 0 ? 1 / (1 + e) : e / (1 + e)", "e / (1 + e)"],
          ],
        },
        {
          name: "1 / (1 + e⁻ˣ) everywhere",
          message:
            "At x = −720 your answer is exactly 0. e⁷²⁰ became Infinity on the way, and 1 / Infinity is 0. The true value is tiny, but a number can hold it. It matters as soon as somebody takes its logarithm.",
          edits: [
            ["const e = Math.exp(-Math.abs(x));", "const e = Math.exp(-x);"],
            ["x >= 0 ? 1 / (1 + e) : e / (1 + e)", "1 / (1 + e)"],
          ],
        },
        {
          name: "each form is used where it fails",
          message:
            "NaN for large positive x, 0 for large negative x: each form is used exactly where it fails. Swap the condition, so that the exponent is never positive.",
          edits: [
            ["const e = Math.exp(-Math.abs(x));", "const e = Math.exp(Math.abs(x));"],
            ["x >= 0 ? 1 / (1 + e) : e / (1 + e)", "x >= 0 ? e / (1 + e) : 1 / (1 + e)"],
          ],
        },
        {
          name: "left and right are swapped",
          message:
            "Your sigmoid falls: it gives σ(−x). The exponent is harmless now, but the two forms have changed sides. For positive x the answer must be above 0.5.",
          edits: [["x >= 0 ? 1 / (1 + e) : e / (1 + e)", "x >= 0 ? e / (1 + e) : 1 / (1 + e)"]],
        },
        {
          name: "x is clipped",
          message:
            "No NaN, but your sigmoid stands still beyond the clip: it gives the same for −40 and for −720. Then the network cannot tell a bad answer from a terrible one, and the slope out there is 0. The exact form needs no clip.",
          edits: [["const e = Math.exp(-Math.abs(x));", "const e = Math.exp(-Math.min(Math.abs(x), 30));"]],
        },
        {
          name: "the logarithm of the sigmoid",
          message:
            "At −1000 your logarithm is −Infinity: you took the sigmoid first, it became 0, and log 0 is −Infinity. The true answer is just −1000. Work with the formula for the logarithm, so that the tiny number never has to exist.",
          edits: [
            ["return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));", "return Math.log(stableSigmoid(x));"],
          ],
        },
        {
          name: "−log(1 + e⁻ˣ) everywhere",
          message:
            "At −1000 your logarithm is −Infinity, because e¹⁰⁰⁰ is Infinity inside it. For negative x use the other form, in which the exponent is x itself.",
          edits: [["return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));", "return -Math.log1p(Math.exp(-x));"]],
        },
        {
          name: "log(1 + e) instead of log1p(e)",
          message:
            "At x = 40 your logarithm is exactly 0. 1 + 4·10⁻¹⁸ is rounded to 1 before the logarithm sees it. `Math.log1p(e)` takes e itself and loses nothing.",
          edits: [["Math.log1p(Math.exp(-Math.abs(x)))", "Math.log(1 + Math.exp(-Math.abs(x)))"]],
        },
        {
          name: "min(x, 0) is missing",
          message:
            "Your logarithm is the same for x and −x: it comes back to 0 on the left, where it should follow x down. For negative x one term is missing.",
          edits: [["return Math.min(x, 0) - Math.log1p", "return -Math.log1p"]],
        },
      ],
    },
    {
      number: "01.8",
      slug: "neuron/xor",
      title: "XOR from three neurons",
      why: "One neuron cannot do it, three can: this step, from one line to several, is where networks begin.",
      difficulty: 2,
      minutes: 15,
      points: 3,
      exports: ["xorNetwork"],
      hints: [
        "Say XOR in words with “or”, “and” and “not”: it is on when at least one input is on, and …?",
        "“At least one, and not both.” The first half is a gate you have built, so is the second; a third gate joins them. Make a table of the hidden answers at all four corners.",
        "Hidden: OR and NAND. Output: AND of the two hidden answers. You know good weights and biases for all three from 01.3.",
      ],
      checks: [
        { title: "the right answer at all four corners", driver: "xorAnswers", inputs: () => [corners] },
        {
          title: "the same answers when the inputs are off by up to 0.1",
          driver: "xorAnswers",
          inputs: (random) => [nearCorners(random)],
        },
      ],
      mistakes: [
        {
          name: "the output neuron is an OR",
          message:
            "Your network always fires. One of your two hidden neurons is on at every corner, so joining them with OR gives 1 everywhere. Both conditions must hold *together*.",
          edits: [
            [
              "const and: Neuron = { weights: [1, 1], bias: -1.5 };",
              "const and: Neuron = { weights: [1, 1], bias: -0.5 };",
            ],
          ],
        },
        {
          name: "the second hidden neuron is AND, not NAND",
          message:
            "Your network answers like AND: it fires only at (1, 1), the one corner with two inputs on, which XOR must exclude. “Not both” needs the flipped gate.",
          edits: [
            [
              "const nand: Neuron = { weights: [-1, -1], bias: 1.5 };",
              "const nand: Neuron = { weights: [1, 1], bias: -1.5 };",
            ],
          ],
        },
        {
          name: "both hidden neurons draw the same line",
          message:
            "Your network answers like OR. Both hidden neurons say the same, so the output learns nothing from the second: one line, drawn twice, is one line.",
          edits: [
            [
              "const nand: Neuron = { weights: [-1, -1], bias: 1.5 };",
              "const nand: Neuron = { weights: [1, 1], bias: -0.5 };",
            ],
          ],
        },
        {
          name: "exactly the opposite",
          message:
            "Every answer is flipped: your network fires when the inputs are *equal*. That is XNOR. It draws the right two lines; flip the three signs of the output neuron.",
          edits: [
            [
              "const and: Neuron = { weights: [1, 1], bias: -1.5 };",
              "const and: Neuron = { weights: [-1, -1], bias: 1.5 };",
            ],
          ],
        },
        {
          name: "the output is NAND alone",
          message:
            "Your network also fires at (0, 0): the “at least one” half is lost. Check the weight with which the output neuron listens to its first hidden neuron.",
          edits: [
            [
              "const and: Neuron = { weights: [1, 1], bias: -1.5 };",
              "const and: Neuron = { weights: [0, 1], bias: -0.5 };",
            ],
          ],
        },
        {
          name: "a line runs through the corners",
          message:
            "Right at the exact corners, wrong beside them: one of your hidden neurons sits exactly on its threshold at (0, 1) and (1, 0). Move its line half-way between the corners that it separates.",
          edits: [
            [
              "const or: Neuron = { weights: [1, 1], bias: -0.5 };",
              "const or: Neuron = { weights: [1, 1], bias: -1 };",
            ],
          ],
        },
      ],
    },
  ],
};

export default lesson;
