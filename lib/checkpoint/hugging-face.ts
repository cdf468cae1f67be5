import { split, type Tensor, tensor as tensorOf, tidy, type Variable } from "@tensorflow/tfjs";
import type { StoredTensor } from "./safetensors";
import type { WeightFiles } from "./weight-files";

/*
 * Hugging Face's names and layouts of weights, beside ours. PyTorch's linear layers keep [out, in], ours [in, out];
 * GPT-2's keep [in, out] and have query, key and value in one matrix.
 */

type Layout = "same" | "transposed" | { readonly third: 0 | 1 | 2 };

/** `*` in both names is the number of a layer. */
export type NameRule = readonly [ours: string, theirs: string, layout: Layout];

const linear = (ours: string, theirs: string): NameRule[] => [
  [`${ours}.weight`, `${theirs}.weight`, "transposed"],
  [`${ours}.bias`, `${theirs}.bias`, "same"],
];
const norm = (ours: string, theirs: string): NameRule[] => [
  [`${ours}.gain`, `${theirs}.weight`, "same"],
  [`${ours}.bias`, `${theirs}.bias`, "same"],
];
const embedding = (ours: string, theirs: string): NameRule[] => [[`${ours}.weight`, `${theirs}.weight`, "same"]];
/** GPT-2's "Conv1D". */
const convolution = (ours: string, theirs: string, layout: Layout = "same"): NameRule[] => [
  [`${ours}.weight`, `${theirs}.weight`, layout],
  [`${ours}.bias`, `${theirs}.bias`, layout],
];

/** Names below `bert.` and of its heads. */
export const bertNames: readonly NameRule[] = [
  ...embedding("tokenEmbedding", "embeddings.word_embeddings"),
  ...embedding("positionEmbedding", "embeddings.position_embeddings"),
  ...embedding("segmentEmbedding", "embeddings.token_type_embeddings"),
  ...norm("embeddingNorm", "embeddings.LayerNorm"),
  ...linear("blocks.*.attention.query", "encoder.layer.*.attention.self.query"),
  ...linear("blocks.*.attention.key", "encoder.layer.*.attention.self.key"),
  ...linear("blocks.*.attention.value", "encoder.layer.*.attention.self.value"),
  ...linear("blocks.*.attention.output", "encoder.layer.*.attention.output.dense"),
  ...norm("blocks.*.attentionResidual.norm", "encoder.layer.*.attention.output.LayerNorm"),
  ...linear("blocks.*.feedForward.input", "encoder.layer.*.intermediate.dense"),
  ...linear("blocks.*.feedForward.output", "encoder.layer.*.output.dense"),
  ...norm("blocks.*.feedForwardResidual.norm", "encoder.layer.*.output.LayerNorm"),
  ...linear("pooler", "pooler.dense"),
];

export const bertHeadNames: readonly NameRule[] = [
  ...linear("transform", "cls.predictions.transform.dense"),
  ...norm("transformNorm", "cls.predictions.transform.LayerNorm"),
  ["tokenBias", "cls.predictions.bias", "same"],
  ...linear("nextSentence", "cls.seq_relationship"),
  ...linear("classifier", "classifier"),
  ...linear("span", "qa_outputs"),
];

/** Names below `transformer.`. */
export const gpt2Names: readonly NameRule[] = [
  ...embedding("tokenEmbedding", "wte"),
  ...embedding("positionEmbedding", "wpe"),
  ...norm("blocks.*.attentionResidual.norm", "h.*.ln_1"),
  ...convolution("blocks.*.attention.query", "h.*.attn.c_attn", { third: 0 }),
  ...convolution("blocks.*.attention.key", "h.*.attn.c_attn", { third: 1 }),
  ...convolution("blocks.*.attention.value", "h.*.attn.c_attn", { third: 2 }),
  ...convolution("blocks.*.attention.output", "h.*.attn.c_proj"),
  ...norm("blocks.*.feedForwardResidual.norm", "h.*.ln_2"),
  ...convolution("blocks.*.feedForward.input", "h.*.mlp.c_fc"),
  ...convolution("blocks.*.feedForward.output", "h.*.mlp.c_proj"),
  ...norm("norm", "ln_f"),
];

const t5Attention = (ours: string, theirs: string): NameRule[] => [
  ...linear(`${ours}.query`, `${theirs}.q`),
  ...linear(`${ours}.key`, `${theirs}.k`),
  ...linear(`${ours}.value`, `${theirs}.v`),
  ...linear(`${ours}.output`, `${theirs}.o`),
];
const t5FeedForward = (ours: string, theirs: string, gated: boolean): NameRule[] => [
  ...linear(`${ours}.input`, `${theirs}.${gated ? "wi_0" : "wi"}`),
  ...linear(`${ours}.gate`, `${theirs}.wi_1`),
  ...linear(`${ours}.output`, `${theirs}.wo`),
];

export function t5Names(version: "1.0" | "1.1"): readonly NameRule[] {
  const gated = version === "1.1";
  const self = (stack: string) => `${stack}.block.*.layer.0`;
  return [
    ...embedding("embedding", "shared"),
    ...embedding("encoderPositions.bias", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias"),
    ...t5Attention("encoder.*.attention", `${self("encoder")}.SelfAttention`),
    ...norm("encoder.*.attentionResidual.norm", `${self("encoder")}.layer_norm`),
    ...t5FeedForward("encoder.*.feedForward", "encoder.block.*.layer.1.DenseReluDense", gated),
    ...norm("encoder.*.feedForwardResidual.norm", "encoder.block.*.layer.1.layer_norm"),
    ...norm("encoderNorm", "encoder.final_layer_norm"),
    ...embedding("decoderPositions.bias", "decoder.block.0.layer.0.SelfAttention.relative_attention_bias"),
    ...t5Attention("decoder.*.attention", `${self("decoder")}.SelfAttention`),
    ...norm("decoder.*.attentionResidual.norm", `${self("decoder")}.layer_norm`),
    ...t5Attention("decoder.*.crossAttention", "decoder.block.*.layer.1.EncDecAttention"),
    ...norm("decoder.*.crossAttentionResidual.norm", "decoder.block.*.layer.1.layer_norm"),
    ...t5FeedForward("decoder.*.feedForward", "decoder.block.*.layer.2.DenseReluDense", gated),
    ...norm("decoder.*.feedForwardResidual.norm", "decoder.block.*.layer.2.layer_norm"),
    ...norm("decoderNorm", "decoder.final_layer_norm"),
    ...linear("head", "lm_head"),
  ];
}

/**
 * The stored weights under our names and in our layouts, one for every parameter of a model. What the file has beyond
 * that is left alone; a weight that is missing or has another shape is an error that names it.
 */
export function translate(
  parameters: ReadonlyMap<string, Tensor>,
  stored: ReadonlyMap<string, StoredTensor>,
  rules: readonly NameRule[],
): Map<string, StoredTensor> {
  const plan = planned("translate", parameters, stored, rules);
  return new Map(plan.map(({ path, theirs, layout }) => [path, asStored(inOurLayout(stored.get(theirs)!, layout))]));
}

/**
 * Reads weights from disk into a model, one tensor at a time, so that there are never two copies of all. Names and shapes are
 * compared before the first is read: when they do not fit, the model is as it was.
 */
export function loadWeights(
  parameters: ReadonlyMap<string, Variable>,
  weights: WeightFiles,
  rules: readonly NameRule[],
  where = "loadWeights",
): void {
  const plan = planned(where, parameters, weights.places, rules);
  // What is transposed is a copy, so that all such can be read into one place.
  const transposed = plan.filter(({ layout }) => layout === "transposed").map(({ parameter }) => parameter.size);
  const room = new ArrayBuffer(4 * Math.max(0, ...transposed));
  for (const { parameter, theirs, layout } of plan) {
    const tensor = inOurLayout(weights.read(theirs, layout === "transposed" ? room : undefined), layout);
    parameter.assign(tensor);
    tensor.dispose();
  }
}

/** For every parameter the stored tensor's name and layout. What is missing or has another shape is an error that names it. */
function planned<T extends Tensor>(
  where: string,
  parameters: ReadonlyMap<string, T>,
  places: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  rules: readonly NameRule[],
) {
  const names = findNames(places.keys());
  const missing = new Set<string>();
  const plan = [...parameters].flatMap(([path, parameter]) => {
    const { theirs: name, layout } = theirName(path, rules);
    const theirs = names.get(name);
    if (theirs === undefined) missing.add(name);
    return theirs === undefined ? [] : [{ path, parameter, theirs, layout }];
  });
  if (missing.size > 0) {
    const count = parameters.size - plan.length;
    throw new Error(
      `${where}: expected weights for all ${parameters.size} parameters, got none for ${count} of them: ${[...missing].slice(0, 3).join(", ")}${missing.size > 3 ? ", …" : ""}`,
    );
  }
  for (const { parameter, theirs, layout } of plan) {
    const shape = layoutShape(places.get(theirs)!.shape, layout);
    if (shape.join() !== parameter.shape.join())
      throw new Error(
        `${where}: expected ${theirs} to become [${parameter.shape.join(", ")}], got [${shape.join(", ")}]; do config.json and the weights belong together?`,
      );
  }
  return plan;
}

/**
 * The names without the model's own prefix, and as newer files spell them: what was published first calls a norm's
 * parameters gamma and beta.
 */
function findNames(all: Iterable<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const stored of all) {
    const name = stored.replace(/^(bert|transformer)\./, "");
    names.set(name.replace(/\.gamma$/, ".weight").replace(/\.beta$/, ".bias"), stored);
  }
  return names;
}

function layoutShape(shape: readonly number[], layout: Layout): readonly number[] {
  if (layout === "same") return shape;
  if (layout === "transposed") return [...shape].reverse();
  return [...shape.slice(0, -1), shape[shape.length - 1]! / 3];
}

function theirName(path: string, rules: readonly NameRule[]): { theirs: string; layout: Layout } {
  const layer = /\.(\d+)\./.exec(path)?.[1] ?? "";
  const general = path.replace(/\.\d+\./, ".*.");
  const rule = rules.find(([ours]) => ours === general);
  if (!rule) throw new Error(`translate: expected a rule for the parameter ${path}, got none`);
  return { theirs: rule[1].replace("*", layer), layout: rule[2] };
}

function asStored(tensor: Tensor): StoredTensor {
  const data = tensor.dataSync<"float32">();
  tensor.dispose();
  return { shape: tensor.shape, data };
}

function inOurLayout({ shape, data }: StoredTensor, layout: Layout): Tensor {
  return tidy(() => {
    const theirs = tensorOf(data, [...shape]);
    if (layout === "same") return theirs;
    return layout === "transposed" ? theirs.transpose() : split(theirs, 3, -1)[layout.third]!;
  });
}
