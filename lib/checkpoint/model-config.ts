import type { BERTConfig } from "../models/bert";
import type { GPTConfig } from "../models/gpt";
import type { T5Config } from "../models/t5";
import type { FeedForwardActivation } from "../nn/feed-forward";

/** A model's family, and its sizes as our model of that family takes them. */
export type ModelConfig =
  | { readonly family: "bert"; readonly config: BERTConfig }
  | { readonly family: "gpt2"; readonly config: GPTConfig }
  | { readonly family: "t5"; readonly config: T5Config };

/** Hugging Face's names of activations. Their "gelu_fast" is the tanh formula, too. */
const ACTIVATIONS: Readonly<Record<string, FeedForwardActivation>> = {
  relu: "relu",
  gelu: "gelu",
  gelu_new: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  gelu_fast: "geluTanh",
};

/**
 * Reads Hugging Face's `config.json`. What a file leaves out has the defaults of Hugging Face's configuration classes;
 * what our models cannot do is an error, never ignored.
 */
export function readConfig(text: string): ModelConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`readConfig: expected config.json to be JSON, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new Error(`readConfig: expected config.json to be an object, got ${text.slice(0, 40)}`);
  const fields = new Fields(json as Record<string, unknown>);
  const family = (json as Record<string, unknown>)["model_type"];
  if (family === "bert") return { family, config: readBERT(fields) };
  if (family === "gpt2") return { family, config: readGPT2(fields) };
  if (family === "t5") return { family, config: readT5(fields) };
  throw new Error(
    `readConfig: expected model_type to be bert, gpt2 or t5, got ${JSON.stringify(family) ?? "none"}; other architectures are not in this course`,
  );
}

function readBERT(fields: Fields): BERTConfig {
  fields.must("position_embedding_type", "absolute");
  fields.must("is_decoder", false);
  return {
    vocabularySize: fields.count("vocab_size", 30522),
    contextLength: fields.count("max_position_embeddings", 512),
    modelSize: fields.count("hidden_size", 768),
    numHeads: fields.count("num_attention_heads", 12),
    numLayers: fields.count("num_hidden_layers", 12),
    feedForwardSize: fields.count("intermediate_size", 3072),
    activation: fields.activation("hidden_act", "gelu"),
    numSegments: fields.count("type_vocab_size", 2),
    epsilon: fields.number("layer_norm_eps", 1e-12),
    dropoutRate: fields.number("hidden_dropout_prob", 0.1),
    padding: fields.id("pad_token_id") ?? 0,
    seed: 0,
  };
}

function readGPT2(fields: Fields): GPTConfig {
  fields.must("scale_attn_weights", true);
  fields.must("scale_attn_by_inverse_layer_idx", false);
  fields.must("add_cross_attention", false);
  fields.must("tie_word_embeddings", true);
  const modelSize = fields.count("n_embd", 768);
  const padding = fields.id("pad_token_id");
  return {
    vocabularySize: fields.count("vocab_size", 50257),
    contextLength: fields.count("n_positions", 1024),
    modelSize,
    numHeads: fields.count("n_head", 12),
    numLayers: fields.count("n_layer", 12),
    feedForwardSize: fields.count("n_inner", 4 * modelSize),
    activation: fields.activation("activation_function", "gelu_new"),
    epsilon: fields.number("layer_norm_epsilon", 1e-5),
    dropoutRate: fields.number("resid_pdrop", 0.1),
    ...(padding !== undefined && { padding }),
    seed: 0,
  };
}

function readT5(fields: Fields): T5Config {
  const form = fields.text("feed_forward_proj", "relu");
  const versions: Readonly<Record<string, T5Config["version"]>> = { relu: "1.0", "gated-gelu": "1.1" };
  const version = versions[form];
  if (!version)
    throw new Error(
      `readConfig: expected feed_forward_proj to be relu (T5 v1.0) or gated-gelu (v1.1), got ${JSON.stringify(form)}`,
    );
  if (version === "1.0") fields.must("tie_word_embeddings", true); // v1.1 has a head of its own, whatever the field says
  fields.must("is_encoder_decoder", true);
  const layers = fields.count("num_layers", 6);
  return {
    vocabularySize: fields.count("vocab_size", 32128),
    modelSize: fields.count("d_model", 512),
    numHeads: fields.count("num_heads", 8),
    headSize: fields.count("d_kv", 64),
    feedForwardSize: fields.count("d_ff", 2048),
    numEncoderLayers: layers,
    numDecoderLayers: fields.count("num_decoder_layers", layers),
    version,
    buckets: fields.count("relative_attention_num_buckets", 32),
    maxDistance: fields.count("relative_attention_max_distance", 128),
    epsilon: fields.number("layer_norm_epsilon", 1e-6),
    dropoutRate: fields.number("dropout_rate", 0.1),
    padding: fields.id("pad_token_id") ?? 0,
    seed: 0,
  };
}

/** The fields of a configuration, each held to its kind when it is read. A field that is null counts as left out. */
class Fields {
  constructor(private readonly json: Readonly<Record<string, unknown>>) {}

  count(name: string, otherwise: number): number {
    return this.read(name, otherwise, "a whole number above 0", (v) => Number.isSafeInteger(v) && (v as number) > 0);
  }

  number(name: string, otherwise: number): number {
    return this.read(name, otherwise, "a number of at least 0", (v) => Number.isFinite(v) && (v as number) >= 0);
  }

  text(name: string, otherwise: string): string {
    return this.read(name, otherwise, "a text", (v) => typeof v === "string");
  }

  id(name: string): number | undefined {
    const isId = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= 0;
    return this.read<number | undefined>(name, undefined, "a token's id", isId);
  }

  activation(name: string, otherwise: string): FeedForwardActivation {
    const named = this.text(name, otherwise);
    const activation = Object.hasOwn(ACTIVATIONS, named) ? ACTIVATIONS[named] : undefined;
    if (activation) return activation;
    const known = Object.keys(ACTIVATIONS).join(", ");
    throw new Error(`readConfig: expected ${name} to be one of ${known}, got ${JSON.stringify(named)}`);
  }

  /** What our models take for granted. */
  must(name: string, value: unknown, otherwise: unknown = value): void {
    const found = this.json[name] ?? otherwise;
    if (found !== value)
      throw new Error(
        `readConfig: expected ${name} to be ${value}, got ${JSON.stringify(found)}, which the course has not`,
      );
  }

  private read<T>(name: string, otherwise: T, kind: string, fits: (value: unknown) => boolean): T {
    const value = this.json[name] ?? undefined;
    if (value === undefined) return otherwise;
    if (!fits(value)) throw new Error(`readConfig: expected ${name} to be ${kind}, got ${JSON.stringify(value)}`);
    return value as T;
  }
}
