import type { Picture } from "./record";
import type { Value } from "./value";

const largest = 32;

/** A small picture of two matrices or curves, or null when there is nothing to see: numbers, large or ragged ones. */
export function pictureOf(expected: Value, got: Value): Picture | null {
  const target = rowsOf(expected);
  const yours = rowsOf(got);
  if (!target || !yours || target.length === 0 || yours.length === 0) return null;
  const sizes = [...target, ...yours].map((row) => row.length).concat(target.length, yours.length);
  if (sizes.some((size) => size === 0 || size > largest)) return null;
  const kind = expected.kind === "tensor" ? expected.shape.length : expected.kind === "list" ? rank(expected) : 0;
  if (kind === 2 && target.length > 1) return { kind: "matrix", target, yours };
  if (kind === 1 && target[0]!.length >= 5) return { kind: "curve", target, yours };
  return null;
}

function rank(value: Value): number {
  return value.kind === "list" && value.items.length ? 1 + rank(value.items[0]!) : 0;
}

/** A matrix's rows, or a vector as one row; undefined for anything else. */
function rowsOf(value: Value): (number | null)[][] | undefined {
  if (value.kind === "tensor") {
    if (value.shape.length !== 1 && value.shape.length !== 2) return undefined;
    const width = value.shape.at(-1)!;
    const count = value.shape.length === 2 ? value.shape[0]! : 1;
    return Array.from({ length: count }, (_, i) =>
      Array.from(value.values.subarray(i * width, (i + 1) * width), finite),
    );
  }
  if (value.kind !== "list") return undefined;
  const numbers = (items: readonly Value[]) =>
    items.every((item) => item.kind === "number") ? items.map((item) => finite(item.value)) : undefined;
  const single = numbers(value.items);
  if (single) return [single];
  const rows = value.items.map((item) => (item.kind === "list" ? numbers(item.items) : undefined));
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
