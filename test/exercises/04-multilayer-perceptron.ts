import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.2, high = 1.2): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

/** A layer from `inputs` to `outputs`, biases large enough to show. */
function layer(random: Random, inputs: number, outputs: number) {
  return {
    weights: Array.from({ length: outputs }, () => numbers(random, inputs)),
    biases: numbers(random, outputs, 0.5, 1.5),
  };
}

/** Points of two classes that a small network can learn, and a seed for its weights. */
function training(random: Random, examples: number, steps: number) {
  return {
    seed: random.integer(1_000_000),
    inputs: Array.from({ length: examples }, () => numbers(random, 2, 0.5, 1.5)),
    targets: Array.from({ length: examples }, (_, i) => i % 2),
    rate: random.uniform(0.3, 0.5),
    steps,
  };
}

/** Losses that fall to their lowest at `best` (from 1), then rise and wobble. */
function valley(random: Random, length: number, best: number): number[] {
  const wobble = () => random.uniform(-0.04, 0.04);
  return Array.from({ length }, (_, i) => 1 + 0.3 * Math.abs(i + 1 - best) + (i + 1 === best ? 0 : 0.1 + wobble()));
}

/** Losses that only fall: those of training. */
function falling(random: Random, length: number): number[] {
  return Array.from({ length }, (_, i) => 2 / (i + 1) + random.uniform(0, 0.001));
}

const lesson: Lesson = {
  name: "04-multilayer-perceptron",
  title: "The multilayer perceptron",
  exercises: [
    {
      number: "04.1",
      slug: "mlp/layer",
      title: "A layer of neurons",
      why: "One neuron draws one line. A layer draws several lines over the same plane.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["layerForward"],
      hints: [
        "You wrote the neuron in lesson 01. Now there are several, each with its own weights and its own bias, and all see the same inputs.",
        "For each neuron j: start with `layer.biases[j]`, add `layer.weights[j][i] * inputs[i]` for every input i, and put the sum through the activation.",
        "`return layer.weights.map((weights, j) => { let sum = layer.biases[j]!; … return activation(sum); });`",
      ],
      checks: [
        {
          title: "one neuron",
          driver: "layer",
          inputs: (random) => [{ layer: layer(random, 3, 1), inputs: numbers(random, 3) }],
        },
        {
          title: "more neurons than inputs, and fewer",
          driver: "layer",
          inputs: (random) => [
            { layer: layer(random, 2, 5), inputs: numbers(random, 2) },
            { layer: layer(random, 5, 3), inputs: numbers(random, 5) },
          ],
        },
        {
          title: "as many neurons as inputs",
          driver: "layer",
          inputs: (random) => [{ layer: layer(random, 3, 3), inputs: numbers(random, 3) }],
        },
      ],
      mistakes: [
        {
          name: "all neurons share one bias",
          message:
            "Every neuron uses the first one's bias. A neuron's bias says where *its* line lies: with one bias for all, the lines cannot move on their own. Neuron j has `biases[j]`.",
          edits: [["let sum = layer.biases[j]!;", "let sum = layer.biases[0]!;"]],
        },
        {
          name: "the biases are dropped",
          message: "Your sums start at 0: the biases are missing, so every neuron's line runs through the origin.",
          edits: [["let sum = layer.biases[j]!;", "let sum = 0 * j;"]],
        },
        {
          name: "the activation is missing",
          message:
            "You return the plain sums. A layer's outputs have been through its activation; without it, layers on top of each other are no more than one.",
          edits: [["    return activation(sum);", "    return sum;"]],
        },
        {
          name: "the activation before the sum",
          message:
            "You put the activation on each product, or on the inputs, and add afterwards. First the whole weighted sum with its bias, then the activation, once for each neuron.",
          edits: [
            [
              "sum += weights[i]! * inputs[i]!;\n    return activation(sum);",
              "sum += activation(weights[i]! * inputs[i]!);\n    return sum;",
            ],
          ],
        },
        {
          name: "the bias after the activation",
          message:
            "You add the bias after the activation. It belongs to the weighted sum: there it moves the line; afterwards it would only lift the answer.",
          edits: [
            ["let sum = layer.biases[j]!;", "let sum = 0;"],
            ["    return activation(sum);", "    return activation(sum) + layer.biases[j]!;"],
          ],
        },
        {
          name: "each neuron sees what the one before answered",
          message:
            "Your second neuron's sum goes on from where the first one's stopped. Neurons side by side know nothing of each other: each starts anew with its own bias.",
          edits: [
            [
              "  return layer.weights.map((weights, j) => {\n    let sum = layer.biases[j]!;",
              "  let sum = 0;\n  return layer.weights.map((weights, j) => {\n    sum += layer.biases[j]!;",
            ],
          ],
        },
      ],
    },
    {
      number: "04.2",
      slug: "mlp/forward",
      title: "Layers in a row",
      why: "What the first layer draws is the plane on which the second one draws.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["mlpForward"],
      hints: [
        "Keep one variable that holds the signal: at first the inputs, after each layer that layer's outputs.",
        "Loop over the layers with their index. For each compute the list of sums (bias plus weighted signal). If it is not the last layer, put the activation on each sum. That list is the new signal.",
        "`signal = l === layers.length - 1 ? sums : sums.map(activation);`",
      ],
      checks: [
        {
          title: "two layers",
          driver: "network",
          inputs: (random) => [{ layers: [layer(random, 2, 4), layer(random, 4, 1)], inputs: numbers(random, 2) }],
        },
        {
          title: "three layers of different sizes",
          driver: "network",
          inputs: (random) => [
            { layers: [layer(random, 3, 5), layer(random, 5, 4), layer(random, 4, 2)], inputs: numbers(random, 3) },
          ],
        },
        {
          title: "layers that are all of the same size",
          driver: "network",
          inputs: (random) => [
            { layers: [layer(random, 3, 3), layer(random, 3, 3), layer(random, 3, 3)], inputs: numbers(random, 3) },
          ],
        },
        {
          title: "a single layer is only its sums",
          driver: "network",
          inputs: (random) => [{ layers: [layer(random, 3, 2)], inputs: numbers(random, 3) }],
        },
      ],
      mistakes: [
        {
          name: "an activation after the last layer",
          message:
            "The last layer's sums went through the activation too. A tanh there would keep every answer between −1 and 1: no regression could reach 5, and no logit could be sure. The last layer stays plain.",
          edits: [["signal = last ? sums : sums.map(activation);", "signal = sums.map(activation);"]],
        },
        {
          name: "no activation at all",
          message:
            "No layer has an activation. Then the whole network is one linear layer in disguise (exercise 04.3 shows it), and no depth will ever bend its line.",
          edits: [["signal = last ? sums : sums.map(activation);", "signal = sums;"]],
        },
        {
          name: "an activation only after the last layer",
          message: "It is the wrong way round: hidden layers have the activation, the last one has none.",
          edits: [["signal = last ? sums : sums.map(activation);", "signal = last ? sums.map(activation) : sums;"]],
        },
        {
          name: "only the last layer counts",
          message:
            "Each of your layers sees the network's inputs instead of the outputs of the layer before. Then all layers but the last are for nothing.",
          edits: [["sum + weight * signal[i]!, layer.biases[j]!", "sum + weight * (inputs[i] ?? 0), layer.biases[j]!"]],
        },
        {
          name: "the biases are dropped",
          message: "The weighted sums start at 0: the biases are missing in every layer.",
          edits: [["sum + weight * signal[i]!, layer.biases[j]!", "sum + weight * signal[i]!, 0 * j"]],
        },
        {
          name: "one bias for the whole layer",
          message: "All neurons of a layer use the bias of its first one. Neuron j has `biases[j]`.",
          edits: [["sum + weight * signal[i]!, layer.biases[j]!", "sum + weight * signal[i]!, layer.biases[0 * j]!"]],
        },
      ],
    },
    {
      number: "04.3",
      slug: "mlp/merge-linear",
      title: "Two linear layers are one",
      why: "It shows in eight lines why a network needs its nonlinearity, however deep it is.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["mergeLinear"],
      hints: [
        "Multiply W₂ (W₁ x + b₁) + b₂ out. What stands before x? What is left when x is 0?",
        "The weights are the matrix product W₂ W₁: entry [k][i] is the sum over the J hidden neurons of W₂[k][j] · W₁[j][i]. The biases are W₂ b₁ + b₂: entry k is b₂[k] plus the sum over j of W₂[k][j] · b₁[j].",
        "`weights: second.weights.map((row) => inputs.map((i) => row.reduce((sum, w, j) => sum + w * first.weights[j]![i]!, 0)))`, and the biases in the same way",
      ],
      checks: [
        {
          title: "one number in, one number out: first 2x + 3, then 5x + 7, and others",
          call: "mergeLinear",
          inputs: (random) => [
            [
              { weights: [[2]], biases: [3] },
              { weights: [[5]], biases: [7] },
            ],
            [layer(random, 1, 1), layer(random, 1, 1)],
          ],
        },
        {
          title: "layers of different sizes",
          call: "mergeLinear",
          inputs: (random) => [
            [layer(random, 2, 5), layer(random, 5, 3)],
            [layer(random, 4, 2), layer(random, 2, 3)],
          ],
        },
        {
          title: "square layers, where a swapped product has the right shape",
          call: "mergeLinear",
          inputs: (random) => [[layer(random, 3, 3), layer(random, 3, 3)]],
        },
      ],
      mistakes: [
        {
          name: "the first layer's biases are lost",
          message:
            "Your biases are those of the second layer alone. The first layer's biases go through the second layer's weights: W₂ b₁ is added.",
          edits: [
            [
              "row.reduce((sum, weight, j) => sum + weight * first.biases[j]!, second.biases[k]!),",
              "row.reduce((sum) => sum, second.biases[k]!),",
            ],
          ],
        },
        {
          name: "the second layer's biases are lost",
          message: "Your biases are W₂ b₁ alone: b₂ is missing. It is added at the end, as it is.",
          edits: [["first.biases[j]!, second.biases[k]!),", "first.biases[j]!, 0 * k),"]],
        },
        {
          name: "the first layer's biases skip the second layer",
          message:
            "You add b₁ to b₂ without its way through the second layer. What the first layer answers, biases included, is multiplied by W₂: its contribution is W₂ b₁.",
          edits: [
            [
              "row.reduce((sum, weight, j) => sum + weight * first.biases[j]!, second.biases[k]!),",
              "row.reduce((sum, _, j) => sum + first.biases[j]!, second.biases[k]!),",
            ],
          ],
        },
        {
          name: "the product in the wrong order",
          message:
            "You read W₁ with its indices exchanged, as if a neuron's weights stood in a column. `weights[j]` belongs to neuron j: entry [k][i] of the product is the sum over j of W₂[k][j] · W₁[j][i]. With square layers the shape does not betray it.",
          edits: [["sum + weight * first.weights[j]![i]!, 0)", "sum + weight * (first.weights[i]?.[j] ?? 0), 0)"]],
        },
        {
          name: "entry times entry",
          message:
            "You multiply the two weight tables entry by entry. Every hidden neuron lies between input i and output k: the entry is a *sum* over all of them.",
          edits: [
            [
              "inputs.map((i) => row.reduce((sum, weight, j) => sum + weight * first.weights[j]![i]!, 0)),",
              "inputs.map((i) => row.reduce((sum, weight, j) => (j === i ? weight * (first.weights[j]?.[i] ?? 0) : sum), 0)),",
            ],
          ],
        },
      ],
    },
    {
      number: "04.4",
      slug: "mlp/count-parameters",
      title: "Count the knobs",
      why: "The number in a model's name, from 33 here to 175 billion, is counted in this way.",
      difficulty: 1,
      minutes: 5,
      points: 1,
      exports: ["countParameters"],
      hints: [
        "How many numbers has one neuron with 5 inputs? And a layer of 3 such neurons?",
        "For every layer: its neurons times (the size before it, plus one for the bias). The inputs are no layer. Add them up.",
        "`for (let l = 1; l < sizes.length; l++) count += sizes[l]! * (sizes[l - 1]! + 1);`",
      ],
      checks: [
        {
          title: "one layer",
          call: "countParameters",
          inputs: (random) => [[[2 + random.integer(5), 1]], [[3 + random.integer(5), 2 + random.integer(4)]]],
        },
        {
          title: "two inputs, eight hidden neurons, one output: 33",
          call: "countParameters",
          inputs: () => [[[2, 8, 1]]],
        },
        {
          title: "deeper networks",
          call: "countParameters",
          inputs: (random) => [[[7, 5 + random.integer(3), 11, 3]], [[784, 100 + random.integer(50), 64, 32, 10]]],
        },
      ],
      mistakes: [
        {
          name: "the biases are not counted",
          message: "You count the weights only. Every neuron also has a bias, which is learnt like a weight.",
          edits: [["count += sizes[l]! * (sizes[l - 1]! + 1);", "count += sizes[l]! * sizes[l - 1]!;"]],
        },
        {
          name: "one bias for each layer",
          message: "You count one bias for each layer. Each *neuron* has its own.",
          edits: [["count += sizes[l]! * (sizes[l - 1]! + 1);", "count += sizes[l]! * sizes[l - 1]! + 1;"]],
        },
        {
          name: "inputs have biases too",
          message:
            "You count a bias for each of the size *before*. Inputs have none, they are given; the layer's own neurons have one each.",
          edits: [["count += sizes[l]! * (sizes[l - 1]! + 1);", "count += (sizes[l]! + 1) * sizes[l - 1]!;"]],
        },
        {
          name: "neurons instead of their numbers",
          message:
            "You add the sizes up: that is the number of neurons. Every neuron has as many weights as it has inputs, and a bias.",
          edits: [["count += sizes[l]! * (sizes[l - 1]! + 1);", "count += sizes[l]! + sizes[l - 1]!;"]],
        },
        {
          name: "the last layer is forgotten",
          message: "Your loop ends one layer early: the output layer has weights and biases as well.",
          edits: [["for (let l = 1; l < sizes.length; l++) count", "for (let l = 1; l < sizes.length - 1; l++) count"]],
        },
      ],
    },
    {
      number: "04.5",
      slug: "mlp/training-step",
      title: "A training step",
      why: "Five lines, always in this order. GPT's training step is the same five.",
      difficulty: 2,
      minutes: 15,
      points: 3,
      exports: ["trainingStep"],
      hints: [
        "Follow the five points of the task, in their order. Which of them must come before `backward()`, and which after?",
        "zeroGrad · logits = the first output for each example · loss from logits and targets · backward · for each parameter subtract learningRate times grad from data · return loss.data.",
        "`const logits = inputs.map((x) => model.forward(x)[0]!);` and `for (const parameter of model.parameters()) parameter.data -= learningRate * parameter.grad;`",
      ],
      checks: [
        {
          title: "one step: the loss before it, the parameters after it",
          driver: "training",
          inputs: (random) => [training(random, 4, 1)],
        },
        {
          title: "gradients that were there before do not count",
          driver: "stepAfterOther",
          inputs: (random) => [training(random, 4, 1)],
        },
        {
          title: "five steps",
          driver: "training",
          inputs: (random) => [training(random, 5, 5)],
        },
      ],
      mistakes: [
        {
          name: "the gradients are not reset",
          message:
            "The gradients of earlier steps are still there, and `backward()` adds to them. From the second step on you follow the sum of all gradients so far. Call `zeroGrad()` first.",
          edits: [["  model.zeroGrad();\n", ""]],
        },
        {
          name: "the gradients are reset after backward",
          message:
            "You reset the gradients *between* `backward()` and the update, so all of them are 0 when the weights should move. Nothing is learnt. Reset before the forward pass.",
          edits: [
            ["  model.zeroGrad();\n", ""],
            ["  loss.backward();\n  for", "  loss.backward();\n  model.zeroGrad();\n  for"],
          ],
        },
        {
          name: "the update before backward",
          message:
            "You move the weights before `backward()` has computed which way. Each step then uses the gradients of the step before, or none.",
          edits: [
            ["  model.zeroGrad();\n", ""],
            [
              "  loss.backward();\n  for (const parameter of model.parameters()) parameter.data -= learningRate * parameter.grad;",
              "  for (const parameter of model.parameters()) parameter.data -= learningRate * parameter.grad;\n  model.zeroGrad();\n  loss.backward();",
            ],
          ],
        },
        {
          name: "uphill",
          message: "You add the gradient: the step goes uphill, and the loss grows. Against the gradient is down.",
          edits: [["parameter.data -= learningRate", "parameter.data += learningRate"]],
        },
        {
          name: "only the first example",
          message:
            "Only the first example takes part. The loss is the mean over *all* examples that the step is given.",
          edits: [
            [
              "const loss = binaryCrossEntropyOf(logits, targets);",
              "const loss = binaryCrossEntropyOf(logits.slice(0, 1), targets.slice(0, 1));",
            ],
          ],
        },
        {
          name: "the loss after the step",
          message:
            "The weights are right, but you return the loss as it is after the step. That needs a second forward pass; the loss that `backward()` started from is already there.",
          edits: [
            [
              "  return loss.data;",
              "  return binaryCrossEntropyOf(inputs.map((x) => model.forward(x)[0]!), targets).data;",
            ],
          ],
        },
        {
          name: "the biases do not learn",
          message:
            "The weights move and the biases stay. `model.parameters()` has both: let every one of them take its step.",
          edits: [
            [
              "for (const parameter of model.parameters()) parameter",
              'for (const parameter of model.parameters().filter((p) => p.label !== "b")) parameter',
            ],
          ],
        },
      ],
    },
    {
      number: "04.6",
      slug: "mlp/accuracy",
      title: "The share that is right",
      why: "The loss is what the network feels; the accuracy is what you tell your colleagues.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["accuracy"],
      hints: [
        "At which logit is σ(logit) exactly ½?",
        "A logit above 0 says class 1, any other says class 0. Count where that equals the target, and divide by the number of examples.",
        "`if ((logits[n]! > 0 ? 1 : 0) === targets[n]) right++;`",
      ],
      checks: [
        {
          title: "some right, some wrong",
          call: "accuracy",
          inputs: (random) => [
            [[2, 0.3, -1].map((z) => z * random.uniform(0.9, 1.1)), [1, 0, 0]],
            [[-3, -0.5, 2, 4, 1.5].map((z) => z * random.uniform(0.9, 1.1)), [0, 1, 1, 1, 0]],
          ],
        },
        {
          title: "logits between 0 and ½ say class 1",
          call: "accuracy",
          inputs: (random) => [
            [
              [random.uniform(0.1, 0.4), random.uniform(0.1, 0.4), -2, 3],
              [1, 1, 0, 0],
            ],
          ],
        },
        {
          title: "a logit of exactly 0 is not above ½: class 0",
          call: "accuracy",
          inputs: (random) => [
            [
              [0, random.uniform(1, 2), -random.uniform(1, 2), 0],
              [0, 1, 0, 0],
            ],
          ],
        },
        {
          title: "all right, and all wrong",
          call: "accuracy",
          inputs: (random) => {
            const sizes = [3, -2, 1].map((z) => z * random.uniform(0.9, 1.1));
            return [
              [sizes, [1, 0, 1]],
              [sizes, [0, 1, 0]],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "a threshold of ½ on logits",
          message:
            "You compare the *logit* with ½. The probability is compared with ½, and σ(z) is above ½ exactly where z is above 0. A logit of 0.3 already says class 1.",
          edits: [["(logits[n]! > 0 ? 1 : 0)", "(logits[n]! > 0.5 ? 1 : 0)"]],
        },
        {
          name: "a count instead of a share",
          message:
            "You return how many are right. Divide by how many there are: 80 right of 100 and of 10,000 are not the same.",
          edits: [["return right / logits.length;", "return right;"]],
        },
        {
          name: "right and wrong are exchanged",
          message:
            "You get the share that is *wrong*: either you count the misses, or you say class 0 where the logit is high. A high logit means a high probability of class 1, and accuracy counts the hits.",
          edits: [["(logits[n]! > 0 ? 1 : 0) === targets[n]", "(logits[n]! > 0 ? 1 : 0) !== targets[n]"]],
        },
        {
          name: "only class 1 counts",
          message:
            "You count only examples of class 1 that were found, and divide by all. An example of class 0 that is taken for class 0 is right as well.",
          edits: [["=== targets[n]) right++", "=== targets[n] && targets[n] === 1) right++"]],
        },
        {
          name: "the logit is rounded",
          message:
            "You round the logit and compare it with the class: a confident logit of 4 then equals neither 0 nor 1, and a sure answer counts as wrong. A logit can be any number; only its sign says the class.",
          edits: [["(logits[n]! > 0 ? 1 : 0)", "Math.round(logits[n]!)"]],
        },
      ],
    },
    {
      number: "04.7",
      slug: "mlp/split",
      title: "Three parts",
      why: "A model is measured on what it has not seen. Everything you ever claim about a model rests on this split.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["splitExamples"],
      hints: [
        "Shuffle once, then cut the one list into three pieces.",
        "Make the list 0 … count − 1, shuffle it, and slice: the first `validation` places, the next `test` places, and all the rest. So nothing can be in two parts, and nothing gets lost.",
        "`order.slice(0, validation)`, `order.slice(validation, validation + test)`, `order.slice(validation + test)`",
      ],
      checks: [
        {
          title: "the right sizes, every example in exactly one part",
          driver: "split",
          inputs: (random) => [
            { count: 50, validationShare: 0.2, testShare: 0.1, seed: random.integer(1000) },
            { count: 37 + 2 * random.integer(5), validationShare: 0.25, testShare: 0.15, seed: random.integer(1000) },
          ],
        },
        {
          title: "without a test part",
          driver: "split",
          inputs: (random) => [{ count: 23, validationShare: 0.3, testShare: 0, seed: random.integer(1000) }],
        },
        {
          title: "each part comes from everywhere, and from `random` alone",
          driver: "dealing",
          tolerance: { absolute: 0.12 },
          inputs: (random) => [
            { count: 60, validationShare: 0.25, testShare: 0.25, seed: random.integer(100_000), splits: 40 },
          ],
        },
        {
          title: "every example is as likely as any other to be trained on",
          driver: "chances",
          tolerance: { absolute: 0.06 },
          inputs: (random) => [
            { count: 4, validationShare: 0.25, testShare: 0.25, seed: random.integer(100_000), splits: 3000 },
          ],
        },
      ],
      mistakes: [
        {
          name: "not shuffled",
          message:
            "Your parts are stretches of the list as it came. Data often lies in order: first all of one class, then all of the other; then you validate on a class that training never saw. Shuffle first.",
          edits: [["[order[i], order[j]] = [order[j]!, order[i]!];", "void j;"]],
        },
        {
          name: "no example stays in its place",
          message:
            "Your swap never leaves an example where it is: j is drawn from 0 … i − 1. Then the first example can never be among the first, and not every split is possible. Draw from 0 … i: `random() * (i + 1)`.",
          edits: [["const j = Math.floor(random() * (i + 1));", "const j = Math.floor(random() * i);"]],
        },
        {
          name: "validation examples are trained on",
          message:
            "Training holds the validation examples too. Then the validation loss falls for the same reason as the training loss, and never tells you when the network begins to learn by heart.",
          edits: [
            [
              "training: order.slice(validation + test),",
              "training: [...order.slice(0, validation), ...order.slice(validation + test)],",
            ],
          ],
        },
        {
          name: "everything is trained on",
          message:
            "Training holds all examples, those of validation and test included. Whatever you then measure is memory, not understanding.",
          edits: [["training: order.slice(validation + test),", "training: order,"]],
        },
        {
          name: "validation and test are the same",
          message:
            "Your test examples begin where the validation examples begin: they are the same ones. You choose the model by the validation set, so a test on it flatters.",
          edits: [["test: order.slice(validation, validation + test),", "test: order.slice(0, test),"]],
        },
        {
          name: "the test examples are lost",
          message:
            "Your training part begins too late: examples are in no part at all. Data is dear; training gets all that the others leave.",
          edits: [["training: order.slice(validation + test),", "training: order.slice(validation + test + 3),"]],
        },
        {
          name: "training gets the shares of the others",
          message:
            "The parts are exchanged: training gets the validation's share and the other way round. Training is the large rest.",
          edits: [
            ["validation: order.slice(0, validation),", "training: order.slice(0, validation),"],
            ["training: order.slice(validation + test),", "validation: order.slice(validation + test),"],
          ],
        },
      ],
    },
    {
      number: "04.8",
      slug: "mlp/early-stopping",
      title: "Stop when it gets no better",
      why: "The best network is often one you had an hour ago. Early stopping gives it back to you.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["trainWithEarlyStopping"],
      hints: [
        "What must you remember about the best epoch so far? Its number, its loss, and one thing more.",
        "Loop while there are epochs left and fewer than `patience` epochs have passed since the best. In each: train, count, measure the validation loss; if it is below the best, remember epoch, loss and a copy of the weights. After the loop give the model the best weights back.",
        "`while (epoch < maxEpochs && epoch - bestEpoch < patience) { … if (loss < bestLoss) { … bestWeights = model.copyWeights(); } }` and then `model.setWeights(bestWeights);`",
      ],
      checks: [
        {
          title: "stops after the patience, with the best weights",
          driver: "stopping",
          inputs: (random) => [
            {
              trainingLosses: falling(random, 30),
              validationLosses: valley(random, 30, 4),
              patience: 3,
              maxEpochs: 30,
            },
            {
              trainingLosses: falling(random, 30),
              validationLosses: valley(random, 30, 7),
              patience: 5,
              maxEpochs: 30,
            },
          ],
        },
        {
          title: "with patience 1: the first epoch that is no new low is the last",
          driver: "stopping",
          inputs: (random) => [
            {
              trainingLosses: falling(random, 30),
              validationLosses: valley(random, 30, 3),
              patience: 1,
              maxEpochs: 30,
            },
          ],
        },
        {
          title: "a bump is waited out when a new low comes in time",
          driver: "stopping",
          inputs: (random) => {
            const low = random.uniform(0.5, 0.7);
            const validationLosses = [5, 4, 4.3, 4.2, 3, 3.4, 3.2, low, 1, 1.2, 1.1, 1.3, 1.4, 1.5];
            return [{ trainingLosses: falling(random, 14), validationLosses, patience: 3, maxEpochs: 14 }];
          },
        },
        {
          title: "a loss that only equals the best is no new low",
          driver: "stopping",
          inputs: (random) => {
            const low = random.uniform(1, 2);
            const validationLosses = [5, low, low, low, low, low, low, low, low];
            return [{ trainingLosses: falling(random, 9), validationLosses, patience: 3, maxEpochs: 9 }];
          },
        },
        {
          title: "all epochs, if the loss keeps falling",
          driver: "stopping",
          inputs: (random) => [
            { trainingLosses: falling(random, 6), validationLosses: valley(random, 6, 6), patience: 2, maxEpochs: 6 },
          ],
        },
      ],
      mistakes: [
        {
          name: "the last weights instead of the best",
          message:
            "The training stops at the right time, but the model keeps its *last* weights. By then it has been getting worse for a while: put the best ones back.",
          edits: [["  model.setWeights(bestWeights);\n", ""]],
        },
        {
          name: "judged by the training loss",
          message:
            "You look at the training loss. That one nearly always falls, most of all when the network learns its examples by heart: you would never stop. What counts is the loss on examples it does not train on.",
          edits: [["const loss = model.validationLoss();", "const loss = model.trainingLoss();"]],
        },
        {
          name: "one epoch too many",
          message:
            "You stop one epoch late: with patience 3 the training ends after the third epoch without a new low, not after the fourth.",
          edits: [["epoch - bestEpoch < patience", "epoch - bestEpoch <= patience"]],
        },
        {
          name: "compared with the epoch before",
          message:
            "You compare each loss with the one of the epoch *before*. After a bump the next loss is lower again, though far from the best: it counts as a new low, and you keep the wrong weights. Compare with the best so far.",
          edits: [
            [
              "    const loss = model.validationLoss();",
              "    const loss = model.validationLoss();\n    const before = previous;\n    previous = loss;",
            ],
            ["    if (loss < bestLoss) {", "    if (loss < before) {"],
            ["  let epoch = 0;\n  while", "  let epoch = 0;\n  let previous = bestLoss;\n  while"],
          ],
        },
        {
          name: "an equal loss counts as better",
          message:
            "A loss that only equals the best starts the patience anew. On a plateau the training then never ends. Better means lower.",
          edits: [["    if (loss < bestLoss) {", "    if (loss <= bestLoss) {"]],
        },
        {
          name: "the patience is used up for good",
          message:
            "You count all epochs without a new low, from the beginning. A new low gives the whole patience back: count the epochs *since* the best one.",
          edits: [
            [
              "  let epoch = 0;\n  while (epoch < maxEpochs && epoch - bestEpoch < patience) {",
              "  let epoch = 0;\n  let misses = 0;\n  while (epoch < maxEpochs && misses < patience) {\n    misses++;",
            ],
            ["      bestEpoch = epoch;", "      misses--;\n      bestEpoch = epoch;"],
          ],
        },
        {
          name: "the weights of the first epoch",
          message:
            "Epoch and loss are the best ones, but the weights that you put back are those from the start: copy them anew at each new low.",
          edits: [["      bestWeights = model.copyWeights();\n", ""]],
        },
      ],
    },
    {
      number: "04.9",
      slug: "mlp/l2",
      title: "A price on large weights",
      why: "Weight decay, as it is called in every optimiser, is this one term.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["l2Penalty", "addWeightDecay"],
      hints: [
        "Which numbers of a layer cost something, and which do not? And what is the derivative of ½·w²?",
        "Penalty: sum the squares of all weights over all layers, times strength/2. Gradient: to each weight's slope add strength times that weight; the biases' slopes stay.",
        "`gradient.weights.map((row, j) => row.map((slope, i) => slope + strength * layer.weights[j]![i]!))`",
      ],
      checks: [
        {
          title: "the penalty of one layer, and of several",
          call: "l2Penalty",
          inputs: (random) => [
            [[{ weights: [[3, 4]], biases: [5] }], 0.1],
            [[layer(random, 2, 3), layer(random, 3, 1)], random.uniform(0.2, 0.4)],
          ],
        },
        {
          title: "the gradient with the penalty's share",
          call: "addWeightDecay",
          inputs: (random) => [[layer(random, 3, 2), layer(random, 3, 2), random.uniform(0.2, 0.4)]],
        },
        {
          title: "where the loss is flat, only the weights are pulled",
          call: "addWeightDecay",
          inputs: (random) => [
            [
              layer(random, 2, 2),
              {
                weights: [
                  [0, 0],
                  [0, 0],
                ],
                biases: [0, 0],
              },
              random.uniform(0.2, 0.4),
            ],
          ],
        },
      ],
      mistakes: [
        {
          name: "biases cost too",
          message:
            "Your penalty includes the biases. A bias only moves a neuron's line, it does not make it steep; charging for it pulls all lines towards the origin.",
          edits: [
            [
              "  return (strength / 2) * squares;",
              "  for (const { biases } of layers) for (const bias of biases) squares += bias ** 2;\n  return (strength / 2) * squares;",
            ],
          ],
        },
        {
          name: "biases decay too",
          message:
            "The biases' slopes got a share of the penalty. The penalty contains no bias, so its derivative by a bias is 0: leave those slopes as they are.",
          edits: [
            [
              "return { weights, biases: gradient.biases };",
              "return { weights, biases: gradient.biases.map((slope, j) => slope + strength * layer.biases[j]!) };",
            ],
          ],
        },
        {
          name: "the half is missing",
          message:
            "Your penalty is twice too large: it is λ/2 · Σ w². The ½ is there so that the 2 of the derivative cancels.",
          edits: [["return (strength / 2) * squares;", "return strength * squares;"]],
        },
        {
          name: "the penalty is divided by the number of weights",
          message:
            "You take the mean of the squares. The price is on every weight: a network with more of them pays more. Use the sum.",
          edits: [
            [
              "  return (strength / 2) * squares;",
              "  const count = layers.reduce((sum, { weights }) => sum + weights.flat().length, 0);\n  return ((strength / 2) * squares) / count;",
            ],
          ],
        },
        {
          name: "the sizes instead of the squares",
          message:
            "You add up |w|: that is the L1 penalty, which pulls small and large weights with the same force. L2 squares, so that large weights pay far more.",
          edits: [["squares += weight ** 2;", "squares += Math.abs(weight);"]],
        },
        {
          name: "twice the pull",
          message: "Your pull is twice too strong. The derivative of λ/2 · w² is λ·w: the 2 and the ½ have cancelled.",
          edits: [["slope + strength * layer.weights[j]![i]!", "slope + 2 * strength * layer.weights[j]![i]!"]],
        },
        {
          name: "the pull has the wrong sign",
          message:
            "You subtract the penalty's share. The step goes *against* the gradient, so a term −λ·w there would let large weights grow larger.",
          edits: [["slope + strength * layer.weights[j]![i]!", "slope - strength * layer.weights[j]![i]!"]],
        },
        {
          name: "the weight is missing from the pull",
          message:
            "You add λ to every slope, whatever the weight. The derivative of λ/2 · w² is λ times the *weight*: large weights are pulled hard, small ones gently, negative ones upward.",
          edits: [["slope + strength * layer.weights[j]![i]!", "slope + strength + 0 * layer.weights[j]![i]!"]],
        },
      ],
    },
  ],
};

export default lesson;
