import type { Layout, Trace } from "./figure";
import { ink, muted, paper } from "./ink";

/** A list of numbers: an array or a typed array. */
export type Numbers = ArrayLike<number>;

/** A point in the plane. */
export type Point = readonly [x: number, y: number];

/** What every chart takes. */
export interface ChartOptions {
  readonly title?: string;
  /** What the picture shows, in words. Default: a sentence made from the data. */
  readonly alt?: string;
  /** In pixels. */
  readonly height?: number;
}

/** A layout with a title, if there is one. */
export function titled(title: string | undefined, layout: Layout): Layout {
  return title === undefined ? layout : { title: { text: title }, ...layout };
}

/** A title as the beginning of a description: a sentence of its own, or nothing. */
export function heading(title: string | undefined): string {
  if (!title) return "";
  return /[.?!…]$/.test(title) ? `${title} ` : `${title}. `;
}

export interface AxisOptions {
  readonly log?: boolean | undefined;
  readonly range?: readonly [number, number] | undefined;
}

/** An axis with a label, linear or logarithmic. On a logarithmic one only decades are labelled, unless there are few. */
export function axis(label?: string, { log, range }: AxisOptions = {}, values: readonly Numbers[] = []): Layout {
  const name = label === undefined ? {} : { title: { text: label } };
  if (!log) return { ...name, ...(range ? { range } : {}) };
  const all = values.flatMap((list) => Array.from(list)).filter((value) => value > 0);
  const decades = Math.log10(largest(all) / smallest(all));
  const bounds = range ? { range: range.map(Math.log10) } : {};
  return { ...name, type: "log", dtick: decades < 1.5 ? "D2" : Math.max(1, Math.round(decades / 8)), ...bounds };
}

/** A number as prose shows it: three digits, no needless zeros. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return sign + size.toExponential(1).replace("e+", "e");
  return sign + (size >= 100 ? size.toFixed(0) : String(Number(size.toPrecision(3))));
}

/** Text that plotly shows as it is, where it would read tags: `[MASK]` and `<eos>`. */
export const plain = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export function smallest(values: Numbers): number {
  let least = Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! < least) least = values[i]!;
  return least;
}

export function largest(values: Numbers): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}

export const range = (count: number, start = 0): number[] => Array.from({ length: count }, (_, i) => i + start);

/** `count` numbers from `low` to `high`, both included. */
export const linspace = (low: number, high: number, count: number): number[] =>
  range(count).map((i) => low + ((high - low) * i) / (count - 1));

/** A line across the picture with its name: the loss of a uniform guess, the accuracy of always saying "no". */
export interface Reference {
  readonly name: string;
  /** A level line at this `y`, or an upright one at this `x`. */
  readonly y?: number;
  readonly x?: number;
}

/** The line and its name, as parts of a layout. Plotly wants an annotation's place on a logarithmic axis as a power of 10. */
export function referenceLayout(references: readonly Reference[], { logX = false, logY = false } = {}): Layout {
  const line = { type: "line", line: { color: muted, dash: "dash", width: 1.5 } };
  const name = { showarrow: false, font: { size: 12, color: ink }, bgcolor: paper, borderpad: 1 };
  const parts = references.map(({ name: text, x, y }): [Layout, Layout] => {
    if (y !== undefined)
      return [
        { ...line, xref: "paper", x0: 0, x1: 1, y0: y, y1: y },
        {
          ...name,
          text,
          xref: "paper",
          x: 1,
          xanchor: "right",
          y: logY ? Math.log10(y) : y,
          yanchor: "bottom",
          yshift: 2,
        },
      ];
    if (x === undefined) throw new Error(`reference "${text}": expected x or y, got neither`);
    return [
      { ...line, yref: "paper", y0: 0, y1: 1, x0: x, x1: x },
      { ...name, text, yref: "paper", y: 1, yanchor: "top", x: logX ? Math.log10(x) : x, xanchor: "left", xshift: 3 },
    ];
  });
  return { shapes: parts.map(([shape]) => shape), annotations: parts.map(([, annotation]) => annotation) };
}

/** Numbers or words joined as in a sentence: "a, b and c". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

export function checkLengths(where: string, lengths: Readonly<Record<string, number>>): void {
  const [[firstName, first], ...others] = Object.entries(lengths) as [[string, number], ...[string, number][]];
  for (const [name, length] of others) {
    if (length !== first)
      throw new Error(`${where}: expected as many ${name} as ${firstName} (${first}), got ${length}`);
  }
}

/** The trace without attributes that are undefined. */
export function trace(attributes: Trace): Trace {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
