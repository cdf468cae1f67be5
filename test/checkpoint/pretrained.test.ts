import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, test } from "vitest";
import { loadPretrained } from "../../lib/checkpoint/pretrained";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../lib/checkpoint/safetensors";
import { embedTexts } from "../../lib/models/sentences";
import { encode } from "../../lib/text/tokenizer";
import { expectClose, readGolden } from "../golden-case";

// Folders as Hugging Face saves them, and what its models compute: test/golden/pretrained.py.
const golden = readGolden("pretrained");
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pretrained-"));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

let count = 0;
/** A model's folder, with some files changed or, when undefined, left out. */
function folderOf(name: string, changes: Record<string, Uint8Array | string | undefined> = {}): string {
  const folder = path.join(temporary, String(count++));
  fs.mkdirSync(folder);
  for (const [file, base64] of Object.entries(golden[name].files as Record<string, string>))
    fs.writeFileSync(path.join(folder, file), Buffer.from(base64, "base64"));
  for (const [file, content] of Object.entries(changes))
    if (content === undefined) fs.rmSync(path.join(folder, file));
    else fs.writeFileSync(path.join(folder, file), content);
  return folder;
}
const contentOf = (name: string, file: string): Buffer => Buffer.from(golden[name].files[file], "base64");
const configOf = (name: string, changes: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(contentOf(name, "config.json").toString()), ...changes });
const row = (ids: number[]) => tf.tensor2d([ids], [1, ids.length], "int32");

describe("a folder in Hugging Face's files gives a model that computes the same", () => {
  test("BERT, with its tokenizer", async () => {
    const { ids, states } = golden["bert"];
    const { family, model, tokenizer } = await loadPretrained(folderOf("bert"));
    expect(family).toBe("bert");
    if (family !== "bert") return;
    expect([2, ...encode(tokenizer, golden.text), 3]).toEqual(ids);
    tf.tidy(() => expectClose("states", model.forward(row(ids)).states, states));
    model.dispose();
  });

  test("BERT with the heads of its pre-training", async () => {
    const { ids, states: tokenLogits } = golden["bert pre-training"];
    const loaded = await loadPretrained(folderOf("bert pre-training"));
    if (loaded.family !== "bert" || !loaded.forPreTraining) throw new Error("expected the heads");
    const { forPreTraining } = loaded;
    tf.tidy(() => expectClose("token logits", forPreTraining.forward(row(ids)).tokenLogits, tokenLogits));
    forPreTraining.dispose();
  });

  test.each(["gpt2", "gpt2 in shards"])("%s, and its byte pairs", async (name) => {
    const { ids, logits } = golden["gpt2"];
    const { family, model, tokenizer } = await loadPretrained(folderOf(name));
    if (family !== "gpt2") throw new Error(`expected gpt2, got ${family}`);
    expect(encode(tokenizer, golden.text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(golden.text);
    tf.tidy(() => expectClose("logits", model.forward(row(ids)), logits));
    model.dispose();
  });

  test("GPT-2 in 16 bits", async () => {
    const { family, model } = await loadPretrained(folderOf("gpt2 in halves"));
    if (family !== "gpt2") throw new Error(`expected gpt2, got ${family}`);
    tf.tidy(() => expectClose("logits", model.forward(row(golden["gpt2"].ids)), golden["gpt2 in halves"].logits));
    model.dispose();
  });

  test.each(["1.0", "1.1"])("T5 v%s, and its Unigram tokens with sentinels", async (version) => {
    const { ids, target, logits } = golden[`t5 ${version}`];
    const { family, model, tokenizer } = await loadPretrained(folderOf(`t5 ${version}`));
    if (family !== "t5") throw new Error(`expected t5, got ${family}`);
    expect(encode(tokenizer, `${golden.text.toLowerCase()}<extra_id_0>`)).toEqual(ids);
    tf.tidy(() => expectClose("logits", model.forward(row(ids), row(target)), logits));
    model.dispose();
  });

  test("names as the first BERTs were published: below bert., gamma and beta", async () => {
    const { tensors, metadata } = decodeSafetensors(contentOf("bert", "model.safetensors"));
    const old = new Map<string, StoredTensor>();
    for (const [name, tensor] of tensors)
      old.set(
        `bert.${name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta")}`,
        tensor,
      );
    const folder = folderOf("bert", { "model.safetensors": encodeSafetensors({ tensors: old, metadata }) });
    const { family, model } = await loadPretrained(folder);
    if (family !== "bert") throw new Error(`expected bert, got ${family}`);
    tf.tidy(() => expectClose("states", model.forward(row(golden["bert"].ids)).states, golden["bert"].states));
    model.dispose();
  });

  test("the older tokenizer files say the same as tokenizer.json", async () => {
    for (const name of ["bert", "gpt2"]) {
      const loaded = await loadPretrained(folderOf(name, { "tokenizer.json": undefined }));
      const ids = encode(loaded.tokenizer, golden.text);
      expect(name === "bert" ? [2, ...ids, 3] : ids).toEqual(golden[name].ids);
      loaded.model.dispose();
    }
  });
});

test("sentences become vectors of length 1: the mean over tokens, whatever they are batched with", async () => {
  const loaded = await loadPretrained(folderOf("sentences"));
  if (loaded.family !== "bert") throw new Error("expected a BERT");
  const { sentences, embeddings } = golden["sentences"];
  const before = tf.memory().numTensors;
  for (const batchSize of [1, 3]) {
    const vectors = await embedTexts(loaded, sentences, { batchSize, longest: 41 });
    const [N, C] = embeddings.shape;
    expect(vectors.length).toBe(N);
    tf.tidy(() =>
      expectClose(
        "embeddings",
        tf.tensor2d(
          vectors.map((v) => [...v]),
          [N, C],
        ),
        embeddings,
      ),
    );
  }
  expect(tf.memory().numTensors).toBe(before);
  await expect(embedTexts(loaded, ["a"], { longest: 42 })).rejects.toThrow(
    "embedTexts: expected at most 41 tokens a text, got 42",
  );
  const [cut, whole] = await embedTexts(loaded, ["the cat sat on the mat", "the cat"], { longest: 4 });
  expect(cut).toEqual(whole);
  loaded.model.dispose();
});

describe("what does not fit is named, and leaves nothing behind", () => {
  const without = (name: string, gone: RegExp) => {
    const { tensors, metadata } = decodeSafetensors(contentOf(name, "model.safetensors"));
    return encodeSafetensors({ tensors: new Map([...tensors].filter(([key]) => !gone.test(key))), metadata });
  };
  test.each([
    ["no config", "bert", { "config.json": undefined }, "expected config.json in"],
    ["no JSON", "bert", { "config.json": "{oops" }, 'readConfig: expected config.json to be JSON, got "{oops"'],
    [
      "another architecture",
      "bert",
      { "config.json": configOf("bert", { model_type: "llama" }) },
      'expected model_type to be bert, gpt2 or t5, got "llama"',
    ],
    [
      "another activation",
      "bert",
      { "config.json": configOf("bert", { hidden_act: "silu" }) },
      'expected hidden_act to be one of relu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, got "silu"',
    ],
    [
      "relative positions",
      "bert",
      { "config.json": configOf("bert", { position_embedding_type: "relative_key" }) },
      'expected position_embedding_type to be absolute, got "relative_key"',
    ],
    [
      "a size that is none",
      "gpt2",
      { "config.json": configOf("gpt2", { n_head: "3" }) },
      'expected n_head to be a whole number above 0, got "3"',
    ],
    [
      "another T5",
      "t5 1.1",
      { "config.json": configOf("t5 1.1", { feed_forward_proj: "gated-silu" }) },
      'expected feed_forward_proj to be relu (T5 v1.0) or gated-gelu (v1.1), got "gated-silu"',
    ],
    [
      "another shape",
      "bert",
      { "config.json": configOf("bert", { vocab_size: 91 }) },
      /expected embeddings\.word_embeddings\.weight to become \[91, 15\], got \[\d+, 15\]; do config\.json and the weights belong together/,
    ],
    [
      "more layers",
      "gpt2",
      { "config.json": configOf("gpt2", { n_layer: 3 }) },
      "got none for 16 of them: h.2.attn.c_attn.weight, h.2.attn.c_attn.bias, h.2.attn.c_proj.weight, …",
    ],
    [
      "a weight less",
      "bert",
      { "model.safetensors": without("bert", /pooler\.dense\.bias/) },
      "expected weights for all 39 parameters, got none for 1 of them: pooler.dense.bias",
    ],
    [
      "no weights",
      "bert",
      { "model.safetensors": undefined },
      "openWeights: expected model.safetensors or model.safetensors.index.json in",
    ],
    [
      "cut weights",
      "bert",
      { "model.safetensors": contentOf("bert", "model.safetensors").subarray(0, 20_000) },
      "the file is cut off",
    ],
    [
      "no tokenizer",
      "gpt2",
      { "tokenizer.json": undefined, "merges.txt": undefined },
      "readTokenizer: expected merges.txt beside vocab.json in",
    ],
    [
      "another tokenizer",
      "gpt2",
      { "tokenizer.json": '{"model":{"type":"WordLevel"}}' },
      'expected the model of tokenizer.json to be WordPiece, BPE or Unigram, got "WordLevel"',
    ],
  ] as const)("%s", async (_, name, changes, message) => {
    const before = tf.memory().numTensors;
    await expect(loadPretrained(folderOf(name, changes))).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a folder that is none", async () => {
    await expect(loadPretrained("./no-such-folder")).rejects.toThrow(
      "loadPretrained: expected a folder, got ./no-such-folder",
    );
    await expect(loadPretrained("../a/b/c")).rejects.toThrow("expected a folder, got ../a/b/c");
  });

  test("a model whose weights were refused keeps those it had", async () => {
    const { model, family } = await loadPretrained(folderOf("bert"));
    if (family !== "bert") throw new Error("expected a BERT");
    const { loadWeights, bertNames } = await import("../../lib/checkpoint/hugging-face");
    const { openWeights } = await import("../../lib/checkpoint/weight-files");
    const before = model.pooler.weight.dataSync().slice();
    const { tensors } = decodeSafetensors(contentOf("bert", "model.safetensors"));
    const changed = new Map(
      [...tensors].map(([key, { shape, data }]) => [key, { shape, data: data.map((v) => v + 1) }]),
    );
    changed.set("pooler.dense.bias", { shape: [16], data: new Float32Array(16) });
    const file = encodeSafetensors({ tensors: changed, metadata: {} });
    const weights = openWeights(folderOf("bert", { "model.safetensors": file }));
    expect(() => loadWeights(model.parameters(), weights, bertNames)).toThrow(
      "expected pooler.dense.bias to become [15], got [16]",
    );
    weights.close();
    expect(model.pooler.weight.dataSync()).toEqual(before);
    model.dispose();
  });
});
