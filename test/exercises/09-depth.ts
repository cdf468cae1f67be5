import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 2): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

const vector = (random: Random, size: number): PlainTensor => tensor(numbers(random, size));

const matrix = (random: Random, rows: number, columns: number): PlainTensor =>
  tensor(Array.from({ length: rows }, () => numbers(random, columns)));

/** A batch of texts whose tokens lie neither around 0 nor all at the same size. */
function tokens(random: Random, B: number, T: number, C: number): PlainTensor {
  const token = () => {
    const [middle, width] = [random.uniform(0.5, 1.5) * random.choice([-1, 1]), random.uniform(0.6, 2.4)];
    return Array.from({ length: C }, (_, c) => middle + width * (random.uniform(-1, 1) + (c === 0 ? 1.5 : 0)));
  };
  return tensor(Array.from({ length: B }, () => Array.from({ length: T }, token)));
}

/** Tokens that are so small that epsilon matters. */
function faintTokens(random: Random, B: number, T: number, C: number): PlainTensor {
  const { tensor: values, ...rest } = tokens(random, B, T, C);
  return { ...rest, tensor: values.map((value) => 0.05 * value) };
}

const rows = (random: Random, T: number, D: number) => Array.from({ length: T }, () => numbers(random, D));

function residualInput(random: Random, placement: "post" | "pre", B = 2, T = 3, C = 5) {
  const kept = Array.from({ length: B }, () =>
    Array.from({ length: T }, (_, t) =>
      Array.from({ length: C }, (_, c) => ((c + t + random.integer(2)) % 3 ? 1.5 : 0)),
    ),
  );
  return { x: tokens(random, B, T, C), weight: matrix(random, C, C), kept: tensor(kept), placement };
}

function feedForwardInput(random: Random, B: number, T: number, C: number, F: number) {
  return {
    x: tokens(random, B, T, C),
    W1: matrix(random, C, F),
    b1: vector(random, F),
    W2: matrix(random, F, C),
    b2: vector(random, C),
  };
}

/** Some ten operations in float32, whose order is the learner's. */
const float = { absolute: 1e-5, relative: 1e-4 };

const lesson: Lesson = {
  name: "09-depth",
  title: "What makes it deep",
  exercises: [
    {
      number: "09.1",
      slug: "depth/sinusoids",
      title: "Sinusoidal positions",
      why: "Attention does not know who stands where. This table of 2017 tells it, for texts of any length, without one learned number.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["sinusoids"],
      hints: [
        "Which two channels share an angle? Channel 6 and channel 7 are both of pair 3.",
        "For channel number c the even number of its pair, 2i, is c or c − 1. The angle is t / 10000^(2i / C). Even channels take its sine, odd ones its cosine.",
        "`const even = c - (c % 2); const angle = t / 10000 ** (even / size);` then sine or cosine by `c % 2`",
      ],
      checks: [
        {
          title: "place 0: all sines are 0, all cosines 1",
          call: "sinusoids",
          inputs: (random) => [[1, 2 * (2 + random.integer(4))]],
        },
        {
          title: "two channels: one sine, one cosine of t itself",
          call: "sinusoids",
          inputs: (random) => [[5 + random.integer(6), 2]],
        },
        {
          title: "many channels: from pair to pair the angle turns more slowly",
          call: "sinusoids",
          inputs: (random) => [[6 + random.integer(5), 8 + 2 * random.integer(4)]],
        },
        {
          title: "far places",
          call: "sinusoids",
          inputs: (random) => [[120 + random.integer(20), 6]],
        },
      ],
      mistakes: [
        {
          name: "sine and cosine are exchanged",
          message:
            "Your even channels hold the cosine. The paper has the sine first: place 0 reads 0, 1, 0, 1, … Models that were trained with one order cannot be read with the other.",
          edits: [
            [
              "channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle)",
              "channel % 2 === 1 ? Math.sin(angle) : Math.cos(angle)",
            ],
          ],
        },
        {
          name: "all sines first, then all cosines",
          message:
            "Your first half is all sines and your second half all cosines. That layout exists, in other libraries; here sine and cosine of one angle are neighbours, channels 2i and 2i + 1.",
          edits: [
            ["const even = channel - (channel % 2); // 2i", "const even = 2 * (channel % (size / 2));"],
            ["channel % 2 === 0 ? Math.sin(angle)", "channel < size / 2 ? Math.sin(angle)"],
          ],
        },
        {
          name: "sine and cosine of one pair have different angles",
          message:
            "Your cosines turn a little more slowly than the sines beside them: you used the channel's own number in the exponent. Both channels of a pair share 2i. Only then does a step of k places turn every pair by one angle, whatever the place.",
          edits: [["const even = channel - (channel % 2); // 2i", "const even = channel;"]],
        },
        {
          name: "the pair's number instead of twice it",
          message:
            "Your slow channels are not slow enough: the exponent is 2i / C, and you have i / C. The last pair should turn nearly 10000 times as slowly as the first, not 100 times.",
          edits: [["10000 ** (even / size)", "10000 ** (even / 2 / size)"]],
        },
        {
          name: "1000 for 10000",
          message:
            "Your first pair is right and the later ones turn too fast: the base is 10000, with four zeros. It decides how far apart two places may be before the slowest channel repeats.",
          edits: [["t / 10000 ** (even / size)", "t / 1000 ** (even / size)"]],
        },
        {
          name: "the angle is multiplied, not divided",
          message:
            "Your angles grow from pair to pair: you multiplied by 10000^(2i / C). Divide: the first pair is the second hand of the clock, the later ones are the slow hands.",
          edits: [["t / 10000 ** (even / size)", "t * 10000 ** (even / size)"]],
        },
        {
          name: "places counted from 1",
          message: "Your first row is the one of place 1. Places are counted from 0, and place 0 reads 0, 1, 0, 1, …",
          edits: [["const angle = t / 10000", "const angle = (t + 1) / 10000"]],
        },
      ],
    },
    {
      number: "09.2",
      slug: "depth/learned-positions",
      title: "Learned positions",
      why: "GPT and BERT do not compute their positions, they learn them: a second table of embeddings, indexed by place.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["addPositions"],
      hints: [
        "You need as many rows of the table as the texts have tokens, and broadcasting does the rest.",
        "Compare T with the number of rows first, and throw if T is larger. Then take the first T rows, shape [T, C], and add them to x [B, T, C]: aligned at the last axis they fit.",
        "`x.add(table.slice([0, 0], [T, C]))`",
      ],
      checks: [
        {
          title: "texts as long as the table",
          call: "addPositions",
          inputs: (random) => [[tokens(random, 2, 3, 5), matrix(random, 3, 5)]],
        },
        {
          title: "shorter texts use the first rows",
          call: "addPositions",
          inputs: (random) => [
            [tokens(random, 2, 3, 5), matrix(random, 7, 5)],
            [tokens(random, 4, 1, 2), matrix(random, 3, 2)],
          ],
        },
        {
          title: "as many texts as tokens: the place counts, not the text",
          call: "addPositions",
          inputs: (random) => [[tokens(random, 3, 3, 4), matrix(random, 5, 4)]],
        },
        {
          title: "a text longer than the table is an error",
          call: "addPositions",
          inputs: (random) => [[tokens(random, 2, 4, 3), matrix(random, 3, 3)]],
        },
      ],
      mistakes: [
        {
          name: "the last rows are used",
          message:
            "Short texts get the *last* rows of your table. Place 0 is row 0, in every text: otherwise the same place has another vector whenever the text has another length.",
          edits: [["table.slice([0, 0], [T, C])", "table.slice([L - T, 0], [T, C])"]],
        },
        {
          name: "one vector for all places",
          message:
            "All tokens got the same vector: you used only one row of the table. Then nothing tells the places apart. Place t needs row t, so take the first T rows.",
          edits: [["return x.add(table.slice([0, 0], [T, C]));", "return x.add(table.slice([0, 0], [1, C]));"]],
        },
        {
          name: "positions take the token's place",
          message:
            "What comes out no longer depends on the tokens: you returned the positions alone. They are *added* to what the tokens say.",
          edits: [["return x.add(table.slice([0, 0], [T, C]));", "return x.mul(0).add(table.slice([0, 0], [T, C]));"]],
        },
        {
          name: "positions are appended",
          message:
            "Your answer is twice as wide: you put the positions beside the tokens. They are added, so that the width stays C. In a space of many channels both find room.",
          edits: [
            [
              "return x.add(table.slice([0, 0], [T, C]));",
              "return tf.concat([x, x.mul<tf.Tensor3D>(0).add<tf.Tensor3D>(table.slice([0, 0], [T, C]))], 2);",
            ],
          ],
        },
        {
          name: "too long a text is cut off",
          message:
            "A text that is longer than the table came back shorter, without a word. Who calls you believes that all tokens were read. Throw an error that says how many tokens there may be.",
          edits: [
            ["if (T > L) throw", "if (T < 0) throw"],
            [
              "return x.add(table.slice([0, 0], [T, C]));",
              "const most = Math.min(T, L);\n  return x.slice([0, 0, 0], [-1, most, C]).add(table.slice([0, 0], [most, C]));",
            ],
          ],
        },
      ],
    },
    {
      number: "09.3",
      slug: "depth/layer-norm",
      title: "LayerNorm",
      why: "It keeps the numbers of every layer at one size, however deep the network. No Transformer trains well without it or one of its relatives.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["layerNorm"],
      forbidden: ["moments"],
      hints: [
        "For one token all you need is the mean of its C numbers, and the mean of the squares of what is left when you take it off.",
        "`x.mean(-1, true)` is the mean over the last axis and keeps it with size 1, so that it can be taken off by broadcasting. Then square, mean, plus ε, root, divide; gain and bias come last.",
        "`const centered = x.sub(x.mean(-1, true)); const variance = centered.square().mean(-1, true);` then `centered.div(variance.add(epsilon).sqrt()).mul(gain).add(bias)`",
      ],
      checks: [
        {
          title: "gain 1, bias 0: mean 0 and variance 1 in every token",
          call: "layerNorm",
          tolerance: float,
          inputs: (random) => [[tokens(random, 2, 3, 5), tensor([1, 1, 1, 1, 1]), tensor([0, 0, 0, 0, 0]), 1e-5]],
        },
        {
          title: "each channel has its own gain and bias",
          call: "layerNorm",
          tolerance: float,
          inputs: (random) => [
            [tokens(random, 2, 3, 5), vector(random, 5), vector(random, 5), 1e-5],
            [tokens(random, 4, 4, 4), vector(random, 4), vector(random, 4), 1e-5],
          ],
        },
        {
          title: "a token alone: nothing else is needed",
          call: "layerNorm",
          tolerance: float,
          inputs: (random) => [[tokens(random, 1, 1, 7), vector(random, 7), vector(random, 7), 1e-5]],
        },
        {
          title: "faint tokens: ε stands under the root",
          call: "layerNorm",
          tolerance: float,
          inputs: (random) => [[faintTokens(random, 2, 3, 5), vector(random, 5), vector(random, 5), 0.02]],
        },
      ],
      mistakes: [
        {
          name: "the variance is divided by C − 1",
          message:
            "All your tokens are a little too small, by the factor √((C − 1) / C): you divided by C − 1, as statistics does for a sample. Here the C numbers are all there is; divide by C.",
          edits: [
            [
              "const variance = centered.square().mean(-1, true); // [B, T, 1]",
              "const variance = centered.square().sum(-1, true).div(Math.max(1, x.shape[2] - 1));",
            ],
          ],
        },
        {
          name: "ε outside the root",
          message:
            "Where tokens are large you are right, where they are faint you are not: your ε is added after the root. Under the root it is the variance that is kept from 0, and that is how trained weights expect it.",
          edits: [["variance.add(epsilon).sqrt()", "variance.sqrt().add(epsilon)"]],
        },
        {
          name: "normalized over time",
          message:
            "You took mean and variance over the *tokens* of a text. Then each token depends on its neighbours, the later ones too, and a model that must not see the future sees it. The C channels of one token are what is normalized: the last axis.",
          edits: [
            ["const mean = x.mean(-1, true); // [B, T, 1]", "const mean = x.mean(1, true);"],
            [
              "centered.square().mean(-1, true); // [B, T, 1]\n  const normalized",
              "centered.square().mean(1, true);\n  const normalized",
            ],
          ],
        },
        {
          name: "normalized over the batch",
          message:
            "You took mean and variance over the *batch*, as batch normalization does. Then a text's result depends on which others happen to be computed with it. LayerNorm looks at one token alone: the last axis.",
          edits: [
            ["const mean = x.mean(-1, true); // [B, T, 1]", "const mean = x.mean(0, true);"],
            [
              "centered.square().mean(-1, true); // [B, T, 1]\n  const normalized",
              "centered.square().mean(0, true);\n  const normalized",
            ],
          ],
        },
        {
          name: "gain and bias are forgotten",
          message:
            "With gain 1 and bias 0 you are right, with others not: they do not occur in your answer. They let the network undo the norm where it is in the way; each channel has its own.",
          edits: [["return normalized.mul<tf.Tensor3D>(gain).add(bias);", "return normalized;"]],
        },
        {
          name: "the bias is scaled by the gain",
          message:
            "You added the bias before the gain, so the gain scales it too. Scale first, then move: gain · x̂ + bias.",
          edits: [["normalized.mul<tf.Tensor3D>(gain).add(bias)", "normalized.add<tf.Tensor3D>(bias).mul(gain)"]],
        },
        {
          name: "divided by the variance",
          message:
            "Your tokens do not come out with variance 1: you divided by the variance itself. Divide by its *root*, the standard deviation, which has the unit of x.",
          edits: [["variance.add(epsilon).sqrt()", "variance.add(epsilon)"]],
        },
        {
          name: "the mean is not taken off",
          message:
            "Your tokens are scaled but not moved: their mean is not 0. Take the mean off before you divide. (Without it you have RMSNorm's relative, which comes next.)",
          edits: [["centered.div<tf.Tensor3D>(variance", "x.div<tf.Tensor3D>(variance"]],
        },
      ],
    },
    {
      number: "09.4",
      slug: "depth/rms-norm",
      title: "RMSNorm",
      why: "Half of LayerNorm turned out to be enough: T5, and most large models since, only scale.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["rmsNorm"],
      hints: [
        "Read its name backwards: the Square of every channel, their Mean, its Root.",
        "One number for each token: mean of the squares over the last axis, plus ε, root. Keep the axis, so that you can divide x by it. The gain comes last.",
        "`x.div(x.square().mean(-1, true).add(epsilon).sqrt()).mul(gain)`",
      ],
      checks: [
        {
          title: "gain 1: the mean square of every token is 1",
          call: "rmsNorm",
          tolerance: float,
          inputs: (random) => [[tokens(random, 2, 3, 5), tensor([1, 1, 1, 1, 1]), 1e-6]],
        },
        {
          title: "each channel has its own gain",
          call: "rmsNorm",
          tolerance: float,
          inputs: (random) => [
            [tokens(random, 2, 3, 5), vector(random, 5), 1e-6],
            [tokens(random, 3, 3, 3), vector(random, 3), 1e-6],
          ],
        },
        {
          title: "faint tokens: ε stands under the root",
          call: "rmsNorm",
          tolerance: float,
          inputs: (random) => [[faintTokens(random, 2, 3, 5), vector(random, 5), 0.02]],
        },
      ],
      mistakes: [
        {
          name: "the mean is taken off first",
          message:
            "Your tokens have mean 0: you took the mean off. That is LayerNorm. RMSNorm only scales, a token's direction stays.",
          edits: [
            [
              "return x.div<tf.Tensor3D>(size).mul(gain);",
              "return x.sub(x.mean(-1, true)).div<tf.Tensor3D>(x.sub(x.mean(-1, true)).square().mean(-1, true).add(epsilon).sqrt()).mul(gain);",
            ],
          ],
        },
        {
          name: "the squares are summed",
          message:
            "Your tokens come out with *length* 1: you summed the squares. It is their mean that should become 1, so the length is √C, and a channel keeps its size however many channels there are.",
          edits: [["x.square().mean(-1, true)", "x.square().sum(-1, true)"]],
        },
        {
          name: "no root",
          message:
            "You divide by the mean square itself. Without the root a token of twice the size comes out at *half* the size; with it, at the same.",
          edits: [
            ["x.square().mean(-1, true).add(epsilon).sqrt(); // [B, T, 1]", "x.square().mean(-1, true).add(epsilon);"],
          ],
        },
        {
          name: "ε outside the root",
          message:
            "Where tokens are faint you are off: your ε is added after the root. It belongs under it, beside the mean square.",
          edits: [["x.square().mean(-1, true).add(epsilon).sqrt()", "x.square().mean(-1, true).sqrt().add(epsilon)"]],
        },
        {
          name: "normalized over time",
          message:
            "You took the mean square over the *tokens* of a text, so that each depends on its neighbours. Every token has a size of its own: the last axis.",
          edits: [["x.square().mean(-1, true)", "x.square().mean(1, true)"]],
        },
        {
          name: "the gain is forgotten",
          message:
            "With gain 1 you are right, with others not: it does not occur in your answer. Each channel has its own learned gain.",
          edits: [["return x.div<tf.Tensor3D>(size).mul(gain);", "return x.div<tf.Tensor3D>(size);"]],
        },
      ],
    },
    {
      number: "09.5",
      slug: "depth/layer-norm-gradient",
      title: "LayerNorm, backward",
      why: "What the norm forgets on the way forward, it must not ask for on the way back. This is how it keeps gradients at one size.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["layerNormGradient"],
      forbidden: ["grad", "grads", "valueAndGrad", "valueAndGrads", "variableGrads", "moments"],
      hints: [
        "You have all the ingredients from the way forward: s and x̂. What are the two means, and over which axis?",
        "Compute x̂ and s as in LayerNorm. Then mean(dy) and mean(dy · x̂) over the last axis, both kept as [N, 1]. Take the first off dy, and x̂ times the second; divide by s.",
        "`dy.sub(dy.mean(-1, true)).sub(normalized.mul(dy.mul(normalized).mean(-1, true))).div(s)`",
      ],
      checks: [
        {
          title: "as many tokens as channels",
          call: "layerNormGradient",
          tolerance: float,
          inputs: (random) => [[matrix(random, 4, 4), matrix(random, 4, 4), 1e-5]],
        },
        {
          title: "different sizes",
          call: "layerNormGradient",
          tolerance: float,
          inputs: (random) => [
            [matrix(random, 3, 7), matrix(random, 3, 7), 1e-5],
            [matrix(random, 1, 5), matrix(random, 1, 5), 0.1],
          ],
        },
        {
          title: "the gradient of every token sums to 0, and (nearly) none of it points along the token",
          driver: "gradientLaws",
          tolerance: { absolute: 1e-4 },
          inputs: (random) => [{ x: matrix(random, 3, 6), dy: matrix(random, 3, 6), epsilon: 1e-5 }],
        },
      ],
      mistakes: [
        {
          name: "mean and size are taken for constants",
          message:
            "You only divided by s, as if μ and s were fixed numbers. They are made of x: a channel that grows moves the mean and the size, and through them every other channel. The two means in the formula say by how much.",
          edits: [
            [
              "return dy.sub(shift).sub(normalized.mul(stretch)).div(s);",
              "return dy.div(s).add(normalized.mul(shift).mul(0));",
            ],
          ],
        },
        {
          name: "the mean's share is missing",
          message:
            "Your rows do not sum to 0: the share of the mean is missing. Adding the same number to all channels changes nothing, so the gradient must not ask for it. Take mean(dy) off.",
          edits: [["dy.sub(shift).sub(normalized.mul(stretch))", "dy.sub(normalized.mul(stretch))"]],
        },
        {
          name: "the size's share is missing",
          message:
            "Your rows sum to 0, but they still point along the token: the share of s is missing. Stretching a token changes nothing after the norm, so x̂ · mean(dy · x̂) has to go as well.",
          edits: [["dy.sub(shift).sub(normalized.mul(stretch))", "dy.sub<tf.Tensor2D>(shift)"]],
        },
        {
          name: "not divided by s",
          message:
            "Your gradient has the right direction and the wrong size: the 1/s in front is missing. A large token is scaled down on the way forward, so what it does matters less on the way back.",
          edits: [["sub(normalized.mul(stretch)).div(s)", "sub(normalized.mul(stretch))"]],
        },
        {
          name: "means over the tokens",
          message:
            "Your two means run over the tokens. Each token was normalized alone, so each one's gradient is its own: the last axis.",
          edits: [
            ["const shift = dy.mean(-1, true);", "const shift = dy.mean(0, true);"],
            ["const stretch = dy.mul(normalized).mean(-1, true);", "const stretch = dy.mul(normalized).mean(0, true);"],
          ],
        },
        {
          name: "sums instead of means",
          message:
            "Your corrections are C times too large: you summed where a mean should stand. μ changes by only 1/C when one channel changes by 1.",
          edits: [
            ["const shift = dy.mean(-1, true);", "const shift = dy.sum(-1, true);"],
            ["const stretch = dy.mul(normalized).mean(-1, true);", "const stretch = dy.mul(normalized).sum(-1, true);"],
          ],
        },
        {
          name: "x in place of x̂",
          message:
            "In the last term you used the token as it came in. The formula has x̂ there, centred and scaled, in both places.",
          edits: [
            ["const stretch = dy.mul(normalized)", "const stretch = dy.mul(x)"],
            ["sub(normalized.mul(stretch))", "sub(x.mul(stretch))"],
          ],
        },
      ],
    },
    {
      number: "09.6",
      slug: "depth/residual",
      title: "Around a sublayer",
      why: "Where norm, sum and dropout stand is one line of code, and decides whether forty layers train.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["residual"],
      hints: [
        "Read each formula from the inside out. What does the sublayer read? What is added to what?",
        "post: sublayer reads x; dropout its output; add x; norm the sum. pre: norm x; the sublayer reads that; dropout; add to x *as it came*. Nothing after the sum.",
        "`norm(x.add(dropout(sublayer(x))))` and `x.add(dropout(sublayer(norm(x))))`",
      ],
      checks: [
        {
          title: "post: the norm comes last",
          driver: "residualOutput",
          tolerance: float,
          inputs: (random) => [residualInput(random, "post")],
        },
        {
          title: "pre: the norm is on the branch, the stream itself stays as it is",
          driver: "residualOutput",
          tolerance: float,
          inputs: (random) => [residualInput(random, "pre")],
        },
        {
          title: "both, for a single token",
          driver: "residualOutput",
          tolerance: float,
          inputs: (random) => [residualInput(random, "post", 1, 1, 4), residualInput(random, "pre", 1, 1, 4)],
        },
      ],
      mistakes: [
        {
          name: "pre and post are exchanged",
          message:
            "Your two answers are exchanged. *Post* means: the norm stands after the sum, as in 2017. *Pre* means: before the sublayer, on its branch.",
          edits: [['if (placement === "post") return', 'if (placement === "pre") return']],
        },
        {
          name: "the sum is missing",
          message:
            "x itself is gone: you return only what the sublayer made. Add it to the x that came in. Without this path a deep network forgets its input, and the gradient finds no way back.",
          edits: [
            ["return norm(x.add<tf.Tensor3D>(dropout(sublayer(x))));", "return norm(dropout(sublayer(x)));"],
            ["return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));", "return dropout(sublayer(norm(x)));"],
          ],
        },
        {
          name: "norm(x) + sublayer(norm(x))",
          message:
            "With *pre* your stream is normalized on its way: you added the branch to norm(x). Add it to x as it came: the stream must pass untouched from the first layer to the last.",
          edits: [
            [
              "return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));",
              "return norm(x).add<tf.Tensor3D>(dropout(sublayer(norm(x))));",
            ],
          ],
        },
        {
          name: "norm(x) + sublayer(x)",
          message:
            "With *pre* your norm stands on the wrong path: the stream is normalized and the sublayer reads x raw. Turn it round: the sublayer reads norm(x), and the sum takes x.",
          edits: [
            [
              "return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));",
              "return norm(x).add<tf.Tensor3D>(dropout(sublayer(x)));",
            ],
          ],
        },
        {
          name: "the norm only around the sublayer's output",
          message:
            "With *post* you normalized what the sublayer made, and then added x. The paper's norm stands around the whole sum. Otherwise the stream grows from layer to layer, and nothing holds it.",
          edits: [
            [
              "return norm(x.add<tf.Tensor3D>(dropout(sublayer(x))));",
              "return x.add<tf.Tensor3D>(norm(dropout(sublayer(x))));",
            ],
          ],
        },
        {
          name: "dropout on the whole sum",
          message:
            "Your dropout silences parts of the stream itself: it stands around the sum. It belongs on the branch, so that what is silenced is only what this sublayer would have added.",
          edits: [
            [
              "return norm(x.add<tf.Tensor3D>(dropout(sublayer(x))));",
              "return norm(dropout(x.add<tf.Tensor3D>(sublayer(x))));",
            ],
            [
              "return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));",
              "return dropout(x.add<tf.Tensor3D>(sublayer(norm(x))));",
            ],
          ],
        },
        {
          name: "dropout before the sublayer",
          message:
            "Your dropout silences what the sublayer *reads*. The paper applies it to what the sublayer *writes*, just before the sum.",
          edits: [
            [
              "return norm(x.add<tf.Tensor3D>(dropout(sublayer(x))));",
              "return norm(x.add<tf.Tensor3D>(sublayer(dropout(x))));",
            ],
            [
              "return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));",
              "return x.add<tf.Tensor3D>(sublayer(dropout(norm(x))));",
            ],
          ],
        },
        {
          name: "dropout is forgotten",
          message:
            "Where dropout should have silenced a channel of the branch, yours is still there: dropout is missing.",
          edits: [
            ["return norm(x.add<tf.Tensor3D>(dropout(sublayer(x))));", "return norm(x.add<tf.Tensor3D>(sublayer(x)));"],
            ["return x.add<tf.Tensor3D>(dropout(sublayer(norm(x))));", "return x.add<tf.Tensor3D>(sublayer(norm(x)));"],
          ],
        },
      ],
    },
    {
      number: "09.7",
      slug: "depth/feed-forward",
      title: "The feed-forward layer",
      why: "Two thirds of a Transformer's weights are here. Attention fetches; this layer thinks about what was fetched, token by token.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["feedForward"],
      hints: [
        "It is the multilayer perceptron of lesson 4, with one hidden layer, applied to every token.",
        "Reshape to [B·T, C]. First product, first bias, ReLU, second product, second bias. Reshape back.",
        "`tokens.matMul(W1).add(b1).relu().matMul(W2).add(b2).reshape([B, T, C])`",
      ],
      checks: [
        {
          title: "different sizes",
          driver: "feedForwardOutput",
          tolerance: float,
          inputs: (random) => [feedForwardInput(random, 2, 3, 5, 7), feedForwardInput(random, 3, 2, 4, 2)],
        },
        {
          title: "all sizes equal",
          driver: "feedForwardOutput",
          tolerance: float,
          inputs: (random) => [feedForwardInput(random, 3, 3, 3, 3)],
        },
        {
          title: "a token that changes does not change its neighbours",
          driver: "feedForwardReach",
          inputs: (random) => [feedForwardInput(random, 2, 3, 4, 40)],
        },
      ],
      mistakes: [
        {
          name: "no activation",
          message:
            "Your hidden numbers may be negative: ReLU is missing. Two linear layers in a row are one linear layer (lesson 4), and all the width between them is for nothing.",
          edits: [["matMul(W1).add(b1).relu<tf.Tensor2D>();", "matMul(W1).add(b1) as tf.Tensor2D;"]],
        },
        {
          name: "activation after the second layer",
          message:
            "Your answers are never negative: ReLU stands at the end. It belongs between the two layers. What is added to the stream must be able to take away, too.",
          edits: [
            ["matMul(W1).add(b1).relu<tf.Tensor2D>();", "matMul(W1).add(b1) as tf.Tensor2D;"],
            ["hidden.matMul(W2).add(b2);", "hidden.matMul(W2).add(b2).relu();"],
          ],
        },
        {
          name: "activation after both layers",
          message:
            "Your answers are never negative: there is a second ReLU at the end. The last layer has none; what is added to the stream must be able to take away, too.",
          edits: [["hidden.matMul(W2).add(b2);", "hidden.matMul(W2).add(b2).relu();"]],
        },
        {
          name: "the first bias is dropped",
          message:
            "b₁ does not occur in your answer. It says from where on each hidden neuron fires; without it all of them fire around 0.",
          edits: [["matMul(W1).add(b1).relu", "matMul(W1).relu"]],
        },
        {
          name: "the second bias is dropped",
          message: "All your tokens are off by the same vector: b₂, the second bias, is missing.",
          edits: [["hidden.matMul(W2).add(b2);", "hidden.matMul(W2) as tf.Tensor;"]],
        },
        {
          name: "the bias after the activation",
          message:
            "You added b₁ after ReLU. A bias moves the place where a neuron begins to fire, so it must stand before the activation.",
          edits: [["matMul(W1).add(b1).relu<tf.Tensor2D>();", "matMul(W1).relu().add(b1) as tf.Tensor2D;"]],
        },
        {
          name: "tokens are mixed",
          message:
            "Your numbers of one token have found their way into others: the axes were exchanged without moving the numbers. `reshape` keeps the order in memory: [B, T, C] to [B·T, C] and straight back.",
          edits: [
            [
              "const tokens = x.reshape<tf.Tensor2D>([B * T, C]);",
              "const tokens = x.transpose([0, 2, 1]).reshape<tf.Tensor2D>([B * T, C]);",
            ],
          ],
        },
      ],
    },
    {
      number: "09.8",
      slug: "depth/encoder-block",
      title: "The encoder block",
      why: "Attention, thinking, two norms, two sums: stack this twelve times and you have BERT's body, with a mask GPT's.",
      difficulty: 2,
      minutes: 15,
      points: 3,
      exports: ["encoderBlock"],
      hints: [
        "Two steps of the same form: something is read from the stream, something is added to it. What is the stream in the second step?",
        "First: norm x, attend with the mask, add to x; call the sum h. Second: norm h with the *other* norm, feed-forward, add to h.",
        "`const h = x.add(attention.forward(attentionNorm.forward(x), { mask }).output);` and the same form once more",
      ],
      checks: [
        {
          title: "what comes out, under a mask that looks only back",
          driver: "blockOutput",
          tolerance: float,
          inputs: (random) => [
            { seed: random.bits(), x: tokens(random, 2, 5, 6) },
            { seed: random.bits(), x: tokens(random, 1, 3, 4) },
          ],
        },
        {
          title: "sublayers that write nothing leave the stream as it is",
          driver: "emptyBlock",
          tolerance: float,
          inputs: (random) => [{ seed: random.bits(), x: tokens(random, 2, 3, 6) }],
        },
      ],
      mistakes: [
        {
          name: "the mask is forgotten",
          message:
            "Your tokens see those that come after them: the mask does not reach the attention. It is handed over with the input, `{ mask }`.",
          edits: [
            [
              "attention.forward(attentionNorm.forward(x), { mask }).output",
              "attention.forward(attentionNorm.forward(x)).output",
            ],
          ],
        },
        {
          name: "the norm stands after the sum",
          message:
            "Sublayers that write nothing should leave x untouched; yours comes out normalized. You wrote the block of 2017, norm(x + sublayer(x)). In a pre-LN block both norms stand on the branches.",
          edits: [
            ["attention.forward(attentionNorm.forward(x), { mask }).output", "attention.forward(x, { mask }).output"],
            [
              "const h = x.add<tf.Tensor3D>(attended);",
              "const h = attentionNorm.forward(x.add<tf.Tensor3D>(attended));",
            ],
            ["feedForward.forward(feedForwardNorm.forward(h))", "feedForward.forward(h)"],
            ["return h.add(thought);", "return feedForwardNorm.forward(h.add<tf.Tensor3D>(thought));"],
          ],
        },
        {
          name: "the feed-forward layer reads x",
          message:
            "Your feed-forward layer thinks about x, as it was before the attention. Then what the attention fetched is not thought about in this block. It reads h.",
          edits: [["feedForwardNorm.forward(h)", "feedForwardNorm.forward(x)"]],
        },
        {
          name: "the second sum takes x",
          message: "What the attention wrote is lost: your second sum begins at x again. It adds to h, which has both.",
          edits: [["return h.add(thought);", "return x.add(thought);"]],
        },
        {
          name: "one norm for both",
          message:
            "You used the attention's norm twice. Each sublayer has a norm of its own, with a gain and a bias of its own.",
          edits: [["feedForwardNorm.forward(h)", "attentionNorm.forward(h)"]],
        },
        {
          name: "keys and values are not normalized",
          message:
            "Your queries come from norm(x), keys and values from x itself. In self-attention all three read the same thing, the normalized stream.",
          edits: [
            [
              "attention.forward(attentionNorm.forward(x), { mask }).output",
              "attention.forward(attentionNorm.forward(x), { mask, context: x }).output",
            ],
          ],
        },
        {
          name: "the first norm is forgotten",
          message:
            "Your attention reads the stream raw. The stream grows with depth, and scores that grow with it make softmax an argmax: give it attentionNorm(x).",
          edits: [["attention.forward(attentionNorm.forward(x), { mask })", "attention.forward(x, { mask })"]],
        },
        {
          name: "the first sum is missing",
          message: "The stream ends at your attention: h is only what it fetched, x is gone. h = x + what was fetched.",
          edits: [["const h = x.add<tf.Tensor3D>(attended);", "const h = attended;"]],
        },
      ],
    },
    {
      number: "09.9",
      slug: "depth/rotary",
      title: "Bonus: rotary positions",
      why: "What most large models use today: turn queries and keys, and their product knows the distance, and only the distance.",
      difficulty: 3,
      minutes: 20,
      points: 2,
      exports: ["rotate"],
      hints: [
        "Draw the pair as an arrow in the plane and turn it by 90°: (1, 0) goes to (0, 1), and (0, 1) goes to (−1, 0). Which of the four signs is the minus?",
        "For every row t and every pair i: the angle (start + t) · 10000^(−2i / D); then the two formulas, with both *old* values of the pair.",
        "With `[a, b]` the pair: `[a * cos - b * sin, a * sin + b * cos]`",
      ],
      checks: [
        {
          title: "place 0 turns nothing",
          call: "rotate",
          inputs: (random) => [[rows(random, 1, 6), 0]],
        },
        {
          title: "one pair, turned further from place to place",
          call: "rotate",
          inputs: (random) => [[rows(random, 5, 2), 0]],
        },
        {
          title: "many pairs, each at its own pace",
          call: "rotate",
          inputs: (random) => [[rows(random, 4, 8), 0]],
        },
        {
          title: "the first row may stand anywhere",
          call: "rotate",
          inputs: (random) => [[rows(random, 3, 6), 2 + random.integer(20)]],
        },
        {
          title: "the product of a query and a key depends on their distance alone",
          driver: "rotatedProducts",
          inputs: (random) => [{ query: numbers(random, 6), key: numbers(random, 6), distance: 1 + random.integer(9) }],
        },
      ],
      mistakes: [
        {
          name: "turned the other way",
          message:
            "Your pairs turn clockwise: the minus is on the wrong sine. Products of queries and keys do not mind, as long as both turn the same way, but weights that were trained with one direction fail with the other.",
          edits: [["(first ? -partner : partner)", "(first ? partner : -partner)"]],
        },
        {
          name: "no minus at all",
          message:
            "Your pairs change their length: that is no rotation. One of the two sines needs a minus, or a² + b² does not stay.",
          edits: [["(first ? -partner : partner)", "partner"]],
        },
        {
          name: "pairs from the two halves",
          message:
            "You paired channel i with channel i + D/2, as some libraries do. Here, as in the paper, neighbours are a pair: 0 with 1, 2 with 3.",
          edits: [
            ["const first = channel % 2 === 0;", "const first = channel < D / 2;"],
            [
              "const even = first ? channel : channel - 1; // 2i",
              "const even = first ? 2 * channel : 2 * channel - D;",
            ],
            ["first ? row[channel + 1]! : row[channel - 1]!", "first ? row[channel + D / 2]! : row[channel - D / 2]!"],
          ],
        },
        {
          name: "all pairs at the same pace",
          message:
            "Your pairs all turn by t. Then places that are a full turn apart look alike. Pair i turns at the pace 10000^(−2i / D): fast ones for near, slow ones for far.",
          edits: [["(start + t) * 10000 ** (-even / D)", "(start + t) * 10000 ** (-(even * 0) / D)"]],
        },
        {
          name: "the pair's number instead of twice it",
          message: "Your later pairs turn too fast: the exponent is −2i / D, and you have −i / D.",
          edits: [["10000 ** (-even / D)", "10000 ** (-even / 2 / D)"]],
        },
        {
          name: "start is forgotten",
          message:
            "You always begin at place 0. When a model writes, it hands you one new token at a time, and `start` says where it stands.",
          edits: [["const angle = (start + t) * 10000", "const angle = t * 10000"]],
        },
        {
          name: "channels have angles of their own",
          message:
            "The two channels of a pair turn by different angles: you used the channel's number in the exponent. Both share 2i, or it is no rotation.",
          edits: [["const even = first ? channel : channel - 1; // 2i", "const even = channel;"]],
        },
      ],
    },
  ],
};

export default lesson;
