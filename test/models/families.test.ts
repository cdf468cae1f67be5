import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import {
  bertHeadNames,
  bertNames,
  gpt2Names,
  type NameRule,
  t5Names,
  translate,
} from "../../lib/checkpoint/hugging-face";
import type { StoredTensor } from "../../lib/checkpoint/safetensors";
import {
  BERT,
  BERTForPreTraining,
  BERTForQuestionAnswering,
  BERTForSequenceClassification,
  BERTForTokenClassification,
} from "../../lib/models/bert";
import { generate } from "../../lib/models/generate";
import { GPT } from "../../lib/models/gpt";
import { beamSearch, greedySearch, type StepDecoder } from "../../lib/models/search";
import { T5 } from "../../lib/models/t5";
import { sequenceLoss } from "../../lib/models/transformer";
import type { Module } from "../../lib/nn/module";
import { Random } from "../../lib/random";
import { valueAndGradients } from "../../lib/train/gradients";
import { crossEntropy } from "../../lib/train/losses";
import { expectClose, readGolden } from "../golden-case";

// Logits, states, loss, gradients and continuations of Hugging Face's models: test/golden/families.py.
const golden = readGolden("families");
const ids = (rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");
const flat = (rows: number[][]) => tf.tensor1d(rows.flat(), "int32");
const ignoreIndex = -100;

interface Plain {
  readonly shape: number[];
  readonly values: number[];
}

function stored(weights: Record<string, Plain>, strip = ""): Map<string, StoredTensor> {
  return new Map(
    Object.entries(weights).map(([name, { shape, values }]) => {
      const short = name.startsWith(strip) ? name.slice(strip.length) : name;
      return [short, { shape, data: Float32Array.from(values) }];
    }),
  );
}

/** BERT with a head: what is below `bert.` has the model's names, the rest the heads'. */
const bertRules: NameRule[] = [...bertNames.map(([a, b, c]) => [`bert.${a}`, b, c] as const), ...bertHeadNames];

function load(model: Module, weights: Map<string, StoredTensor>, rules: readonly NameRule[]): void {
  const parameters = model.parameters();
  for (const [path, { shape, data }] of translate(parameters, weights, rules)) {
    tf.tidy(() => parameters.get(path)!.assign(tf.tensor(data, [...shape])));
  }
}

function expectGradients(
  loss: () => tf.Scalar,
  model: Module,
  golden: { loss: number; gradients: Record<string, Plain> },
  rules: readonly NameRule[],
  strip = "",
): void {
  tf.tidy(() => {
    const parameters = model.parameters();
    // HF leaves out weights that a loss does not reach (a pooler under a token head): their gradients are 0.
    const theirs = stored(golden.gradients, strip);
    const reached = new Map(
      [...parameters].filter(([path]) => !path.includes("pooler") || theirs.has("pooler.dense.weight")),
    );
    const { value, gradients } = valueAndGradients(loss, reached);
    expect(Math.abs(value.dataSync()[0]! - golden.loss)).toBeLessThanOrEqual(1e-5 * golden.loss);
    for (const [path, { shape, data }] of translate(reached, theirs, rules)) {
      const expected = { shape: [...shape], values: [...data] };
      const largest = Math.max(...data.map(Math.abs));
      // A key's bias moves all scores of a query alike: its gradient is 0 but for rounding.
      if (largest < 1e-7) expect(gradients.get(path)!.abs().max().dataSync()[0], path).toBeLessThan(1e-5);
      else expectClose(`gradient of ${path}`, gradients.get(path)!, expected, 1e-4);
    }
  });
}

describe("BERT equals Hugging Face's", () => {
  const { config, ids: rows, segments, ...heads } = golden.bert;
  const input = () => ({ segments: ids(segments) });

  test("with its pre-training heads", () => {
    const { weights, labels, follows, tokenLogits, nextSentenceLogits, states } = heads.preTraining;
    const model = new BERTForPreTraining(config);
    load(model, stored(weights, "bert."), bertRules);
    tf.tidy(() => {
      const out = model.forward(ids(rows), input());
      expectClose("token logits", out.tokenLogits, tokenLogits);
      expectClose("next-sentence logits", out.nextSentenceLogits, nextSentenceLogits);
      expectClose("states", model.bert.forward(ids(rows), input()).states, states);
      const masked = labels.flat().flatMap((label: number, i: number) => (label === ignoreIndex ? [] : [i]));
      const some = model.forwardMasked(ids(rows), tf.tensor1d(masked, "int32"), input());
      const same = tf.gather(out.tokenLogits.reshape([18, 17]), tf.tensor1d(masked, "int32"));
      expect(some.tokenLogits.sub(same).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    });
    const loss = () => {
      const out = model.forward(ids(rows), input());
      const masked = crossEntropy(out.tokenLogits.reshape([18, 17]), flat(labels), { ignoreIndex });
      return masked.add<tf.Scalar>(crossEntropy(out.nextSentenceLogits, tf.tensor1d(follows, "int32")));
    };
    expectGradients(loss, model, heads.preTraining, bertRules, "bert.");
    model.dispose();
  });

  test("with a label for the text, tanh-GELU and another epsilon", () => {
    const { config: other, weights, labels, logits } = heads.sequenceClassification;
    const model = new BERTForSequenceClassification(new BERT(other), 5, new Random(1));
    load(model, stored(weights, "bert."), bertRules);
    tf.tidy(() => expectClose("logits", model.forward(ids(rows), input()), logits));
    const loss = () => crossEntropy(model.forward(ids(rows), input()), tf.tensor1d(labels, "int32"));
    expectGradients(loss, model, heads.sequenceClassification, bertRules, "bert.");
    model.dispose();
  });

  test("with a label for every token", () => {
    const { weights, labels, logits } = heads.tokenClassification;
    const model = new BERTForTokenClassification(new BERT(config), 4, new Random(1));
    load(model, withoutPooler(weights), bertRules);
    tf.tidy(() => expectClose("logits", model.forward(ids(rows), input()), logits));
    const loss = () => crossEntropy(model.forward(ids(rows), input()).reshape([18, 4]), flat(labels), { ignoreIndex });
    expectGradients(loss, model, heads.tokenClassification, bertRules, "bert.");
    model.dispose();
  });

  test("with the span of an answer", () => {
    const { weights, starts, ends, startLogits, endLogits } = heads.questionAnswering;
    const model = new BERTForQuestionAnswering(new BERT(config), new Random(1));
    load(model, withoutPooler(weights), bertRules);
    tf.tidy(() => {
      const out = model.forward(ids(rows), input());
      expectClose("start logits", out.startLogits, startLogits);
      expectClose("end logits", out.endLogits, endLogits);
    });
    const loss = () => {
      const out = model.forward(ids(rows), input());
      const start = crossEntropy(out.startLogits, tf.tensor1d(starts, "int32"));
      return start.add<tf.Scalar>(crossEntropy(out.endLogits, tf.tensor1d(ends, "int32"))).div<tf.Scalar>(2);
    };
    expectGradients(loss, model, heads.questionAnswering, bertRules, "bert.");
    model.dispose();
  });

  /** Hugging Face's token and span models have no pooler; ours keeps one that nothing reads. */
  function withoutPooler(weights: Record<string, Plain>): Map<string, StoredTensor> {
    const found = stored(weights, "bert.");
    found.set("pooler.dense.weight", { shape: [15, 15], data: new Float32Array(225) });
    found.set("pooler.dense.bias", { shape: [15], data: new Float32Array(15) });
    return found;
  }
});

describe("GPT equals Hugging Face's GPT-2", () => {
  const { config, ids: rows, labels, weights, logits, states, prompt, greedy, beam } = golden.gpt2;
  const model = new GPT(config);
  load(model, stored(weights, "transformer."), gpt2Names);

  test("in logits, states, loss and gradients, with padding", () => {
    tf.tidy(() => {
      expectClose("logits", model.forward(ids(rows)), logits);
      expectClose("states", model.states(ids(rows)), states);
    });
    const loss = () => {
      // Hugging Face shifts inside: the logits at t are about the token at t + 1.
      const next = labels.map((row: number[]) => [...row.slice(1), ignoreIndex]);
      return sequenceLoss(model.forward(ids(rows)), ids(next), { padding: ignoreIndex });
    };
    expectGradients(loss, model, golden.gpt2, gpt2Names, "transformer.");
  });

  test("in 20 greedy tokens, from a cache", async () => {
    const written: number[] = [];
    const options = { temperature: 0, maxTokens: 20, stop: [2], random: new Random(1) };
    for await (const token of generate(model, prompt[0], options)) written.push(token);
    expect(written).toEqual(greedy);
  });

  test("in the tokens of beam search with 4 beams", () => {
    // The prompt goes in first, but for its last token, for all beams.
    const beams = Array.from({ length: 4 }, () => prompt[0].slice(0, -1));
    const begun = tf.tidy(() => model.step(ids(beams)));
    const decoder: StepDecoder = { step: (next, cache) => model.step(next, cache ?? begun.cache) };
    const start = prompt[0].at(-1);
    const [found] = beamSearch(decoder, { rows: 1, beams: 4, start, end: 2, maxLength: 20 });
    tf.dispose([begun.logits, begun.cache]);
    expect(found![0]!.ids).toEqual(untilEnd(beam, 2));
  });
});

describe("T5 equals Hugging Face's", () => {
  for (const version of ["1.0", "1.1"] as const) {
    const { config, source, shifted, target, weights, logits, context, greedy, beam } = golden.t5[version];
    const names = t5Names(version);
    const model = new T5(config);
    load(model, stored(weights), names);
    const decoder = (beams: number): StepDecoder & { dispose(): void } => {
      const rows = source.flatMap((row: number[]) => Array.from({ length: beams }, () => row));
      const prepared = tf.tidy(() => model.prepare(model.encode(ids(rows))));
      return { step: (next, cache) => model.step(next, prepared, cache), dispose: () => tf.dispose(prepared) };
    };
    const options = { rows: 2, start: 0, end: 1, maxLength: 20 };

    test(`in logits, encoder states, loss and gradients (v${version})`, () => {
      tf.tidy(() => {
        // Padded source positions hold anything: nothing reads them.
        expectClose("logits", model.forward(ids(source), ids(shifted)), logits);
        expectClose("context", model.encode(ids(source)).context, context);
      });
      const loss = () => sequenceLoss(model.forward(ids(source), ids(shifted)), ids(target), { padding: 0 });
      expectGradients(loss, model, golden.t5[version], names);
    });

    test(`in greedy tokens and those of 4 beams, from a cache (v${version})`, () => {
      const one = decoder(1);
      const found = greedySearch(one, options).map((h) => h.ids);
      one.dispose();
      expect(found).toEqual(greedy.map((row: number[]) => untilEnd(row, 1)));
      const four = decoder(4);
      const best = beamSearch(four, { ...options, beams: 4 }).map(([h]) => h!.ids);
      four.dispose();
      expect(best).toEqual(beam.map((row: number[]) => untilEnd(row, 1)));
    });
  }
});

/** A row of a batch without its end and what stands after it. */
function untilEnd(row: readonly number[], end: number): number[] {
  return row.includes(end) ? row.slice(0, row.indexOf(end)) : [...row];
}
