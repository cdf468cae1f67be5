import * as fs from "node:fs";
import * as path from "node:path";
import { BERT, BERTForPreTraining } from "../models/bert";
import { GPT } from "../models/gpt";
import { T5 } from "../models/t5";
import { filled } from "../nn/init";
import { projectRoot } from "../root";
import type { Tokenizer } from "../text/tokenizer";
import { type FetchOptions, fetchModel } from "./hub";
import { bertHeadNames, bertNames, gpt2Names, loadWeights, type NameRule, t5Names } from "./hugging-face";
import { type ModelConfig, readConfig } from "./model-config";
import { readTokenizer } from "./tokenizer-files";
import { openWeights, type WeightFiles } from "./weight-files";

/** A model with its weights, and the tokenizer that it was trained with. The caller disposes the model. */
export type Pretrained = { readonly folder: string; readonly tokenizer: Tokenizer } & (
  | { readonly family: "bert"; readonly model: BERT; readonly forPreTraining?: BERTForPreTraining }
  | { readonly family: "gpt2"; readonly model: GPT }
  | { readonly family: "t5"; readonly model: T5 }
);

/** Where models that were fetched are kept. */
export const modelCache = path.join(projectRoot, ".cache", "models");

/**
 * A pre-trained model of the BERT, GPT-2 or T5 family in Hugging Face's files, from a folder with `config.json`,
 * `model.safetensors` (or its index) and the tokenizer's files, or by its name on the hub, from which it is fetched once.
 * BERT's heads for masked tokens and the next sentence come along where the file has both: `forPreTraining`.
 */
export async function loadPretrained(folderOrName: string, options: Partial<FetchOptions> = {}): Promise<Pretrained> {
  const folder = isFolder(folderOrName)
    ? folderOrName
    : await fetchModel(folderOrName, { ...options, cache: options.cache ?? modelCache });
  const configFile = path.join(folder, "config.json");
  if (!fs.existsSync(configFile))
    throw new Error(`loadPretrained: expected config.json in ${folder}, got no such file`);
  const config = readConfig(fs.readFileSync(configFile, "utf8"));
  const tokenizer = readTokenizer(folder);
  const weights = openWeights(folder);
  try {
    return { folder, tokenizer, ...loadModel(config, weights) };
  } finally {
    weights.close();
  }
}

function loadModel({ family, config }: ModelConfig, weights: WeightFiles) {
  if (family === "gpt2") return { family, model: loaded(() => new GPT(config), weights, gpt2Names) };
  if (family === "t5") return { family, model: loaded(() => new T5(config), weights, t5Names(config.version)) };
  const has = (part: string) => [...weights.places.keys()].some((name) => name.startsWith(part));
  if (!has("cls.predictions") || !has("cls.seq_relationship"))
    return { family, model: loaded(() => new BERT(config), weights, bertNames) };
  const below = bertNames.map(([ours, theirs, layout]): NameRule => [`bert.${ours}`, theirs, layout]);
  const forPreTraining = loaded(() => new BERTForPreTraining(config), weights, [...below, ...bertHeadNames]);
  return { family, model: forPreTraining.bert, forPreTraining };
}

function loaded<M extends BERT | BERTForPreTraining | GPT | T5>(
  build: () => M,
  weights: WeightFiles,
  rules: readonly NameRule[],
): M {
  return filled(build, (model) => loadWeights(model.parameters(), weights, rules, "loadPretrained"));
}

function isFolder(name: string): boolean {
  const looksLikeOne = path.isAbsolute(name) || /^\.{1,2}([\\/]|$)/.test(name);
  if (fs.existsSync(name) && fs.statSync(name).isDirectory()) return true;
  if (looksLikeOne) throw new Error(`loadPretrained: expected a folder, got ${name}, which is none`);
  return false;
}
