import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { mobyDick, mobyDickSplit } from "../../data/moby-dick";
import { AblatedGPT, type Ablation } from "../../models/ablated-gpt";
import { type CausalBatch, causalBatch, randomCausalBatch } from "../../models/causal";
import { CharacterTokenizer } from "../../text/characters";
import { crossEntropy } from "../../train/losses";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { type TrainCallbacks, type TrainResult, train } from "../../train/train";
import type { Training } from "./training";

const size = { contextLength: 32, modelSize: 32, numHeads: 4, numLayers: 3 } as const;
const batchSize = 8;
const steps = 400;
const peak = 3e-3;
const seeds = [1, 2, 3];

/** One thing at a time: what is different from the whole model in each row. */
export const ablations: readonly { readonly name: string; readonly change: Ablation }[] = [
  { name: "the whole model", change: {} },
  { name: "no positions", change: { positions: "none" } },
  { name: "learned positions", change: { positions: "learned" } },
  { name: "relative positions (T5)", change: { positions: "relative" } },
  { name: "rotary positions", change: { positions: "rotary" } },
  { name: "norm after the sum (2017)", change: { norm: "post" } },
  { name: "no norm", change: { norm: "none" } },
  { name: "no residual", change: { residual: false } },
  { name: "no feed-forward", change: { feedForward: false } },
  { name: "no attention", change: { attention: false } },
];

/** What the training leaves: all that lesson 09 says about it. */
export interface AblationTable {
  readonly command: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly contextLength: number;
  readonly modelSize: number;
  readonly numLayers: number;
  /** Of each row, the loss on the validation text after training, in nats a character, for each seed. */
  readonly rows: readonly { readonly name: string; readonly weights: number; readonly losses: readonly number[] }[];
}

/** Lesson 09's table: the same small model again and again, each time with one part missing or exchanged. */
export const ablation: Training = {
  name: "ablation",
  lesson: "09",
  about: `${ablations.length} small models on Moby-Dick's letters, one part missing in each, ${seeds.length} seeds`,
  async run(options, modelFile) {
    const text = mobyDickSplit();
    const tokenizer = CharacterTokenizer.train(mobyDick());
    const [ids, validation] = [text.train, text.validation].map((part) =>
      Int32Array.from(tokenizer.pieces(part), (piece) => piece.id),
    ) as [Int32Array, Int32Array];
    const runs = ablations.flatMap((row) => seeds.map((seed) => ({ ...row, seed })));

    // A run that is finished is kept here; a resumed training begins with the first that is not.
    const diary = path.join(path.dirname(modelFile), "runs.json");
    const done: { weights: number; loss: number }[] =
      options.checkpoint.resume && fs.existsSync(diary) ? JSON.parse(fs.readFileSync(diary, "utf8")) : [];
    let last: TrainResult = {
      steps: 0,
      losses: new Float32Array(),
      evaluations: [],
      end: "finished",
      weightsOf: 0,
      seconds: 0,
    };
    const started = performance.now();
    for (const { change, seed } of runs.slice(done.length)) {
      const model = new AblatedGPT({ vocabularySize: tokenizer.vocabulary.size, ...size, ...change, seed });
      const optimizer = new AdamW(model.parameters(), { beta2: 0.99, weightDecay: 0.1, decayVectors: false });
      last = await train({
        signal: options.signal,
        checkpoint: { file: options.checkpoint.file, every: steps },
        callbacks: shifted([options.callbacks].flat(), done.length * steps, runs.length * steps),
        model,
        optimizer,
        nextBatch: (_, random) => randomCausalBatch(ids, { count: batchSize, length: size.contextLength, random }),
        steps,
        schedule: cosine({ peak, steps, warmup: 50, floor: 0.1 * peak }),
        clipNorm: 1,
        loss: (batch) => lossOf(model, batch),
        seed,
      });
      if (last.end !== "interrupted") {
        const weights = [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
        done.push({ weights, loss: Number(validationLoss(model, validation).toFixed(4)) });
        fs.writeFileSync(diary, JSON.stringify(done));
      }
      optimizer.dispose();
      model.dispose();
      if (last.end === "interrupted") break;
    }
    const seconds = (performance.now() - started) / 1000;
    const result = { ...last, steps: done.length * steps, weightsOf: done.length * steps, seconds };
    if (done.length < runs.length) return { result: { ...result, end: "interrupted" as const }, summary: [] };

    const rows = ablations.map(({ name }, i) => {
      const some = done.slice(i * seeds.length, (i + 1) * seeds.length);
      return { name, weights: some[0]!.weights, losses: some.map(({ loss }) => loss) };
    });
    const { numHeads: _, ...sizes } = size;
    const table: AblationTable = { command: "npm run train -- ablation", steps, batchSize, ...sizes, rows };
    const file = path.join(path.dirname(modelFile), "ablation.json");
    fs.writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
    const summary = rows.map(({ name, losses }) => `${name}: ${losses.map((loss) => loss.toFixed(3)).join(", ")}`);
    return { result, summary: [...summary, `validation loss in nats a character, by seed: ${file}`] };
  },
};

/** Reports of one run as reports of all. */
function shifted(callbacks: readonly TrainCallbacks[], before: number, all: number): TrainCallbacks[] {
  return callbacks.map((callback) => ({
    onStep: (report) => callback.onStep?.({ ...report, step: before + report.step, steps: all }),
  }));
}

function lossOf(model: AblatedGPT, { inputs, targets }: CausalBatch): tf.Scalar {
  return crossEntropy(model.forward(inputs).reshape<tf.Tensor2D>([inputs.size, -1]), targets.reshape([inputs.size]));
}

/** On 400 windows spread over the whole text. */
function validationLoss(model: AblatedGPT, ids: Int32Array): number {
  const [windows, length] = [400, size.contextLength];
  const every = Math.floor((ids.length - length - 1) / windows);
  let sum = 0;
  for (let first = 0; first < windows; first += 100) {
    const starts = Array.from({ length: 100 }, (_, i) => (first + i) * every);
    sum += tf.tidy(() => lossOf(model, causalBatch(ids, starts, length)).dataSync()[0]!);
  }
  return sum / (windows / 100);
}
