import { describe, expect, test } from "vitest";
import { compare } from "../../../lib/course/grader/compare";
import { encode } from "../../../lib/course/grader/encode";
import { type Plain, tensor } from "../../../lib/course/grader/exercise";
import { encodePlain } from "../../../lib/course/grader/oracle";
import { decodeValue, describeShape, ProtocolError, plainToValue, showValue } from "../../../lib/course/grader/value";

const value = plainToValue;
const difference = (expected: Plain, got: Plain, tolerance = {}) =>
  compare(value(expected), value(got), tolerance)?.message;

describe("numbers", () => {
  test("agree within the tolerance, which is tight", () => {
    expect(difference(1, 1 + 1e-7)).toBeUndefined();
    expect(difference(1, 1 + 2e-6)).toBe("expected 1, got 1.000002");
    expect(difference(1e-12, 0)).toBeUndefined();
    expect(difference(1e-12, 0, { absolute: 0 })).toBe("expected 1e-12, got 0");
    expect(difference(100, 101, { relative: 0.02 })).toBeUndefined();
    expect(difference(0, -0)).toBeUndefined();
  });

  test("NaN and infinities must match exactly", () => {
    for (const special of [Number.NaN, Infinity, -Infinity]) {
      expect(difference(special, special)).toBeUndefined();
      expect(difference(1, special)).toBeDefined();
      expect(difference(special, 1)).toBeDefined();
      expect(difference(special, special === Infinity ? -Infinity : Infinity, { absolute: Infinity })).toBeDefined();
    }
  });

  test("show enough digits to tell them apart", () => {
    expect(difference(0.1234567, 0.1234568, { absolute: 0, relative: 1e-9 })).toBe("expected 0.1234567, got 0.1234568");
  });
});

describe("tensors", () => {
  const t = tensor([[1, 2, 3], [4, 5, 1000]]); // biome-ignore format: as it looks
  const changed = (index: number, by: number) => ({ ...t, tensor: t.tensor.map((v, i) => (i === index ? v + by : v)) });

  test("agree relative to their largest entry", () => {
    expect(difference(t, changed(0, 0.009))).toBeUndefined();
    expect(difference(t, changed(4, 0.02))).toBe("expected 5 at [1][1], got 5.02");
  });

  test("shape and dtype come first", () => {
    expect(difference(t, { ...t, shape: [3, 2] })).toBe("expected the shape [2, 3], got [3, 2]");
    expect(difference(t, { ...t, dtype: "int32" })).toBe("expected dtype float32, got int32");
    expect(difference(t, [1, 2])).toBe("expected a tensor [2, 3] float32, got an array of 2");
  });

  test("one NaN in many is found, and does not hide the tolerance", () => {
    expect(difference(changed(2, Number.NaN), changed(2, Number.NaN))).toBeUndefined();
    expect(difference(t, changed(2, Number.NaN))).toBe("expected 3 at [0][2], got NaN");
  });
});

describe("structures", () => {
  test("say where they differ", () => {
    expect(difference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe("expected 2 at .a[1].b, got 3");
    expect(difference({ a: 1, b: 2 }, { a: 1 })).toBe('expected a field "b", which is missing');
    expect(difference({ a: 1 }, { a: 1, b: 2 })).toBe('there is an extra field "b"');
    expect(difference({ a: 1, b: undefined }, { a: 1 })).toBeUndefined();
    expect(difference([1, 2], [1])).toBe("expected 2 entries, got 1");
    expect(difference("a", "b")).toBe('expected "a", got "b"');
    expect(difference(null, undefined)).toBe("expected null, got undefined");
  });

  test("the largest error is over all numbers", () => {
    expect(compare(value([1, 2, 3]), value([2, 2, 8]))).toEqual({
      message: "expected 1 at [0], got 2",
      index: "[0]",
      maxAbsErr: 5,
    });
  });

  test("Maps compare by key, Sets by member, in any order", () => {
    const read = (json: unknown) => decodeValue(JSON.parse(encode(json, { tensor: () => undefined })));
    const map = (...entries: [string, number][]) => read(new Map(entries));
    expect(compare(map(["a", 1], ["b", 2]), map(["b", 2], ["a", 1]))).toBeUndefined();
    expect(compare(map(["a", 1], ["b", 2]), map(["a", 1], ["b", 3]))?.message).toBe('expected 2 at .get("b"), got 3');
    expect(compare(map(["a", 1]), map(["c", 1]))?.message).toBe('expected the key "a", which is missing');
    expect(compare(read(new Set([1, 2])), read(new Set([2, 1])))).toBeUndefined();
    expect(compare(read(new Set([1, 2])), read(new Set([1, 3])))?.message).toContain("missing");
  });

  test("what cannot be compared is never equal", () => {
    const other = { kind: "other", type: "function" } as const;
    const large = { kind: "large" } as const;
    expect(compare(other, other)).toBeDefined();
    expect(compare(large, large)).toBeDefined();
  });
});

describe("the pipe", () => {
  const there = (plain: Plain) => decodeValue(JSON.parse(encodePlain(plain)));

  test.each<Plain>([
    0.1,
    -1e-300,
    Number.NaN,
    -Infinity,
    'a\u2028"\\\n😀',
    true,
    null,
    undefined,
    [],
    [1, [2, [3, undefined]]],
    Array.from({ length: 100 }, (_, i) => i / 7),
    { a: 1, __proto__: 3, "": [], $: "number" },
    tensor([[[1], [-2.5]]]),
    tensor([1, 0], "bool"),
  ])("carries %j unchanged", (plain) => {
    expect(there(plain)).toEqual(value(plain));
  });

  test.each([
    { $: "number", v: "1" },
    { $: "number", v: "NaNa" },
    { $: "tensor", shape: [3], dtype: "float32", v: "AAAAAA==" },
    { $: "tensor", shape: [-1, -1], dtype: "float32", v: "AAAAAA==" },
    { $: "tensor", shape: [1.5], dtype: "float32", v: "AAAAAA==" },
    { $: "numbers", v: "AAAA" },
    { $: "object", v: [["a"]] },
    { $: "object", v: [[1, 2]] },
    { $: "object", v: { a: 1 } },
    { $: "map", v: [[1, 2, 3]] },
    { $: "new" },
    { a: 1 },
  ])("refuses %j", (json) => {
    expect(() => decodeValue(json)).toThrow(ProtocolError);
  });

  test("a value that is too large or too deep says so, and stays small", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    const text = encode(cycle, { tensor: () => undefined, maxEntries: 1000 });
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain('{"$":"large"');
    expect(encode(new Array(5000).fill(1), { tensor: () => undefined, maxEntries: 1000 })).toBe(
      '{"$":"large","length":5000}',
    );
  });
});

test("shapes and values are shown as a learner would write them", () => {
  expect(describeShape(value([[1, 2], [3, 4], [5, 6]]))).toBe("[3, 2]"); // biome-ignore format: as it looks
  expect(describeShape(value([[1, 2], [3]]))).toBe("[2]"); // biome-ignore format: as it looks
  expect(describeShape(value({ weights: [1], bias: 2 }))).toBe("{ weights, bias }");
  expect(showValue(value({ weights: [1, 1 / 3], bias: "x" }))).toBe('{ weights: [1, 0.333333], bias: "x" }');
  expect(showValue(value(Array.from({ length: 100 }, (_, i) => i)))).toBe(
    "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 89 more …, 99]",
  );
  expect(showValue(value(tensor([[1, 2], [3, 4.5]])))).toBe("tensor [[1, 2], [3, 4.5]]"); // biome-ignore format: as it looks
});
