import { checkLengths, listed, type Numbers, plain } from "./chart";
import { type Figure, figure, type SearchPoint } from "./figure";
import { pointTraces, type ScatterChartOptions } from "./scatter-chart";

export interface EmbeddingMapOptions
  extends Pick<
    ScatterChartOptions,
    "title" | "alt" | "height" | "points" | "labels" | "classes" | "xLabel" | "yLabel"
  > {
  /** What lies at each point: a word, a name. Each stands there once. */
  readonly names: readonly string[];
  /** The embeddings `[N][D]` themselves: who is near to whom is measured among these, not on the map. */
  readonly vectors: readonly Numbers[];
  /** What a name is. Default: "word". */
  readonly label?: string;
  /** How many neighbours are shown. Default: 6. */
  readonly neighbours?: number;
  /** The name found first. Default: none. */
  readonly start?: string;
}

/**
 * Embeddings on a plane, with a field to find a name. The one that is found, by writing its name or clicking at its point,
 * is joined to those of the highest cosine similarity, wherever the plane has put them.
 */
export function embeddingMap(options: EmbeddingMapOptions): Figure {
  const { names, vectors, points, labels, classes, label = "word", neighbours = 6, start, title } = options;
  checkLengths("embeddingMap", { names: names.length, points: points.length, vectors: vectors.length });
  if (new Set(names).size < names.length) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    throw new Error(`embeddingMap: expected every ${label} once, got "${twice}" twice`);
  }
  if (start !== undefined && !names.includes(start))
    throw new Error(`embeddingMap: expected the start to be one of the names, got "${start}"`);
  const units = vectors.map(unit);
  const found = names.map((name, i): SearchPoint => {
    const similarities = units.map((other) => dot(units[i]!, other));
    const near = nearest(similarities, i).slice(0, neighbours);
    const text = near.map((j) => `${names[j]} ${similarities[j]!.toFixed(2)}`).join(", ");
    return { name, x: points[i]![0], y: points[i]![1], near, text };
  });
  const axisOf = (text?: string) => ({ zeroline: false, ...(text ? { title: { text } } : {}) });
  return figure({
    data: pointTraces({ points, texts: names, ...(labels ? { labels } : {}), ...(classes ? { classes } : {}) }).map(
      (trace) => ({ ...trace, hovertemplate: "%{text}<extra></extra>" }),
    ),
    layout: {
      ...(title ? { title: { text: plain(title) } } : {}),
      xaxis: axisOf(options.xLabel),
      yaxis: axisOf(options.yLabel),
      hovermode: "closest",
    },
    alt: options.alt ?? describe(options, found),
    height: options.height ?? 480,
    search: { label, points: found, ...(start === undefined ? {} : { start: names.indexOf(start) }) },
  });
}

/** All others, the most similar first. */
function nearest(similarities: readonly number[], self: number): number[] {
  const others = [...similarities.keys()].filter((i) => i !== self);
  return others.sort((a, b) => similarities[b]! - similarities[a]!);
}

function unit(vector: Numbers): Float64Array {
  const numbers = Float64Array.from(vector);
  const length = Math.sqrt(dot(numbers, numbers));
  return length > 0 ? numbers.map((x) => x / length) : numbers;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function describe({ title, label = "word", start }: EmbeddingMapOptions, found: readonly SearchPoint[]): string {
  const example = found.find(({ name }) => name === start);
  const said = example ? ` Nearest to ${example.name}: ${listed(example.text.split(", "))}.` : "";
  return `${title ? `${title}. ` : ""}Map of ${found.length} ${label}s by their embeddings, with a field to find one.${said}`;
}
