import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compact, compactJson } from "../../lib/plot/compact";

interface Packed {
  dtype: string;
  bdata: string;
  shape?: string;
}

/** Reads the bytes as plotly does. */
function unpacked({ dtype, bdata }: Packed): number[] {
  const bytes = new Uint8Array(Buffer.from(bdata, "base64")).buffer;
  if (dtype === "u1") return [...new Uint8Array(bytes)];
  if (dtype === "i2") return [...new Int16Array(bytes)];
  expect(dtype).toBe("f4");
  return [...new Float32Array(bytes)];
}

test("a number keeps five digits, a whole number all of them", () => {
  expect(compact([0.123456789, 123456789, -1e-9, 2])).toEqual([0.12346, 123456789, -1e-9, 2]);
});

test("what is no number becomes null, which plotly leaves out", () => {
  expect(compact({ y: [1, Number.NaN, Infinity] })).toEqual({ y: [1, null, null] });
});

test("whole numbers survive packing exactly", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 64, maxLength: 80 }), (numbers) => {
      expect(unpacked(compact(numbers) as Packed)).toEqual(numbers);
    }),
  );
});

test("numbers survive packing with float32's precision", () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // -0 may become 0
  fc.assert(
    fc.property(fc.array(number, { minLength: 64, maxLength: 80 }), (numbers) => {
      expect(unpacked(compact(numbers) as Packed)).toEqual(numbers);
    }),
  );
});

test("typed arrays and tables are packed, with the table's shape", () => {
  const rows = Array.from({ length: 7 }, (_, r) => Float32Array.from({ length: 11 }, (_, c) => r + c / 16));
  const packed = compact(rows) as Packed;
  expect(packed.shape).toBe("7,11");
  expect(unpacked(packed)).toEqual(rows.flatMap((row) => [...row]));
  expect(unpacked(compact(Float32Array.from({ length: 64 }, (_, i) => i / 4)) as Packed)[63]).toBe(15.75);
});

test("lists with a gap are not packed, and short ones stay readable", () => {
  const gap = [...Array(100).keys(), Number.NaN];
  expect(compact(gap)).toHaveLength(101);
  expect(compact([1, 2, 3])).toEqual([1, 2, 3]);
});

test("tables whose rows differ in length keep their rows", () => {
  expect(compact([[1, 2], [3]])).toEqual([[1, 2], [3]]);
});

test("the JSON cannot end the script element that holds it", () => {
  const json = compactJson({ name: "</script><b>" });
  expect(json).not.toContain("<");
  expect(JSON.parse(json)).toEqual({ name: "</script><b>" });
});

test("the original is unchanged", () => {
  const layout = { y: [0.123456789], drop: undefined };
  expect(compact(layout)).toEqual({ y: [0.12346] });
  expect(layout.y).toEqual([0.123456789]);
});
