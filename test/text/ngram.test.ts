import { expect, test } from "vitest";
import { firstNames } from "../../lib/data/names";
import { Random } from "../../lib/random";
import {
  averageNegativeLogLikelihood,
  InterpolatedModel,
  NGramModel,
  perplexity,
  sampleIndex,
  sampleSequence,
} from "../../lib/text/ngram";

// 0 marks the start and the end of a name, a to z are 1 to 26.
const spell = (context: number) => (name: string) => [
  ...new Array<number>(context).fill(0),
  ...Array.from(name, (letter) => letter.charCodeAt(0) - 96),
  0,
];
const { train, validation, test: held } = firstNames();
const model = (order: number, addK: number) =>
  new NGramModel({ order, vocabularySize: 27, addK }).learn(train.map(spell(order - 1)));
const nll = (m: NGramModel, names: string[]) =>
  averageNegativeLogLikelihood(m, names.map(spell(m.order - 1)), m.order - 1);

test("names: the losses equal those of a reference computed elsewhere with the same counts", () => {
  expect(nll(model(1, 0), validation)).toBeCloseTo(2.859, 3);
  expect(nll(model(2, 0), train)).toBeCloseTo(2.4173, 4);
  const bigram = model(2, 1);
  expect(nll(bigram, train)).toBeCloseTo(2.4226, 4);
  expect(nll(bigram, validation)).toBeCloseTo(2.4291, 4);
  expect(nll(bigram, held)).toBeCloseTo(2.4302, 4);
  expect(nll(model(3, 0.1), validation)).toBeCloseTo(2.213, 3);
});

test("every prediction sums to 1, also after contexts that were never seen", () => {
  for (const m of [model(2, 0), model(3, 0), model(3, 0.5)]) {
    for (const context of [
      [0, 0],
      [1, 2],
      [26, 26],
      [17, 24],
    ]) {
      expect(m.predict(context).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  }
  expect(model(3, 0).predict([26, 17])).toEqual(new Float64Array(27).fill(1 / 27));
});

test("an impossible token costs infinitely much, and smoothing makes it possible", () => {
  const learnt = (addK: number) => new NGramModel({ order: 2, vocabularySize: 3, addK }).learn([[0, 1, 0]]);
  expect(averageNegativeLogLikelihood(learnt(0), [[0, 2]])).toBe(Number.POSITIVE_INFINITY);
  expect(averageNegativeLogLikelihood(learnt(1), [[0, 2]])).toBeCloseTo(Math.log(4), 12);
  expect(perplexity(Math.log(4))).toBeCloseTo(4, 12);
});

test("interpolation beats its parts on validation names", () => {
  const parts = [model(1, 0), model(2, 0), model(3, 0)];
  const names = validation.map(spell(2));
  const mixed = averageNegativeLogLikelihood(new InterpolatedModel(parts, [0.1, 0.3, 0.6]), names, 2);
  for (const part of parts) expect(mixed).toBeLessThan(averageNegativeLogLikelihood(part, names, 2));
});

test("samples follow the probabilities, and a seed repeats them", () => {
  const random = new Random(4);
  const counts = [0, 0, 0];
  for (let i = 0; i < 10_000; i++) counts[sampleIndex([0.2, 0, 0.8], () => random.uniform())]!++;
  expect(counts[1]).toBe(0);
  expect(Math.abs(counts[0]! / 10_000 - 0.2)).toBeLessThan(0.02);
  expect(sampleIndex([0.5, 0.5, 0], () => 1 - 1e-17)).toBe(1); // rounding leaves nothing beyond the last possible one
  const draw = (seed: number) => {
    const source = new Random(seed);
    return sampleSequence(model(3, 0.01), { begin: [0, 0], end: 0, maxLength: 20, random: () => source.uniform() });
  };
  expect(draw(9)).toEqual(draw(9));
  expect(draw(9)).not.toEqual(draw(10));
  expect(draw(9).at(-1)).toBe(0);
});

test("bad input gets a sentence", () => {
  expect(() => new NGramModel({ order: 0, vocabularySize: 3 })).toThrow(
    "NGramModel: expected an order of at least 1, got 0",
  );
  expect(() => new NGramModel({ order: 2, vocabularySize: 3 }).learn([[0, 3]])).toThrow(
    "NGramModel.learn: expected ids below 3, got 3",
  );
  expect(() => new InterpolatedModel([model(1, 0)], [0.5])).toThrow(
    "expected 1 weights that sum to 1, got [0.5], which sum to 0.5",
  );
});
