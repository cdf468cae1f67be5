import { axis, type ChartOptions, checkLengths, heading, listed, plain, range, titled } from "./chart";
import { type Figure, figure, type Layout } from "./figure";
import { grid, sequential } from "./ink";

/** One head's weights: row `t` says how much query `t` takes from each key. */
export type HeadWeights = readonly (readonly number[])[];

export interface AttentionMapOptions extends ChartOptions {
  /** `[T][S]`, `[heads][T][S]` or `[layers][heads][T][S]`, as `tensor.arraySync()` gives them. */
  readonly weights: HeadWeights | readonly HeadWeights[] | readonly (readonly HeadWeights[])[];
  /** The tokens that look. */
  readonly tokens: readonly string[];
  /** The tokens that are looked at, where they are others: cross-attention. Default: `tokens`. */
  readonly keys?: readonly string[];
  /** What may be seen, 1 or 0 by query and key, or `causal`: itself and what came before. What may not is left out. */
  readonly mask?: "causal" | HeadWeights;
  /** Names of the heads, layer by layer. Default: "layer 1, head 1" … */
  readonly names?: readonly string[];
  /** The head shown first and in the static picture, counted through all layers from 0. Default: 0. */
  readonly start?: number;
  /** What the tokens are. Default: "token". */
  readonly label?: string;
}

/**
 * Who looks at whom: a row for each token that looks, a column for each that is looked at, blue as deep as the weight.
 * One control goes through layers and heads; the other picks a token and says what it looks at. Pointing does, too.
 */
export function attentionMap(options: AttentionMapOptions): Figure {
  const { tokens, keys = tokens, title, label = "token", start = 0 } = options;
  const heads = headsOf(options);
  const seen = maskOf(options);
  const tables = heads.map(({ weights }) =>
    seen ? weights.map((row, t) => row.map((w, s) => (seen[t]![s] ? w : Number.NaN))) : weights,
  );
  const looks = heads.map(({ weights }) => weights.map((row) => lookOf(row, keys)));
  const height = Math.min(660, 120 + tokens.length * (tokens.length > 16 ? 20 : 32));
  return figure({
    data: [
      {
        type: "heatmap",
        z: tables[start],
        zmin: 0,
        zmax: 1,
        colorscale: sequential,
        customdata: tokens.map((token) => keys.map((key) => `${plain(token)} → ${plain(key)}`)),
        hovertemplate: "%{customdata}: %{z:.3f}<extra></extra>",
        hoverongaps: false,
        xgap: 1,
        ygap: 1,
        ...(keys.length <= 10 ? { texttemplate: "%{z:.2f}" } : {}),
        colorbar: { thickness: 14, outlinewidth: 0, title: { text: "weight", side: "right", font: { size: 13 } } },
      },
    ],
    layout: titled(title, {
      xaxis: { ...named("is looked at", keys), constrain: "domain", constraintoward: "left" },
      yaxis: { ...named("looks", tokens), autorange: "reversed", constrain: "domain", scaleanchor: "x" },
      plot_bgcolor: seen ? grid : "rgba(0,0,0,0)", // what may not be seen is grey, what is seen with weight 0 is not
    }),
    alt: options.alt ?? describe(options, heads, start),
    height: options.height ?? Math.max(220, height),
    ...(heads.length > 1
      ? { slider: { label: "head", start, stages: heads.map(({ name }, i) => ({ name, data: [{ z: tables[i] }] })) } }
      : {}),
    focus: { label, names: tokens, texts: looks },
  });
}

interface Head {
  readonly name: string;
  readonly weights: HeadWeights;
}

/** All heads in a row, with their names; checks every size. */
function headsOf({ weights, tokens, keys = tokens, names, start = 0 }: AttentionMapOptions): Head[] {
  if (tokens.length === 0 || keys.length === 0) throw new Error("attentionMap: expected at least one token, got none");
  const depth = depthOf(weights);
  if (depth < 2 || depth > 4)
    throw new Error(`attentionMap: expected weights of 2, 3 or 4 axes ([layers][heads][T][S]), got ${depth}`);
  const layers = (depth === 4 ? weights : depth === 3 ? [weights] : [[weights]]) as readonly (readonly HeadWeights[])[];
  const heads = layers.flatMap((layer, l) =>
    layer.map((weights, h) => ({ name: depth === 4 ? `layer ${l + 1}, head ${h + 1}` : `head ${h + 1}`, weights })),
  );
  if (names) checkLengths("attentionMap", { heads: heads.length, names: names.length });
  for (const { name, weights } of heads) {
    checkLengths(`attentionMap: ${name}`, { tokens: tokens.length, "rows of weights": weights.length });
    for (const row of weights)
      checkLengths(`attentionMap: ${name}`, { keys: keys.length, "weights in a row": row.length });
  }
  if (!heads[start]) throw new Error(`attentionMap: expected a start from 0 to ${heads.length - 1}, got ${start}`);
  return names ? heads.map(({ weights }, i) => ({ name: names[i]!, weights })) : heads;
}

function depthOf(values: unknown): number {
  return Array.isArray(values) ? 1 + depthOf(values[0]) : 0;
}

function maskOf({ mask, tokens, keys = tokens }: AttentionMapOptions): HeadWeights | undefined {
  if (mask === "causal") {
    const before = keys.length - tokens.length; // with more keys than queries the queries are the last ones
    if (before < 0) throw new Error(`attentionMap: expected at least ${tokens.length} keys, got ${keys.length}`);
    return tokens.map((_, t) => keys.map((_, s) => (s <= t + before ? 1 : 0)));
  }
  if (mask) checkLengths("attentionMap", { tokens: tokens.length, "rows of the mask": mask.length });
  for (const row of mask ?? []) checkLengths("attentionMap", { keys: keys.length, "columns of the mask": row.length });
  return mask;
}

/** What a row of weights looks at, the most first: "animal 62 %, it 11 %". */
function lookOf(row: readonly number[], keys: readonly string[]): string {
  const most = range(row.length).sort((a, b) => row[b]! - row[a]!);
  const shown = most.slice(0, 3).filter((s, i) => i === 0 || row[s]! >= 0.01);
  return shown.map((s) => `${keys[s]} ${Math.round(100 * row[s]!)} %`).join(", ");
}

const named = (title: string, names: readonly string[]): Layout => ({
  ...axis(title),
  tickvals: range(names.length),
  ticktext: names.map(plain),
  showgrid: false,
  zeroline: false,
});

function describe(
  { tokens, keys = tokens, title }: AttentionMapOptions,
  heads: readonly Head[],
  start: number,
): string {
  const { name, weights } = heads[start]!;
  const first = tokens.slice(0, 12).map((token, t) => `${token} at ${lookOf([...weights[t]!], keys).split(",")[0]}`);
  const more = tokens.length > 12 ? `, and ${tokens.length - 12} more` : "";
  const where = heads.length > 1 ? ` of ${heads.length} heads. In ${name}` : "";
  return (
    `${heading(title)}Attention map${where}, each token looks most at: ` +
    `${more ? first.join(", ") + more : listed(first)}.`
  );
}
