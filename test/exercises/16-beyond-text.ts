import { type Lesson, type PlainTensor, tensor } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** A number that is not near zero. */
function number(random: Random): number {
  return random.uniform(0.3, 2) * random.choice([-1, 1]);
}

function matrix(random: Random, rows: number, columns: number): PlainTensor {
  return tensor(Array.from({ length: rows }, () => Array.from({ length: columns }, () => number(random))));
}

function cube(random: Random, a: number, b: number, c: number): PlainTensor {
  return tensor(
    Array.from({ length: a }, () => Array.from({ length: b }, () => Array.from({ length: c }, () => number(random)))),
  );
}

function vector(random: Random, size: number): PlainTensor {
  return tensor(Array.from({ length: size }, () => number(random)));
}

/** Rows of similarities, no two alike, and the right column of each, which takes each rank in turn. */
function search(random: Random, rows: number, columns: number) {
  const similarities = Array.from({ length: rows }, () =>
    random.shuffle(Array.from({ length: columns }, (_, j) => (j + random.uniform(0.1, 0.9)) / columns)),
  );
  const right = similarities.map((row, i) => {
    const byFit = row.map((_, j) => j).sort((a, b) => row[b]! - row[a]!);
    return byFit[(i + random.integer(2)) % columns]!;
  });
  return { similarities, right };
}

/** A language model's answers and rows of tokens of unequal length, padded with 0 on the right. */
function rowsWithPadding(random: Random, lengths: readonly number[], V: number): [PlainTensor, PlainTensor, number] {
  const T = Math.max(...lengths);
  const ids = lengths.map((length) =>
    Array.from({ length: T }, (_, t) => (t < length ? 1 + random.integer(V - 1) : 0)),
  );
  return [cube(random, lengths.length, T, V), tensor(ids, "int32"), 0];
}

/** Tokens from 1 to 9. */
function tokens(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => 1 + random.integer(9));
}

const lesson: Lesson = {
  name: "16-beyond-text",
  title: "Beyond text, and where next",
  exercises: [
    {
      number: "16.1",
      slug: "beyond/patches",
      title: "An image as a row of patches",
      why: "The whole step from text to pictures: once an image is a sequence of vectors, the Transformer need not know that it was one.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["patches"],
      hints: [
        "Take the image of eight pixels in the comment and number its places in memory. Which of them must come next to each other that do not lie so now?",
        "First reshape so that every axis means one thing: strip, row within the strip, patch within the strip, pixel within the row. Then exchange the two middle axes, so that a patch's rows come together. Then reshape to what is asked.",
        "`images.reshape([B * (Y / size), size, X / size, size])`, then `.transpose([0, 2, 1, 3])`, then reshape to `[B, N, size * size]`.",
      ],
      checks: [
        {
          title: "one image, wider than high",
          call: "patches",
          inputs: (random) => [[cube(random, 1, 4, 6), 2]],
        },
        {
          title: "a batch of images, higher than wide",
          call: "patches",
          inputs: (random) => [[cube(random, 3, 9, 6), 3]],
        },
        {
          title: "square images, as many patches as pixels in a patch",
          call: "patches",
          inputs: (random) => [[cube(random, 2, 4, 4), 2]],
        },
        {
          title: "patches of one pixel are the image itself, row by row",
          call: "patches",
          inputs: (random) => [[cube(random, 2, 2, 3), 1]],
        },
      ],
      mistakes: [
        {
          name: "reshaped only",
          message:
            "Your patches are runs of pixels along a row of the image: a reshape alone moves nothing in memory. The second row of a patch lies a whole image width after the first; something must bring them together.",
          edits: [["strips.transpose([0, 2, 1, 3]);", "strips;"]],
        },
        {
          name: "patch order transposed",
          message:
            "Each of your patches is right, but they come column by column: the second one lies *below* the first. Learned positions would get used to it, weights from elsewhere would not. Read the image like a page, left to right first.",
          edits: [
            [
              "return turned.reshape([B, down * across, size * size]);",
              "return turned.reshape([B, down, across, size * size]).transpose([0, 2, 1, 3]).reshape([B, down * across, size * size]);",
            ],
          ],
        },
        {
          name: "pixels transposed within a patch",
          message:
            "Your patches come in the right order, but each one is mirrored along its diagonal: its pixels run down the columns. Look at what your transpose does with the last axis, the pixel within a row; it should stay last.",
          edits: [["strips.transpose([0, 2, 1, 3]);", "strips.transpose([0, 2, 3, 1]);"]],
        },
        {
          name: "pixels before patches",
          message:
            "Your answer is `[B, P · P, N]`: for each pixel of a patch, its value in all patches. A token is a row, so a patch must be a row: `[B, N, P · P]`.",
          edits: [
            [
              "return turned.reshape([B, down * across, size * size]);",
              "return turned.reshape<tf.Tensor3D>([B, down * across, size * size]).transpose([0, 2, 1]);",
            ],
          ],
        },
        {
          name: "the image is turned first",
          message:
            "Both the patches and their pixels run down the columns: you took the axes as width and height. In an image tensor the rows, Y, come first.",
          edits: [
            [
              "const [B, Y, X] = images.shape;",
              "const [B, X, Y] = images.shape;\n  images = images.transpose([0, 2, 1]);",
            ],
          ],
        },
      ],
    },
    {
      number: "16.2",
      slug: "beyond/class-token",
      title: "A token that gathers, and its readout",
      why: "A class token is how BERT and ViT turn a sequence into one answer: an empty seat at the table that listens to everyone.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["withClassToken", "readClassToken"],
      hints: [
        "How many places does an image have afterwards, and how many positions do you have? Which place is the class token's?",
        "Make B copies of the class token as `[B, 1, C]` (zeros plus the vector broadcasts), put them in front along axis 1, then add the positions to everything. To read: cut place 0 out of every image and drop the axis of length 1.",
        "`tf.concat([first, embedded], 1).add(positions)` and `states.slice([0, 0, 0], [B, 1, C]).reshape([B, C])`.",
      ],
      checks: [
        {
          title: "the class token stands in front of every image's patches, and every place has its position",
          call: "withClassToken",
          inputs: (random) => [
            [cube(random, 2, 3, 5), vector(random, 5), matrix(random, 4, 5)],
            [cube(random, 1, 4, 2), vector(random, 2), matrix(random, 5, 2)],
          ],
        },
        {
          title: "the readout is the class token's state of every image",
          call: "readClassToken",
          inputs: (random) => [[cube(random, 3, 5, 4)], [cube(random, 1, 2, 3)]],
        },
      ],
      mistakes: [
        {
          name: "the class token comes last",
          message:
            "Your class token stands behind the patches. Then patch 0 sits on place 0, everything gets its neighbour's position, and whoever reads place 0 reads a patch. It belongs in front.",
          edits: [["tf.concat([first, embedded], 1)", "tf.concat([embedded, first], 1)"]],
        },
        {
          name: "no positions",
          message:
            "Your tokens have no positions. Attention sees a set: without positions an image and the same image with its patches shuffled are one and the same to the model.",
          edits: [["tf.concat([first, embedded], 1).add(positions);", "tf.concat([first, embedded], 1);"]],
        },
        {
          name: "the class token has no position",
          message:
            "Your patches have their positions, your class token has none: you added positions before it joined. There are 1 + N positions, and the first of them is its own.",
          edits: [
            [
              "return tf.concat([first, embedded], 1).add(positions);",
              "const places: tf.Tensor3D = embedded.add(positions.slice([1, 0], [embedded.shape[1], C]));\n  return tf.concat([first, places], 1);",
            ],
          ],
        },
        {
          name: "the last place is read",
          message:
            "You read the last place, as one does with GPT, where the last token has seen all others. In a ViT every place sees every other; the one that was put there to gather is place 0.",
          edits: [["states.slice([0, 0, 0], [B, 1, C])", "states.slice([0, states.shape[1] - 1, 0], [B, 1, C])"]],
        },
        {
          name: "all places are averaged",
          message:
            "You average over all places. That is another readout (and it can work, if a model was trained so), but this one is to read the class token alone.",
          edits: [
            ["return states.slice([0, 0, 0], [B, 1, C]).reshape([B, C]);", "return states.mean(1).reshape([B, C]);"],
          ],
        },
      ],
    },
    {
      number: "16.3",
      slug: "beyond/contrastive-loss",
      title: "The contrastive loss, both ways",
      why: "With this loss a model learns what pictures show from captions alone, and can then be asked about classes that nobody labelled.",
      difficulty: 3,
      minutes: 20,
      points: 3,
      exports: ["contrastiveLoss"],
      hints: [
        "Draw a table with three images and three captions. Where are the three right answers? What question does a row ask, and what question a column?",
        "Scale every row of both matrices to length 1. One matrix product gives all cosines; divide by the temperature. The targets are 0, 1, …, N − 1. Take the cross-entropy of the table and of its transpose, and average the two.",
        "`const logits = tf.matMul(u, v, false, true).div(temperature)`, then `crossEntropy(logits, right)` and `crossEntropy(logits.transpose(), right)`, added and divided by 2.",
      ],
      checks: [
        {
          title: "vectors of length 1, at a temperature of 1",
          call: "contrastiveLoss",
          inputs: (random) => {
            const units = () =>
              tensor(
                Array.from({ length: 3 }, () => {
                  const angle = random.uniform(0, 2 * Math.PI);
                  return [Math.cos(angle), Math.sin(angle)];
                }),
              );
            return [[units(), units(), 1]];
          },
        },
        {
          title: "vectors of any length",
          call: "contrastiveLoss",
          inputs: (random) => [[matrix(random, 4, 3), matrix(random, 4, 3), 1]],
        },
        {
          title: "the temperature sharpens",
          call: "contrastiveLoss",
          inputs: (random) => [
            [matrix(random, 5, 3), matrix(random, 5, 3), random.uniform(0.1, 0.3)],
            [matrix(random, 3, 4), matrix(random, 3, 4), random.uniform(2, 4)],
          ],
        },
      ],
      mistakes: [
        {
          name: "temperature missing",
          message:
            "Your loss does not react to the temperature. Cosines lie between −1 and 1: without a factor the softmax over them stays nearly flat, and even a perfect model could not make the loss small.",
          edits: [["cosines.div(temperature);", "cosines;"]],
        },
        {
          name: "multiplied by the temperature",
          message:
            "You multiply by the temperature: a small one makes your table flatter instead of sharper. It divides. (CLIP's code multiplies by a *scale*, which is 1/τ.)",
          edits: [["cosines.div(temperature);", "cosines.mul(temperature);"]],
        },
        {
          name: "one way only",
          message:
            "Your loss asks of each image for its caption, and never of a caption for its image. One caption may then fit all images, at no cost. Ask both ways and average.",
          edits: [["return byImage.add<tf.Scalar>(byCaption).div(2);", "return byImage;"]],
        },
        {
          name: "the other way only",
          message:
            "Your loss asks of each caption for its image, and never of an image for its caption: only the columns of the table count. Ask both ways and average.",
          edits: [["return byImage.add<tf.Scalar>(byCaption).div(2);", "return byCaption;"]],
        },
        {
          name: "lengths not scaled",
          message:
            "Your table holds plain products of vectors of any length. A long vector then fits everything; the model can win by growing instead of turning. Scale each row to length 1 first, so that only directions count.",
          edits: [
            [
              "tf.matMul<tf.Tensor2D>(unit(images), unit(captions), false, true)",
              "tf.matMul<tf.Tensor2D>(images, captions, false, true)",
            ],
          ],
        },
        {
          name: "only the images scaled",
          message:
            "Your images have length 1, your captions do not: a long caption still fits every image better than a short one. Scale both.",
          edits: [["unit(images), unit(captions), false, true", "unit(images), captions, false, true"]],
        },
        {
          name: "columns scaled to length 1",
          message:
            "You scaled each *column* to length 1: a feature over the whole batch. A vector is a row; the sum of squares runs along axis 1.",
          edits: [["sum(1, true)", "sum(0, true)"]],
        },
        {
          name: "summed instead of averaged",
          message: "Your loss is twice as large as it should be: the two directions are averaged, not added.",
          edits: [["byImage.add<tf.Scalar>(byCaption).div(2);", "byImage.add(byCaption);"]],
        },
      ],
    },
    {
      number: "16.4",
      slug: "beyond/recall",
      title: "How good is a search?",
      why: "Recall at k is how every search by meaning is measured, from images to passages; it is easy to compute something kinder by accident.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["recallAt"],
      hints: [
        "You need not sort. What does it mean for the right caption to be among the k best?",
        "For each image take the similarity of its right caption and count how many captions of the same row are better. Fewer than k: a hit. Divide the hits by the number of images.",
        "`const better = row.filter((value) => value > own).length; if (better < k) hits++;`",
      ],
      checks: [
        {
          title: "recall at 1: the best one is the right one",
          call: "recallAt",
          inputs: (random) => {
            const { similarities, right } = search(random, 7, 4);
            return [[1, similarities, right]];
          },
        },
        {
          title: "recall at k, for images and captions that differ in number",
          call: "recallAt",
          inputs: (random) => {
            const [wide, high] = [search(random, 5, 8), search(random, 9, 5)];
            return [
              [3, wide.similarities, wide.right],
              [2, high.similarities, high.right],
              [3, high.similarities, high.right],
            ];
          },
        },
        {
          title: "all captions contain the right one",
          call: "recallAt",
          inputs: (random) => {
            const { similarities, right } = search(random, 6, 3);
            return [[3, similarities, right]];
          },
        },
      ],
      mistakes: [
        {
          name: "the number of hits",
          message: "You return how many images were hits. Recall is their *share*: divide by the number of images.",
          edits: [["return hits / similarities.length;", "return hits;"]],
        },
        {
          name: "divided by the captions",
          message:
            "You divide the hits by the number of captions. Every image is one question, so there are as many questions as rows.",
          edits: [["return hits / similarities.length;", "return hits / similarities[0]!.length;"]],
        },
        {
          name: "one too many",
          message:
            "You are kinder by one: the right caption may have k better ones. At k = 1 that already counts second places.",
          edits: [["if (better < k) hits++;", "if (better <= k) hits++;"]],
        },
        {
          name: "only the best counts",
          message: "You count only first places, whatever k is. Among the k best is good enough.",
          edits: [["if (better < k) hits++;", "if (better < 1) hits++;"]],
        },
        {
          name: "least similar first",
          message:
            "Your ranking is upside down: you count captions that fit *worse*. That would be right for distances; a similarity is good when it is large.",
          edits: [["value > own", "value < own"]],
        },
        {
          name: "ranked within the column",
          message:
            "You compare the right caption's similarity with those of *other images* for the same caption. That is the search the other way, for an image. Here an image looks among captions: stay in its row.",
          edits: [
            [
              "const better = row.filter((value) => value > own).length;",
              "const better = similarities.filter((other) => other[right[i]!]! > own).length;",
            ],
          ],
        },
      ],
    },
    {
      number: "16.5",
      slug: "beyond/frames",
      title: "Sound as frames",
      why: "Every speech recogniser begins so: a wave becomes rows of short, overlapping, faded pieces, and from then on it is a sequence of vectors.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["frames"],
      hints: [
        "Draw ten samples, a length of 4 and a hop of 3. Where does each frame begin? Where does the last one end?",
        "There are 1 + floor((samples − length) / hop) frames. For each, take length samples from i · hop on and multiply the n-th by the window's n-th value. The window counts from the frame's own beginning.",
        "`signal[i * hop + n] * (1 - Math.cos((2 * Math.PI * n) / length)) / 2`",
      ],
      checks: [
        {
          title: "a constant signal shows the window",
          call: "frames",
          inputs: (random) => {
            const height = number(random);
            return [[Array.from({ length: 11 }, () => height), 5, 2]];
          },
        },
        {
          title: "frames begin a hop apart and overlap",
          call: "frames",
          inputs: (random) => [
            [Array.from({ length: 12 }, () => number(random)), 6, 3],
            [Array.from({ length: 10 }, () => number(random)), 4, 1],
          ],
        },
        {
          title: "a rest that does not fill a frame is left out",
          call: "frames",
          inputs: (random) => [[Array.from({ length: 14 }, () => number(random)), 5, 3]],
        },
        {
          title: "a signal of one frame's length has one frame",
          call: "frames",
          inputs: (random) => [[Array.from({ length: 8 }, () => number(random)), 8, 4]],
        },
      ],
      mistakes: [
        {
          name: "no window",
          message:
            "Your frames are cut out sharply. Their ends jump from the signal to nothing, and a jump contains every frequency: the spectrum would show what is not in the sound. Fade each frame with the window.",
          edits: [["return signal[i * hop + n]! * fade;", "return signal[i * hop + n]!;"]],
        },
        {
          name: "no overlap",
          message:
            "Your frames stand side by side. Then whatever happens at a border is faded out in both of them, and lost. A frame begins every `hop` samples, before the last one has ended.",
          edits: [
            ["Math.floor((signal.length - length) / hop);", "Math.floor((signal.length - length) / length);"],
            ["signal[i * hop + n]! * fade", "signal[i * length + n]! * fade"],
          ],
        },
        {
          name: "the window ends at zero",
          message:
            "Your window divides by length − 1: it ends at 0 as it begins. Here the next period would begin with that 0, so n runs over length steps of one whole wave; else windows that overlap do not add up to a constant.",
          edits: [["(2 * Math.PI * n) / length", "(2 * Math.PI * n) / (length - 1)"]],
        },
        {
          name: "one frame too few",
          message:
            "The last frame that fits is missing. Between the first and the last begin lie (samples − length) / hop hops; the frames are one more.",
          edits: [
            [
              "const count = 1 + Math.floor((signal.length - length) / hop);",
              "const count = Math.floor((signal.length - length) / hop);",
            ],
          ],
        },
        {
          name: "the window slides over the signal",
          message:
            "Your first frame is right and the others are not: your window goes on from frame to frame. Each frame is faded in and out by itself, so n counts from its own beginning.",
          edits: [["(2 * Math.PI * n) / length", "(2 * Math.PI * (i * hop + n)) / length"]],
        },
        {
          name: "half the window",
          message:
            "Your window only fades in: it is half a wave, from 0 up to 1, and the frame's end is cut sharply. A whole wave, 2π, goes up and comes down again.",
          edits: [["(2 * Math.PI * n) / length", "(Math.PI * n) / length"]],
        },
      ],
    },
    {
      number: "16.6",
      slug: "beyond/hospital-probe",
      title: "Hospital, case 1: does it look ahead?",
      why: "A model that sees the answer has a wonderful loss and is worthless; this probe finds it in any model, without reading a line of its code.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["looksAhead"],
      hints: [
        "What must you leave as it is, if only the future may change? What must you compare, and what may differ in health?",
        "Ask once with the tokens as they are. Then for each t: replace the tokens *after* t, ask again, and compare the whole row of answers at t, each number by its absolute difference.",
        "`tokens.map((token, s) => (s > t ? replacement : token))` and `before[t].some((value, j) => Math.abs(value - after[t][j]) > 1e-6)`",
      ],
      checks: [
        {
          title: "a healthy model is not suspected",
          driver: "leaks",
          inputs: (random) => [
            // One token is the replacement already: there, nothing changes.
            {
              tokens: [...tokens(random, 2), 11, ...tokens(random, 3)],
              replacement: 11,
              ahead: [],
              column: 0,
              weight: 1,
            },
            { tokens: tokens(random, 2), replacement: 11, ahead: [], column: 0, weight: 1 },
          ],
        },
        {
          title: "a model without a mask is found at every place but the last",
          driver: "leaks",
          inputs: (random) => [{ tokens: tokens(random, 5), replacement: 11, ahead: "all", column: 0, weight: 0.5 }],
        },
        {
          title: "a look at the next token alone, or at one further on, is found",
          driver: "leaks",
          inputs: (random) => [
            { tokens: tokens(random, 6), replacement: 11, ahead: [1], column: 0, weight: 0.5 },
            { tokens: tokens(random, 7), replacement: 11, ahead: [2], column: 0, weight: 0.5 },
          ],
        },
        {
          title: "in whichever of its numbers, upwards or downwards",
          driver: "leaks",
          inputs: (random) => [
            { tokens: tokens(random, 5), replacement: 11, ahead: "all", column: 2, weight: 0.5 },
            { tokens: tokens(random, 5), replacement: 11, ahead: "all", column: 0, weight: -0.5 },
            { tokens: tokens(random, 5), replacement: 11, ahead: "all", column: 1, weight: 0.5 },
          ],
        },
        {
          title: "at the places where it looks, and at no other",
          driver: "leaks",
          inputs: (random) => [
            { tokens: tokens(random, 8), replacement: 11, ahead: [1], column: 0, weight: 0.5, places: [2, 5] },
          ],
        },
      ],
      mistakes: [
        {
          name: "its own token is changed too",
          message:
            "You convict the healthy: you also replace the token at t itself, and an answer may depend on that. Only what comes *after* t may be touched.",
          edits: [["(s > t ? replacement : token)", "(s >= t ? replacement : token)"]],
        },
        {
          name: "the past is changed",
          message:
            "You replace what comes before t. Of course the answer changes then: reading the past is the model's work. Change the future, and watch the present.",
          edits: [["(s > t ? replacement : token)", "(s < t ? replacement : token)"]],
        },
        {
          name: "only the next token is changed",
          message:
            "You replace the next token alone. A mask that is off further on escapes you: one of the patients looks at the token after the next. Replace all that follow.",
          edits: [["(s > t ? replacement : token)", "(s === t + 1 ? replacement : token)"]],
        },
        {
          name: "only the first number is compared",
          message:
            "You compare the first number of the answer only. One patient looks ahead in another one. A leak anywhere in the row is a leak.",
          edits: [["before[t]!.some((value, j)", "before[t]!.slice(0, 1).some((value, j)"]],
        },
        {
          name: "no absolute value",
          message:
            "You find the answers that fell and miss those that rose: a difference has a sign. Take its absolute value.",
          edits: [["Math.abs(value - after[t]![j]!) > 1e-6", "value - after[t]![j]! > 1e-6"]],
        },
        {
          name: "the next place is compared",
          message:
            "You compare the answers at t + 1. The token there has been replaced, so they change in health too. The place to watch is the last one that was left alone: t.",
          edits: [
            ["const moved = before[t]!.some(", "const moved = before[t + 1]!.some("],
            ["Math.abs(value - after[t]![j]!)", "Math.abs(value - after[t + 1]![j]!)"],
          ],
        },
      ],
    },
    {
      number: "16.7",
      slug: "beyond/hospital-operation",
      title: "Hospital, case 2: a loss that flatters",
      why: "Both faults of this case make the loss smaller, so no curve will ever warn you.",
      difficulty: 2,
      minutes: 12,
      points: 2,
      exports: ["nextTokenLoss"],
      hints: [
        "How many questions does a row of T tokens ask, if each token is asked for by the one before it?",
        "Cut the last place off the logits and the first token off the ids, so that place t meets token t + 1. Flatten both the same way. Let the loss leave padding out.",
        "`logits.slice([0, 0, 0], [B, T - 1, V])`, `ids.slice([0, 1], [B, T - 1])`, both reshaped, and `{ ignoreIndex: padding }`.",
      ],
      checks: [
        {
          title: "rows without padding: each token is asked for by the place before it",
          call: "nextTokenLoss",
          inputs: (random) => [rowsWithPadding(random, [5, 5, 5], 7)],
          tolerance: { relative: 1e-5 },
        },
        {
          title: "rows of different length: padding does not count",
          call: "nextTokenLoss",
          inputs: (random) => [rowsWithPadding(random, [6, 3, 2], 5), rowsWithPadding(random, [2, 7], 4)],
          tolerance: { relative: 1e-5 },
        },
      ],
      mistakes: [
        {
          name: "not shifted",
          message:
            "Place t is still asked for the token that it has just read. A model learns to copy in no time, its loss goes to 0, and it cannot write a word. The target is the token at t + 1.",
          edits: [["ids.slice([0, 1], [B, T - 1])", "ids.slice([0, 0], [B, T - 1])"]],
        },
        {
          name: "shifted the wrong way",
          message:
            "Place t is asked for the token at t − 1, which it has seen. You shifted the wrong one of the two: the *ids* lose their first, the logits their last.",
          edits: [
            ["logits.slice([0, 0, 0], [B, T - 1, V])", "logits.slice([0, 1, 0], [B, T - 1, V])"],
            ["ids.slice([0, 1], [B, T - 1])", "ids.slice([0, 0], [B, T - 1])"],
          ],
        },
        {
          name: "padding counts",
          message:
            "Padding is still a question. “What follows padding? Padding” is easy, so the loss looks good, and the more unequal the rows, the better it looks. Leave those targets out.",
          edits: [["{ ignoreIndex: padding }", "{}"]],
        },
        {
          name: "divided by all places",
          message:
            "Padding is out of your sum but still in what you divide by: the loss is too small by the share of padding, and depends on how the rows were packed. Divide by the number of targets that count.",
          edits: [
            [
              "return crossEntropy(answers, next, { ignoreIndex: padding });",
              'const counted = next.notEqual(padding).cast("float32").mean();\n  return crossEntropy(answers, next, { ignoreIndex: padding }).mul(counted);',
            ],
          ],
        },
        {
          name: "the last place is asked for the first token",
          message:
            "You rolled the ids around: the last place of each row is asked for the row's first token. Nothing follows the last place, so it is asked nothing.",
          edits: [
            [
              "const answers: tf.Tensor2D = logits.slice([0, 0, 0], [B, T - 1, V]).reshape([B * (T - 1), V]);",
              "const answers: tf.Tensor2D = logits.reshape([B * T, V]);",
            ],
            [
              "const next: tf.Tensor1D = ids.slice([0, 1], [B, T - 1]).reshape([B * (T - 1)]);",
              "const next: tf.Tensor1D = tf.concat([ids.slice([0, 1], [B, T - 1]), ids.slice([0, 0], [B, 1])], 1).reshape([B * T]);",
            ],
          ],
        },
      ],
    },
    {
      number: "16.8",
      slug: "beyond/hospital-diagnosis",
      title: "Hospital, case 3: cause and symptom",
      why: "Alarms come in swarms; whoever mends the loudest one first mends a symptom.",
      difficulty: 1,
      minutes: 8,
      points: 1,
      exports: ["diagnose"],
      hints: [
        "The findings come in any order. Whose order decides?",
        "Put the six pairs into a list as they stand. Nothing found: healthy. Else go down *your* list and take the first whose probe is among the findings; if there is none, it is unknown.",
        "`causes.find(([probe]) => findings.includes(probe))`",
      ],
      checks: [
        {
          title: "one finding, one illness",
          call: "diagnose",
          inputs: () => [
            [["noise"]],
            [["weights sum to one"]],
            [["norm statistics"]],
            [["padding content"]],
            [["padding shift"]],
            [["causality"]],
          ],
        },
        {
          title: "many findings, in any order: the cause is named",
          call: "diagnose",
          inputs: (random) => {
            const pairs = [
              ["weights sum to one", "causality", "padding shift"],
              ["norm statistics", "padding content", "causality"],
              ["padding content", "padding shift"],
            ];
            // The cause once in front, once at the end.
            return pairs.flatMap(([cause, ...others]) => {
              const symptoms = random.shuffle(others);
              return [[[cause!, ...symptoms]], [[...symptoms, cause!]]];
            });
          },
        },
        {
          title: "where there is noise, nothing else can be trusted",
          call: "diagnose",
          inputs: (random) => [
            [[...random.shuffle(["causality", "padding content", "norm statistics", "weights sum to one"]), "noise"]],
          ],
        },
        {
          title: "nothing found is healthy; something else is unknown",
          call: "diagnose",
          inputs: () => [[[]], [["tied weights"]], [["gradient flow", "movement"]]],
        },
      ],
      mistakes: [
        {
          name: "the first finding decides",
          message:
            "You name the illness of whatever was found first. The order of the findings is chance; the order from cause to symptom is what you know.",
          edits: [
            [
              "const cause = causes.find(([probe]) => findings.includes(probe));",
              "const cause = causes.find(([probe]) => findings[0] === probe);",
            ],
          ],
        },
        {
          name: "symptoms before causes",
          message:
            "You look from the end of the list: the symptom farthest from the cause wins. A softmax along the wrong axis also breaks causality, but no mask will mend it. Start at the top.",
          edits: [
            [
              "const cause = causes.find(([probe]) => findings.includes(probe));",
              "const cause = [...causes].reverse().find(([probe]) => findings.includes(probe));",
            ],
          ],
        },
        {
          name: "noise comes last",
          message:
            "You believe the other probes although two readings of the same thing differ. Each of them compares two readings; with noise they all cry. Mend the noise first, then examine again.",
          edits: [
            ['    ["noise", "dropout at evaluation"],\n', ""],
            [
              '    ["causality", "no causal mask"],\n',
              '    ["causality", "no causal mask"],\n    ["noise", "dropout at evaluation"],\n',
            ],
          ],
        },
        {
          name: "nobody is healthy",
          message:
            "You never send anyone home: no findings is a result too. Without a healthy control you do not know what your probes say in health.",
          edits: [['if (findings.length === 0) return "healthy";', ""]],
        },
        {
          name: "unknown is healthy",
          message:
            "You call healthy whoever has none of the six, although a probe did find something. That is how illnesses are missed: say that you do not know.",
          edits: [['return cause ? cause[1] : "unknown";', 'return cause ? cause[1] : "healthy";']],
        },
      ],
    },
  ],
};

export default lesson;
