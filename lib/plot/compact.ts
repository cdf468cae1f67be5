/*
 * A figure as small JSON. Numbers keep five significant digits; long lists and tables of numbers travel as base64 bytes,
 * which plotly reads (`{ dtype, bdata, shape }`): 4 bytes a number, 1 where all are small whole numbers.
 */

type Numbers = ArrayLike<number>;

/** From this many numbers on, bytes are smaller than text. */
const long = 64;

/** The value as JSON text that is safe inside a `<script>` element. */
export function compactJson(value: unknown): string {
  return JSON.stringify(compact(value)).replace(/</g, "\\u003c");
}

/** The value with numbers rounded and long lists of numbers packed. Shared with nothing: the original is unchanged. */
export function compact(value: unknown): unknown {
  if (typeof value === "number") return rounded(value);
  if (value === null || typeof value !== "object") return value;
  if (ArrayBuffer.isView(value)) return compactList(Array.from(value as unknown as Numbers));
  if (Array.isArray(value)) return compactList(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, compact(item)]),
  );
}

function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null; // JSON has no NaN; plotly leaves a gap at null
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

function compactList(list: readonly unknown[]): unknown {
  if (list.length >= long && isNumbers(list)) return packed(list as number[]);
  if (isTable(list)) {
    const rows = (list as Numbers[]).map((row) => Array.from(row));
    const shape = `${rows.length},${rows[0]!.length}`;
    if (rows.length * rows[0]!.length >= long) return { ...packed(rows.flat()), shape };
  }
  return list.map(compact);
}

/** Finite numbers only: what is missing (NaN) travels as null. */
const isNumbers = (list: ArrayLike<unknown>) =>
  Array.prototype.every.call(list, (item) => typeof item === "number" && Number.isFinite(item));

function isTable(list: readonly unknown[]): boolean {
  const rows = list as Numbers[];
  return (
    (Array.isArray(list[0]) || ArrayBuffer.isView(list[0])) &&
    rows[0]!.length > 0 &&
    rows.every((row) => row?.length === rows[0]!.length && isNumbers(row))
  );
}

function packed(numbers: readonly number[]): { dtype: string; bdata: string } {
  const within = (low: number, high: number) => numbers.every((n) => Number.isInteger(n) && n >= low && n <= high);
  const [dtype, bytes] = within(0, 255)
    ? ["u1", Uint8Array.from(numbers)]
    : within(-32768, 32767)
      ? ["i2", Int16Array.from(numbers)]
      : ["f4", Float32Array.from(numbers)];
  return { dtype: dtype as string, bdata: Buffer.from((bytes as Uint8Array).buffer).toString("base64") };
}
