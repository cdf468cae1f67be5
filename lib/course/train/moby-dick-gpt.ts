import * as fs from "node:fs";
import * as path from "node:path";
import { decodeSafetensors } from "../../checkpoint/safetensors";
import type { WriterFigures } from "../../checkpoint/writer";
import { mobyDick, mobyDickSplit } from "../../data/moby-dick";
import { causalLoss, lossByPosition, randomCausalBatch } from "../../models/causal";
import { generate } from "../../models/generate";
import { GPT, type GPTConfig } from "../../models/gpt";
import { Random } from "../../random";
import { projectRoot } from "../../root";
import { CharacterTokenizer } from "../../text/characters";
import { restore, saveTensors } from "../../train/checkpoint";
import { AdamW } from "../../train/optimizers";
import { cosine } from "../../train/schedules";
import { train } from "../../train/train";
import type { Training } from "./training";

interface Recipe {
  readonly name: string;
  readonly about: string;
  readonly modelSize: number;
  readonly steps: number;
  readonly seed: number;
  /** The text to learn and the text to be judged by, and the one whose characters are the vocabulary. */
  readonly texts: () => { readonly train: string; readonly validation: string; readonly all: string };
  readonly prompt: string;
}

const batchSize = 12;
const contextLength = 64;
const sampleSteps = [0, 100, 200, 500, 1000, 2000];

/** Lesson 11's GPT, which learns to continue a text letter by letter. Beside the weights: `figures.json`. */
function writerTraining({ name, about, modelSize, steps, seed, texts, prompt }: Recipe): Training {
  return {
    name,
    lesson: "11",
    about,
    async run(options, modelFile) {
      const text = texts();
      const tokenizer = CharacterTokenizer.train(text.all);
      const [ids, validation] = [text.train, text.validation].map((part) =>
        Int32Array.from(tokenizer.pieces(part), (piece) => piece.id),
      ) as [Int32Array, Int32Array];
      const config: GPTConfig = {
        vocabularySize: tokenizer.vocabulary.size,
        contextLength,
        modelSize,
        numHeads: 4,
        numLayers: 4,
        activation: "gelu",
        bias: false,
        seed,
      };
      const model = new GPT(config);
      const optimizer = new AdamW(model.parameters(), { beta2: 0.99, weightDecay: 0.1, decayVectors: false });
      const diary = sampleDiary(path.join(path.dirname(modelFile), "samples.json"), options.checkpoint.resume ?? false);
      const write = async () => {
        const letters = [...prompt];
        const start = letters.map((letter) => tokenizer.vocabulary.id(letter));
        for await (const id of generate(model, start, { maxTokens: 240, temperature: 0.8, random: new Random(seed) }))
          letters.push(tokenizer.vocabulary.token(id));
        return letters.join("");
      };
      if (!options.checkpoint.resume) diary.add(0, await write());
      const result = await train({
        ...options,
        model,
        optimizer,
        nextBatch: (_, random) => randomCausalBatch(ids, { count: batchSize, length: contextLength, random }),
        steps,
        schedule: cosine({ peak: 1e-3, steps, warmup: 100, floor: 1e-4 }),
        clipNorm: 1,
        loss: (batch) => causalLoss(model, batch),
        seed,
        evaluate: async () => {
          const done = optimizer.steps;
          if (sampleSteps.includes(done)) diary.add(done, await write());
          return { loss: mean(lossByPosition(model, validation, { windows: 300 })) };
        },
        evaluateEvery: 100,
      });
      await saveTensors(modelFile, model.parameters(), { dtype: "F16" });
      const summary: string[] = [];
      if (result.end !== "interrupted") {
        restore(model.parameters(), decodeSafetensors(fs.readFileSync(modelFile)).tensors); // the figures are of what is shipped
        const validationLoss = mean(lossByPosition(model, validation));
        const figures: WriterFigures = {
          command: `npm run train -- ${name}`,
          config,
          parameters: [...new Set(model.parameters().values())].reduce((sum, weight) => sum + weight.size, 0),
          vocabulary: tokenizer.vocabulary.tokens,
          steps,
          batchSize,
          curve: result.evaluations.map(({ step, metrics }) => ({ step, loss: rounded(metrics["loss"]!) })),
          validationLoss: rounded(validationLoss),
          seconds: Math.round(result.seconds),
          samples: diary.samples,
        };
        fs.writeFileSync(path.join(path.dirname(modelFile), "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
        summary.push(
          `${figures.parameters} weights: ${validationLoss.toFixed(3)} nats a character on all ${validation.length} characters of the validation text`,
        );
      }
      optimizer.dispose();
      model.dispose();
      return { result, summary };
    },
  };
}

/** Samples are kept in a file, so that a training that was interrupted still has the early ones. */
function sampleDiary(file: string, resume: boolean) {
  const samples: { step: number; text: string }[] =
    resume && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : [];
  const add = (step: number, text: string) => {
    if (samples.some((sample) => sample.step === step)) return;
    samples.push({ step, text });
    fs.writeFileSync(file, JSON.stringify(samples, null, 2));
  };
  return { samples, add };
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number) => Number(value.toFixed(4));

/** The reference's budget: what PyTorch reaches in as many steps is known. Its weights ship with the course. */
export const mobyDickGPT = writerTraining({
  name: "moby-dick-gpt",
  about: "a GPT of 0.8 M weights on Moby-Dick, letter by letter: 2,000 steps of 12 windows of 64",
  modelSize: 128,
  steps: 2000,
  seed: 1337,
  texts: () => ({ ...mobyDickSplit(), all: mobyDick() }),
  prompt: "The whale ",
});

/** What the course is made of, as a text: the library's TypeScript, file after file, without the lines that are not ASCII. */
function courseSource() {
  const library = path.join(projectRoot, "lib");
  const files = fs
    .readdirSync(library, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
  const lines = files.flatMap((file) => fs.readFileSync(path.join(library, file), "utf8").split("\n"));
  const all = lines.filter((line) => /^[ -~]*$/.test(line)).join("\n");
  const end = Math.floor(0.9 * all.length);
  return { train: all.slice(0, end), validation: all.slice(end), all };
}

/** Code is text, too. */
export const courseSourceGPT = writerTraining({
  name: "course-source-gpt",
  about: "a GPT of half the width learns the TypeScript of this course's library",
  modelSize: 64,
  steps: 1000,
  seed: 1337,
  texts: courseSource,
  prompt: "export function ",
});
