import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { StoredTensor } from "../../lib/checkpoint/safetensors";
import { encodeSafetensors } from "../../lib/checkpoint/safetensors";
import { openSafetensors, openWeights, readIndex, saveWeights } from "../../lib/checkpoint/weight-files";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "weights-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
let folder: string;
let count = 0;
beforeEach(() => {
  folder = path.join(root, String(count++));
});

const tensors = new Map<string, StoredTensor>([
  ["a", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ["b", { shape: [5], data: Float32Array.of(0.5, -1, 2, 65504, 0) }],
  ["c", { shape: [], data: Float32Array.of(7) }],
]);
const index = "model.safetensors.index.json";
function readAll(from = folder): Map<string, StoredTensor> {
  const weights = openWeights(from);
  try {
    return new Map([...weights.places.keys()].sort().map((name) => [name, weights.read(name)]));
  } finally {
    weights.close();
  }
}

test.each(["F32", "F16", "BF16"] as const)("one file of %s, read back a tensor at a time", (dtype) => {
  const rounded = new Map(tensors);
  if (dtype === "BF16") rounded.set("b", { shape: [5], data: Float32Array.of(0.5, -1, 2, 65536, 0) }); // 8 bits of fraction
  saveWeights(folder, { tensors, metadata: {} }, { dtype });
  expect(fs.readdirSync(folder)).toEqual(["model.safetensors"]);
  expect(readAll()).toEqual(rounded);
});

test("several files with an index, when one would be too large; a large tensor has one alone", () => {
  saveWeights(folder, { tensors, metadata: {} }, { shardBytes: 24 });
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  expect(fs.readdirSync(folder).sort()).toEqual([...names, index]);
  expect(JSON.parse(fs.readFileSync(path.join(folder, index), "utf8"))).toEqual({
    metadata: { total_size: 48 },
    weight_map: { a: names[0], b: names[1], c: names[1] },
  });
  expect(readAll()).toEqual(tensors);
  saveWeights(folder, { tensors, metadata: {} }, { shardBytes: 1 });
  expect(readAll()).toEqual(tensors);
  saveWeights(folder, { tensors: new Map([["c", tensors.get("c")!]]), metadata: {} });
  expect([...readAll().keys()]).toEqual(["c"]); // the newest counts
});

test("what cannot be written leaves the old file as it was", () => {
  saveWeights(folder, { tensors, metadata: {} });
  const before = fs.readFileSync(path.join(folder, "model.safetensors"));
  const large = new Map([...tensors, ["d", { shape: [1], data: Float32Array.of(1e6) }] as const]);
  expect(() => saveWeights(folder, { tensors: large, metadata: {} }, { dtype: "F16", shardBytes: 12 })).toThrow(
    "expected d to fit into F16, got 1000000",
  );
  expect(() => saveWeights(folder, { tensors: new Map(), metadata: {} })).toThrow(
    "expected at least one tensor, got none",
  );
  expect(fs.readdirSync(folder)).toEqual(["model.safetensors"]);
  expect(fs.readFileSync(path.join(folder, "model.safetensors"))).toEqual(before);
});

test("integers may be in the file; they cannot be read as floats", () => {
  const header =
    '{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
  const bytes = new Uint8Array(8 + header.length + 12);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "model.safetensors"), bytes);
  const weights = openWeights(folder);
  expect(weights.read("w")).toEqual({ shape: [1], data: Float32Array.of(0) });
  expect(() => weights.read("ids")).toThrow(
    "openSafetensors: model.safetensors: expected ids to be F32, F16 or BF16, got I64",
  );
  expect(() => weights.read("v")).toThrow("expected a tensor of the file, got v");
  weights.close();
});

test("a file that is cut off is found out when it is opened", () => {
  fs.mkdirSync(folder);
  const file = path.join(folder, "model.safetensors");
  const bytes = encodeSafetensors({ tensors, metadata: {} });
  for (const [length, message] of [
    [5, "expected at least 8 bytes, got 5"],
    [30, /expected a header of \d+ bytes, got 22 bytes in all/],
    [bytes.length - 1, /expected at least \d+ bytes because of c, got \d+; the file is cut off/],
  ] as const) {
    fs.writeFileSync(file, bytes.subarray(0, length));
    expect(() => openSafetensors(file)).toThrow(message);
  }
});

test.each([
  ["{", 'expected JSON, got "{"'],
  ["{}", "expected a weight_map of tensors' names to files, got none"],
  ['{"weight_map":["a"]}', 'expected a weight_map of tensors\' names to files, got ["a"]'],
  ['{"weight_map":{"a":3}}', "expected a in a file beside the index, got 3"],
  ...["../m.safetensors", "/etc/passwd", "sub/m.safetensors", "..", "C:\\m", "a\u0000b", ""].map((name) => [
    JSON.stringify({ weight_map: { a: name } }),
    `expected a in a file beside the index, got ${JSON.stringify(name)}; an index may not point elsewhere`,
  ]),
])("an index is held to its folder: %s", (text, message) => {
  expect(() => readIndex(text!)).toThrow(message);
});

test("an index and its files must agree", () => {
  saveWeights(folder, { tensors, metadata: {} }, { shardBytes: 24 });
  const file = path.join(folder, index);
  const text = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, text.replace('"c"', '"d"'));
  expect(() => openWeights(folder)).toThrow(
    `expected d in model-00002-of-00002.safetensors, as ${index} says, got no such tensor`,
  );
  fs.writeFileSync(file, text);
  fs.rmSync(path.join(folder, "model-00002-of-00002.safetensors"));
  expect(() => openWeights(folder)).toThrow(`expected model-00002-of-00002.safetensors, which ${index} names, in`);
  fs.rmSync(file);
  expect(() => openWeights(folder)).toThrow(
    /expected model\.safetensors or model\.safetensors\.index\.json in .*, got model-00001/,
  );
});
