import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { type Speech, speeches, speechTokenizer } from "../../data/speeches";
import { type Family, FamilyModel, families } from "../../models/family";
import { familyLoss, firstWord, gapScores, transformed, transformLoss } from "../../models/family-tasks";
import { Linear } from "../../nn/linear";
import { Random } from "../../random";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import { type PartOptions, trainMany } from "./many";
import type { Training } from "./training";

const size = { vocabularySize: 2048, contextLength: 40, modelSize: 64, numHeads: 4, numLayers: 4 } as const;
const seeds = [1, 2, 3];
const windowLength = 32;
const batchSize = 16;
const steps = 3000;
const tuningSteps = 600;
const peak = 2e-3;
const wordsToOrder = 6;

/** The questions, as the table names them. */
export const sideBySideTasks = ["gap", "next", "era", "order", "orderExact"] as const;
export type SideBySideTask = (typeof sideBySideTasks)[number];

/** What the training leaves: all that lesson 15 says about it. */
export interface SideBySideTable {
  readonly command: string;
  readonly steps: number;
  readonly tuningSteps: number;
  readonly batchSize: number;
  readonly windowLength: number;
  readonly tokens: number;
  readonly seeds: readonly number[];
  /** What one gets without any model: the commonest word, the commoner era, a random order. */
  readonly baselines: Readonly<Record<SideBySideTask, number>>;
  readonly rows: readonly {
    readonly family: Family;
    readonly weights: number;
    /** Shares of right answers by task, then by seed. */
    readonly right: Readonly<Record<SideBySideTask, readonly number[]>>;
    /** Mean surprise at the word in the gap and at the next word, by seed. */
    readonly gapNats: readonly number[];
    readonly nextNats: readonly number[];
  }[];
}

type Measured = Record<SideBySideTask | "gapNats" | "nextNats", number> & { readonly weights: number };

/** Lesson 15's table: three families of equal size, on equal text, asked the same questions. */
export const sideBySide: Training = {
  name: "side-by-side",
  lesson: "15",
  about: `a BERT, a GPT and a T5 of equal size on the same windows of speeches, ${seeds.length} seeds, four questions`,
  async run(options, modelFile) {
    const folder = path.dirname(modelFile);
    const text = material();
    const runs = families.flatMap((family) => seeds.map((seed) => ({ family, seed, steps })));
    const { rows: measured, result } = await trainMany({
      runs,
      options,
      folder,
      one: (run, part) => one(run, part, text),
    });
    if (result.end === "interrupted") return { result, summary: [] };

    const rows = families.map((family, f) => {
      const mine = measured.slice(f * seeds.length, (f + 1) * seeds.length);
      const of = (name: keyof Measured) => mine.map((row) => Number(row[name].toFixed(4)));
      const right = Object.fromEntries(sideBySideTasks.map((task) => [task, of(task)]));
      return {
        family,
        weights: mine[0]!.weights,
        right: right as Record<SideBySideTask, number[]>,
        gapNats: of("gapNats"),
        nextNats: of("nextNats"),
      };
    });
    const command = "npm run train -- side-by-side";
    const tokens = steps * batchSize * windowLength;
    const table: SideBySideTable = {
      ...{ command, steps, tuningSteps, batchSize, windowLength, tokens, seeds, baselines: baselines(text), rows },
    };
    const file = path.join(folder, "side-by-side.json");
    fs.writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
    const percent = (list: readonly number[]) => list.map((share) => (100 * share).toFixed(1)).join(" ");
    const summary = rows.map(
      ({ family, weights, right }) =>
        `${family}, ${weights} weights: ${sideBySideTasks.map((task) => `${task} ${percent(right[task])}`).join(" · ")}`,
    );
    return { result, summary: [...summary, `right answers in percent, by seed: ${file}`] };
  },
};

interface Reader {
  readonly ids: readonly number[];
  readonly isModern: boolean;
}

interface Material {
  readonly train: readonly Reader[];
  readonly held: readonly Reader[];
}

/** The speeches as tokens; modern is from 1900 on. */
function material(): Material {
  const { train, validation } = speeches();
  const tokenizer = speechTokenizer(train, size.vocabularySize);
  const read = ({ year, text }: Speech): Reader => ({
    ids: tokenizer.pieces(text).map(({ id }) => id),
    isModern: year >= 1900,
  });
  return { train: train.map(read), held: validation.map(read) };
}

/** A window from a random place; long speeches are drawn more often, as every place is equally likely. */
function drawWindow(readers: readonly Reader[], length: number, random: Random): Reader {
  const places = readers.map(({ ids }) => ids.length - length);
  let place = random.integer(places.reduce((sum, count) => sum + count, 0));
  let i = 0;
  while (place >= places[i]!) place -= places[i++]!;
  return { ids: readers[i]!.ids.slice(place, place + length), isModern: readers[i]!.isModern };
}

/** So many windows that fulfil a condition. */
function draw(readers: readonly Reader[], count: number, length: number, random: Random, fits: (r: Reader) => boolean) {
  const found: Reader[] = [];
  while (found.length < count) {
    const window = drawWindow(readers, length, random);
    if (fits(window)) found.push(window);
  }
  return found;
}

const isWord = (id: number) => id >= firstWord;
const hasOrder = ({ ids }: Reader) => ids.every(isWord) && new Set(ids).size === ids.length;
const gapAt = windowLength / 2;
const nextAt = windowLength - 8;
const asksWords = ({ ids }: Reader) => isWord(ids[gapAt]!) && isWord(ids[nextAt]!);

async function one({ family, seed }: { family: Family; seed: number }, options: PartOptions, text: Material) {
  const model = new FamilyModel({ ...size, family, seed });
  const optimizer = new AdamW(model.parameters(), { beta2: 0.99, weightDecay: 0.01 });
  const result = await train({
    ...options,
    model,
    optimizer,
    nextBatch: (_, random) => rangeOf(batchSize).map(() => drawWindow(text.train, windowLength, random).ids),
    loss: (windows, { random }) => familyLoss(model, windows, random),
    schedule: cosine({ peak, steps, warmup: 200, floor: 0.1 * peak }),
    clipNorm: 1,
    seed, // the same for all families: they read the same windows in the same order
  });
  optimizer.dispose();
  const interrupted = result.end === "interrupted";
  const row = interrupted ? emptyRow : { ...questions(model, text), ...(await orderTask(model, text, seed)) };
  const weights = [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
  model.dispose();
  return { result, row: { ...row, weights } as Measured };
}

const emptyRow = { gap: 0, next: 0, era: 0, order: 0, orderExact: 0, gapNats: 0, nextNats: 0 };
const rangeOf = (count: number) => Array.from({ length: count }, (_, i) => i);

/** What the pre-trained model can do as it is, on speeches that it has not read. */
function questions(model: FamilyModel, { train, held }: Material) {
  const windows = draw(held, 800, windowLength, new Random(77), asksWords).map(({ ids }) => ids);
  const at = (place: number, after: boolean) =>
    mean(
      [0, 200, 400, 600].map((start) => {
        const some = windows.slice(start, start + 200);
        return gapScores(
          model,
          some.map((ids) => ids.slice(0, place)),
          some.map((ids) => (after ? ids.slice(place + 1) : [])),
          some.map((ids) => ids[place]!),
        );
      }),
    );
  const gap = at(gapAt, true);
  const next = at(nextAt, false);
  return {
    gap: gap.right,
    gapNats: gap.nats,
    next: next.right,
    nextNats: next.nats,
    era: eraProbe(model, train, held),
  };
}

function mean(scores: readonly { right: number; nats: number }[]) {
  const of = (name: "right" | "nats") => scores.reduce((sum, score) => sum + score[name], 0) / scores.length;
  return { right: of("right"), nats: of("nats") };
}

/** Windows of both eras, as many of one as of the other. */
function bothEras(readers: readonly Reader[], count: number, random: Random): Reader[] {
  const era = (isModern: boolean) => draw(readers, count / 2, windowLength, random, (r) => r.isModern === isModern);
  return [...era(false), ...era(true)];
}

/** Is a passage from before 1900 or after? A linear layer reads the mean of the frozen states. The share that is right. */
function eraProbe(model: FamilyModel, train: readonly Reader[], held: readonly Reader[]): number {
  const featuresOf = (windows: readonly Reader[]) =>
    tf.tidy(() => {
      const parts = rangeOf(Math.ceil(windows.length / 100)).map((i) => {
        const rows = windows.slice(100 * i, 100 * (i + 1)).map(({ ids }) => [...ids]);
        return tf.tidy(() => model.states(tf.tensor2d(rows, undefined, "int32")).mean(1) as tf.Tensor2D);
      });
      return tf.concat(parts);
    });
  const labelsOf = (windows: readonly Reader[]) =>
    tf.tensor1d(
      windows.map(({ isModern }) => Number(isModern)),
      "int32",
    );
  const [learn, test] = [bothEras(train, 800, new Random(5)), bothEras(held, 800, new Random(6))];
  const [x, testX] = [featuresOf(learn), featuresOf(test)];
  const [y, testY] = [labelsOf(learn), labelsOf(test)];
  const { mean: centre, variance } = tf.moments(x, 0);
  const scaled = (features: tf.Tensor2D) =>
    tf.tidy(() => features.sub<tf.Tensor2D>(centre).div<tf.Tensor2D>(variance.sqrt().add(1e-6)));
  const [u, testU] = [scaled(x), scaled(testX)];
  const probe = new Linear(size.modelSize, 2, { random: new Random(1) });
  const optimizer = new AdamW(probe.parameters(), { learningRate: 0.02, weightDecay: 0.01 });
  for (let step = 0; step < 150; step++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => crossEntropy(probe.forward(u), y), [...probe.parameters().values()]);
      const named = [...probe.parameters()].map(([path, variable]) => [path, grads[variable.name]!] as const);
      optimizer.step(new Map(named));
    });
  }
  const right = tf.tidy(() => probe.forward(testU).argMax(-1).equal(testY).cast("float32").mean().dataSync()[0]!);
  optimizer.dispose();
  probe.dispose();
  tf.dispose([x, testX, y, testY, centre, variance, u, testU]);
  return right;
}

/** Words in a wrong order, to be put right: learnt for a short while, by the whole model. */
async function orderTask(model: FamilyModel, { train: readers, held }: Material, seed: number) {
  const optimizer = new AdamW(model.parameters(), { beta2: 0.99, weightDecay: 0.01 });
  const pairs = (windows: readonly Reader[], random: Random) => ({
    sources: windows.map(({ ids }) => random.shuffle(ids)),
    answers: windows.map(({ ids }) => ids),
  });
  await train({
    model,
    optimizer,
    steps: tuningSteps,
    nextBatch: (_, random) => pairs(draw(readers, 2 * batchSize, wordsToOrder, random, hasOrder), random),
    loss: ({ sources, answers }) => transformLoss(model, sources, answers),
    schedule: cosine({ peak: peak / 2, steps: tuningSteps, warmup: 30, floor: 0.05 * peak }),
    clipNorm: 1,
    seed,
  });
  optimizer.dispose();
  const random = new Random(88);
  const { sources, answers } = pairs(draw(held, 400, wordsToOrder, random, hasOrder), random);
  return orderScores(transformed(model, sources, wordsToOrder), answers);
}

function orderScores(said: readonly (readonly number[])[], answers: readonly (readonly number[])[]) {
  const hits = answers.map((row, b) => row.filter((id, i) => said[b]![i] === id).length);
  return {
    order: hits.reduce((sum, count) => sum + count, 0) / (answers.length * wordsToOrder),
    orderExact: hits.filter((count) => count === wordsToOrder).length / answers.length,
  };
}

/** The commonest word as the answer to every gap, one era for all, the words left as they were given. */
function baselines({ train: readers, held }: Material): Record<SideBySideTask, number> {
  const counts = new Float64Array(size.vocabularySize);
  for (const { ids } of readers) for (const id of ids) counts[id]! += isWord(id) ? 1 : 0;
  const commonest = counts.indexOf(Math.max(...counts));
  const windows = draw(held, 800, windowLength, new Random(77), asksWords);
  const share = (place: number) => windows.filter(({ ids }) => ids[place] === commonest).length / windows.length;
  const random = new Random(88);
  const answers = draw(held, 400, wordsToOrder, random, hasOrder).map(({ ids }) => ids);
  const left = orderScores(
    answers.map((ids) => random.shuffle(ids)),
    answers,
  );
  return { gap: share(gapAt), next: share(nextAt), era: 0.5, ...left };
}
