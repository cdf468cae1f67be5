/*
 * Values as text, for the pipe between the grader and an answer's process. The learner's process encodes after hostile
 * code may have run, so every function used here is fetched when this module loads, before that code.
 */

const { isArray } = Array;
const { getPrototypeOf, keys } = Object;
const { isFinite: isFiniteNumber } = Number;
const { stringify } = JSON;
const { isView } = ArrayBuffer;
const objectPrototype = Object.prototype;
const method = <F extends (...args: never[]) => unknown>(f: F) =>
  Function.prototype.call.bind(f) as unknown as (self: unknown, ...args: Parameters<F>) => ReturnType<F>;
const mapForEach = method(Map.prototype.forEach);
const setForEach = method(Set.prototype.forEach);
const bufferFrom = Buffer.from;
const bufferToString = method(Buffer.prototype.toString);
const typedArray = getPrototypeOf(Float32Array.prototype) as object;
const typeOfTypedArray = method(Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)!.get as () => string);
const lengthOfTypedArray = method(Object.getOwnPropertyDescriptor(typedArray, "length")!.get as () => number);
const ArrayOfDoubles = Float64Array;
const ArrayOfFloats = Float32Array;
const TheMap = Map;
const TheSet = Set;

/** What a tensor looks like to the encoder; `lib` and answers use tfjs, the grader its plain form. */
export interface TensorParts {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

export interface EncodeOptions {
  /** The parts of a value that is a tensor, else undefined. */
  readonly tensor: (value: object) => TensorParts | undefined;
  /** Numbers, strings, keys and containers in one value; more is `large`. */
  readonly maxEntries?: number;
}

const maxDepth = 24;
const packFrom = 64;

/** JSON text in which what JSON lacks is an object with the key `$`: see `decodeValue`. */
export function encode(value: unknown, { tensor, maxEntries = 500_000 }: EncodeOptions): string {
  let left = maxEntries;

  function text(value: unknown, depth: number): string {
    if (--left < 0 || depth > maxDepth) return `{"$":"large"}`;
    switch (typeof value) {
      case "number":
        return isFiniteNumber(value) ? `${value}` : `{"$":"number","v":"${value}"}`;
      case "string":
        left -= value.length >> 3;
        return left < 0 ? `{"$":"large"}` : stringify(value);
      case "boolean":
        return `${value}`;
      case "undefined":
        return `{"$":"undefined"}`;
      case "object":
        return value === null ? "null" : object(value, depth);
      default:
        return `{"$":"other","type":"${typeof value}"}`;
    }
  }

  function object(value: object, depth: number): string {
    const parts = tensor(value);
    if (parts) {
      const { shape, dtype, values } = parts;
      let sizes = "";
      for (let i = 0; i < shape.length; i++) sizes += `${i ? "," : ""}${+shape[i]!}`;
      return `{"$":"tensor","dtype":${stringify(`${dtype}`)},"shape":[${sizes}],"v":${packed(values, values.length, true)}}`;
    }
    if (isArray(value)) return list(value, depth);
    if (isView(value)) {
      const type = typeOfTypedArray(value);
      if (type === undefined || type === "BigInt64Array" || type === "BigUint64Array") return other(value);
      return `{"$":"numbers","type":"${type}","v":${packed(value as unknown as ArrayLike<number>, lengthOfTypedArray(value))}}`;
    }
    if (value instanceof TheMap) {
      let entries = "";
      mapForEach(value, (item: unknown, key: unknown) => {
        if (left > 0) entries += `${entries ? "," : ""}[${text(key, depth + 1)},${text(item, depth + 1)}]`;
      });
      return `{"$":"map","v":[${entries}]}`;
    }
    if (value instanceof TheSet) {
      let items = "";
      setForEach(value, (item: unknown) => {
        if (left > 0) items += `${items ? "," : ""}${text(item, depth + 1)}`;
      });
      return `{"$":"set","v":[${items}]}`;
    }
    const prototype = getPrototypeOf(value);
    if (prototype !== objectPrototype && prototype !== null) return other(value);
    const names = keys(value);
    let entries = "";
    for (let i = 0; i < names.length && left > 0; i++) {
      const name = names[i]!;
      entries += `${i ? "," : ""}[${stringify(name)},${text((value as Record<string, unknown>)[name], depth + 1)}]`;
    }
    return left > 0 ? `{"$":"object","v":[${entries}]}` : `{"$":"large"}`;
  }

  function list(value: readonly unknown[], depth: number): string {
    const { length } = value;
    if (length > left) return `{"$":"large","length":${length}}`;
    if (length >= packFrom) {
      let i = 0;
      while (i < length && typeof value[i] === "number") i++;
      if (i === length) return `{"$":"numbers","type":"Array","v":${packed(value as number[], length)}}`;
    }
    let items = "";
    for (let i = 0; i < length && left > 0; i++) items += `${i ? "," : ""}${text(value[i], depth + 1)}`;
    return left > 0 ? `[${items}]` : `{"$":"large","length":${length}}`;
  }

  /** Numbers as base64 of their bytes: doubles, or floats where the values were floats already. */
  function packed(values: ArrayLike<number>, length: number, single = false): string {
    left -= length;
    if (left < 0) return `""`;
    const numbers = single ? new ArrayOfFloats(length) : new ArrayOfDoubles(length);
    for (let i = 0; i < length; i++) numbers[i] = values[i]!;
    return `"${bufferToString(bufferFrom(numbers.buffer), "base64")}"`;
  }

  function other(value: object): string {
    const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
    return `{"$":"other","type":${stringify(typeof name === "string" ? name.slice(0, 60) : "object")}}`;
  }

  return text(value, 0);
}
