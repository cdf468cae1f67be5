import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../lib/checkpoint/safetensors";
import golden from "../golden/safetensors-file.json";

const file: Uint8Array = Buffer.from(golden.base64, "base64"); // a Buffer is a view into a pool, as what fs reads can be

test("reads a file that Hugging Face's library wrote", () => {
  const { tensors, metadata } = decodeSafetensors(file);
  expect(metadata).toEqual(golden.metadata);
  expect([...tensors.keys()].sort()).toEqual(Object.keys(golden.tensors).sort());
  for (const [name, { shape, data }] of Object.entries(golden.tensors)) {
    expect(tensors.get(name)!.shape).toEqual(shape);
    expect(tensors.get(name)!.data).toEqual(Float32Array.from(data));
  }
});

test("what is written is read back bit by bit, also the odd numbers", () => {
  const tensors = new Map<string, StoredTensor>([
    ["odd", { shape: [5], data: Float32Array.of(-0, Number.NaN, Infinity, 1e-45, 0.1) }],
    ["empty", { shape: [0, 3], data: new Float32Array() }],
    ["scalar", { shape: [], data: Float32Array.of(7) }],
    ["part of a buffer", { shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) }],
  ]);
  const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: { step: "12", note: "größer" } }));
  expect(decoded.metadata).toEqual({ step: "12", note: "größer" });
  expect(decoded.tensors).toEqual(tensors);
  expect(Object.is(decoded.tensors.get("odd")!.data[0], -0)).toBe(true);
});

test("the layout is the format's: length, header padded to 8 bytes, offsets without gaps", () => {
  const tensors = new Map<string, StoredTensor>([
    ["a", { shape: [3], data: Float32Array.of(1, 2, 3) }],
    ["b", { shape: [1, 2], data: Float32Array.of(4, 5) }],
  ]);
  const bytes = encodeSafetensors({ tensors, metadata: {} });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: {},
    a: { dtype: "F32", shape: [3], data_offsets: [0, 12] },
    b: { dtype: "F32", shape: [1, 2], data_offsets: [12, 20] },
  });
  expect(new Float32Array(bytes.slice(8 + length).buffer)).toEqual(Float32Array.of(1, 2, 3, 4, 5));
});

/** A file with a header of our own. */
function withHeader(header: string, body = 0): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

test("broken files are named", () => {
  const tensors = new Map([["w", { shape: [2, 3], data: new Float32Array(5) }]]);
  expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(
    "encodeSafetensors: expected 6 values for w [2,3], got 5",
  );
  expect(() => decodeSafetensors(file.subarray(0, 5))).toThrow("decodeSafetensors: expected at least 8 bytes, got 5");
  expect(() => decodeSafetensors(file.subarray(0, 50))).toThrow(/expected a header of \d+ bytes, got 42 bytes in all/);
  expect(() => decodeSafetensors(file.subarray(0, file.length - 1))).toThrow(/the file is cut off/);
  expect(() => decodeSafetensors(withHeader("PK zip"))).toThrow('expected a JSON header, got "PK zip"');
  expect(() => decodeSafetensors(withHeader('{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', 4))).toThrow(
    "decodeSafetensors: expected w to be F32, got BF16",
  );
  expect(() => decodeSafetensors(withHeader('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4))).toThrow(
    "decodeSafetensors: expected 8 bytes for w [2], got 4",
  );
});
