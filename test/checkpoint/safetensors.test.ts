import { expect, test } from "vitest";
import { fromHalves, toHalves } from "../../lib/checkpoint/float16";
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

test("reads 16-bit floats as PyTorch wrote them, every kind of number", () => {
  const { tensors } = decodeSafetensors(Buffer.from(golden.halves.base64, "base64"));
  for (const name of ["half", "brain"] as const)
    expect(tensors.get(name)!.data, name).toEqual(Float32Array.from(golden.halves[name]));
  expect(tensors.get("whole")).toEqual({ shape: [1, 2], data: Float32Array.of(1.5, -2.25) });
});

test("16-bit floats are rounded as PyTorch rounds them: to the nearest, halfway to the even one", () => {
  const data = Float32Array.from(golden.halves.values);
  for (const [dtype, name] of [
    ["F16", "half"],
    ["BF16", "brain"],
  ] as const) {
    const bytes = encodeSafetensors({ tensors: new Map([["w", { shape: [data.length], data }]]), metadata: {} }, dtype);
    const { data: read } = decodeSafetensors(bytes).tensors.get("w")!;
    for (const [i, expected] of golden.halves[name].entries())
      expect(Object.is(read[i], Math.fround(expected)), `${dtype} of ${data[i]}: ${read[i]}, not ${expected}`).toBe(
        true,
      );
  }
});

test("all 65,536 half-precision numbers come back from 32 bits unchanged", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  for (const [kind, infinite] of [
    ["F16", 0x7c00],
    ["BF16", 0x7f80],
  ] as const) {
    const back = toHalves(fromHalves(all, kind), kind);
    const isNumber = (half: number) => (half & 0x7fff) <= infinite;
    expect(back.filter(isNumber)).toEqual(all.filter(isNumber));
    expect(back.filter((half) => !isNumber(half)).length).toBe(all.filter((half) => !isNumber(half)).length);
  }
});

test("a file of 16-bit floats is half as long, keeps the infinite, and refuses what does not fit", () => {
  const of = (...values: number[]) => ({
    tensors: new Map([["w", { shape: [values.length], data: Float32Array.of(...values) }]]),
    metadata: {},
  });
  const body = (bytes: Uint8Array) => bytes.length - 8 - Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(body(encodeSafetensors(of(1, 2, 3)))).toBe(12);
  expect(body(encodeSafetensors(of(1, 2, 3), "F16"))).toBe(6);
  const odd = decodeSafetensors(encodeSafetensors(of(Number.NaN, -Infinity), "F16")).tensors.get("w")!.data;
  expect(odd).toEqual(Float32Array.of(Number.NaN, -Infinity));
  expect(() => encodeSafetensors(of(1, 65520), "F16")).toThrow(
    "encodeSafetensors: expected w to fit into F16, got 65520; write it as BF16 or F32",
  );
  expect(() => encodeSafetensors(of(3.4e38), "BF16")).toThrow(
    /expected w to fit into BF16, got 3\.39\d+e\+38; write it as F32/,
  );
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
  expect(() => decodeSafetensors(withHeader("[1,2]"))).toThrow("expected a header that names tensors, got [1,2]");
  expect(() => decodeSafetensors(withHeader('{"__metadata__":{"step":12}}'))).toThrow(
    'expected texts in __metadata__, got {"step":12}',
  );
});

test.each([
  ['{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4, "expected 8 bytes for w [2], got 4"],
  ['{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', 8, "expected w to be F32, F16 or BF16, got I64"],
  ['{"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}', 4, 'known dtype (F32, F16, BF16, …), got "F31"'],
  ['{"w":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}', 4, 'known dtype (F32, F16, BF16, …), got "con'],
  [
    '{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
    4,
    "expected w to have a shape of whole numbers, got [-1]",
  ],
  [
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}',
    4,
    "expected w to have data_offsets [begin, end], got [4,0]",
  ],
  ['{"w":{"dtype":"F32","shape":[1]}}', 4, "expected w to have data_offsets [begin, end], got none"],
  ['{"w":3}', 4, "expected w to have a known dtype"],
  [
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    9,
    "expected the file to end after w, at byte 66, got 71 bytes",
  ],
  [
    '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
    12,
    "expected tensors that share no bytes, got b from byte 4 although a ends at 8",
  ],
  [
    '{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}',
    12,
    "expected b to start where a ends, at byte 4, got 8",
  ],
  ['{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 12, "bytes because of w, got 75; the file is cut off"],
])("a header that lies is found out: %s", (header, body, message) => {
  expect(() => decodeSafetensors(withHeader(header, body))).toThrow(message);
});
