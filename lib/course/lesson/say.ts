import { display } from "../../plot/display";

/**
 * Prints a sentence whose numbers come from the lesson's own run, so that text and result cannot drift apart:
 *
 *     say`After ${steps} steps the loss is ${loss}; a uniform guess has ${Math.log(27)}.`
 *
 * The text may be Markdown with formulas: a backslash stays as it is. Numbers show three significant digits, whole numbers all of theirs.
 */
export function say(strings: TemplateStringsArray, ...values: readonly unknown[]): void {
  const text = dedented(
    strings.raw.map((part, i) => part.replace(/\\`/g, "`") + (i < values.length ? shown(values[i]) : "")).join(""),
  );
  display({ "text/markdown": text, "text/plain": text });
}

/** A share as a percentage: `percent(0.9761)` is `97.6 %`. */
export function percent(share: number, digits = 1): string {
  return `${fixed(100 * share, digits)} %`;
}

/** A number with so many digits after the point: `fixed(2.5, 2)` is `2.50`. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return shown(value);
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number as the nearest whole one: `whole(12345.6)` is `12,346`. */
export function whole(value: number): string {
  return fixed(value, 0);
}

/** How a value stands in a sentence: numbers with three significant digits, lists separated by commas. */
export function shown(value: unknown): string {
  if (typeof value === "number") return shownNumber(value);
  if (typeof value === "bigint") return value.toLocaleString("en-US");
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, shown).join(", ");
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  throw new Error(`say: expected numbers, texts or lists of them, got ${value === null ? "null" : typeof value}`);
}

function shownNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return minus(value.toLocaleString("en-US"));
  if (size >= 1e9 || size < 1e-4) {
    const [digits, power] = value.toExponential(2).split("e");
    return minus(`${digits} × 10${superscript(power!)}`);
  }
  if (size >= 100) return minus(whole(value));
  return minus(value.toPrecision(3));
}

const minus = (text: string) => text.replace(/^-/, "−");

const superscript = (power: string) =>
  String(Number(power)).replace(/[-\d]/g, (digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!));

/** Without the indentation that a template in a cell has, which Markdown would take for code. */
function dedented(text: string): string {
  const [first = "", ...others] = text.split("\n");
  const depths = others.filter((line) => line.trim()).map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return [first.trimStart(), ...others.map((line) => line.slice(depth))].join("\n").trim();
}
