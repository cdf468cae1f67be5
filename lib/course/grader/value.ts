import type { Plain, PlainTensor } from "./exercise";

/** A value as the grader holds it: read from text, never an object of the learner's. */
export type Value =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" | "undefined" }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | {
      readonly kind: "tensor";
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly values: Float32Array;
    }
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, Value> }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Value, Value])[] }
  | { readonly kind: "set"; readonly items: readonly Value[] }
  | { readonly kind: "other"; readonly type: string }
  | { readonly kind: "large"; readonly length?: number };

/** The text does not follow the protocol. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

const deepest = 64; // the encoder stops at 24

/** Reads what `encode` wrote, and refuses anything else. */
export function decodeValue(json: unknown, depth = 0): Value {
  if (depth > deepest) throw new ProtocolError("a value that is too deep");
  const inside = (item: unknown) => decodeValue(item, depth + 1);
  if (typeof json === "number") return { kind: "number", value: json };
  if (typeof json === "string") return { kind: "string", value: json };
  if (typeof json === "boolean") return { kind: "boolean", value: json };
  if (json === null) return { kind: "null" };
  if (Array.isArray(json)) return { kind: "list", items: json.map(inside) };
  if (typeof json !== "object") throw new ProtocolError(`a value of type ${typeof json}`);
  const node = json as Record<string, unknown>;
  switch (node["$"]) {
    case "undefined":
      return { kind: "undefined" };
    case "number":
      if (node["v"] === "NaN" || node["v"] === "Infinity" || node["v"] === "-Infinity")
        return { kind: "number", value: Number(node["v"]) };
      break;
    case "numbers": {
      const bytes = decodeBytes(node["v"], 8);
      const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
      return { kind: "list", items: Array.from(numbers, (value) => ({ kind: "number", value }) as const) };
    }
    case "tensor": {
      const { shape, dtype } = node;
      const bytes = decodeBytes(node["v"], 4);
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      if (typeof dtype !== "string" || !Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n >= 0))
        break;
      if (shape.reduce((a, b) => a * b, 1) !== values.length) break;
      return { kind: "tensor", shape, dtype, values };
    }
    case "object":
      if (!Array.isArray(node["v"])) break;
      return { kind: "object", entries: new Map(node["v"].map(pair).map(([k, v]) => [string(k), inside(v)])) };
    case "map":
      if (!Array.isArray(node["v"])) break;
      return { kind: "map", entries: node["v"].map(pair).map(([k, v]) => [inside(k), inside(v)]) };
    case "set":
      if (!Array.isArray(node["v"])) break;
      return { kind: "set", items: node["v"].map(inside) };
    case "other":
      return { kind: "other", type: string(node["type"]) };
    case "large":
      return typeof node["length"] === "number" ? { kind: "large", length: node["length"] } : { kind: "large" };
  }
  throw new ProtocolError(`a value marked ${JSON.stringify(node["$"])}`);
}

function decodeBytes(text: unknown, size: number): Buffer {
  // A copy, because Buffer.from may return a slice of a pool that is not aligned to the element size.
  const bytes = Buffer.from(Uint8Array.from(Buffer.from(string(text), "base64")).buffer);
  if (bytes.length % size !== 0) throw new ProtocolError(`${bytes.length} bytes for numbers of ${size} bytes`);
  return bytes;
}

function pair(entry: unknown): [unknown, unknown] {
  if (!Array.isArray(entry) || entry.length !== 2) throw new ProtocolError("an entry that is not a pair");
  return entry as [unknown, unknown];
}

function string(value: unknown): string {
  if (typeof value !== "string") throw new ProtocolError(`a ${typeof value} where text was expected`);
  return value;
}

export function isPlainTensor(value: unknown): value is PlainTensor {
  return (
    typeof value === "object" && value !== null && "tensor" in value && "shape" in value && Array.isArray(value.shape)
  );
}

/** The value's form in words: `number`, `[2, 3]`, `tensor [2, 3] float32`, `{ weights, bias }`. */
export function describeShape(value: Value): string {
  switch (value.kind) {
    case "list":
      return `[${sizes(value.items).join(", ")}]`;
    case "tensor":
      return `tensor [${value.shape.join(", ")}] ${value.dtype}`;
    case "object":
      return `{ ${[...value.entries.keys()].join(", ")} }`;
    case "map":
      return `Map of ${value.entries.length}`;
    case "set":
      return `Set of ${value.items.length}`;
    case "other":
      return value.type;
    case "large":
      return value.length === undefined ? "a very large value" : `an array of ${value.length} entries`;
    default:
      return value.kind;
  }
}

/** The sizes of a regular nested list of numbers; of any other list only its length. Visits every entry once. */
function sizes(items: readonly Value[]): number[] {
  const inner = items.map((item) => (item.kind === "list" ? sizes(item.items) : undefined));
  const [first] = inner;
  return first && inner.every((other) => other && other.join() === first.join())
    ? [items.length, ...first]
    : [items.length];
}

const limit = 240;

/** The value as TypeScript, shortened in the middle of long lists. `digits` are significant ones. */
export function showValue(value: Value, digits = 6): string {
  switch (value.kind) {
    case "number":
      return showNumber(value.value, digits);
    case "string":
      return shorten(JSON.stringify(value.value));
    case "boolean":
      return `${value.value}`;
    case "null":
    case "undefined":
      return value.kind;
    case "list":
      return shorten(`[${showItems(value.items.length, (i) => showValue(value.items[i]!, digits))}]`);
    case "tensor":
      return shorten(`tensor ${showTensor(value.values, value.shape, digits)}`);
    case "object":
      return shorten(`{ ${[...value.entries].map(([key, item]) => `${key}: ${showValue(item, digits)}`).join(", ")} }`);
    case "map":
      return shorten(
        `Map { ${value.entries.map(([k, v]) => `${showValue(k, digits)} => ${showValue(v, digits)}`).join(", ")} }`,
      );
    case "set":
      return shorten(`Set { ${value.items.map((item) => showValue(item, digits)).join(", ")} }`);
    default:
      return describeShape(value);
  }
}

export function showNumber(value: number, digits: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}` : `${Number(value.toPrecision(digits))}`;
}

function showItems(count: number, show: (i: number) => string): string {
  const items: string[] = [];
  for (let i = 0; i < count; i++) {
    if (count > 12 && i === 10) {
      items.push(`… ${count - 11} more …`, show(count - 1));
      break;
    }
    items.push(show(i));
  }
  return items.join(", ");
}

function showTensor(values: Float32Array, shape: readonly number[], digits: number): string {
  const [first, ...rest] = shape;
  if (first === undefined) return showNumber(values[0]!, digits);
  const size = values.length / Math.max(1, first);
  return `[${showItems(first, (i) => showTensor(values.subarray(i * size, (i + 1) * size), rest, digits))}]`;
}

function shorten(text: string): string {
  return text.length > limit ? `${text.slice(0, limit - 30)} … ${text.slice(-24)}` : text;
}

/** An input as the grader shows it. */
export function plainToValue(plain: Plain): Value {
  if (typeof plain === "number") return { kind: "number", value: plain };
  if (typeof plain === "string") return { kind: "string", value: plain };
  if (typeof plain === "boolean") return { kind: "boolean", value: plain };
  if (plain === null) return { kind: "null" };
  if (plain === undefined) return { kind: "undefined" };
  if (isPlainTensor(plain))
    return { kind: "tensor", shape: plain.shape, dtype: plain.dtype, values: Float32Array.from(plain.tensor) };
  if (Array.isArray(plain)) return { kind: "list", items: plain.map(plainToValue) };
  return { kind: "object", entries: new Map(Object.entries(plain).map(([key, item]) => [key, plainToValue(item)])) };
}
