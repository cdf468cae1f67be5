import * as fs from "node:fs";
import * as path from "node:path";
import { BytePairTokenizer } from "../text/byte-pair";
import type { Tokenizer } from "../text/tokenizer";
import { UnigramTokenizer } from "../text/unigram";
import { Vocabulary } from "../text/vocabulary";
import { WordPieceTokenizer } from "../text/wordpiece";

const FILES = ["tokenizer.json", "vocab.txt", "vocab.json"] as const;
/** GPT-2's only special token: where a document ends. */
const END_OF_TEXT = "<|endoftext|>";

/**
 * The tokenizer of a folder with a pre-trained model: from `tokenizer.json`, which says everything, or from the older
 * files: BERT's `vocab.txt`, a token a line, or GPT-2's `vocab.json` with `merges.txt`.
 */
export function readTokenizer(folder: string): Tokenizer {
  const has = (name: string) => fs.existsSync(path.join(folder, name));
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  if (has("tokenizer.json")) return tokenizerFromJSON(read("tokenizer.json"));
  const settings = has("tokenizer_config.json")
    ? (parse("tokenizer_config.json", read("tokenizer_config.json")) as Json)
    : {};
  if (has("vocab.txt")) return wordPieceFromVocabulary(read("vocab.txt"), settings["do_lower_case"] !== false);
  if (has("vocab.json") && has("merges.txt")) return bytePairFromFiles(read("vocab.json"), read("merges.txt"));
  const missing = has("vocab.json") ? "merges.txt beside vocab.json" : FILES.join(", ");
  throw new Error(`readTokenizer: expected ${missing} in ${folder}, got no such file`);
}

/** BERT's `vocab.txt`: a token's id is its line. */
export function wordPieceFromVocabulary(text: string, lowercase = true): WordPieceTokenizer {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  return new WordPieceTokenizer(new Vocabulary(lines), { lowercase });
}

/** GPT-2's `vocab.json`, which gives tokens their ids, and `merges.txt`, a pair a line in the order they were learnt. */
export function bytePairFromFiles(vocabulary: string, merges: string): BytePairTokenizer {
  const tokens = inOrder("vocab.json", parse("vocab.json", vocabulary) as Record<string, number>, []);
  const pairs = merges
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version")))
    .map((line) => asPair("merges.txt", line.split(" ")));
  return new BytePairTokenizer(new Vocabulary(tokens), pairs, tokens.includes(END_OF_TEXT) ? [END_OF_TEXT] : []);
}

type Json = Readonly<Record<string, unknown>>;

/** Hugging Face's `tokenizer.json`: WordPiece, byte-level BPE or Unigram, as BERT, GPT-2 and T5 use them. */
export function tokenizerFromJSON(text: string): WordPieceTokenizer | BytePairTokenizer | UnigramTokenizer {
  const json = parse("tokenizer.json", text) as Json;
  const model = (json["model"] ?? {}) as Json;
  const added = ((json["added_tokens"] ?? []) as { content: string; id: number; special?: boolean }[]).slice();
  const special = added.filter((token) => token.special !== false).map((token) => token.content);
  if (model["type"] === "WordPiece") return wordPiece(json, model, added, special);
  if (model["type"] === "BPE") return bytePair(json, model, added, special);
  if (model["type"] === "Unigram") return unigram(json, model, added);
  throw new Error(
    `readTokenizer: expected the model of tokenizer.json to be WordPiece, BPE or Unigram, got ${JSON.stringify(model["type"]) ?? "none"}`,
  );
}

interface Added {
  readonly content: string;
  readonly id: number;
}

function wordPiece(json: Json, model: Json, added: readonly Added[], special: readonly string[]): WordPieceTokenizer {
  const normalizer = (json["normalizer"] ?? {}) as Json;
  expectPart("normalizer", normalizer["type"], "BertNormalizer");
  expectPart("pre_tokenizer", ((json["pre_tokenizer"] ?? {}) as Json)["type"], "BertPreTokenizer");
  expectPart("continuing_subword_prefix", model["continuing_subword_prefix"], "##");
  const lowercase = normalizer["lowercase"] === true;
  const strip = normalizer["strip_accents"] ?? null;
  if (strip !== null && strip !== lowercase)
    throw new Error(
      `readTokenizer: expected accents to be stripped if and only if case is, got ${strip} and ${lowercase}`,
    );
  for (const step of ["clean_text", "handle_chinese_chars"]) expectPart(step, normalizer[step], true);
  const tokens = inOrder("tokenizer.json", (model["vocab"] ?? {}) as Record<string, number>, added);
  return new WordPieceTokenizer(new Vocabulary(tokens), {
    lowercase,
    special,
    unknown: String(model["unk_token"] ?? "[UNK]"),
    longestWord: Number(model["max_input_chars_per_word"] ?? 100),
  });
}

function bytePair(json: Json, model: Json, added: readonly Added[], special: readonly string[]): BytePairTokenizer {
  const before = (json["pre_tokenizer"] ?? {}) as Json;
  expectPart("pre_tokenizer", before["type"], "ByteLevel");
  expectPart("add_prefix_space", before["add_prefix_space"], false);
  expectPart("normalizer", json["normalizer"] ?? null, null);
  const merges = ((model["merges"] ?? []) as (string | string[])[]).map((pair) =>
    asPair("tokenizer.json", typeof pair === "string" ? pair.split(" ") : pair),
  );
  const tokens = inOrder("tokenizer.json", (model["vocab"] ?? {}) as Record<string, number>, added);
  return new BytePairTokenizer(new Vocabulary(tokens), merges, special);
}

/**
 * T5's own normalization is a table inside `tokenizer.json`, made from Unicode's NFKC; the texts of the course need none of
 * it, and the tokenizer does none.
 */
function unigram(json: Json, model: Json, added: readonly Added[]): UnigramTokenizer {
  const before = JSON.stringify(json["pre_tokenizer"] ?? {});
  if (!before.includes('"Metaspace"'))
    throw new Error(`readTokenizer: expected the pre_tokenizer of Unigram to be Metaspace, got ${before.slice(0, 60)}`);
  const scored = ((model["vocab"] ?? []) as [string, number][]).slice();
  for (const { content, id } of added)
    if (id >= scored.length) {
      expectPart(`the id of ${content}`, id, scored.length);
      scored.push([content, 0]); // as likely as can be: where a text names it, it is found
    }
  return new UnigramTokenizer(scored, scored[Number(model["unk_id"] ?? 0)]?.[0]);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`readTokenizer: expected ${file} to be JSON, got ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** The tokens by their ids, which must be 0, 1, 2 … without gaps. */
function inOrder(file: string, ids: Readonly<Record<string, number>>, added: readonly Added[]): string[] {
  const tokens: string[] = [];
  const all = [...Object.entries(ids), ...added.map(({ content, id }) => [content, id] as const)];
  for (const [token, id] of all) {
    if (!Number.isSafeInteger(id) || id < 0 || id >= all.length || (tokens[id] !== undefined && tokens[id] !== token))
      throw new Error(`readTokenizer: expected an id of its own for ${JSON.stringify(token)} in ${file}, got ${id}`);
    tokens[id] = token;
  }
  const gap = tokens.findIndex((token) => typeof token !== "string");
  if (gap >= 0) throw new Error(`readTokenizer: expected ids without gaps in ${file}, got no token for ${gap}`);
  if (tokens.length === 0) throw new Error(`readTokenizer: expected tokens in ${file}, got none`);
  return tokens;
}

function asPair(file: string, parts: readonly string[]): readonly [string, string] {
  if (parts.length !== 2)
    throw new Error(`readTokenizer: expected pairs in ${file}, got ${JSON.stringify(parts.join(" "))}`);
  return parts as [string, string];
}

function expectPart(part: string, value: unknown, expected: unknown): void {
  if (value !== expected)
    throw new Error(
      `readTokenizer: expected ${part} to be ${JSON.stringify(expected)}, got ${JSON.stringify(value) ?? "none"}`,
    );
}
