import type { Tolerance } from "./exercise";
import { describeShape, showNumber, type Value } from "./value";

/** Where and how an answer differs from what was asked for. */
export interface Difference {
  /** A sentence. */
  readonly message: string;
  /** Path to the first place that differs: `[1][0]`, `.weights[2]`, or empty for the whole. */
  readonly index: string;
  /** Over all numbers that both sides have; null where there are none. */
  readonly maxAbsErr: number | null;
}

interface Bounds {
  readonly number: Required<Tolerance>;
  readonly tensor: Required<Tolerance>;
}

/** Written so that NaN fails: a number agrees only if the comparison says yes. */
function agree(expected: number, got: number, allowed: number): boolean {
  if (Number.isFinite(expected) && Number.isFinite(got)) return Math.abs(got - expected) <= allowed;
  return Object.is(expected, got);
}

/**
 * What `got` lacks to be `expected`, or undefined when they agree: same kind and shape, and every number within
 * `absolute + relative * |expected|`; in a tensor `|expected|` is the largest entry's.
 */
export function compare(expected: Value, got: Value, tolerance: Tolerance = {}): Difference | undefined {
  const bounds: Bounds = {
    number: { absolute: tolerance.absolute ?? 1e-9, relative: tolerance.relative ?? 1e-6 },
    tensor: { absolute: tolerance.absolute ?? 0, relative: tolerance.relative ?? 1e-5 },
  };
  const state: { first?: Omit<Difference, "maxAbsErr">; maxAbsErr: number | null } = { maxAbsErr: null };
  walk(expected, got, "", bounds, state);
  return state.first && { ...state.first, maxAbsErr: state.maxAbsErr };
}

interface State {
  first?: Omit<Difference, "maxAbsErr">;
  maxAbsErr: number | null;
}

function walk(expected: Value, got: Value, index: string, bounds: Bounds, state: State): void {
  const differ = (message: string) => {
    state.first ??= { message, index };
  };
  const at = index ? ` at ${index}` : "";
  if (expected.kind !== got.kind) {
    differ(`expected ${name(expected)}${at}, got ${name(got)}`);
    return;
  }
  switch (expected.kind) {
    case "number": {
      const { value } = got as typeof expected;
      note(state, expected.value, value);
      const allowed = bounds.number.absolute + bounds.number.relative * Math.abs(expected.value);
      if (!agree(expected.value, value, allowed)) differ(numbersDiffer(expected.value, value, at));
      return;
    }
    case "string":
    case "boolean": {
      const { value } = got as typeof expected;
      if (value !== expected.value)
        differ(`expected ${JSON.stringify(expected.value)}${at}, got ${JSON.stringify(value).slice(0, 200)}`);
      return;
    }
    case "list": {
      const { items } = got as typeof expected;
      if (items.length !== expected.items.length) {
        differ(`expected ${entries(expected.items.length)}${at}, got ${items.length}`);
        return;
      }
      for (let i = 0; i < items.length; i++) walk(expected.items[i]!, items[i]!, `${index}[${i}]`, bounds, state);
      return;
    }
    case "tensor": {
      const tensor = got as typeof expected;
      if (tensor.shape.join() !== expected.shape.join()) {
        differ(`expected the shape [${expected.shape.join(", ")}]${at}, got [${tensor.shape.join(", ")}]`);
        return;
      }
      if (tensor.dtype !== expected.dtype) {
        differ(`expected dtype ${expected.dtype}${at}, got ${tensor.dtype}`);
        return;
      }
      const size = expected.values.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
      const allowed = bounds.tensor.absolute + bounds.tensor.relative * size;
      for (let i = 0; i < expected.values.length; i++) {
        note(state, expected.values[i]!, tensor.values[i]!);
        if (state.first || agree(expected.values[i]!, tensor.values[i]!, allowed)) continue;
        const place = index + indices(i, expected.shape);
        state.first = {
          index: place,
          message: numbersDiffer(expected.values[i]!, tensor.values[i]!, place ? ` at ${place}` : ""),
        };
      }
      return;
    }
    case "object": {
      const { entries: actual } = got as typeof expected;
      for (const [key, value] of expected.entries) {
        const item = actual.get(key);
        if (!item && value.kind === "undefined") continue;
        if (!item) {
          differ(`expected a field "${key}"${at}, which is missing`);
          return;
        }
        walk(value, item, `${index}.${key}`, bounds, state);
      }
      for (const [key, item] of actual)
        if (!expected.entries.has(key) && item.kind !== "undefined") differ(`there is an extra field "${key}"${at}`);
      return;
    }
    case "map": {
      const { entries: actual } = got as typeof expected;
      if (actual.length !== expected.entries.length) {
        differ(`expected a Map of ${expected.entries.length}${at}, got ${actual.length}`);
        return;
      }
      for (const [key, value] of expected.entries) {
        const found = actual.find(([other]) => !compare(key, other));
        const label = key.kind === "string" || key.kind === "number" ? JSON.stringify(key.value) : name(key);
        if (!found) {
          differ(`expected the key ${label}${at}, which is missing`);
          return;
        }
        walk(value, found[1], `${index}.get(${label})`, bounds, state);
      }
      return;
    }
    case "set": {
      const { items } = got as typeof expected;
      if (items.length !== expected.items.length) {
        differ(`expected a Set of ${expected.items.length}${at}, got ${items.length}`);
        return;
      }
      if (expected.items.some((item) => !items.some((other) => !compare(item, other))))
        differ(`a member of the Set${at} is missing`);
      return;
    }
    case "null":
    case "undefined":
      return;
    default:
      differ(`${name(got)}${at} is not a value that can be compared`);
  }
}

function note(state: State, expected: number, got: number): void {
  const error = Math.abs(expected - got);
  if (Number.isFinite(error)) state.maxAbsErr = Math.max(state.maxAbsErr ?? 0, error);
}

function numbersDiffer(expected: number, got: number, at: string): string {
  let digits = 6;
  while (digits < 17 && showNumber(expected, digits) === showNumber(got, digits)) digits++;
  return `expected ${showNumber(expected, digits)}${at}, got ${showNumber(got, digits)}`;
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

function name(value: Value): string {
  switch (value.kind) {
    case "number":
      return Number.isFinite(value.value) ? "a number" : `${value.value}`;
    case "string":
      return `the text ${JSON.stringify(value.value).slice(0, 60)}`;
    case "boolean":
      return `${value.value}`;
    case "null":
    case "undefined":
      return value.kind;
    case "list":
      return `an array of ${value.items.length}`;
    case "tensor":
      return `a ${describeShape(value)}`;
    case "object":
      return `an object ${describeShape(value)}`;
    case "map":
      return "a Map";
    case "set":
      return "a Set";
    case "large":
      return describeShape(value);
    case "other":
      return ["function", "symbol", "bigint"].includes(value.type)
        ? `a ${value.type}`
        : `an object of class ${value.type}`;
  }
}

function indices(flat: number, shape: readonly number[]): string {
  let text = "";
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    text = `[${flat % shape[axis]!}]${text}`;
    flat = Math.floor(flat / shape[axis]!);
  }
  return text;
}
