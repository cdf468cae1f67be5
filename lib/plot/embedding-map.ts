import { dot } from "../dot";
import { checkLengths, heading, listed, type Numbers } from "./chart";
import { type Figure, figure, type SearchPoint } from "./figure";
import { type ScatterChartOptions, scatterChart } from "./scatter-chart";

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
  const { names, vectors, points, label = "word", neighbours = 6, start } = options;
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
  const { alt = describe(options, found), height = 480 } = options;
  const chart = scatterChart({ ...options, texts: names, alt, height });
  return figure({
    ...chart,
    data: chart.data.map((trace) => ({ ...trace, hovertemplate: "%{text}<extra></extra>" })), // where it lies tells little
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

function describe({ title, label = "word", start }: EmbeddingMapOptions, found: readonly SearchPoint[]): string {
  const example = found.find(({ name }) => name === start);
  const said = example ? ` Nearest to ${example.name}: ${listed(example.text.split(", "))}.` : "";
  return `${heading(title)}Map of ${found.length} ${label}s by their embeddings, with a field to find one.${said}`;
}
